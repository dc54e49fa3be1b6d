/** @module Scenarios: softirqs, such as a timer's, while `current` is the task that waits for their sections: it begins to wait, and it dies. And two on a task that stops to trace itself. */
import { close, disable, exit, hit, readCommonHandle, remoteEnable, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, ready, remote, traced } from './set-up.js';

const COMMON = 3n;

export const softirqWhileEnabled = kcovScenario({
  name: 'softirq-while-enabled',
  checks: 'A section in a softirq that comes anywhere while its handle is registered, and is given back, finds the device whole or not at all.',
  devices: ['A'],
  setUp: [{ task: 'owner', operations: ready('A') }],
  actors: [task('owner', [remoteEnable('A', { areaWords: 4, handles: [HANDLE_A] }), disable('A')]), interrupt('softirq', [remoteStart(HANDLE_A), hit(1), remoteStop()])],
  sectionsIn: ['softirq'],
});

export const softirqInExit = kcovScenario({
  name: 'softirq-in-exit',
  checks: 'A section in a softirq that interrupts the exit of its own owner delivers or not; then the device is gone, and its handle is another\'s to take.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 }), { task: 'other', operations: ready('B') }],
  actors: [
    task('owner', [exit(), close('A')]), task('other', [remoteEnable('B', { areaWords: 3, handles: [HANDLE_A] })], { letter: 'o' }),
    interrupt('softirq', [remoteStart(HANDLE_A), hit(1), remoteStop()]),
  ],
  preemptions: 0, sectionsIn: ['softirq'],
});

export const commonHandleInInterrupts = kcovScenario({
  name: 'common-handle-in-interrupts',
  checks: 'In an interrupt kcov_common_handle() gives the handle of the task it interrupts or none, and never another.',
  devices: ['A'],
  setUp: [{ task: 'owner', operations: ready('A') }],
  actors: [
    task('owner', [remoteEnable('A', { areaWords: 4, handles: [], common: COMMON }), disable('A')]),
    interrupt('softirq', [readCommonHandle()]), interrupt('hardirq', [readCommonHandle()]),
  ],
});

export const softirqByCommonHandle = kcovScenario({
  name: 'softirq-by-common-handle',
  checks: 'A section in a softirq that was handed the common handle delivers to who gave it, whoever is current.',
  devices: ['A'],
  setUp: [{ task: 'owner', operations: [...ready('A'), remoteEnable('A', { areaWords: 4, handles: [], common: COMMON })] }],
  actors: [
    task('owner', [readCommonHandle(), hit(1)]),
    interrupt('softirq', [remoteStart(COMMON), hit(2), remoteStop()]),
  ],
  sectionsIn: ['softirq'],
});

export const softirqsAroundDisable = kcovScenario({
  name: 'softirqs-around-disable',
  checks: 'Sections in two softirqs, anywhere while the traced task they interrupt disables, closes and exits, bring nothing of it back.',
  devices: ['A', 'B'],
  setUp: [traced('task', 'A'), remote('owner', 'B', { handle: HANDLE_B, areaWords: 3 })],
  actors: [task('task', [disable('A'), hit(1), close('A'), exit()]), { ...interrupt('softirq', [remoteStart(HANDLE_B), remoteStop()]), times: 2 }],
  sectionsIn: ['softirq'],
});
