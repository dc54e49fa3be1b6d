/**
 * @module Random programs of stores, loads and barriers against a second account of both axes: every way in which one access of
 * a program moves behind later ones, merged in every way with what else runs. The ends must be the same, no more and no fewer.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Axes, Litmus, Process } from '../../litmus/litmus-file.js';
import { runLitmus } from '../../litmus/run-litmus.js';
import { loadBench } from '../bench.js';
import type { Bench } from '../bench.js';

type Op =
  | { readonly k: 'store' | 'load'; readonly at: string; readonly marked: boolean }
  | { readonly k: 'barrier'; readonly call: string };

interface Step {
  readonly op: Op;
  /** Number of the operation in its program: names the register, and the value. */
  readonly n: number;
}

/** A program in the order it is performed in; `moved`: the number of the step that moved, null for none. */
interface Order {
  readonly steps: readonly Step[];
  readonly moved: number | null;
}

const LOCATIONS = ['x', 'y', 'z'];
const access = fc.record({ k: fc.constantFrom('store' as const, 'load' as const), at: fc.constantFrom(...LOCATIONS), marked: fc.boolean() });
const barrier = fc.record({ k: fc.constant('barrier' as const), call: fc.constantFrom('barrier', 'smp_wmb', 'smp_rmb', 'smp_mb') });
const program = fc.array(fc.oneof({ weight: 5, arbitrary: access }, { weight: 1, arbitrary: barrier }), { minLength: 1, maxLength: 4 });

/** Two locations in opposite orders, something or nothing between them, a store behind: where order between CPUs shows. */
const crossing = (first: string, second: string): fc.Arbitrary<Op[]> => {
  const kind = fc.constantFrom('store' as const, 'load' as const);
  const to = (at: string): fc.Arbitrary<Op> => fc.record({ k: kind, at: fc.constant(at), marked: fc.boolean() });
  const behind: Op = { k: 'store', at: 'z', marked: false };
  return fc.tuple(to(first), fc.array(fc.oneof(barrier, access), { maxLength: 1 }), to(second), fc.constantFrom([], [behind])).map(([a, between, b, rest]) => [a, ...between, b, ...rest]);
};

const valueOf = (process: number, n: number): number => 10 * (process + 1) + n;

/** True if `op` may be performed before `i`, which stands before it. */
type MayPass = (i: Op & { k: 'store' | 'load' }, op: Op) => boolean;

const byCompiler: MayPass = (i, op) => op.k !== 'barrier' && op.at !== i.at && !(op.marked && i.marked);

const byCpu: MayPass = (i, op) => {
  if (op.k === 'barrier') return op.call === 'barrier' || op.call === (i.k === 'store' ? 'smp_rmb' : 'smp_wmb');
  return op.at !== i.at && (i.k === 'store' || op.k === 'load');
};

/** The program as written, and with one access moved. */
function orders(ops: readonly Op[], may: MayPass): Order[] {
  const steps = ops.map((op, n) => ({ op, n }));
  const found: Order[] = [{ steps, moved: null }];
  for (const [n, op] of ops.entries()) {
    if (op.k === 'barrier') continue;
    for (let to = n + 1; to < ops.length && may(op, ops[to] ?? op); to += 1) {
      found.push({ steps: [...steps.slice(0, n), ...steps.slice(n + 1, to + 1), { op, n }, ...steps.slice(to + 1)], moved: n });
    }
  }
  return found;
}

interface Run {
  readonly process: number;
  readonly step: Step;
  readonly order: Order;
}

/** Every merge of two lists. */
function merges(a: readonly Run[], b: readonly Run[]): Run[][] {
  const [x, y] = [a[0], b[0]];
  if (!x) return [[...b]];
  if (!y) return [[...a]];
  return [...merges(a.slice(1), b).map((rest) => [x, ...rest]), ...merges(a, b.slice(1)).map((rest) => [y, ...rest])];
}

/** A write must not come between a read of its location and a store of the reader that the read overtook. */
function storeLoadKept(runs: readonly Run[]): boolean {
  const visible = (r: Run, before: readonly Run[]): boolean => before.some((s) => s.process === r.process && s.step.n === r.order.moved);
  const overtook = ({ step, order }: Run): boolean => order.moved !== null && order.moved < step.n && order.steps.find((s) => s.n === order.moved)?.op.k === 'store';
  return runs.every(({ process, step: { op } }, i) => {
    if (op.k !== 'store') return true;
    const before = runs.slice(0, i);
    return before.every((r) => r.process === process || r.step.op.k !== 'load' || r.step.op.at !== op.at || !overtook(r) || visible(r, before));
  });
}

