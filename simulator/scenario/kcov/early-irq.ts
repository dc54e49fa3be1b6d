/**
 * @module Scenarios: instrumented code of a hardirq's entry or exit, which preempt_count still shows as the task or the
 * softirq that it interrupts. What it records there is legal, and no more than noise; what it interrupts must lose nothing, also
 * where the compiler moves an access: who comes in between sees the order of the instructions and not that of the text.
 */
import { compare, disable, enable, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { earlyIrq, interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, remote, traced } from './set-up.js';

/** One access put off by the compiler, none by CPUs: all is on one CPU. */
const reorderings = { compiler: 1, cpus: 0 };

export const earlyIrqInTrace = kcovScenario({
  name: 'early-irq-in-trace',
  checks: 'Early irq code that records as the traced task it interrupts overwrites no record of the task; in a softirq without a section it records nothing.',
  devices: ['A'],
  setUp: [traced('task', 'A')],
  actors: [task('task', [hit(1), hit(2)]), interrupt('softirq', [hit(3)]), { ...earlyIrq([hit(4)]), times: 2 }],
  reorderings,
});

const COMPARED = traced('task', 'A', { words: 18, mode: 'KCOV_TRACE_CMP' });

export const earlyIrqInComparison = kcovScenario({
  name: 'early-irq-in-comparison',
  checks: 'Early irq code that compares while the task it interrupts records a comparison leaves that record whole.',
  devices: ['A'],
  setUp: [COMPARED],
  actors: [task('task', [compare(1, 4), compare(2, 8)]), earlyIrq([compare(3, 1)])],
  reorderings,
});

export const earlyIrqWhenFull = kcovScenario({
  name: 'early-irq-when-full',
  checks: 'Early irq code and the task it interrupts record no more than the area holds.',
  devices: ['A'],
  setUp: [traced('task', 'A', { words: 4 })],
  actors: [task('task', [hit(1), hit(2), hit(3)]), earlyIrq([hit(4)]), interrupt('nmi', [hit(5)])],
});

export const earlyIrqWhileSwitched = kcovScenario({
  name: 'early-irq-while-switched',
  checks: 'Early irq code that arrives anywhere in DISABLE and ENABLE finds nothing half switched.',
  devices: ['A'],
  setUp: [traced('task', 'A')],
  actors: [task('task', [hit(1), disable('A'), enable('A'), hit(2)]), earlyIrq([hit(3)])],
  reorderings,
});

export const earlyIrqInSection = kcovScenario({
  name: 'early-irq-in-section',
  checks: 'Early irq code in a remote section of a kernel thread finds nothing half set up, and the section delivers what is its own.',
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, words: 12 })],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), hit(2), remoteStop()]), earlyIrq([hit(3)])],
  reorderings,
});

export const earlyIrqInSoftirqSection = kcovScenario({
  name: 'early-irq-in-softirq-section',
  checks: 'Early irq code in a remote section of a softirq leaves the section and the traced task below it what is theirs.',
  devices: ['A', 'B'],
  setUp: [traced('task', 'A'), remote('owner', 'B', { handle: HANDLE_B, enabledBefore: 1 })],
  actors: [task('task', [hit(1)]), interrupt('softirq', [remoteStart(HANDLE_B), hit(2), remoteStop()]), earlyIrq([hit(3)])],
  sectionsIn: ['softirq'], reorderings,
});
