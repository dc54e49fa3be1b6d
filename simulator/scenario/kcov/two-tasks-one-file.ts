/** @module Scenarios: two tasks that share one open file, by fork or by a descriptor handed over, call it at once. */
import { disable, enable, exit, initTrace, mmap, open, remoteEnable } from '../../kcov/operations.js';
import { AREA_WORDS, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, ready } from './set-up.js';

const REMOTE = { areaWords: 4, handles: [HANDLE_A] };

export const initialisedAtOnce = kcovScenario({
  name: 'initialised-at-once',
  checks: 'Of two tasks that initialise a device at once one does; the area that the other maps or is refused is that of the first.',
  cpus: 2,
  devices: ['A'],
  setUp: [{ task: 'task', operations: [open('A')] }],
  actors: [task('task', [initTrace('A', AREA_WORDS)]), task('other', [initTrace('A', 2), mmap('A', AREA_WORDS)], { cpu: 1 })],
});

export const enabledAtOnce = kcovScenario({
  name: 'enabled-at-once',
  checks: 'Of two tasks that enable a device at once one has it, the other is told that it is busy, and the device goes with the one that has it.',
  cpus: 2,
  devices: ['A'],
  setUp: [{ task: 'task', operations: ready('A') }],
  actors: [task('task', [enable('A'), exit()]), task('other', [remoteEnable('A', REMOTE), disable('A'), exit()], { cpu: 1 })],
});

export const mappedAtOnce = kcovScenario({
  name: 'mapped-at-once',
  checks: 'Two tasks that map a device at once have one area between them, which goes with the device.',
  cpus: 2,
  devices: ['A'],
  setUp: [{ task: 'task', operations: [open('A'), initTrace('A', AREA_WORDS)] }],
  actors: [task('task', [mmap('A', AREA_WORDS)]), task('other', [mmap('A', AREA_WORDS)], { cpu: 1 })],
});

export const mappedWhileEnabled = kcovScenario({
  name: 'mapped-while-enabled',
  checks: 'A mmap() beside INIT_TRACE and ENABLE of another task gives the user the pages of the area, or an error.',
  cpus: 2,
  devices: ['A'],
  setUp: [{ task: 'task', operations: [open('A')] }],
  actors: [task('task', [initTrace('A', AREA_WORDS), enable('A'), disable('A')]), task('other', [mmap('A', AREA_WORDS)], { cpu: 1 })],
});
