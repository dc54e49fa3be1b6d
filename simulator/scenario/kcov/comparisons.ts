/** @module Scenarios: comparisons instead of PCs, in a task and in a remote section. */
import { close, compare, compareSwitch, disable, enable, hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, ready, remote } from './set-up.js';

/** Words for eleven records of four words behind the count. */
const ROOMY = 46;

export const comparisons = kcovScenario({
  name: 'comparisons',
  checks: 'A task that traces comparisons gets operands, width and kind of each, and no PCs.',
  devices: ['A'],
  tables: ['cases'],
  actors: [task('task', [
    ...ready('A', ROOMY), compare(1, 4), enable('A', 'KCOV_TRACE_CMP'), hit(2), compare(3, 1), compare(4, 2), compare(5, 4), compare(6, 8),
    compare(7, 1, { constant: true }), compare(8, 2, { constant: true }), compare(9, 4, { constant: true }), compare(10, 8, { constant: true }),
    compareSwitch(11, 'cases', { bytes: 4, value: 7, cases: [5, 7, 9] }), compare(12, 4), disable('A'), compare(13, 4), enable('A'), compare(14, 4), disable('A'), close('A'),
  ])],
});

export const switches = kcovScenario({
  name: 'switches',
  checks: 'A switch is one comparison for each case, of the width of its value, and one of another width none.',
  devices: ['A'],
  tables: ['cases'],
  actors: [task('task', [
    ...ready('A', ROOMY), enable('A', 'KCOV_TRACE_CMP'), compareSwitch(1, 'cases', { bytes: 1, value: 1, cases: [1, 2] }), compareSwitch(2, 'cases', { bytes: 2, value: 2, cases: [3] }),
    compareSwitch(3, 'cases', { bytes: 8, value: 3, cases: [4] }), compareSwitch(4, 'cases', { bytes: 4, value: 9, cases: [] }), disable('A'), close('A'),
  ])],
});

export const fullComparisons = kcovScenario({
  name: 'comparisons-until-full',
  checks: 'Comparisons that do not fit any more are dropped whole, in the area of a task and in that of a section.',
  devices: ['A', 'B'],
  setUp: [remote('owner', 'B', { handle: HANDLE_A, areaWords: 9, words: 18, mode: 'KCOV_TRACE_CMP' })],
  actors: [task('task', [
    ...ready('A', 10), enable('A', 'KCOV_TRACE_CMP'), compare(1, 4), compare(2, 8), compare(3, 4), disable('A'), close('A'),
    remoteStart(HANDLE_A), hit(4), compare(5, 4), remoteStop(), remoteStart(HANDLE_A), compare(6, 8), compare(7, 4), compare(8, 2), remoteStop(),
  ])],
});
