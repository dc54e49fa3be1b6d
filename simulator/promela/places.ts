/**
 * @module The places of a process: everywhere a context of an actor can rest, with the values that its registers may
 * have there. A place is a stack of functions with their pcs, the operation under way and what was added to preempt_count;
 * calls are inlined by that.
 */
import type { ContextState } from '../machine/state.js';
import type { Value } from '../machine/value.js';
import { entryOffset } from '../machine/machine.js';
import type { Actor } from './actor.js';
import { activeName, bottomHalvesName, budgetName, entryIrqsName, irqsName, preemptName } from './model.js';
import type { Model } from './model.js';
import { Path } from './path.js';
import { addToPreemptCount } from './preempt.js';
import { runPrivate, runStep, zeroDead } from './private.js';
import { both, constant, equal, mapped, plus } from './term.js';
import type { Term } from './term.js';
import type { Values } from './values.js';
import { HARDIRQ_MASK, NMI_MASK, SOFTIRQ_MASK } from '../kernel/preempt-count.js';

interface PlaceFrame {
  readonly functionIndex: number;
  readonly pc: number;
}

export interface Place {
  readonly key: string;
  readonly actor: Actor;
  /** `idle`: the interrupt has not come; `over`: nothing left to do. */
  readonly kind: 'idle' | 'code' | 'over';
  readonly operation: number;
  readonly delta: number;
  readonly frames: readonly PlaceFrame[];
  /** Values of what belongs to the context: its registers by name, irqs and preempt_count of its CPU. */
  readonly known: Map<string, Set<Value>>;
}

const registerName = (actor: number, depth: number, functionIndex: number, reg: number): string => `reg:${actor}:${depth}:${functionIndex}:${reg}`;

export const isRegister = (name: string): boolean => name.startsWith('reg:');

/** The names of registers that are live at a place. */
export function liveRegisters<G>(model: Model<G>, place: Pick<Place, 'frames' | 'actor'>): string[] {
  return place.frames.flatMap(({ functionIndex, pc }, depth) => {
    const code = model.prepared.code.functions[functionIndex];
    const dead = new Set(code?.dead[pc] ?? []);
    return Array.from({ length: code?.registers ?? 0 }, (_, reg) => reg).filter((reg) => !dead.has(reg)).map((reg) => registerName(place.actor.index, depth, functionIndex, reg));
  });
}

/** Where a path comes to rest: the place's key and the values of its live registers. */
export interface Rest {
  readonly place: Omit<Place, 'known'>;
  readonly registers: ReadonlyMap<string, Term>;
}

export function placeOf(actor: Actor, kind: Place['kind'], at: Pick<Place, 'operation' | 'delta' | 'frames'>): Omit<Place, 'known'> {
  const stack = at.frames.map((frame) => `${frame.functionIndex}.${frame.pc}`).join(' ');
  return { key: `${actor.index} ${kind} ${at.operation} ${at.delta} ${stack}`, actor, kind, ...at };
}

export function idlePlace(actor: Actor): Omit<Place, 'known'> {
  return placeOf(actor, 'idle', { operation: 0, delta: 0, frames: [] });
}

/** Where a path that has not ended rests. */
export function restOf<G>(model: Model<G>, actor: Actor, path: Path): Rest {
  for (const frame of path.frames) zeroDead(model, frame);
  const frames = path.frames.map(({ functionIndex, pc }) => ({ functionIndex, pc }));
  const place = path.returned ? idlePlace(actor) : placeOf(actor, frames.length === 0 ? 'over' : 'code', { operation: path.operation, delta: path.delta, frames });
  const registers = new Map(liveRegisters(model, place).map((name) => [name, registerOf(path, name)]));
  return { place, registers };
}

function registerOf(path: Path, name: string): Term {
  const [, , depth, , reg] = name.split(':').map(Number);
  return path.frames[depth ?? 0]?.registers[reg ?? 0] ?? constant(0);
}

