/** @module Scenario: the life of a device that traces its own task. */
import { close, disable, enable, hit } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { ready } from './set-up.js';

export const deviceLifecycle = kcovScenario({
  name: 'device-lifecycle',
  checks: 'A task that enables, runs, disables and enables again gets its own coverage, and nothing is left when it closes.',
  devices: ['A'],
  actors: [task('task', [...ready('A'), hit(1), enable('A'), hit(2), hit(3), disable('A'), hit(4), enable('A'), hit(5), disable('A'), close('A')])],
});
