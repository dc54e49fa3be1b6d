/**
 * @module Scenarios with PREEMPT_RT: remote sections in softirqs, which are threads there and can be preempted. Kernels before
 * v5.15 are not run under it. There are two CPUs so that there are two buffers, also where a Program does not count more.
 */
import { bottomHalves, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task, threadedSoftirq } from '../kcov-scenario.js';
import type { KcovScenario } from '../kcov-scenario.js';
import type { PreemptRt } from '../../machine/code.js';
import { HANDLE_A, HANDLE_B, remote, traced } from './set-up.js';

export const rtSectionInTrace = kcovScenario({
  name: 'rt-softirq-in-trace',
  checks: 'With PREEMPT_RT a section in a softirq, in ksoftirqd or in the traced task that turns bottom halves on, delivers its coverage wherever it is preempted, and the task goes on to collect.',
  devices: ['A', 'B'], cpus: 2,
  setUp: [traced('task', 'A'), remote('owner', 'B', { handle: HANDLE_B })],
  actors: [task('task', [hit(1), bottomHalves(), hit(2)]), threadedSoftirq('B', [remoteStart(HANDLE_B), hit(3), remoteStop()], 's')],
  preemptions: 2, rt: 'bh-lock', sectionsIn: ['softirq'],
});

/** Two sections, of which one may be in ksoftirqd and the other in a task. */
function twoSections(name: string, rt: PreemptRt, checks: string): KcovScenario {
  return kcovScenario({
    name, checks, devices: ['A', 'B', 'C'], cpus: 2,
    setUp: [traced('task', 'C'), remote('owner', 'A', { handle: HANDLE_A }), remote('other', 'B', { handle: HANDLE_B })],
    actors: [
      task('task', [bottomHalves(), hit(3)]), threadedSoftirq('A', [remoteStart(HANDLE_A), hit(1), remoteStop()], 's'),
      threadedSoftirq('B', [remoteStart(HANDLE_B), hit(2), remoteStop()], 'r'),
    ],
    preemptions: 1, rt, sectionsIn: ['softirq'],
  });
}

export const rtTwoSections = twoSections('rt-two-softirqs', 'no-bh-lock',
  'With PREEMPT_RT and without the lock of bottom halves, two sections in softirqs of one CPU, one in ksoftirqd and one in a traced task, each collect in a buffer of their own, and the task goes on to collect.');
export const rtTwoSectionsSerial = twoSections('rt-serial-softirqs', 'bh-lock',
  'With PREEMPT_RT and the lock of bottom halves, sections in softirqs of one CPU come one after the other, in ksoftirqd or in a traced task, and all deliver.');
