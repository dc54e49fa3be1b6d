/**
 * @module Scenarios: ioctls that a patch brings, in each state of a device and beside what else may run. Searched only on a Program that
 * has such commands; what they mean nobody knows, so they come last but for what ends the task.
 */
import { close, disable, exit, hit, initTrace, open, ownCommand, remoteStart, remoteStop } from '../../kcov/operations.js';
import { AREA_WORDS, earlyIrq, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, ready, remote, traced } from './set-up.js';

const own = ownCommand('A');
const ends = [exit(), close('A')];

export const ownCommandWhenOpen = kcovScenario({
  name: 'own-command-when-open', checks: 'An ioctl that only this kcov has does no damage to a device that was only opened, or has no area yet.', ownCommands: true,
  devices: ['A'], setUp: [{ task: 'task', operations: [open('A')] }], actors: [task('task', [own, initTrace('A', AREA_WORDS), own, ...ends])],
});

export const ownCommandWhenReady = kcovScenario({
  name: 'own-command-when-ready', checks: 'An ioctl that only this kcov has does no damage to a device that is not enabled, nor when it is called again or memory is short.', ownCommands: true,
  devices: ['A'], setUp: [{ task: 'task', operations: ready('A') }], actors: [task('task', [own, hit(1), own, ...ends])], allocationsFail: true,
});

export const ownCommandWhenTraced = kcovScenario({
  name: 'own-command-when-traced', checks: 'An ioctl that only this kcov has does no damage to a device that traces its task, whatever early irq code runs in it.', ownCommands: true,
  devices: ['A'], setUp: [traced('task', 'A')], actors: [task('task', [own, hit(1), ...ends]), earlyIrq([hit(2)])],
});

export const ownCommandsAtOnce = kcovScenario({
  name: 'own-commands-at-once', checks: 'Two tasks may call an ioctl that only this kcov has at once.', ownCommands: true,
  cpus: 2, devices: ['A'], setUp: [{ task: 'task', operations: ready('A') }], actors: [task('task', [own, exit()]), task('other', [own, exit()], { cpu: 1 })],
});

export const ownCommandOfAnother = kcovScenario({
  name: 'own-command-of-another-task', checks: 'An ioctl that only this kcov has, called by another task, does no damage while the owner is traced, disables and exits.', ownCommands: true,
  cpus: 2, devices: ['A'], setUp: [traced('owner', 'A')], actors: [task('owner', [hit(1), disable('A'), exit()]), task('other', [own, exit()], { cpu: 1 })],
});

export const ownCommandInSection = kcovScenario({
  name: 'own-command-in-section', checks: 'An ioctl that only this kcov has does no damage to a device while a section of it runs on another CPU.', ownCommands: true,
  cpus: 2, devices: ['A'], setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 })],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]), task('owner', [own, ...ends], { cpu: 1 })],
});
