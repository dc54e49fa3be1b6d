/** @module Scenario: a remote section in a hardirq that interrupts a traced task; an NMI anywhere. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_B, remote, traced } from './set-up.js';

export const sectionInHardirq = kcovScenario({
  name: 'hardirq-in-trace',
  checks: 'A section in a hardirq delivers its coverage, and the traced task that it interrupts goes on as if nothing had been; an NMI anywhere changes neither.',
  devices: ['A', 'B'],
  setUp: [traced('task', 'A'), remote('owner', 'B', { handle: HANDLE_B, enabledBefore: 1 })],
  actors: [task('task', [hit(1), hit(2)]), interrupt('hardirq', [remoteStart(HANDLE_B), hit(3), remoteStop()]), interrupt('nmi', [hit(4)])],
  sectionsIn: ['hardirq'],
});
