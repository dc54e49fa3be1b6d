/**
 * @module A state of the machine as a vector of shared, immutable components: memory objects, CPUs, budgets, and the
 * contract's own state. Equal components are the same object, so a state's key is the list of its components' ids
 * (the collapse compression of SPIN). The plain interpreter and oracle of the search.
 */
import { ordersKey } from './orders.js';
import type { Orders } from './orders.js';
import type { Value } from './value.js';

export type ContextKind = 'task' | 'softirq' | 'hardirq' | 'nmi';

/** One activation of a function. */
export interface Frame {
  readonly id: number;
  readonly functionIndex: number;
  readonly pc: number;
  readonly registers: readonly Value[];
}

/** What runs on a CPU: a task or one activation of an interrupt. */
export interface ContextState {
  /** Index into the scenario's actors. */
  readonly actor: number;
  /** Index of the operation under way. */
  readonly operation: number;
  /** Innermost last; empty only when the context has nothing left to do. */
  readonly frames: readonly Frame[];
  /** What the CPU had when the context began: restored when it ends. */
  readonly irqsOnAtEntry: boolean;
  readonly preemptAtEntry: number;
}

export interface CpuState {
  readonly id: number;
  readonly irqsOn: boolean;
  /** preempt_count with the kernel's fields. */
  readonly preemptCount: number;
  /** The running context last. */
  readonly contexts: readonly ContextState[];
}

export interface MemoryObject {
  readonly id: number;
  readonly freed: boolean;
  /** Bytes. */
  readonly size: number;
  /** One entry for four bytes; an 8-byte value stands in the first of its two, the second holds 0. */
  readonly cells: readonly Value[];
}

/** Contract state and the like: plain data, replaced as a whole. */
export interface Annotation<T> {
  readonly id: number;
  readonly value: T;
}

export interface State<G> {
  /** By object index; undefined where nothing was allocated yet. */
  readonly objects: readonly (MemoryObject | undefined)[];
  readonly cpus: readonly CpuState[];
  /** Remaining activations of each actor that is an interrupt. */
  readonly budgets: Annotation<readonly number[]>;
  readonly ghost: Annotation<G>;
  /** What is put off, and how much more may be. */
  readonly orders: Annotation<Orders>;
}

/** Makes components unique. One for each exploration; ids follow the order of making and are deterministic. */
export class Interner<G> {
  private readonly frames = new Map<string, Frame>();
  private readonly cpus = new Map<string, CpuState>();
  private readonly objects = new Map<string, MemoryObject>();
  private readonly budgetMap = new Map<string, Annotation<readonly number[]>>();
  private readonly ordersMap = new Map<string, Annotation<Orders>>();
  private readonly ghosts = new Map<string, Annotation<G>>();

  frame(functionIndex: number, pc: number, registers: readonly Value[]): Frame {
    const key = `${functionIndex},${pc},${registers.join()}`;
    return intern(this.frames, key, (id) => ({ id, functionIndex, pc, registers }));
  }

  cpu(made: Omit<CpuState, 'id'>): CpuState {
    let key = `${made.irqsOn ? 1 : 0},${made.preemptCount}`;
    for (const c of made.contexts) {
      key += `|${c.actor},${c.operation},${c.irqsOnAtEntry ? 1 : 0},${c.preemptAtEntry}`;
      for (const frame of c.frames) key += `,${frame.id}`;
    }
    return intern(this.cpus, key, (id) => ({ id, ...made }));
  }

  object(freed: boolean, size: number, cells: readonly Value[]): MemoryObject {
    const key = `${freed ? 'f' : 'l'}${size},${cells.join()}`;
    return intern(this.objects, key, (id) => ({ id, freed, size, cells }));
  }

  budgets(value: readonly number[]): Annotation<readonly number[]> {
    return intern(this.budgetMap, value.join(), (id) => ({ id, value }));
  }

  orders(value: Orders): Annotation<Orders> {
    return intern(this.ordersMap, ordersKey(value), (id) => ({ id, value }));
  }

  ghost(value: G): Annotation<G> {
    return intern(this.ghosts, JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)), (id) => ({ id, value }));
  }
}

function intern<T>(map: Map<string, T>, key: string, make: (id: number) => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make(map.size + 1);
  map.set(key, made);
  return made;
}

/** A string equal for equal states of one Interner. Ids are written in 15-bit digits. */
export function stateKey<G>(state: State<G>): string {
  const codes: number[] = [];
  const put = (id: number): void => {
    codes.push(id & 0x7fff, (id >>> 15) & 0x7fff);
  };
  for (const cpu of state.cpus) put(cpu.id);
  put(state.budgets.id);
  put(state.ghost.id);
  put(state.orders.id);
  for (const object of state.objects) put(object ? object.id : 0);
  return String.fromCharCode(...codes);
}
