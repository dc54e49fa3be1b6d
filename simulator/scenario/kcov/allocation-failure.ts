/** @module Scenario: every allocation may fail. */
import { close, disable, hit, remoteEnable, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, ready, remote } from './set-up.js';

export const allocationFailure = kcovScenario({
  name: 'allocation-failure',
  checks: 'Whatever allocation fails, nothing leaks and nothing is used that is not there.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'B', { handle: HANDLE_B })],
  actors: [task('task', [
    ...ready('A'), remoteEnable('A', { areaWords: 4, handles: [HANDLE_A] }), disable('A'), remoteStart(HANDLE_B), hit(1), remoteStop(), close('A'),
  ])],
  allocationsFail: true,
});
