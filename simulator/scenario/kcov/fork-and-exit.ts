/** @module Scenarios: a traced task forks, and exits without disabling; another task takes the device. */
import { close, disable, enable, exit, fork, hit, initTrace, mmap, remoteEnable } from '../../kcov/operations.js';
import { AREA_WORDS, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, ready } from './set-up.js';

export const forkAndExit = kcovScenario({
  name: 'fork-and-exit',
  checks: 'A child starts without coverage, and a task that exits while enabled leaves nothing behind.',
  devices: ['A'],
  tasks: ['child'],
  actors: [task('task', [...ready('A'), enable('A'), hit(1), fork('child'), hit(2), exit(), close('A')])],
});

export const childRuns = kcovScenario({
  name: 'child-runs',
  checks: 'A child that runs and exits beside its traced parent leaves the coverage and the device to it.',
  cpus: 2,
  devices: ['A'],
  setUp: [{ task: 'task', operations: [...ready('A'), enable('A'), fork('child')] }],
  actors: [task('task', [hit(1), hit(2), disable('A'), close('A')]), task('child', [hit(3), exit()], { cpu: 1 })],
});

export const takenOver = kcovScenario({
  name: 'taken-over',
  checks: 'A device whose task has exited is as good as new for another task, but for its area.',
  devices: ['A'],
  setUp: [{ task: 'owner', operations: [...ready('A'), enable('A'), disable('A'), remoteEnable('A', { areaWords: 4, handles: [HANDLE_A] }), exit()] }],
  actors: [task('other', [
    disable('A'), initTrace('A', AREA_WORDS), mmap('A', AREA_WORDS, 1), enable('A'), hit(1), disable('A'),
    remoteEnable('A', { areaWords: 4, handles: [HANDLE_A] }), disable('A'), close('A'),
  ])],
});
