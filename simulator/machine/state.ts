/**
 * @module A state of the machine as a vector of shared, immutable components: memory objects, contexts, CPUs, and the
 * contract's own state. Equal components are the same object, so a state's key is the list of its components' ids
 * (the collapse compression of SPIN). The plain interpreter and oracle of the search.
 */
import { heldText } from './held.js';
import type { HeldLock } from './held.js';
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

/** Where one actor stands: a task, or an interrupt with its activation while it is on a CPU's stack. */
export interface ContextState {
  readonly id: number;
  /** Index into the scenario's actors. */
  readonly actor: number;
  /** Index of the operation under way. */
  readonly operation: number;
  /** Innermost last; empty when the context has nothing left to do, or has not come. */
  readonly frames: readonly Frame[];
  /** What the CPU had when the context began, or when a thread was taken off it: restored when it ends, or goes on. */
  readonly irqsOnAtEntry: boolean;
  readonly preemptAtEntry: number;
  /** Locks it took and did not give back, by address: none when an interrupt begins. */
  readonly held: readonly HeldLock[];
  /** What the operation under way was called with: compared at its return. */
  readonly atCall: AtCall;
  /** Activations that may still come; 0 for tasks. */
  readonly left: number;
  /** Where it runs, or waits to be scheduled. */
  readonly cpu: number;
  /** Of a thread that waits: contexts on top of it that were taken off the CPU with it, innermost last. */
  readonly above: readonly number[];
}

/** What an operation must find again when it returns. Between operations always IDLE. */
export interface AtCall {
  readonly irqsOn: boolean;
  readonly preemptCount: number;
  /** How many locks the context held. */
  readonly held: number;
}

export const IDLE: AtCall = { irqsOn: true, preemptCount: 0, held: 0 };

export interface CpuState {
  readonly id: number;
  readonly irqsOn: boolean;
  /** preempt_count with the kernel's fields. */
  readonly preemptCount: number;
  /** Actors of the contexts on it, each on what it interrupted, the running one last; empty where it idles. */
  readonly stack: readonly number[];
}

export interface MemoryObject {
  readonly id: number;
  readonly freed: boolean;
  /** Bytes. */
  readonly size: number;
  /** One entry for four bytes; an 8-byte value stands in the first of its two, the second holds 0. */
  readonly cells: readonly Value[];
}

/** What the scheduler may still do: the rest of the scenario's bounds. */
export interface Remaining {
  readonly preemptions: number;
  readonly migrations: number;
}

/** Contract state and the like: plain data, replaced as a whole. */
export interface Annotation<T> {
  readonly id: number;
  readonly value: T;
}

export interface State<G> {
  /** By object index; undefined where nothing was allocated yet. */
  readonly objects: readonly (MemoryObject | undefined)[];
  /** By actor. */
  readonly contexts: readonly ContextState[];
  readonly cpus: readonly CpuState[];
  readonly ghost: Annotation<G>;
  /** What is put off, and how much more may be. */
  readonly orders: Annotation<Orders>;
  /** What the scheduler may still do. */
  readonly scheduler: Annotation<Remaining>;
}

/** An actor that is on no CPU: an interrupt that has not come, or is over. `cpu`: its own. */
export function absent(actor: number, left: number, cpu: number): Omit<ContextState, 'id'> {
  return { actor, operation: 0, frames: [], irqsOnAtEntry: true, preemptAtEntry: 0, held: [], atCall: IDLE, left, cpu, above: [] };
}

/** A CPU on which nothing runs. */
export const IDLE_CPU: Omit<CpuState, 'id'> = { irqsOn: true, preemptCount: 0, stack: [] };

/** Makes components unique. One for each exploration; ids follow the order of making and are deterministic. */
export class Interner<G> {
  private readonly frames = new Map<string, Frame>();
  private readonly cpus = new Map<string, CpuState>();
  private readonly objects = new Map<string, MemoryObject>();
  private readonly contexts = new Map<string, ContextState>();
  private readonly ordersMap = new Map<string, Annotation<Orders>>();
  private readonly ghosts = new Map<string, Annotation<G>>();
  private readonly remainders = new Map<string, Annotation<Remaining>>();

  frame(functionIndex: number, pc: number, registers: readonly Value[]): Frame {
    const key = `${functionIndex},${pc},${registers.join()}`;
    return intern(this.frames, key, (id) => ({ id, functionIndex, pc, registers }));
  }

  cpu(made: Omit<CpuState, 'id'>): CpuState {
    return intern(this.cpus, `${made.irqsOn ? 1 : 0},${made.preemptCount},${made.stack.join()}`, (id) => ({ id, ...made }));
  }

  context(made: Omit<ContextState, 'id'>): ContextState {
    let key = `${made.actor},${made.operation},${made.irqsOnAtEntry ? 1 : 0},${made.preemptAtEntry},${made.left},${made.cpu}[${made.above.join()}]`;
    const { atCall } = made;
    key += `,${atCall.irqsOn ? 1 : 0},${atCall.preemptCount},${atCall.held},${heldText(made.held)}`;
    for (const frame of made.frames) key += `,${frame.id}`;
    return intern(this.contexts, key, (id) => ({ id, ...made }));
  }

  object(freed: boolean, size: number, cells: readonly Value[]): MemoryObject {
    const key = `${freed ? 'f' : 'l'}${size},${cells.join()}`;
    return intern(this.objects, key, (id) => ({ id, freed, size, cells }));
  }

  orders(value: Orders): Annotation<Orders> {
    return intern(this.ordersMap, ordersKey(value), (id) => ({ id, value }));
  }

  ghost(value: G): Annotation<G> {
    return intern(this.ghosts, annotationText(value), (id) => ({ id, value }));
  }

  scheduler(value: Remaining): Annotation<Remaining> {
    return intern(this.remainders, `${value.preemptions},${value.migrations}`, (id) => ({ id, value }));
  }
}

/** Equal for equal annotations. Hardly any has a bigint in it, and a replacer for them is slow. */
function annotationText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v));
  }
}

function intern<T>(map: Map<string, T>, key: string, make: (id: number) => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make(map.size + 1);
  map.set(key, made);
  return made;
}

/** The context that runs on a CPU; undefined where it idles. */
export function runningOn<G>(state: State<G>, cpu: number): ContextState | undefined {
  const actor = state.cpus[cpu]?.stack.at(-1);
  return actor === undefined ? undefined : state.contexts[actor];
}

/** A string equal for equal states of one Interner. Ids are written in 15-bit digits. */
export function stateKey<G>(state: State<G>): string {
  const codes: number[] = [];
  const put = (id: number): void => {
    codes.push(id & 0x7fff, (id >>> 15) & 0x7fff);
  };
  for (const context of state.contexts) put(context.id);
  for (const cpu of state.cpus) put(cpu.id);
  put(state.ghost.id);
  put(state.orders.id);
  put(state.scheduler.id);
  for (const object of state.objects) put(object ? object.id : 0);
  return String.fromCharCode(...codes);
}
