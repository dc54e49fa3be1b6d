/**
 * @module Every call in every state of a device: the result of the model against a table of literal numbers, and the
 * contract against both. The table is kernel/kcov.c of v5.5 as a person reads it.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '../../../simulator/compile/compile.js';
import { explore } from '../../../simulator/explore/explore.js';
import { kcovContract } from '../../../simulator/kcov/contract.js';
import type { Ghost } from '../../../simulator/kcov/ghost.js';
import { kcovV55 } from '../../../simulator/kcov/index.js';
import { disable, enable, exit, initTrace, mmap, open, remoteEnable, remoteStart, unknownIoctl } from '../../../simulator/kcov/operations.js';
import { AREA_WORDS, kcovScenario, task } from '../../../simulator/scenario/kcov-scenario.js';
import { HANDLE_A, HANDLE_B, HANDLE_C, ready, remote, traced } from '../../../simulator/scenario/kcov/set-up.js';
import type { Operation, SetUp } from '../../../simulator/scenario/scenario.js';
import { built } from '../../conformance/programs.js';

type Call = Operation<Ghost>;

const by = (who: string, ...operations: readonly Call[]): SetUp<Ghost> => ({ task: who, operations });
const toRemote = (device: string, handle: bigint): Call => remoteEnable(device, { areaWords: 4, handles: [handle] });

/** What happened before the call, which `task` then makes. */
const STATES: Readonly<Record<string, readonly SetUp<Ghost>[]>> = {
  opened: [by('task', open('A'))],
  initialised: [by('task', open('A'), initTrace('A', AREA_WORDS))],
  mapped: [by('task', ...ready('A'))],
  tracing: [traced('task', 'A')],
  remote: [remote('task', 'A', { handle: HANDLE_A })],
  others: [traced('other', 'A')],
  disabled: [by('task', ...ready('A'), enable('A'), disable('A'))],
  orphaned: [by('other', ...ready('A'), toRemote('A', HANDLE_A), exit())],
  busy: [by('task', ...ready('A')), traced('task', 'C')],
  section: [remote('other', 'C', { handle: HANDLE_C }), by('task', ...ready('A'), remoteStart(HANDLE_C))],
};

const OK = 0;
const [BUSY, EXIST, INVAL, NOTTY] = [-16, -17, -22, -25];

/** One row for each call, one column for each state in the order above. */
const TABLE: readonly (readonly [call: string, make: () => Call, results: readonly number[]])[] = [
  ['INIT_TRACE', () => initTrace('A', AREA_WORDS), [OK, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY]],
  ['INIT_TRACE of 1 word', () => initTrace('A', 1), [INVAL, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY]],
  ['INIT_TRACE of 2^28 words', () => initTrace('A', 0x1000_0000), [INVAL, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY]],
  ['mmap', () => mmap('A', AREA_WORDS), [INVAL, OK, OK, INVAL, INVAL, INVAL, OK, OK, OK, OK]],
  ['mmap of less', () => mmap('A', AREA_WORDS - 2), [INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL]],
  ['mmap with an offset', () => mmap('A', AREA_WORDS, 1), [INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL]],
  ['ENABLE', () => enable('A'), [INVAL, INVAL, OK, INVAL, INVAL, INVAL, OK, OK, BUSY, BUSY]],
  ['ENABLE of comparisons', () => enable('A', 'KCOV_TRACE_CMP'), [INVAL, INVAL, OK, INVAL, INVAL, INVAL, OK, OK, BUSY, BUSY]],
  ['ENABLE of no mode', () => enable('A', 7), [INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, BUSY, BUSY]],
  ['REMOTE_ENABLE', () => toRemote('A', HANDLE_B), [INVAL, INVAL, OK, INVAL, INVAL, INVAL, OK, OK, BUSY, BUSY]],
  ['REMOTE_ENABLE of no handle', () => toRemote('A', 0n), [INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, BUSY, BUSY]],
  ['REMOTE_ENABLE of one handle twice', () => remoteEnable('A', { areaWords: 4, handles: [HANDLE_B, HANDLE_B] }), [INVAL, INVAL, EXIST, INVAL, INVAL, INVAL, EXIST, EXIST, BUSY, BUSY]],
  ['REMOTE_ENABLE of 257 handles', () => remoteEnable('A', { areaWords: 4, handles: [HANDLE_B], count: 257 }), [INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL]],
  ['DISABLE', () => disable('A'), [INVAL, INVAL, INVAL, OK, OK, INVAL, INVAL, INVAL, INVAL, INVAL]],
  ['DISABLE with an argument', () => disable('A', 1), [INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL]],
  ['an unknown ioctl', () => unknownIoctl('A'), [NOTTY, NOTTY, NOTTY, NOTTY, NOTTY, NOTTY, NOTTY, NOTTY, NOTTY, NOTTY]],
];

const program = built(kcovV55);

/** What a call returned, and what the contract said to it. */
function outcome(setUp: readonly SetUp<Ghost>[], call: Call): { result: number | null; violations: string[] } {
  let result: number | null = null;
  const watched: Call = {
    ...call,
    end(view, value) {
      result = Number(value);
      call.end(view, value);
    },
  };
  const scenario = kcovScenario({ name: 'one-call', checks: '', devices: ['A', 'C'], setUp, tasks: ['other'], actors: [task('task', [watched])] });
  const constants = new Map(Object.entries(scenario.constants).map(([name, value]) => [name, BigInt(value)]));
  const searched = explore(compile(program, { constants, hashBuckets: 2 }), scenario, kcovContract, { statesMax: 10_000 });
  return { result, violations: searched.found.map((f) => f.violation.property) };
}

const columns = Object.entries(STATES);

describe.each(TABLE)('%s', (_, make, results) => {
  it.each(columns.map(([state, setUp], i) => ({ state, setUp, expected: results[i] })))('of a device that is $state: $expected', ({ state, setUp, expected }) => {
    const { result, violations } = outcome(setUp, make());
    expect(result).toBe(expected);
    // The second mmap() of v5.5 succeeds without pages, and the contract says so.
    const twice = make().label.startsWith('mmap') && expected === OK && state !== 'initialised';
    expect(violations).toEqual(twice ? ['mmap-without-pages'] : []);
  });
});
