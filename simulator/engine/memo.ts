/**
 * @module What the machine does, remembered: for each CPU the moves it has, and for each move what it changes, as decision
 * trees over the parts of the state that the machine looked at. The machine itself is asked once for each combination of
 * what it reads; in all other states the answer is found by a few array look-ups. So the search runs the same semantics as
 * the plain interpreter, and whatever the machine comes to do is done here too.
 */
import type { Listener } from '../machine/execute.js';
import type { Machine, Transition } from '../machine/machine.js';
import { writeCells } from '../machine/cells.js';
import { Spy } from '../machine/spy.js';
import type { Component, Part, Write } from '../machine/spy.js';
import type { CpuState, MemoryObject, State } from '../machine/state.js';
import { U64, U32 } from '../machine/value.js';
import type { Scalar } from '../machine/value.js';
import { hasCycle } from './cycle.js';
import { Dictionary } from './dictionary.js';
import { Footprints } from './footprints.js';
import type { Touched } from './footprints.js';
import { LEAF, SLOT, SPECIAL, Trees } from './trees.js';
import type { Read } from './trees.js';

/** What a move comes to. */
export interface Outcome {
  readonly number: number;
  readonly move: Transition;
  /** Fields that change, and the patch of each. */
  readonly fields: Int32Array;
  readonly patches: Int32Array;
  /** The execution goes on. */
  readonly goesOn: boolean;
  readonly violates: boolean;
  readonly notModelled: string | null;
  readonly bound: string | null;
  /** What it touches that others may touch. */
  readonly touched: Touched;
}

/** The moves of one CPU, and the root of the tree of each. */
export interface Moves {
  readonly moves: readonly Transition[];
  readonly roots: Int32Array;
  /** There is one that is no arrival of an interrupt. */
  readonly steps: boolean;
  /** Index of the only such one; -1 where there is none or more than one. */
  readonly step: number;
  /** Interrupts that may arrive, one bit for each actor. */
  readonly arriving: number;
}

/** How a field changes. */
interface Patch {
  readonly field: number;
  readonly apply: (component: unknown) => unknown;
}

/** Bytes of an object; 0 for one that is not there. */
function sizeOf<G>(state: State<G>, object: number): number {
  return state.objects[object]?.size ?? 0;
}

const scalar = (bytes: 1 | 2 | 4 | 8): Scalar => (bytes === 8 ? U64 : bytes === 4 ? U32 : { bytes, signed: false });

/** What entries take with what hangs on them, about. */
const NODE_BYTES = 128;
const OUTCOME_BYTES = 512;
const COMPONENT_BYTES = 1024;

export class Memo<G> {
  readonly dictionaries: Dictionary[] = [];
  readonly trees = new Trees(this.dictionaries);
  readonly movesOf: Moves[] = [];
  readonly outcomes: Outcome[] = [];
  readonly footprints = new Footprints();
  /** By patch: the number of the component that it makes of each, plus one; 0 where nobody asked yet. */
  readonly next: Int32Array[] = [];
  /** Root of the moves of each CPU. */
  readonly cpuRoots: Int32Array;
  private readonly patches: Patch[] = [];
  private readonly patchNumbers = new Map<string, number>();
  private readonly roots = new Map<string, number>();
  /** Parts that are known at a root, by root. */
  private readonly knownAt = new Map<number, readonly Read[]>();
  private readonly actors: number;
  private readonly cpus: number;
  private readonly spy: Spy<G>;
  private readonly seen = new Set<number>();
  private reads: Read[] = [];
  /** From contexts to those they become. */
  private readonly edges = new Map<number, Set<number>>();
  /** Times the machine was asked. */
  asked = 0;

  constructor(readonly machine: Machine<G>, initial: State<G>, private readonly listener: Listener<G> | null) {
    this.actors = initial.contexts.length;
    this.cpus = initial.cpus.length;
    this.spy = new Spy(initial, (component, index, part) => this.noteRead(component, index, part));
    for (const component of [...initial.contexts, ...initial.cpus, initial.ghost, initial.orders, initial.scheduler, ...initial.objects]) {
      const dictionary = new Dictionary();
      dictionary.number(component);
      this.dictionaries.push(dictionary);
    }
    this.cpuRoots = Int32Array.from(initial.cpus, () => this.trees.node());
  }

  /** Fields of a state: contexts, CPUs, the contract's state, orders, the scheduler's, objects. */
  get fields(): number {
    return this.dictionaries.length;
  }

