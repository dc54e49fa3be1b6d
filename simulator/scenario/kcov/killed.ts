/**
 * @module Scenarios: a task is killed, or forks, anywhere between its calls. A task that goes calls kcov_task_exit() first,
 * then its mappings and its files go (kernel/exit.c of 6.1, do_exit()).
 */
import type { Ghost } from '../../kcov/ghost.js';
import { close, disable, enable, exit, hit, mayFork, readCommonHandle, remoteEnable, remoteStart, remoteStop, whenForked } from '../../kcov/operations.js';
import { mayBeKilled } from '../choices.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import type { Operation } from '../scenario.js';
import { HANDLE_A, HANDLE_B, ready, remote } from './set-up.js';

const COMMON = 3n;
const REMOTE = { areaWords: 3, handles: [HANDLE_A] };

/** The life of a device in both of its uses. */
const life: readonly Operation<Ghost>[] = [
  ...ready('A'), enable('A'), hit(1), disable('A'), remoteEnable('A', { ...REMOTE, common: COMMON }), disable('A'), enable('A'), hit(2),
];

export const killedAnywhere = kcovScenario({
  name: 'killed-anywhere',
  checks: 'A task that is killed between any two calls leaves nothing behind.',
  devices: ['A'],
  actors: [task('task', mayBeKilled(life, [exit(), close('A')]))],
  allocationsFail: true,
});

export const killedOwner = kcovScenario({
  name: 'killed-owner',
  checks: 'An owner that is killed between any two calls while a section of its device runs elsewhere leaves the device to the section, and nothing behind it.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3 })],
  actors: [
    task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]),
    task('owner', mayBeKilled([disable('A')], [exit(), close('A')]), { cpu: 1 }),
  ],
});

export const killedInSoftirq = kcovScenario({
  name: 'killed-under-a-softirq',
  checks: 'A section in a softirq finds whole what the task it interrupts still has, also while that task exits.',
  devices: ['A', 'B'],
  setUp: [remote('other', 'B', { handle: HANDLE_B, areaWords: 3 })],
  actors: [
    task('task', mayBeKilled([...ready('A'), enable('A')], [exit(), close('A')])),
    interrupt('softirq', [remoteStart(HANDLE_B), hit(1), remoteStop()]),
  ],
  sectionsIn: ['softirq'],
});

export const forksAnywhere = kcovScenario({
  name: 'forks-anywhere',
  checks: 'A child that is born between any two calls of its parent has the common handle and nothing else, whatever both do then.',
  cpus: 2,
  devices: ['A'],
  tasks: ['child'],
  setUp: [{ task: 'task', operations: ready('A') }],
  actors: [
    task('task', [...mayFork('child', [enable('A'), hit(1), disable('A'), remoteEnable('A', { ...REMOTE, common: COMMON }), disable('A')]), close('A')]),
    task('child', whenForked('child', [readCommonHandle(), hit(2), exit()]), { cpu: 1 }),
  ],
});
