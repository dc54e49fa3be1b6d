/** @module Scenario: a section in a hardirq nests on a section in a softirq. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, remote } from './set-up.js';

export const nestedInterruptSections = kcovScenario({
  name: 'nested-interrupt-sections',
  checks: 'A section in a hardirq that nests on one in a softirq is either refused or kept apart; the outer one delivers.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A }), remote('other', 'B', { handle: HANDLE_B, enabledBefore: 1 })],
  actors: [
    task('task', []), interrupt('softirq', [remoteStart(HANDLE_A), hit(1), remoteStop()]),
    interrupt('hardirq', [remoteStart(HANDLE_B, { mayRefuse: true }), hit(2), remoteStop()]),
  ],
  sectionsIn: ['softirq', 'hardirq'],
});
