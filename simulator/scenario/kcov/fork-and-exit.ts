/** @module Scenario: a traced task forks and exits without disabling. */
import { close, enable, exit, fork, hit } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { ready } from './set-up.js';

export const forkAndExit = kcovScenario({
  name: 'fork-and-exit',
  checks: 'A child starts without coverage, and a task that exits while enabled leaves nothing behind.',
  devices: ['A'],
  tasks: ['child'],
  actors: [task('task', [...ready('A'), enable('A'), hit(1), fork('child'), hit(2), exit(), close('A')])],
});
