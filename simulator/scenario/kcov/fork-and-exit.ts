/** @module Scenario: a traced task forks and exits without disabling; its child runs, and another task takes the device. */
import { close, disable, enable, exit, fork, hit } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { ready } from './set-up.js';

export const forkAndExit = kcovScenario({
  name: 'fork-and-exit',
  checks: 'A child starts without coverage, and a task that exits while enabled leaves a device that others can enable.',
  devices: ['A'],
  tasks: ['child'],
  setUp: [
    { task: 'task', operations: [...ready('A'), enable('A'), hit(1), fork('child')] },
    { task: 'child', operations: [hit(2), exit()] },
    { task: 'task', operations: [hit(3), exit()] },
  ],
  actors: [task('other', [enable('A'), hit(4), disable('A'), close('A')])],
});
