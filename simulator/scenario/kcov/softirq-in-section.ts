/** @module Scenario: a section in a softirq interrupts a section of a kernel thread; the devices differ in how often they were enabled. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, remote } from './set-up.js';

export const softirqInSection = kcovScenario({
  name: 'softirq-in-section',
  checks: 'A section in a softirq that interrupts a section of a kernel thread leaves it as it was: both deliver, each to its device.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A }), remote('other', 'B', { handle: HANDLE_B, enabledBefore: 1 })],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]), interrupt('softirq', [remoteStart(HANDLE_B), hit(2), remoteStop()])],
  sectionsIn: ['softirq'],
});
