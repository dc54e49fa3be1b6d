/** @module Scenario: a common handle is given, inherited, used by work in a kernel thread, and forgotten. */
import { close, disable, exit, fork, hit, readCommonHandle, remoteEnable, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, ready } from './set-up.js';

const COMMON = 3n;

export const commonHandle = kcovScenario({
  name: 'common-handle',
  checks: 'The common handle is that of the task that gave it and of its children until it disables, and sections of it and of every other handle deliver.',
  devices: ['A'],
  tasks: ['child'],
  setUp: [
    { task: 'owner', operations: [readCommonHandle(), ...ready('A', 12), remoteEnable('A', { areaWords: 4, handles: [HANDLE_B, HANDLE_A], common: COMMON }), readCommonHandle(), fork('child')] },
    { task: 'child', operations: [readCommonHandle(), hit(1), exit()] },
    { task: 'kthread', operations: [readCommonHandle(), remoteStart(COMMON), hit(2), remoteStop(), remoteStart(HANDLE_A), hit(3), remoteStop(), remoteStart(HANDLE_B), hit(4), remoteStop()] },
  ],
  actors: [task('owner', [disable('A'), readCommonHandle(), close('A')])],
});
