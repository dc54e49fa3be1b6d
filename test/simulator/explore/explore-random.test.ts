/**
 * @module Random programs on the machine and on a second interpreter, written from the rules alone over plain numbers: both
 * must reach the same ends by the same number of executions. Tasks on two CPUs, and on CPU 0 a softirq, a hardirq and an NMI.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ContextKind } from '../../../simulator/machine/state.js';
import type { Litmus, Process } from '../../litmus/litmus-file.js';
import { runLitmus } from '../../litmus/run-litmus.js';
import { loadBench } from '../bench.js';
import type { Bench } from '../bench.js';

const NAMES = ['x', 'y'] as const;
type Name = (typeof NAMES)[number];

type Op =
  | { readonly op: 'store'; readonly to: Name; readonly value: number }
  | { readonly op: 'add'; readonly to: Name; readonly value: number }
  | { readonly op: 'copy'; readonly to: Name; readonly from: Name }
  | { readonly op: 'atomic'; readonly to: Name; readonly value: number }
  | { readonly op: 'off' | 'on' }
  | { readonly op: 'bhOff' | 'bhOn' };

function inC(op: Op): string {
  switch (op.op) {
    case 'store': return `${op.to} = ${op.value};`;
    case 'add': return `${op.to} += ${op.value};`;
    case 'copy': return `${op.to} = ${op.from};`;
    case 'atomic': return `atomic_add(${op.value}, (atomic_t *)&${op.to});`;
    case 'off': return 'local_irq_disable();';
    case 'on': return 'local_irq_enable();';
    case 'bhOff': return 'local_bh_disable();';
    case 'bhOn': return 'local_bh_enable();';
  }
}

// --- the second interpreter

interface Running {
  readonly actor: number;
  pc: number;
  /** What the first half of an operation loaded; null between operations. */
  loaded: number | null;
  readonly irqsOnBefore: boolean;
}

interface Cpu {
  irqsOn: boolean;
  bhOff: number;
  readonly stack: Running[];
}

interface World {
  readonly vars: Record<Name, number>;
  readonly cpus: Cpu[];
  readonly left: number[];
}

type Program = readonly (Process & { readonly ops: readonly Op[] })[];

const copyOf = (world: World): World => structuredClone(world);

/** May an interrupt of this kind arrive on top of these contexts? */
function mayArrive(kind: ContextKind, cpu: Cpu, program: Program): boolean {
  const kinds = cpu.stack.map((running) => program[running.actor]?.kind);
  if (kinds.includes('nmi')) return false;
  if (kind === 'nmi') return true;
  if (!cpu.irqsOn || kinds.includes('hardirq')) return false;
  return kind === 'hardirq' || (!kinds.includes('softirq') && cpu.bhOff === 0);
}

/** Makes one step of the innermost context of a CPU. */
function step(world: World, cpu: Cpu, program: Program): void {
  const running = cpu.stack.at(-1);
  const op = running ? program[running.actor]?.ops[running.pc] : undefined;
  if (!running || !op) throw new Error('no step');
  if ((op.op === 'add' || op.op === 'copy') && running.loaded === null) {
    running.loaded = world.vars[op.op === 'add' ? op.to : op.from];
    return;
  }
  if (op.op === 'store') world.vars[op.to] = op.value;
  if (op.op === 'add') world.vars[op.to] = (running.loaded ?? 0) + op.value;
  if (op.op === 'copy') world.vars[op.to] = running.loaded ?? 0;
  if (op.op === 'atomic') world.vars[op.to] += op.value;
  if (op.op === 'off' || op.op === 'on') cpu.irqsOn = op.op === 'on';
  if (op.op === 'bhOff' || op.op === 'bhOn') cpu.bhOff += op.op === 'bhOff' ? 1 : -1;
  running.loaded = null;
  running.pc += 1;
}

const isDone = (running: Running, program: Program): boolean => running.pc >= (program[running.actor]?.ops.length ?? 0);

/** An interrupt at its end goes, and irqs are as they were: a step of its own. */
function leave(cpu: Cpu): void {
  cpu.irqsOn = cpu.stack.pop()?.irqsOnBefore ?? true;
}

