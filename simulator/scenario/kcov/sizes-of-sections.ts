/** @module Scenarios: a section holds more than the user's area, as much, or less; a section in a softirq has another mode than the task below it. */
import { compare, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, remote, traced } from './set-up.js';

export const sectionLargerThanArea = kcovScenario({
  name: 'section-larger-than-area',
  checks: 'Of a section that collects as much as the user\'s area or more, the area gets what it holds, and of the next section nothing.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 7, words: 4 }), remote('other', 'B', { handle: HANDLE_B, areaWords: 4, words: 4 })],
  actors: [task('kthread', [
    remoteStart(HANDLE_A), hit(1), hit(2), hit(3), hit(4), remoteStop(), remoteStart(HANDLE_A), hit(5), remoteStop(),
    remoteStart(HANDLE_B), hit(6), hit(7), hit(8), remoteStop(), remoteStart(HANDLE_B), hit(9), remoteStop(),
  ])],
});

export const softirqSizes = kcovScenario({
  name: 'softirq-sizes',
  checks: 'Sections in a softirq keep as many records as the user asked for and a buffer of interrupts holds, until the user\'s area is full.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3, words: 4 }), remote('other', 'B', { handle: HANDLE_B, areaWords: 7, words: 6 })],
  actors: [interrupt('softirq', [
    remoteStart(HANDLE_A), hit(1), hit(2), remoteStop(), remoteStart(HANDLE_A), hit(3), hit(4), remoteStop(),
    remoteStart(HANDLE_B), hit(5), hit(6), hit(7), hit(8), remoteStop(), remoteStart(HANDLE_B), hit(9), hit(10), hit(11), remoteStop(),
  ])],
  sectionsIn: ['softirq'],
});

export const softirqInComparisons = kcovScenario({
  name: 'softirq-in-comparisons',
  checks: 'A section that collects PCs in a softirq, on a task that traces comparisons, leaves each the mode that is its own.',
  devices: ['A', 'B'],
  setUp: [traced('task', 'A', { words: 10, mode: 'KCOV_TRACE_CMP' }), remote('owner', 'B', { handle: HANDLE_B })],
  actors: [task('task', [compare(1, 4), compare(2, 8)]), interrupt('softirq', [remoteStart(HANDLE_B), hit(3), compare(4, 2), remoteStop()])],
  sectionsIn: ['softirq'],
});
