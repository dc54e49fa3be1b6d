/** @module Scenario: a section in a softirq interrupts the very task that waits for it. */
import { close, disable, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

export const softirqInOwner = kcovScenario({
  name: 'softirq-in-owner',
  checks: 'A section in a softirq that interrupts the task that has its device enabled leaves the device with the task, which disables and closes it.',
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A })],
  actors: [task('owner', [disable('A'), close('A')]), interrupt('softirq', [remoteStart(HANDLE_A), hit(1), remoteStop()])],
  sectionsIn: ['softirq'],
});
