/** @module Scenarios: a device goes through an exec, handles go from one device to the next, and a traced task exits under interrupts. */
import { close, disable, enable, exec, exit, hit, remoteEnable } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, HANDLE_B, ready, remote } from './set-up.js';

export const execWhileEnabled = kcovScenario({
  name: 'exec-while-enabled',
  checks: 'A task that executes another program while enabled is traced on, and through the descriptor that it kept disables and enables its device; what another exec closes lives until the task exits.',
  devices: ['A', 'B'],
  actors: [task('task', [
    ...ready('A'), enable('A'), hit(1), exec(), hit(2), disable('A'), enable('A'), hit(3), disable('A'), ...ready('B'), enable('B'), exec(), close('B'), hit(4), exit(), close('A'),
  ])],
});

const COMMON = 3n;
const one = { areaWords: 4, handles: [HANDLE_A], common: COMMON };

export const handlesGivenOn = kcovScenario({
  name: 'handles-given-on',
  checks: 'Handles, the common one too, belong to one device until its task disables or exits, and to the next one from then on.',
  devices: ['A', 'B'],
  setUp: [remote('other', 'B', { handle: HANDLE_B })],
  actors: [task('task', [
    ...ready('A'), remoteEnable('A', one), disable('A'), remoteEnable('A', { ...one, handles: [HANDLE_A, HANDLE_B] }), remoteEnable('A', one), exit(),
  ]), task('other', [disable('B'), remoteEnable('B', one), disable('B'), close('B')], { letter: 'o' })],
  preemptions: 0,
});

export const exitInterrupted = kcovScenario({
  name: 'exit-interrupted',
  checks: 'An NMI or hardirq that arrives anywhere in the exit of a traced task finds nothing half switched.',
  devices: ['A'],
  setUp: [{ task: 'task', operations: [...ready('A'), enable('A')] }],
  actors: [task('task', [hit(1), exit(), close('A')]), interrupt('hardirq', [hit(2)]), interrupt('nmi', [hit(3)])],
});
