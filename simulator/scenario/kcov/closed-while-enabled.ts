/** @module Scenario: the file of a device goes while it is enabled. */
import { close, enable, exit, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_B, ready, remote } from './set-up.js';

export const closedWhileEnabled = kcovScenario({
  name: 'closed-while-enabled',
  checks: 'A device lives until its task exits, even when every descriptor and mapping of it is gone, and then nothing is left.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'B', { handle: HANDLE_B }), { task: 'owner', operations: [close('B')] }, { task: 'kthread', operations: [remoteStart(HANDLE_B), hit(1), remoteStop()] }, { task: 'owner', operations: [exit()] }],
  actors: [task('task', [...ready('A'), enable('A'), close('A'), hit(2), exit(), hit(3)])],
});
