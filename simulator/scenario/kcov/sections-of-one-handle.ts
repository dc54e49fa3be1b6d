/** @module Scenario: sections of one handle in a kernel thread and in a softirq that interrupts it. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

const section = (label: number): ReturnType<typeof hit>[] => [remoteStart(HANDLE_A), hit(label), remoteStop()];

export const sectionsOfOneHandle = kcovScenario({
  name: 'sections-of-one-handle',
  checks: 'A section in a softirq that interrupts a section of the same handle has a buffer of its own, and both deliver.',
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 })],
  actors: [task('kthread', section(1)), interrupt('softirq', section(2))],
  sectionsIn: ['softirq'],
});
