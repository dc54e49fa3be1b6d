/**
 * @module Random sequences: pieces that make sense together, such as a device that is set up or a section, and single calls that
 * may make none. What cannot run is left out of what was drawn.
 */
import fc from 'fast-check';
import { objectionTo, withEnd } from './sequence.js';
import type { Action, Call, Line, Sequence, Who } from './sequence.js';

const WORDS = 512;
const PIECES_MAX = 14;
/** The simulator has eight objects for each allocating statement. */
const INITS_MAX = 7;
const ACTIONS_MAX = 4;
const LABELS_MAX = 15;

/** Handles of subsystem usb, one of two other kinds that no list may have, and common ones. */
const HANDLES = [0x0100000000000001n, 0x0100000000000002n, 0x0100000000000003n, 0x0100000100000001n, 0x7n, 0n] as const;
const COMMON = [0n, 0n, 5n, 6n, 0x0100000000000001n] as const;

const device = fc.constantFrom('A', 'B', 'C');
const userTask = fc.constantFrom<Who>('t0', 't0', 't1', 't2');
const anyTask = fc.constantFrom<Who>('t0', 't0', 't1', 't2', 'k0', 'k0', 'k1');
const handle = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(HANDLES[0], HANDLES[1]) }, { weight: 1, arbitrary: fc.constantFrom(...HANDLES) });
const label = fc.integer({ min: 0, max: LABELS_MAX });
const operand = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }));

const instrumented: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: label.map((l): Action => ({ act: 'hit', label: l })) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('hits' as const), times: fc.integer({ min: 2, max: 6 }), label }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('cmp' as const, 'const' as const), label, bytes: fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const), operands: fc.tuple(operand, operand) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('switch' as const), label, bits: fc.constantFrom(8, 16, 32, 64), value: fc.bigInt({ min: 0n, max: 9n }), cases: fc.array(fc.bigInt({ min: 0n, max: 9n }), { maxLength: 3 }) }) },
);

const plain: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: instrumented },
  { weight: 2, arbitrary: handle.map((h): Action => ({ act: 'start', handle: h })) },
  { weight: 2, arbitrary: fc.constant<Action>({ act: 'stop' }) },
  { weight: 1, arbitrary: fc.constantFrom<Action>({ act: 'handle' }, { act: 'state' }) },
);

const section = (body: fc.Arbitrary<Action[]>): fc.Arbitrary<Action[]> => fc.tuple(handle, body).map(([h, inside]) => [{ act: 'start', handle: h }, ...inside, { act: 'stop' }]);

/** Actions with interrupts nested up to `depth` in them. */
function actions(depth: number): fc.Arbitrary<Action[]> {
  const one: fc.Arbitrary<Action[]> = plain.map((action) => [action]);
  if (depth === 0) return fc.array(fc.oneof({ weight: 4, arbitrary: one }, { weight: 1, arbitrary: section(fc.array(plain, { maxLength: 2 })) }), { maxLength: 2 }).map((list) => list.flat());
  const inner = actions(depth - 1);
  const interrupt = fc.record({ act: fc.constantFrom('softirq' as const, 'softirq' as const, 'hardirq' as const, 'nmi' as const), body: inner }).map((i): Action[] => [i]);
  return fc.array(fc.oneof({ weight: 4, arbitrary: one }, { weight: 2, arbitrary: section(inner) }, { weight: 2, arbitrary: interrupt }), { minLength: 1, maxLength: ACTIONS_MAX }).map((list) => list.flat());
}

const words = fc.oneof({ weight: 8, arbitrary: fc.constant(WORDS) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3, 5, 1024, 1 << 28, 0xffffffff) });
const mode = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0, 0, 1) }, { weight: 1, arbitrary: fc.constantFrom(2, 3, 7) });
/** Counts near either end of an area, of records of one and of four words. */
const count = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 124, max: 130 }), fc.integer({ min: 506, max: 513 })).map(BigInt);

const remote: fc.Arbitrary<Call> = fc.record({
  call: fc.constant('remote' as const), device, mode, areaWords: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(64, 128) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3, 5, 6) }),
  common: fc.constantFrom(...COMMON), handles: fc.array(handle, { maxLength: 3 }), over: fc.constantFrom(0, 0, 0, 0, 0, 0, 300),
}).map(({ over, ...call }) => ({ ...call, count: over === 0 ? call.handles.length : over }));

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ call: fc.constantFrom('ioctl' as const, 'close' as const, 'read' as const, 'read' as const), device }),
  fc.record({ call: fc.constant('init' as const), device, words }),
  fc.record({ call: fc.constant('mmap' as const), device, words: fc.constantFrom(WORDS, WORDS, 2 * WORDS), page: fc.constantFrom(0, 0, 0, 1) }),
  fc.record({ call: fc.constant('enable' as const), device, arg: mode }),
  fc.record({ call: fc.constant('enable' as const), device, arg: mode }),
  fc.record({ call: fc.constant('disable' as const), device, arg: fc.constantFrom(0, 0, 0, 0, 1) }),
  remote, remote,
  fc.record({ call: fc.constant('poke' as const), device, word: fc.constant(0), value: count }),
);

const setUp: fc.Arbitrary<Line[]> = fc.record({ by: userTask, name: device, size: fc.constantFrom(WORDS, WORDS, WORDS, 2 * WORDS), mode, kind: fc.constantFrom('enable', 'remote', 'none'), h: handle, area: fc.constantFrom(64, 128, 4) })
  .map(({ by, name, size, mode: m, kind, h, area }) => {
    const calls: Call[] = [{ call: 'open', device: name }, { call: 'init', device: name, words: size }, { call: 'mmap', device: name, words: size, page: 0 }];
    if (kind === 'enable') calls.push({ call: 'enable', device: name, arg: m });
    if (kind === 'remote') calls.push({ call: 'remote', device: name, mode: m, areaWords: area, common: 0n, count: 1, handles: [h] });
    return calls.map((deed) => ({ by, deed }));
  });

const piece: fc.Arbitrary<Line[]> = fc.oneof(
  { weight: 3, arbitrary: setUp },
  { weight: 5, arbitrary: fc.record({ by: anyTask, deed: actions(2).map((list) => ({ actions: list })) }).map((line) => [line]) },
  { weight: 4, arbitrary: fc.record({ by: userTask, deed: call }).map((line) => [line]) },
  { weight: 1, arbitrary: fc.record({ by: anyTask, deed: fc.oneof(fc.constant({ exit: true as const }), fc.constantFrom<Who>('t1', 't2', 't3').map((fork) => ({ fork }))) }).map((line) => [line]) },
);

/** What can run of what was drawn, in its order. */
export function runnable(lines: Sequence): Sequence {
  const kept: Line[] = [];
  let inits = 0;
  for (const line of lines) {
    const isInit = 'call' in line.deed && line.deed.call === 'init';
    if ((isInit && inits === INITS_MAX) || ('actions' in line.deed && line.deed.actions.length === 0) || objectionTo([...kept, line]) !== null) continue;
    kept.push(line);
    if (isInit) inits += 1;
  }
  return kept;
}

const sequences: fc.Arbitrary<Sequence> = fc.array(piece, { minLength: 2, maxLength: PIECES_MAX }).map((pieces) => withEnd(runnable(pieces.flat())));

/** The same `count` sequences for the same seed. */
export function randomSequences(seed: number, count: number): Sequence[] {
  return fc.sample(sequences, { seed, numRuns: count });
}
