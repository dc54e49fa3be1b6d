/** @module Scenarios: the file of a device goes while it is enabled. */
import { close, enable, exit, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, ready, remote } from './set-up.js';

export const closedWhileEnabled = kcovScenario({
  name: 'closed-while-enabled',
  checks: 'A device lives until its task exits, even when every descriptor and mapping of it is gone, and then nothing is left.',
  devices: ['A'],
  actors: [task('task', [...ready('A'), enable('A'), close('A'), hit(1), exit(), hit(2)])],
});

const waiting = remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 });

export const closedWhileRemote = kcovScenario({
  name: 'closed-while-remote',
  checks: 'A device without a file serves sections until its task exits, and goes with the last of them.',
  cpus: 2,
  devices: ['A'],
  setUp: [{ ...waiting, operations: [...waiting.operations, close('A')] }],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]), task('owner', [exit()], { cpu: 1 })],
});
