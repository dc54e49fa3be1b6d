/** @module Scenario: calls that the device's state does not allow. */
import { close, disable, enable, initTrace, mmap, open, remoteEnable, unknownIoctl } from '../../kcov/operations.js';
import { AREA_WORDS, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A } from './set-up.js';

const remoteArgs = { areaWords: 4, handles: [HANDLE_A] };

export const wrongCalls = kcovScenario({
  name: 'wrong-calls',
  checks: 'Each call on a device in the wrong state fails with the errno of the contract and changes nothing.',
  devices: ['A'],
  actors: [task('task', [
    open('A'), enable('A'), disable('A'), mmap('A', AREA_WORDS), initTrace('A', 1), initTrace('A', AREA_WORDS), initTrace('A', AREA_WORDS), enable('A'),
    remoteEnable('A', remoteArgs), mmap('A', AREA_WORDS - 2), mmap('A', AREA_WORDS), unknownIoctl('A'), disable('A'), enable('A'), enable('A'),
    remoteEnable('A', remoteArgs), mmap('A', AREA_WORDS), disable('A'), remoteEnable('A', { areaWords: 4, handles: [5n] }), remoteEnable('A', remoteArgs), enable('A'), disable('A'), close('A'),
  ])],
});