  get firstCpu(): number {
    return this.actors;
  }

  get ghostField(): number {
    return this.actors + this.cpus;
  }

  get firstObject(): number {
    return this.actors + this.cpus + 3;
  }

  /** Bytes it takes, about: counted from its entries, so that the same search always gives the same. */
  get bytes(): number {
    const entries = this.trees.nodes * NODE_BYTES + (this.outcomes.length + this.next.length) * OUTCOME_BYTES;
    return this.dictionaries.reduce((sum, { table, components }) => sum + table.length * 4 + components.length * COMPONENT_BYTES, entries);
  }

  private fieldOf(component: Component, index: number): number {
    switch (component) {
      case 'context': return index;
      case 'cpu': return this.actors + index;
      case 'ghost': return this.ghostField;
      case 'orders': return this.ghostField + 1;
      case 'scheduler': return this.ghostField + 2;
      case 'object': return this.firstObject + index;
    }
  }

  /** The state whose fields have the components numbered in `values`. */
  state(values: Int32Array): State<G> {
    const { dictionaries, actors, ghostField, firstObject } = this;
    const at = (field: number): unknown => (dictionaries[field] as Dictionary).components[values[field] as number];
    const part = <T>(from: number, to: number): T[] => {
      const made = new Array<T>(to - from);
      for (let field = from; field < to; field += 1) made[field - from] = at(field) as T;
      return made;
    };
    return {
      contexts: part(0, actors), cpus: part(actors, ghostField), ghost: at(ghostField) as State<G>['ghost'], orders: at(ghostField + 1) as State<G>['orders'],
      scheduler: at(ghostField + 2) as State<G>['scheduler'], objects: part(firstObject, dictionaries.length),
    };
  }

  /** What CPU `cpu` is in the state of `values`. */
  cpuState(cpu: number, values: Int32Array): CpuState {
    const field = this.fieldOf('cpu', cpu);
    return this.dictionaries[field]?.components[values[field] ?? 0] as CpuState;
  }

  /** True if an outcome puts another component in place of the CPU's. */
  changesCpu(cpu: number, { fields }: Outcome): boolean {
    return fields.includes(this.actors + cpu);
  }

  /** What CPU `cpu` is after an outcome in the state of `values`. */
  cpuAfter(cpu: number, outcome: Outcome, values: Int32Array): CpuState {
    const field = this.fieldOf('cpu', cpu);
    const at = outcome.fields.indexOf(field);
    const number = at < 0 ? (values[field] ?? 0) : this.patched(outcome.patches[at] ?? 0, values[field] ?? 0);
    return this.dictionaries[field]?.components[number] as CpuState;
  }

  private watch(values: Int32Array, known: readonly Read[]): { spy: Spy<G>; reads: Read[] } {
    this.reads = [];
    this.seen.clear();
    for (const { field, slot } of known) this.seen.add(field * 65536 + slot);
    this.spy.reset(this.state(values));
    return { spy: this.spy, reads: this.reads };
  }

  private noteRead(component: Component, index: number, part: Part): void {
    const field = this.fieldOf(component, index);
    const slot = (this.dictionaries[field] as Dictionary).slot(part);
    const key = field * 65536 + slot;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.reads.push({ field, slot });
  }

  // --- what the machine is asked

  /** Asks for the moves of a CPU; the leaf. */
  askMoves(cpu: number, values: Int32Array): number {
    const { spy, reads } = this.watch(values, []);
    this.asked += 1;
    const moves = this.machine.transitionsOf(spy, cpu);
    const leaf = this.trees.path(this.cpuRoots[cpu] ?? 0, reads, values);
    const steps = moves.filter((move) => !move.enter);
    this.noteAwaited(cpu, values, reads);
    const roots = moves.map((move) => this.rootOf(move, values));
    this.trees.leaf(leaf, steps.length > 0 ? LEAF : SPECIAL, { number: this.movesOf.length, items: roots, count: roots.length });
    this.movesOf.push({
      moves, roots: Int32Array.from(roots), steps: steps.length > 0,
      step: steps.length === 1 ? moves.findIndex((move) => !move.enter) : -1, arriving: moves.reduce((mask, move) => (move.enter ? mask | (1 << move.actor) : mask), 0),
    });
    return leaf;
  }