function endOf(runs: readonly Run[], names: readonly string[]): string {
  const memory = new Map<string, number>();
  for (const { process, step } of runs) {
    if (step.op.k === 'store') memory.set(step.op.at, valueOf(process, step.n));
    if (step.op.k === 'load') memory.set(`o${process}${step.n}`, memory.get(step.op.at) ?? 0);
  }
  return names.map((name) => `${name}=${memory.get(name) ?? 0}`).join(' ');
}

const asRuns = (process: number, order: Order): Run[] => order.steps.map((step) => ({ process, step, order }));

/** Pairs of orders in which at most one access of all moved. */
function pairs(a: readonly Order[], b: readonly Order[]): [Order, Order][] {
  return a.flatMap((x) => b.filter((y) => x.moved === null || y.moved === null).map((y): [Order, Order] => [x, y]));
}

function functionOf(process: number, ops: readonly Op[]): string {
  const line = (op: Op, n: number): string => {
    if (op.k === 'barrier') return `${op.call}();`;
    if (op.k === 'load') return `r${n} = ${op.marked ? `READ_ONCE(${op.at})` : op.at};`;
    const value = valueOf(process, n);
    return op.marked ? `WRITE_ONCE(${op.at}, ${value});` : `${op.at} = ${value};`;
  };
  const loads = ops.flatMap((op, n) => (op.k === 'load' ? [n] : []));
  return `void P${process}(void) { ${loads.map((n) => `int r${n};`).join(' ')} ${ops.map(line).join(' ')} smp_mb(); ${loads.map((n) => `WRITE_ONCE(o${process}${n}, r${n});`).join(' ')} }`;
}

describe('programs with one access put off', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  function machineEnds(programs: readonly (readonly Op[])[], names: readonly string[], { processes, reorderings }: Pick<Litmus, 'processes'> & Pick<Axes, 'reorderings'>): string[] {
    const text = `${names.map((name) => `int ${name};`).join(' ')}\n${programs.map((ops, i) => functionOf(i, ops)).join('\n')}`;
    const exists = [names.map((global) => ({ global, value: 0n }))];
    const ran = runLitmus(bench.code(text), { name: 'random', result: 'Never', executions: 0n, text, exists, processes, reported: [], axes: { reorderings } }, new Set());
    return [...ran.histogram.keys()].sort();
  }

  const namesOf = (a: readonly Op[], b: readonly Op[]): string[] =>
    [...LOCATIONS, ...[a, b].flatMap((ops, p) => ops.flatMap((op, n) => (op.k === 'load' ? [`o${p}${n}`] : [])))];

  it('by CPUs end as the second account says', () => {
    const processes: Process[] = [{ name: 'P0', kind: 'task', cpu: 0, times: 1 }, { name: 'P1', kind: 'task', cpu: 1, times: 1 }];
    fc.assert(fc.property(crossing('x', 'y'), crossing('y', 'x'), (a, b) => {
      const names = namesOf(a, b);
      const ends = pairs(orders(a, byCpu), orders(b, byCpu)).flatMap(([x, y]) => merges(asRuns(0, x), asRuns(1, y)).filter(storeLoadKept).map((runs) => endOf(runs, names)));
      expect(machineEnds([a, b], names, { processes, reorderings: { compiler: 0, cpus: 1 } })).toEqual([...new Set(ends)].sort());
    }), { numRuns: 200, seed: 20191217 });
  });

  it('by the compiler end as the second account says', () => {
    const processes: Process[] = [{ name: 'P0', kind: 'task', cpu: 0, times: 1 }, { name: 'P1', kind: 'nmi', cpu: 0, times: 1 }];
    fc.assert(fc.property(program, program, (a, b) => {
      const names = namesOf(a, b);
      const ends = pairs(orders(a, byCompiler), orders(b, byCompiler)).flatMap(([x, y]) => {
        const [task, nmi] = [asRuns(0, x), asRuns(1, y)];
        return [task, ...Array.from({ length: task.length + 1 }, (_, i) => [...task.slice(0, i), ...nmi, ...task.slice(i)])].map((runs) => endOf(runs, names));
      });
      expect(machineEnds([a, b], names, { processes, reorderings: { compiler: 1, cpus: 0 } })).toEqual([...new Set(ends)].sort());
    }), { numRuns: 150, seed: 20191217 });
  });
});
