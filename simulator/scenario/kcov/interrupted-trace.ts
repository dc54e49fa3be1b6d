/** @module Scenario: interrupts of every kind hit code of their own while a task is traced. */
import { hit } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { traced } from './set-up.js';

export const interruptedTrace = kcovScenario({
  name: 'interrupted-trace',
  checks: 'Coverage of a softirq, hardirq or NMI without a section of its own goes nowhere, and the traced task loses nothing.',
  devices: ['A'],
  setUp: [traced('task', 'A')],
  actors: [task('task', [hit(1), hit(2)]), interrupt('softirq', [hit(3)]), interrupt('hardirq', [hit(4)]), interrupt('nmi', [hit(5)])],
});
