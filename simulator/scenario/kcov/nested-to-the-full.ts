/** @module Scenarios: interrupts of every kind on each other, as deep as hardware lets them nest, and on sections at each level. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, HANDLE_C, remote, traced } from './set-up.js';

export const nestedHits = kcovScenario({
  name: 'nested-hits',
  checks: 'Two NMIs, a hardirq and a softirq, in each other wherever hardware lets them, take nothing from the traced task and give it nothing.',
  devices: ['A'],
  setUp: [traced('task', 'A')],
  actors: [task('task', [hit(1)]), interrupt('softirq', [hit(2)]), interrupt('hardirq', [hit(3)]), { ...interrupt('nmi', [hit(4)]), times: 2 }],
});

export const interruptedSoftirqSection = kcovScenario({
  name: 'interrupted-softirq-section',
  checks: 'Hardirqs and NMIs that nest during a section of a softirq leave the section its own, and the kernel thread below it its own.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 }), remote('other', 'B', { handle: HANDLE_B, areaWords: 3 })],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]), interrupt('softirq', [remoteStart(HANDLE_B), hit(2), remoteStop()]), interrupt('hardirq', [hit(3)])],
  sectionsIn: ['softirq'],
});

export const sectionsAtEachLevel = kcovScenario({
  name: 'sections-at-each-level',
  checks: 'Sections of a kernel thread, of a softirq on it and of a hardirq on that are kept apart, or the inner ones refused; the outermost delivers.',
  devices: ['A', 'B', 'C'],
  setUp: [
    remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 }), remote('other', 'B', { handle: HANDLE_B, areaWords: 3, enabledBefore: 1 }), remote('third', 'C', { handle: HANDLE_C, areaWords: 3, enabledBefore: 2 }),
  ],
  actors: [
    task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]), interrupt('softirq', [remoteStart(HANDLE_B), hit(2), remoteStop()]),
    interrupt('hardirq', [remoteStart(HANDLE_C, { mayRefuse: true }), hit(3), remoteStop()]),
  ],
  sectionsIn: ['softirq', 'hardirq'],
});
