/** @module Scenario: buffers of sections that are smaller, equal and larger than each other and than the user's area. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, HANDLE_C, remote } from './set-up.js';

export const sectionSizes = kcovScenario({
  name: 'section-sizes',
  checks: 'A section keeps as many records as the user asked for with area_size, and the user gets as many as the area holds.',
  devices: ['A', 'B', 'C'],
  setUp: [
    remote('owner', 'A', { handle: HANDLE_A, areaWords: 7, words: 12 }), remote('other', 'B', { handle: HANDLE_B, areaWords: 3, words: 4 }),
    remote('third', 'C', { handle: HANDLE_C, areaWords: 4, words: 8 }),
  ],
  actors: [task('kthread', [
    remoteStart(HANDLE_A), hit(1), hit(2), hit(3), hit(4), hit(5), remoteStop(),
    remoteStart(HANDLE_B), hit(6), hit(7), hit(8), remoteStop(), remoteStart(HANDLE_B), hit(9), hit(10), remoteStop(),
    remoteStart(HANDLE_C), hit(11), hit(12), hit(13), hit(14), remoteStop(), remoteStart(HANDLE_A), hit(15), hit(16), hit(17), hit(18), hit(19), hit(20), remoteStop(),
  ])],
});
