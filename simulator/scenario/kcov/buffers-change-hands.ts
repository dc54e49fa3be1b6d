/** @module Scenario: the buffer of a section that is over serves another one. */
import { close, disable, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

export const buffersChangeHands = kcovScenario({
  name: 'buffers-change-hands',
  checks: 'A buffer that was given back belongs to the next section alone: code that runs after its own section is over leaves it as it is.',
  devices: ['A'],
  setUp: [
    remote('owner', 'A', { handle: HANDLE_A, words: 8 }),
    { task: 'kthread', operations: [remoteStart(HANDLE_A), hit(1), remoteStop()] },
    { task: 'other', operations: [remoteStart(HANDLE_A), hit(2)] },
    { task: 'kthread', operations: [hit(3), remoteStart(HANDLE_A), hit(4)] },
    { task: 'other', operations: [hit(5), remoteStop()] },
    { task: 'kthread', operations: [remoteStop()] },
  ],
  actors: [task('owner', [disable('A'), close('A')])],
});
