/** @module Scenario: the owner disables and closes its device while a softirq is in a section of it. */
import { close, disable, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

export const ownerLeavesSoftirq = kcovScenario({
  name: 'owner-leaves-softirq',
  checks: 'A device that is disabled and closed on one CPU during a section in a softirq on another is freed once and where freeing is allowed.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 })],
  actors: [task('task', []), interrupt('softirq', [remoteStart(HANDLE_A), hit(1), remoteStop()]), task('owner', [disable('A'), close('A')], { cpu: 1 })],
  sectionsIn: ['softirq'],
});
