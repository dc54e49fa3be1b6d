/** @module Scenario: the owner disables and enables its device anew while a kernel thread is in a section of it. */
import { disable, hit, remoteEnable, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

export const enabledAgain = kcovScenario({
  name: 'enabled-again',
  checks: 'A section that outlives the enable it began under delivers nothing to the next one.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 })],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]), task('owner', [disable('A'), remoteEnable('A', { areaWords: 3, handles: [HANDLE_A] })], { cpu: 1 })],
});
