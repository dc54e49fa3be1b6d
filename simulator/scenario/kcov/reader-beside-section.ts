/** @module Scenarios: a thread in user space reads the area while a section of another CPU ends and its coverage is moved there. */
import { compare, hit, readArea, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

/** One access put off by a CPU, none by the compiler. */
const reorderings = { compiler: 0, cpus: 1 };

export const readerBesideSection = kcovScenario({
  name: 'reader-beside-section',
  checks: 'A user thread that reads the area while a section ends on another CPU finds every entry that the count tells it of.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A })],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), hit(2), remoteStop()]), task('user', readArea('A', 2), { cpu: 1 })],
  reorderings, reader: true,
});

export const readerBesideComparisons = kcovScenario({
  name: 'reader-beside-comparisons',
  checks: 'A user thread that reads the area while a section with a comparison ends on another CPU finds all words of what the count tells it of.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, mode: 'KCOV_TRACE_CMP', areaWords: 6 })],
  actors: [task('kthread', [remoteStart(HANDLE_A), compare(1, 8), remoteStop()]), task('user', readArea('A', 1, 4), { cpu: 1 })],
  reorderings, reader: true,
});

export const readerBesideSoftirq = kcovScenario({
  name: 'reader-beside-softirq',
  checks: 'A user thread that reads the area while a section in a softirq of another CPU ends finds every entry that the count tells it of.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A })],
  actors: [interrupt('softirq', [remoteStart(HANDLE_A), hit(1), remoteStop()]), task('user', readArea('A', 1), { cpu: 1 })],
  sectionsIn: ['softirq'], reorderings, reader: true,
});
