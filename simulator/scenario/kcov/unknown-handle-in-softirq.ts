/** @module Scenario: a softirq brackets its code with a handle that nobody registered. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_UNKNOWN, traced } from './set-up.js';

export const unknownHandleInSoftirq = kcovScenario({
  name: 'unknown-handle-in-softirq',
  checks: 'A start in a softirq that finds no device, and its stop, do nothing to the traced task they interrupt.',
  devices: ['A'],
  setUp: [traced('task', 'A')],
  actors: [task('task', [hit(1), hit(2)]), interrupt('softirq', [remoteStart(HANDLE_UNKNOWN), hit(3), remoteStop()])],
  sectionsIn: ['softirq'],
});
