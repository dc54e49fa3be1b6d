/** @module Scenarios: instrumented code runs in the middle of a switch from one task to another. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_B, remote, traced } from './set-up.js';

export const switchInTrace = kcovScenario({
  name: 'switch-in-trace',
  checks: 'What runs while the scheduler switches between two traced tasks is recorded for neither, and both go on to collect; an NMI anywhere changes nothing.',
  devices: ['A', 'B'],
  setUp: [traced('task', 'A'), traced('other', 'B')],
  actors: [task('task', [hit(1), hit(2)]), task('other', [hit(3)], { letter: 'o' }), interrupt('nmi', [hit(4)])],
  preemptions: 1, switches: true,
});

export const switchInSection = kcovScenario({
  name: 'switch-in-section',
  checks: 'A kernel thread that is preempted anywhere in its remote section by a traced task delivers what ran in the section, and nothing that ran in the switches.',
  devices: ['A', 'B'],
  setUp: [traced('task', 'A'), remote('owner', 'B', { handle: HANDLE_B })],
  actors: [task('kthread', [remoteStart(HANDLE_B), hit(1), remoteStop()], { letter: 'k' }), task('task', [hit(2)])],
  preemptions: 1, switches: true,
});

export const softirqInSwitch = kcovScenario({
  name: 'softirq-in-switch',
  checks: 'A section in a softirq that comes when the scheduler has irqs on again, and the mark of the switch is still set, delivers, and the traced task goes on to collect.',
  devices: ['A', 'B'],
  setUp: [traced('task', 'A'), remote('owner', 'B', { handle: HANDLE_B })],
  actors: [task('task', [hit(1)]), task('other', [hit(2)], { letter: 'o' }), interrupt('softirq', [remoteStart(HANDLE_B), hit(3), remoteStop()])],
  preemptions: 1, switches: true, sectionsIn: ['softirq'],
});
