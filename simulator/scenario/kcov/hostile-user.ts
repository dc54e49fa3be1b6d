/**
 * @module Scenarios: another thread of the user writes to what it shares with the kernel: the count of an area it has
 * mapped, and the argument of an ioctl under way. Coverage may be lost; memory stays safe, and nothing leaks.
 */
import { changeHandles, close, compare, disable, hit, remoteEnable, remoteStart, remoteStop, scribble } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, ready, remote, traced } from './set-up.js';

/** What a section collects is not the question here. */
const SECTION = remoteStart(HANDLE_A, { mayRefuse: true });

export const hostileCount = kcovScenario({
  name: 'hostile-count',
  checks: 'Whatever count a user writes into the area of a traced task, no record is written outside of it.',
  cpus: 2,
  devices: ['A'],
  setUp: [traced('task', 'A', { words: 4 })],
  actors: [task('task', [hit(1), hit(2)]), task('user', [scribble('A', 0, 4)], { cpu: 1 })],
});

export const hostileComparisons = kcovScenario({
  name: 'hostile-comparisons',
  checks: 'Whatever count a user writes into an area of comparisons, no part of a record is written outside of it.',
  cpus: 2,
  devices: ['A'],
  setUp: [traced('task', 'A', { words: 8, mode: 'KCOV_TRACE_CMP' })],
  actors: [task('task', [compare(1, 4)]), task('user', [scribble('A', 0, 8)], { cpu: 1 })],
});

export const hostileSection = kcovScenario({
  name: 'hostile-section',
  checks: 'Whatever count a user writes into the area that a section delivers to, nothing is moved outside of it.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, words: 4 })],
  actors: [task('kthread', [SECTION, hit(1), hit(2), remoteStop()]), task('user', [scribble('A', 0, 4)], { cpu: 1 })],
});

export const hostileSectionOfComparisons = kcovScenario({
  name: 'hostile-section-of-comparisons',
  checks: 'Whatever count a user writes into the area that a section of comparisons delivers to, nothing is moved outside of it.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, words: 10, areaWords: 6, mode: 'KCOV_TRACE_CMP' })],
  actors: [task('kthread', [SECTION, compare(1, 4), remoteStop()]), task('user', [scribble('A', 0, 10)], { cpu: 1 })],
});

export const changedArgument = kcovScenario({
  name: 'changed-argument',
  checks: 'A user that changes the argument of REMOTE_ENABLE between two fetches gets an error, or what one of the two says.',
  cpus: 2,
  devices: ['A'],
  setUp: [{ task: 'task', operations: ready('A') }],
  actors: [task('task', [remoteEnable('A', { areaWords: 4, handles: [HANDLE_A] }), disable('A'), close('A')]), task('user', [changeHandles('A', 1)], { cpu: 1 })],
});