function next(world: World, program: Program): World[] {
  const found: World[] = [];
  world.cpus.forEach((cpu, c) => {
    const top = cpu.stack.at(-1);
    if (top && (!isDone(top, program) || program[top.actor]?.kind !== 'task')) {
      const after = copyOf(world);
      const same = after.cpus[c];
      if (same && isDone(top, program)) leave(same);
      else if (same) step(after, same, program);
      found.push(after);
    }
    program.forEach((actor, a) => {
      if (actor.kind === 'task' || actor.cpu !== c || !world.left[a] || !mayArrive(actor.kind, cpu, program)) return;
      const after = copyOf(world);
      const same = after.cpus[c];
      if (!same) return;
      after.left[a] = (after.left[a] ?? 0) - 1;
      same.stack.push({ actor: a, pc: 0, loaded: null, irqsOnBefore: same.irqsOn });
      if (actor.kind !== 'softirq') same.irqsOn = false;
      found.push(after);
    });
  });
  return found;
}

function ends(world: World, program: Program, known: Map<string, Map<string, bigint>>): Map<string, bigint> {
  const key = JSON.stringify(world);
  const before = known.get(key);
  if (before) return before;
  const found = new Map<string, bigint>();
  const idle = world.cpus.every((cpu) => cpu.stack.every((r) => isDone(r, program) && program[r.actor]?.kind === 'task'));
  if (idle) found.set(NAMES.map((name) => `${name}=${world.vars[name]}`).join(' '), 1n);
  for (const after of next(world, program)) {
    for (const [end, count] of ends(after, program, known)) found.set(end, (found.get(end) ?? 0n) + count);
  }
  known.set(key, found);
  return found;
}

function reference(program: Program): Map<string, bigint> {
  const cpus = [0, 1].map((c): Cpu => ({
    irqsOn: true, bhOff: 0,
    stack: program.flatMap((p, actor) => (p.kind === 'task' && p.cpu === c ? [{ actor, pc: 0, loaded: null, irqsOnBefore: true }] : [])),
  }));
  const world: World = { vars: { x: 0, y: 0 }, cpus, left: program.map((p) => p.times) };
  return new Map([...ends(world, program, new Map())].sort(([a], [b]) => (a < b ? -1 : 1)));
}

// --- random programs

const name = fc.constantFrom(...NAMES);
const digit = fc.integer({ min: 1, max: 3 });
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant('store' as const), to: name, value: digit }), fc.record({ op: fc.constant('add' as const), to: name, value: digit }),
  fc.record({ op: fc.constant('copy' as const), to: name, from: name }), fc.record({ op: fc.constant('atomic' as const), to: name, value: digit }),
  fc.record({ op: fc.constantFrom('off' as const, 'on' as const) }),
);
/** Operations, some of them with bottom halves off. */
const ops = (max: number): fc.Arbitrary<Op[]> => fc.tuple(fc.array(op, { maxLength: max }), fc.boolean(), fc.array(op, { maxLength: 1 })).map(
  ([list, guarded, more]) => (guarded ? [...more, { op: 'bhOff' }, ...list, { op: 'bhOn' }] : [...list, ...more]));

const program: fc.Arbitrary<Program> = fc.tuple(ops(3), ops(2), fc.record({ softirq: fc.option(ops(2)), hardirq: fc.option(ops(2)), nmi: fc.option(ops(1)) }), fc.integer({ min: 1, max: 2 })).map(
  ([first, second, others, times]) => {
    const interrupts = (['softirq', 'hardirq', 'nmi'] as const).flatMap((kind) => {
      const list = others[kind];
      return list ? [{ kind, cpu: 0, times: kind === 'hardirq' ? times : 1, ops: list }] : [];
    });
    const all = [{ kind: 'task' as const, cpu: 0, times: 1, ops: first }, { kind: 'task' as const, cpu: 1, times: 1, ops: second }, ...interrupts];
    return all.map((p, i) => ({ ...p, name: `P${i}` }));
  });

function litmusOf(list: Program): Litmus {
  const functions = list.map((p) => `void ${p.name}(void)\n{\n\t${p.ops.map(inC).join('\n\t')}\n}`);
  return {
    name: 'random', result: 'Never', executions: 0n, axes: {}, reported: [], text: `int x;\nint y;\n${functions.join('\n')}`, processes: list,
    exists: [NAMES.map((n) => ({ global: n, value: 0n }))],
  };
}

describe('random programs', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it('end where a second interpreter says, in as many ways', () => {
    fc.assert(fc.property(program, (list) => {
      const litmus = litmusOf(list);
      expect([...runLitmus(bench.code(litmus.text), litmus, new Set()).histogram]).toEqual([...reference(list)]);
    }), { numRuns: 60, seed: 20191217 });
  });
});
