/** @module Scenario: interrupts hit code while tracing is switched off and on again. */
import { disable, enable, hit } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { traced } from './set-up.js';

export const traceOffAndOn = kcovScenario({
  name: 'trace-off-and-on',
  checks: 'An NMI or hardirq that arrives anywhere in DISABLE and ENABLE finds nothing half switched.',
  devices: ['A'],
  setUp: [traced('task', 'A')],
  actors: [task('task', [hit(1), disable('A'), enable('A'), hit(2)]), interrupt('hardirq', [hit(3)]), interrupt('nmi', [hit(4)])],
});
