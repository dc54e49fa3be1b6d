/** @module Scenario: a remote section in a kernel thread. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_UNKNOWN, remote } from './set-up.js';

export const sectionInKthread = kcovScenario({
  name: 'section-in-kthread',
  checks: 'A section of a kernel thread delivers its coverage, again and again; one of an unknown handle delivers nothing.',
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, words: 12 })],
  actors: [
    task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop(), hit(2), remoteStart(HANDLE_UNKNOWN), hit(3), remoteStop(), remoteStart(HANDLE_A), hit(4), hit(5), remoteStop()]),
    interrupt('nmi', [hit(6)]),
  ],
});
