/** @module Scenarios: a common handle is given, inherited, used by work in a kernel thread, and forgotten. */
import { close, disable, exit, fork, hit, readCommonHandle, remoteEnable, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, ready } from './set-up.js';

const COMMON = 3n;
const given = remoteEnable('A', { areaWords: 4, handles: [HANDLE_B, HANDLE_A], common: COMMON });

export const commonHandle = kcovScenario({
  name: 'common-handle',
  checks: 'A task has the common handle that it gave until it disables.',
  devices: ['A'],
  actors: [task('owner', [readCommonHandle(), ...ready('A'), given, readCommonHandle(), disable('A'), readCommonHandle(), close('A'), readCommonHandle()])],
});

export const inheritedHandle = kcovScenario({
  name: 'inherited-handle',
  checks: 'A child has the common handle of its parent and nothing else, and sections of it and of every other handle deliver.',
  cpus: 2,
  devices: ['A'],
  setUp: [{ task: 'owner', operations: [...ready('A', 12), given, fork('child')] }],
  actors: [
    task('child', [readCommonHandle(), hit(1), exit()]),
    task('kthread', [readCommonHandle(), remoteStart(COMMON), hit(2), remoteStop(), remoteStart(HANDLE_A), hit(3), remoteStop(), remoteStart(HANDLE_B), hit(4), remoteStop()], { cpu: 1 }),
  ],
});