/** The place of a context of the initial state, and its registers' values. */
export function initialPlace(actor: Actor, { context, delta }: { context: ContextState; delta: number }): { place: Omit<Place, 'known'>; value: (name: string) => Value } {
  const frames = context.frames.map(({ functionIndex, pc }) => ({ functionIndex, pc }));
  const place = placeOf(actor, frames.length === 0 ? 'over' : 'code', { operation: context.operation, delta, frames });
  const value = (name: string): Value => {
    const [, , depth, , reg] = name.split(':').map(Number);
    return context.frames[depth ?? 0]?.registers[reg ?? 0] ?? 0;
  };
  return { place, value };
}

/** What is said of the end of an interrupt, and of its arrival. */
export const LEAVES = 'return from interrupt';
export const ARRIVES = 'arrives';

/** All ways on from a place: the transitions of the machine from there, and those that end the execution. */
export function waysFrom<G>(model: Model<G>, place: Place, others: readonly Actor[]): Path[] {
  // As they are now: going the ways adds to what is known.
  const domains = new Map<string, Values>();
  const path = new Path((name) => {
    const known = domains.get(name) ?? new Set(place.known.get(name) ?? model.valuesFor(name, place.key));
    domains.set(name, known);
    return known;
  });
  Object.assign(path, { operation: place.operation, delta: place.delta });
  if (place.kind === 'idle') return arrive(model, place.actor, path, others);
  if (place.kind === 'over') return place.actor.kind === 'task' ? [] : [leave(place.actor, path)];
  place.frames.forEach(({ functionIndex, pc }, depth) => {
    const code = model.prepared.code.functions[functionIndex];
    const dead = new Set(code?.dead[pc] ?? []);
    const registers = Array.from({ length: code?.registers ?? 0 }, (_, reg) => (dead.has(reg) ? constant(0) : path.read(registerName(place.actor.index, depth, functionIndex, reg))));
    path.frames.push({ functionIndex, pc, registers });
  });
  return runStep(model, place.actor, path);
}

/** Bits of preempt_count that are not set where an interrupt of a kind may arrive. */
const ABSENT = { task: 0, softirq: NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK, hardirq: NMI_MASK | HARDIRQ_MASK, nmi: NMI_MASK };

function arrive<G>(model: Model<G>, actor: Actor, path: Path, others: readonly Actor[]): Path[] {
  const { index, cpu, kind } = actor;
  const budget = path.read(budgetName(index));
  let guard = mapped(budget, (left) => (left === 0 ? 0 : 1));
  if (kind !== 'nmi') guard = both(guard, path.read(irqsName(cpu)));
  if (kind === 'softirq') guard = both(guard, equal(path.read(bottomHalvesName(cpu)), constant(0)));
  for (const other of others) if (other.cpu === cpu && other.kind === kind) guard = both(guard, equal(path.read(activeName(other.index)), constant(0)));
  const on = path.assume(guard)?.known(mapped(path.read(preemptName(cpu)), (count) => ((Number(count) & ABSENT[kind]) === 0 ? 1 : 0)));
  if (!on) return [];
  on.access = ARRIVES;
  on.write(budgetName(index), plus(budget, -1));
  on.write(activeName(index), constant(1));
  if (kind === 'nmi') on.write(entryIrqsName(index), on.read(irqsName(cpu)));
  if (kind !== 'softirq') on.write(irqsName(cpu), constant(0));
  addToPreemptCount(cpu, on, entryOffset(kind));
  return runPrivate(model, actor, on);
}

function leave(actor: Actor, path: Path): Path {
  const { index, cpu, kind } = actor;
  path.access = LEAVES;
  path.returned = true;
  path.write(irqsName(cpu), kind === 'nmi' ? path.read(entryIrqsName(index)) : constant(1));
  path.write(entryIrqsName(index), constant(0));
  path.write(activeName(index), constant(0));
  addToPreemptCount(cpu, path, -entryOffset(kind) - path.delta);
  return path;
}

