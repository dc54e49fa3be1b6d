/** @module Scenario: the owner disables and closes its device while a kernel thread is in a section of it. */
import { close, disable, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

export const ownerLeavesKthread = kcovScenario({
  name: 'owner-leaves-kthread',
  checks: 'A device that is disabled and closed on one CPU while a section runs on another is freed once, by the last of them, and not used after.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 })],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]), task('owner', [disable('A'), close('A')], { cpu: 1 })],
  allocationsFail: true,
});
