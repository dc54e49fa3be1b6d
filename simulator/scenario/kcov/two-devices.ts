/** @module Scenario: one task, two devices, and handles that are taken. */
import { close, disable, enable, remoteEnable } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, ready, remote } from './set-up.js';

export const twoDevices = kcovScenario({
  name: 'two-devices',
  checks: 'A task enables one device at a time, and a handle belongs to one device.',
  devices: ['A', 'B', 'C'],
  setUp: [remote('other', 'C', { handle: HANDLE_A })],
  actors: [task('task', [
    ...ready('A'), ...ready('B'), enable('A'), enable('B'), remoteEnable('B', { areaWords: 4, handles: [HANDLE_B] }), disable('B'), disable('A'), remoteEnable('B', { areaWords: 4, handles: [HANDLE_A] }),
    remoteEnable('B', { areaWords: 4, handles: [HANDLE_B], common: 3n }), enable('A'), disable('B'), close('B'), close('A'),
  ])],
});
