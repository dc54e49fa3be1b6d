/**
 * @module A state that notes what is read of it. Given to the machine in place of a state, it tells an engine on which parts
 * of which components a transition depends, and what it writes, so that the engine can use the result again in every
 * state that has the same parts. Contexts, CPUs and the contract's state are parts as a whole; of an object each
 * range of bytes is one, and its life (size, freed) another.
 */
import { readCells } from './cells.js';
import type { ContextState, CpuState, MemoryObject, State } from './state.js';
import type { Scalar, Value } from './value.js';

/** What is read of a component. */
export type Part =
  | { readonly part: 'all' }
  /** Whether an object is there, is freed, and how many bytes it has. */
  | { readonly part: 'life' }
  | { readonly part: 'bytes'; readonly offset: number; readonly bytes: 1 | 2 | 4 | 8 };

export const ALL: Part = { part: 'all' };
export const LIFE: Part = { part: 'life' };

/** What is written to an object, in order. */
export type Write =
  | { readonly op: 'store'; readonly offset: number; readonly bytes: 1 | 2 | 4 | 8; readonly value: Value }
  | { readonly op: 'free'; readonly drop: boolean }
  /** All of it is new; what it holds then depends on what was read. */
  | { readonly op: 'replace' };

export type Component = 'context' | 'cpu' | 'ghost' | 'orders' | 'scheduler' | 'object';

/** Hears of each first read of a part. */
export type OnRead = (component: Component, index: number, part: Part) => void;

/** A read-only array, as long as `items`, that tells when an element is looked at. */
function watched<T>(items: readonly T[], look: (index: number) => T): readonly T[] {
  const made: T[] = [];
  items.forEach((_, index) => Object.defineProperty(made, index, { enumerable: true, configurable: true, get: () => look(index) }));
  return made;
}

/** An object of memory whose parts tell when they are read. */
class WatchedObject implements MemoryObject {
  constructor(private readonly raw: MemoryObject, private readonly index: number, private readonly read: OnRead) {}

  get id(): number {
    this.read('object', this.index, ALL);
    return this.raw.id;
  }

  get freed(): boolean {
    return this.raw.freed;
  }

  get size(): number {
    return this.raw.size;
  }

  get cells(): readonly Value[] {
    this.read('object', this.index, ALL);
    return this.raw.cells;
  }

  value(offset: number, type: Scalar): Value {
    this.read('object', this.index, { part: 'bytes', offset, bytes: type.bytes });
    return readCells(this.raw.cells, offset, type);
  }
}

/** The scalar at `offset` of an object that is in bounds; of a watched one, only these bytes count as read. */
export function scalarOf(object: MemoryObject, offset: number, type: Scalar): Value {
  return object instanceof WatchedObject ? object.value(offset, type) : readCells(object.cells, offset, type);
}

export class Spy<G> implements State<G> {
  readonly contexts: readonly ContextState[];
  readonly cpus: readonly CpuState[];
  readonly objects: readonly (MemoryObject | undefined)[];
  /** By object: what the transition made last wrote. */
  writes: ReadonlyMap<number, readonly Write[]> = new Map();
  raw: State<G>;

  /** preempt_count was read by code or contract. */
  countRead = false;

  /** `first` says how many components there are of each kind; reset() gives others. */
  constructor(first: State<G>, private readonly read: OnRead) {
    this.raw = first;
    this.contexts = watched(first.contexts, (index) => {
      read('context', index, ALL);
      return this.raw.contexts[index] as ContextState;
    });
    this.cpus = watched(first.cpus, (index) => {
      read('cpu', index, ALL);
      return this.raw.cpus[index] as CpuState;
    });
    this.objects = watched<MemoryObject | undefined>(first.objects, (index) => {
      // Already whether there is one tells something.
      read('object', index, LIFE);
      const item = this.raw.objects[index];
      return item ? new WatchedObject(item, index, read) : undefined;
    });
  }

  /** Watches another state. */
  reset(raw: State<G>): void {
    this.raw = raw;
    this.writes = new Map();
    this.countRead = false;
  }

  get ghost(): State<G>['ghost'] {
    this.read('ghost', 0, ALL);
    return this.raw.ghost;
  }

  get orders(): State<G>['orders'] {
    this.read('orders', 0, ALL);
    return this.raw.orders;
  }

  get scheduler(): State<G>['scheduler'] {
    this.read('scheduler', 0, ALL);
    return this.raw.scheduler;
  }

  lookedAtCount(): void {
    this.countRead = true;
  }

  /** A part of an object is read although something of the object was written already. */
  readObject(index: number, part: Part): void {
    this.read('object', index, part);
  }
}

/** The spy that a state is; null for a state as it is. */
export function spyOf<G>(state: State<G>): Spy<G> | null {
  return state instanceof Spy ? (state as Spy<G>) : null;
}

/** A state as it is. */
export function rawOf<G>(state: State<G>): State<G> {
  return state instanceof Spy ? (state as Spy<G>).raw : state;
}
