/**
 * @module Scenarios: every call in every state of a device. The calls that a state refuses come first and must change
 * nothing; the one that leads to the next state comes last and must still work.
 */
import type { Ghost } from '../../kcov/ghost.js';
import { close, disable, enable, initTrace, mmap, open, remoteEnable, unknownIoctl } from '../../kcov/operations.js';
import type { KcovScenario } from '../kcov-scenario.js';
import { AREA_WORDS, kcovScenario, task } from '../kcov-scenario.js';
import type { Operation } from '../scenario.js';
import { HANDLE_A, HANDLE_B, ready, traced } from './set-up.js';

type Calls = readonly Operation<Ghost>[];

const REMOTE = { areaWords: 4, handles: [HANDLE_A] };
const NO_MODE = 7;
/** Bytes that an int does not hold. */
const TOO_MANY_WORDS = 0x1000_0000;
/** Words of which the low 32 bits make sense. */
const TOO_WIDE_WORDS = 2 ** 32 + AREA_WORDS;

/** Calls that are wrong while a device is enabled, whoever makes them. */
const whileEnabled: Calls = [
  initTrace('A', AREA_WORDS), mmap('A', AREA_WORDS), enable('A'), enable('A', 'KCOV_TRACE_CMP'), enable('A', NO_MODE), remoteEnable('A', REMOTE),
  disable('A', 1), unknownIoctl('A'),
];

function state(name: string, checks: string, calls: Calls): KcovScenario {
  return kcovScenario({ name, checks, devices: ['A'], actors: [task('task', [...calls, close('A')])] });
}

export const callsWhenOpen = state('calls-when-open', 'A device that was only opened takes no call but INIT_TRACE with a size that makes sense, and that one once.', [
  open('A'), enable('A'), enable('A', NO_MODE), remoteEnable('A', REMOTE), disable('A'), disable('A', 1), mmap('A', AREA_WORDS), unknownIoctl('A'),
  initTrace('A', 0), initTrace('A', 1), initTrace('A', TOO_MANY_WORDS), initTrace('A', TOO_WIDE_WORDS), initTrace('A', 2), initTrace('A', 2), initTrace('A', AREA_WORDS), mmap('A', AREA_WORDS), mmap('A', 2),
]);

export const callsWhenInitialised = state('calls-when-initialised', 'A device without an area is mapped whole, from its beginning, before it is enabled.', [
  open('A'), initTrace('A', AREA_WORDS), initTrace('A', AREA_WORDS), enable('A'), enable('A', NO_MODE), remoteEnable('A', REMOTE), disable('A'),
  mmap('A', AREA_WORDS + 2), mmap('A', AREA_WORDS - 2), mmap('A', AREA_WORDS, 1), unknownIoctl('A'), mmap('A', AREA_WORDS), enable('A'), disable('A'),
]);

export const callsWhenMapped = state('calls-when-mapped', 'A device that is ready is enabled with a mode that exists, and by the remote way with handles that are well formed.', [
  ...ready('A'), initTrace('A', AREA_WORDS), disable('A'), disable('A', 1), mmap('A', AREA_WORDS, 1), unknownIoctl('A'), enable('A', NO_MODE),
  remoteEnable('A', { ...REMOTE, mode: NO_MODE }), remoteEnable('A', { ...REMOTE, count: 0x101 }), enable('A'), disable('A'), enable('A', 'KCOV_TRACE_CMP'), disable('A'),
  remoteEnable('A', { ...REMOTE, mode: 'KCOV_TRACE_CMP' }), disable('A'), remoteEnable('A', REMOTE), disable('A'),
]);

type Handles = readonly { readonly handles: readonly bigint[]; readonly common?: bigint }[];

function withHandles(list: Handles): Calls {
  return [...ready('A'), ...list.map((one) => remoteEnable('A', { areaWords: 4, ...one })), disable('A')];
}

/** Each but the last is refused when one handle was taken already. */
export const callsWithWrongHandles = state('calls-with-wrong-handles', 'REMOTE_ENABLE takes handles that are well formed, and after a refusal none of them is taken.', withHandles([
  { handles: [HANDLE_A, 0n] }, { handles: [HANDLE_A, 5n] }, { handles: [HANDLE_A, HANDLE_B | (1n << 40n)] }, { handles: [HANDLE_A, (2n << 56n) | 3n] },
  { handles: [HANDLE_A], common: HANDLE_B }, { handles: [HANDLE_A], common: 1n << 40n }, { handles: [HANDLE_A, HANDLE_B] },
]));

export const callsWithHandles = state('calls-with-handles', 'REMOTE_ENABLE takes each handle once, the common one included, and none at all if the user wants none.', withHandles([
  { handles: [HANDLE_A, HANDLE_A] }, { handles: [HANDLE_A, HANDLE_B, HANDLE_A] }, { handles: [HANDLE_A, HANDLE_B], common: 3n },
]).concat(remoteEnable('A', { areaWords: 4, handles: [] }), disable('A'), remoteEnable('A', { areaWords: 4, handles: [], common: 4n }), disable('A')));

export const callsWhenEnabled = state('calls-when-enabled', 'A device that traces its task takes no call but DISABLE.', [
  ...ready('A'), enable('A'), ...whileEnabled, disable('A'), disable('A'), enable('A'), disable('A'),
]);

export const callsWhenRemote = state('calls-when-remote', 'A device that waits for remote sections takes no call but DISABLE.', [
  ...ready('A'), remoteEnable('A', REMOTE), ...whileEnabled, disable('A'), disable('A'), remoteEnable('A', REMOTE), disable('A'),
]);

export const callsOfAnother = kcovScenario({
  name: 'calls-of-another-task', checks: 'A task can do nothing to a device that another task has enabled.',
  devices: ['A'], setUp: [traced('owner', 'A')], actors: [task('other', [...whileEnabled, disable('A')])],
});
