/** @module Scenario: the owner disables and closes its device while a hardirq is in a section of it. */
import { close, disable, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

export const ownerLeavesHardirq = kcovScenario({
  name: 'owner-leaves-hardirq',
  checks: 'A device that is disabled and closed on one CPU during a section in a hardirq on another is freed once and where freeing is allowed.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 })],
  actors: [task('task', []), interrupt('hardirq', [remoteStart(HANDLE_A), hit(1), remoteStop()]), task('owner', [disable('A'), close('A')], { cpu: 1 })],
  sectionsIn: ['hardirq'],
});