  /** What a context looks at to see whether it may go on, such as a lock, it touches, even while it may not. */
  private noteAwaited(cpu: number, values: Int32Array, reads: readonly Read[]): void {
    const actor = this.cpuState(cpu, values).stack.at(-1);
    const units = this.unitsRead(reads, values);
    if (actor !== undefined && units.length > 0) this.footprints.note(actor, { read: units, written: units, countRead: false, held: [], lock: 'takes' });
  }

  private unitsRead(reads: readonly Read[], values: Int32Array): number[] {
    const units = new Set<number>();
    for (const { field, slot } of reads) {
      if (field < this.ghostField) continue;
      if (field < this.firstObject) {
        units.add(this.footprints.unit(field, 0));
        continue;
      }
      const dictionary = this.dictionaries[field] as Dictionary;
      const size = (dictionary.components[values[field] ?? 0] as MemoryObject | undefined)?.size ?? 0;
      for (const unit of this.footprints.unitsOf(field, dictionary.part(slot), size)) units.add(unit);
    }
    return [...units];
  }

  /** A move depends at least on its CPU and on its actor's context: one tree for each pair of them. */
  private rootOf(move: Transition, values: Int32Array): number {
    const known = [{ field: move.actor, slot: -1 }, { field: this.actors + move.cpu, slot: -1 }];
    const key = `${move.cpu} ${move.actor} ${move.enter ? 1 : 0} ${move.choice} ${known.map(({ field }) => values[field]).join(' ')}`;
    const before = this.roots.get(key);
    if (before !== undefined) return before;
    const made = this.trees.node();
    this.roots.set(key, made);
    this.knownAt.set(made, known);
    return made;
  }

  /** Asks what a move comes to; the leaf. */
  askOutcome(root: number, move: Transition, values: Int32Array): number {
    const known = this.knownAt.get(root) ?? [];
    const { spy, reads } = this.watch(values, known);
    this.asked += 1;
    const { state, violations, notModelled, bound } = this.machine.apply(spy, move, this.listener);
    const leaf = this.trees.path(root, reads, values);
    const changes = state ? this.changes(spy, state) : [];
    if (state) this.noteEdge(move.actor, values[move.actor] ?? 0, state.contexts[move.actor]);
    const special = state === null || violations.length > 0;
    this.trees.leaf(leaf, special ? SPECIAL : LEAF, { number: this.outcomes.length, items: changes.flatMap((c) => [c.field, c.patch]), count: changes.length });
    this.outcomes.push({
      number: this.outcomes.length, move, fields: Int32Array.from(changes, (c) => c.field), patches: Int32Array.from(changes, (c) => c.patch), goesOn: state !== null,
      violates: violations.length > 0, notModelled, bound, touched: this.touched(move, spy, { read: this.unitsRead(reads, values), shared: changes.map((c) => c.field).filter((field) => field >= this.ghostField && field < this.firstObject) }),
    });
    return leaf;
  }

  private touched(move: Transition, spy: Spy<G>, { read, shared }: { read: readonly number[]; shared: readonly number[] }): Touched {
    const { footprints } = this;
    const written = new Set<number>();
    for (const field of shared) written.add(footprints.unit(field, 0));
    for (const [object, writes] of spy.writes) {
      const size = sizeOf(spy.raw, object);
      for (const write of writes) for (const unit of footprints.unitsWritten(this.firstObject + object, write, size)) written.add(unit);
    }
    const context = spy.raw.contexts[move.actor];
    const frame = move.enter ? undefined : context?.frames.at(-1);
    const op = frame && this.machine.world.prepared.functions[frame.functionIndex]?.[frame.pc]?.instruction.op;
    // What follows it privately, such as the end of an operation, may touch more: then it is no mere lock.
    const lock = written.size === 1 && [...read].every((unit) => written.has(unit) || footprints.isLife(unit)) ? (op === 'lock' ? 'takes' : op === 'unlock' ? 'gives' : null) : null;
    return footprints.note(move.actor, { read, written: [...written], countRead: spy.countRead, held: context?.held.map(({ address }) => address) ?? [], lock });
  }

  private noteEdge(actor: number, from: number, to: unknown): void {
    const next = (this.dictionaries[actor] as Dictionary).number(to);
    const key = actor * EDGE_SPAN + from;
    const known = this.edges.get(key);
    if (known) known.add(actor * EDGE_SPAN + next);
    else this.edges.set(key, new Set([actor * EDGE_SPAN + next]));
  }

