/** @module Scenario: buffers of sections that are smaller, equal and larger than each other and than the user's area. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, remote } from './set-up.js';

export const sectionSizes = kcovScenario({
  name: 'section-sizes',
  checks: 'A section keeps as many records as the user asked for with area_size, and the user gets as many as the area holds.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 7, words: 12 }), remote('other', 'B', { handle: HANDLE_B, areaWords: 3, words: 4 })],
  actors: [task('kthread', [
    remoteStart(HANDLE_A), hit(1), hit(2), hit(3), hit(4), hit(5), remoteStop(),
    remoteStart(HANDLE_B), hit(6), hit(7), hit(8), remoteStop(), remoteStart(HANDLE_B), hit(9), hit(10), remoteStop(),
  ])],
});
