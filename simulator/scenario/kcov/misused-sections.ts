/** @module Scenarios: sections that kernel code nests, leaves without a start, or begins where none may be; kcov may warn, and refuses. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, NO_HANDLE, remote, traced } from './set-up.js';

const refused = remoteStart(HANDLE_B, { misused: true });

export const nestedSections = kcovScenario({
  name: 'nested-sections',
  checks: 'A start of a kernel thread in a section of its own is refused, the first stop ends the outer section, which delivers, and a stop without a section does nothing.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A }), remote('other', 'B', { handle: HANDLE_B })],
  actors: [task('kthread', [remoteStop(), remoteStart(HANDLE_A), hit(1), refused, hit(2), remoteStop(), hit(3), remoteStop(), remoteStart(HANDLE_B), hit(4), remoteStop()])],
});

export const nestedInSoftirq = kcovScenario({
  name: 'nested-in-softirq',
  checks: 'A start of a softirq in a section of its own is refused, the first stop ends the outer section, which delivers, and the task below goes on to collect.',
  // Two buffers for softirqs, so that it is not for want of one that the second start does nothing.
  cpus: 2,
  devices: ['A', 'B', 'C'],
  setUp: [traced('task', 'C'), remote('owner', 'A', { handle: HANDLE_A }), remote('other', 'B', { handle: HANDLE_B })],
  actors: [task('task', [hit(1)]), interrupt('softirq', [remoteStart(HANDLE_A), hit(2), refused, hit(3), remoteStop(), hit(4)])],
  sectionsIn: ['softirq'],
});

export const sectionOfTraced = kcovScenario({
  name: 'section-of-a-traced-task',
  checks: 'A start in a task that has coverage enabled is refused, and the task goes on to collect its own.',
  devices: ['A', 'B'],
  setUp: [traced('task', 'A'), remote('other', 'B', { handle: HANDLE_B })],
  actors: [task('task', [hit(1), refused, hit(2)])],
});

export const noHandle = kcovScenario({
  name: 'no-handle',
  checks: 'A start with the handle 0, which is what a task without a common handle has, and its stop do nothing, and the next section delivers.',
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A })],
  actors: [task('kthread', [remoteStart(NO_HANDLE), hit(1), remoteStop(), remoteStart(HANDLE_A), hit(2), remoteStop()])],
});