  private changes(spy: Spy<G>, after: State<G>): { field: number; patch: number }[] {
    const { raw } = spy;
    const changed: { field: number; patch: number }[] = [];
    const compare = (component: Component, before: readonly unknown[], now: readonly unknown[]): void => now.forEach((item, index) => {
      if (item !== before[index]) changed.push({ field: this.fieldOf(component, index), patch: this.becomes(this.fieldOf(component, index), item) });
    });
    compare('context', raw.contexts, after.contexts);
    compare('cpu', raw.cpus, after.cpus);
    compare('ghost', [raw.ghost], [after.ghost]);
    compare('orders', [raw.orders], [after.orders]);
    compare('scheduler', [raw.scheduler], [after.scheduler]);
    for (const [index, writes] of spy.writes) {
      const field = this.fieldOf('object', index);
      changed.push({ field, patch: writes[0]?.op === 'replace' ? this.becomes(field, after.objects[index]) : this.written(field, writes) });
    }
    after.objects.forEach((object, index) => {
      if (object !== raw.objects[index] && !spy.writes.has(index)) throw new Error('an object changed that nobody wrote to');
    });
    return changed;
  }

  // --- patches

  private becomes(field: number, component: unknown): number {
    return this.patch(`${field} = ${(this.dictionaries[field] as Dictionary).number(component)}`, { field, apply: () => component });
  }

  private written(field: number, writes: readonly Write[]): number {
    const key = writes.map((w) => (w.op === 'store' ? `${w.offset}:${w.bytes}=${w.value}` : w.op === 'free' ? `free ${w.drop ? 1 : 0}` : '')).join(' ');
    return this.patch(`${field} ${key}`, { field, apply: (component) => this.write(component as MemoryObject, writes) });
  }

  private write(object: MemoryObject, writes: readonly Write[]): MemoryObject {
    let [freed, cells] = [object.freed, [...object.cells]];
    for (const write of writes) {
      if (write.op === 'store') writeCells(cells, write.offset, scalar(write.bytes), write.value);
      else if (write.op === 'free') [freed, cells] = [true, write.drop ? [] : cells];
    }
    return this.machine.world.interner.object(freed, object.size, cells);
  }

  private patch(key: string, patch: Patch): number {
    const known = this.patchNumbers.get(key);
    if (known !== undefined) return known;
    const made = this.patches.length;
    this.patches.push(patch);
    this.next.push(NONE);
    this.patchNumbers.set(key, made);
    return made;
  }

  /** The component that a patch makes of component `number`; fills `next`. */
  patched(patch: number, number: number): number {
    const known = (this.next[patch] as Int32Array)[number] as number;
    return known > 0 ? known - 1 : this.firstPatched(patch, number);
  }

  private firstPatched(patch: number, number: number): number {
    const { field, apply } = this.patches[patch] as Patch;
    const dictionary = this.dictionaries[field] as Dictionary;
    const made = dictionary.number(apply(dictionary.components[number]));
    let row = this.next[patch] as Int32Array;
    if (number >= row.length) {
      const grown = new Int32Array(Math.max(4, 2 ** Math.ceil(Math.log2(number + 1))));
      grown.set(row);
      row = this.next[patch] = grown;
    }
    row[number] = made + 1;
    return made;
  }

  // --- walking

  moves(cpu: number, values: Int32Array): Moves {
    const leaf = this.trees.walk(this.cpuRoots[cpu] as number, values) || this.askMoves(cpu, values);
    return this.movesOf[this.trees.records[leaf + SLOT] as number] as Moves;
  }

  /** Makes of `values` what they are after an outcome. */
  advance(outcome: Outcome, values: Int32Array): void {
    const { fields, patches } = outcome;
    for (let i = 0; i < fields.length; i += 1) {
      const field = fields[i] as number;
      values[field] = this.patched(patches[i] as number, values[field] as number);
    }
  }

  /** True if a context was seen to come back to where it was, with all its registers: an execution that need not end. */
  get loops(): boolean {
    return hasCycle(this.edges);
  }

  /** What one of the moves comes to. */
  outcomeOf({ roots, moves }: Moves, index: number, values: Int32Array): Outcome {
    return this.outcome(roots[index] as number, moves[index] as Transition, values);
  }

  outcome(root: number, move: Transition, values: Int32Array): Outcome {
    const leaf = this.trees.walk(root, values) || this.askOutcome(root, move, values);
    return this.outcomes[this.trees.records[leaf + SLOT] as number] as Outcome;
  }
}

/** More than any actor has contexts. */
const EDGE_SPAN = 2 ** 32;

const NONE = new Int32Array(0);
