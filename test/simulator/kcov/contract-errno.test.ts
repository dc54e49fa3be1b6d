/**
 * @module Every call in every state of a device: the result of each model against a table of literal numbers, and the
 * contract of its dialect against both. The tables are kernel/kcov.c of v5.5 and v6.12 as a person reads them.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '../../../simulator/compile/compile.js';
import { explore } from '../../../simulator/explore/explore.js';
import { contractFor } from '../../../simulator/kcov/contract.js';
import type { Ghost } from '../../../simulator/kcov/ghost.js';
import { kcovModels } from '../../../simulator/kcov/index.js';
import type { KcovModel } from '../../../simulator/kcov/index.js';
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

/** v5.5: one row for each call, one column for each state in the order above. */
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

/** v6.12, where it differs: a device has its area since INIT_TRACE, of which the size is looked at before the state. */
const LATER: Readonly<Record<string, readonly number[]>> = {
  'INIT_TRACE of 1 word': [INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL],
  'INIT_TRACE of 2^28 words': [INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL, INVAL],
  mmap: [INVAL, OK, OK, OK, OK, OK, OK, OK, OK, OK],
  ENABLE: [INVAL, OK, OK, INVAL, INVAL, INVAL, OK, OK, BUSY, BUSY],
  'ENABLE of comparisons': [INVAL, OK, OK, INVAL, INVAL, INVAL, OK, OK, BUSY, BUSY],
  REMOTE_ENABLE: [INVAL, OK, OK, INVAL, INVAL, INVAL, OK, OK, BUSY, BUSY],
  'REMOTE_ENABLE of one handle twice': [INVAL, EXIST, EXIST, INVAL, INVAL, INVAL, EXIST, EXIST, BUSY, BUSY],
};

const programs = new Map(kcovModels.map((model) => [model, built(model)]));

/** What a call returned, and what the contract said to it. */
function outcome(model: KcovModel, setUp: readonly SetUp<Ghost>[], call: Call): { result: number | null; violations: string[] } {
  let result: number | null = null;
  const watched: Call = {
    ...call,
    end(view, value) {
      result = Number(value);
      call.end(view, value);
    },
  };
  const scenario = kcovScenario({ name: 'one-call', checks: '', devices: ['A', 'C'], setUp, tasks: ['other'], actors: [task('task', [watched])] });
  const sizes = { CONFIG_KCOV_IRQ_AREA_SIZE: 4, ...scenario.constants };
  const constants = new Map(Object.entries(sizes).map(([name, value]) => [name, BigInt(value)]));
  const program = programs.get(model);
  if (!program) throw new Error(model.version);
  const searched = explore(compile(program, { constants, hashBuckets: 2 }), scenario, contractFor(model.dialect), { statesMax: 10_000 });
  return { result, violations: searched.found.map((f) => f.violation.property) };
}

const columns = Object.entries(STATES);
const rows = kcovModels.flatMap((model) => TABLE.map(([call, make, results]) => (
  { version: model.version, call, model, make, results: model.dialect === 'v5.18' ? LATER[call] ?? results : results }
)));

describe.each(rows)('$version: $call', ({ model, make, results }) => {
  it.each(columns.map(([state, setUp], i) => ({ state, setUp, expected: results[i] })))('of a device that is $state: $expected', ({ state, setUp, expected }) => {
    const { result, violations } = outcome(model, setUp, make());
    expect(result).toBe(expected);
    // The second mmap() of v5.5 succeeds without pages, and the contract says so.
    const twice = model.dialect === 'v5.5' && make().label.startsWith('mmap') && expected === OK && state !== 'initialised';
    expect(violations).toEqual(twice ? ['mmap-without-pages'] : []);
  });
});

it('has no row for a call that is not made', () => {
  expect(TABLE.map(([call]) => call)).toEqual(expect.arrayContaining(Object.keys(LATER)));
});
