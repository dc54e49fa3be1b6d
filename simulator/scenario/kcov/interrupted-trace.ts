/** @module Scenarios: interrupts of every kind hit code of their own while a task is traced, or is in a section. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote, traced } from './set-up.js';

export const interruptedTrace = kcovScenario({
  name: 'interrupted-trace',
  checks: 'Coverage of a softirq, hardirq or NMI without a section of its own goes nowhere, and the traced task loses nothing.',
  devices: ['A'],
  setUp: [traced('task', 'A')],
  actors: [task('task', [hit(1), hit(2)]), interrupt('softirq', [hit(3)]), interrupt('hardirq', [hit(4)]), interrupt('nmi', [hit(5)])],
});

export const interruptedSection = kcovScenario({
  name: 'interrupted-section',
  checks: 'Coverage of a softirq or hardirq without a section of its own goes nowhere, and the section of the kernel thread that it interrupts loses nothing.',
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 })],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop(), hit(2)]), interrupt('softirq', [hit(3)]), interrupt('hardirq', [hit(4)])],
});
