/**
 * @module What a scenario is: which contexts run what, on which CPU, within which bounds. A scenario is written in the
 * terms of user and kernel (open, enable, a section in a softirq, a hit in an NMI); operations turn these into calls of
 * the Program's functions and tell the contract what happened.
 */
import type { Deed } from '../kcov/deed.js';
import type { Code, PreemptRt } from '../machine/code.js';
import type { Reorderings } from '../machine/orders.js';
import type { ContextKind } from '../machine/state.js';
import type { Scalar, Value } from '../machine/value.js';
import type { View } from '../machine/view.js';

/** A call of a function of the Program. */
export interface Invocation {
  readonly function: string;
  readonly args: readonly (number | bigint)[];
}

/** A store by user space to memory that it shares with the kernel; no step of the Program. */
export interface UserStore {
  readonly address: number;
  readonly type: Scalar;
  readonly value: Value;
  /** What is written to, as C: "area[0]". */
  readonly target: string;
}

/** One of several ways in which an operation may begin; the first is the one in which nothing special happens. */
export interface Way<G> {
  /** What to call, as Operation.begin. Null, or left out: nothing, and the operation is over with its beginning. */
  readonly begin?: (view: View<G>) => Invocation | null;
  /** What user space writes then; null for nothing. */
  readonly store?: (view: View<G>) => UserStore | null;
  /** How many operations after this one are left out, where nothing is called. */
  readonly skips?: number;
}

/** One thing a context does. G is the contract's state. */
export interface Operation<G> {
  /** As people say it: "ioctl(A, KCOV_ENABLE, KCOV_TRACE_PC)". */
  readonly label: string;
  /** What it is, as data; left out where only the simulator can do it. */
  readonly deed?: Deed;
  /** What _RET_IP_ gives in functions this operation calls; labels of hits are told apart by it. */
  readonly returnAddress?: number;
  /** False for a call that may return with irqs as something else demands; true when left out. */
  readonly keepsIrqs?: boolean;
  /** A use that the kernel should warn about: WARN*() is no violation in it. */
  readonly mayWarn?: true;
  /** All that it may call, in whichever way it begins: functions by name, `.mmap` for what that member of the file operations points to. Left out: anything. */
  readonly calls?: readonly string[];
  /** What to call now; null when there is nothing to do in this state. */
  begin(view: View<G>): Invocation | null;
  /**
   * Instead of `begin`, the ways it may begin on a Code, at least one. Then the beginning is a move of its own, before which
   * others may come, and the way is the move's choice. Not in a set-up.
   */
  readonly ways?: (code: Code) => readonly Way<G>[];
  /** The bound that its ways beyond the first come under; ./bounds.ts. */
  readonly bound?: 'kill' | 'fork' | 'userWrite';
  /** What the call may return, asked where it is about to; left out: nothing is promised, or it has no result. */
  readonly mayReturn?: (view: View<G>) => readonly number[];
  /** The call returned. */
  end(view: View<G>, result: number | bigint): void;
}

export interface Actor<G> {
  /** Unique in the scenario; shown as heading of a trace column, as "CPU0 softirq". */
  readonly name: string;
  /** One letter, unique in the scenario: names the actor in schedules. */
  readonly letter: string;
  readonly kind: ContextKind;
  readonly cpu: number;
  /** Name of the task that is `current` when a task actor runs. */
  readonly task?: string;
  readonly operations: readonly Operation<G>[];
  /** How often an interrupt may arrive; 1 for tasks. */
  readonly times: number;
  /** Of a hardirq: code of its entry or exit where preempt_count does not say so; ../machine/contexts.ts. */
  readonly early?: true;
}

/** Operations run to their end one after the other before anything is interleaved. */
export interface SetUp<G> {
  /** Name of the task that runs them. */
  readonly task: string;
  readonly operations: readonly Operation<G>[];
  /** What is the case afterwards, in a few words: stands for the operations in traces. */
  readonly says?: string;
}

/** What of a scenario its Code is compiled for. */
export function compiledFor<G>({ rt, switchReturnAddress, reader }: Scenario<G>): { rt?: PreemptRt; contextSwitch?: true; reader?: true } {
  return { ...(rt === undefined ? {} : { rt }), ...(switchReturnAddress === undefined ? {} : { contextSwitch: true }), ...(reader ? { reader } : {}) };
}

export interface Scenario<G> {
  readonly name: string;
  /** The sentence it checks, for people. */
  readonly checks: string;
  readonly cpus: number;
  /** Names of tasks; each gets a task_struct. */
  readonly tasks: readonly string[];
  /** Objects of user and kernel that the operations use: name and C struct, or a size in bytes. */
  readonly objects: readonly { readonly name: string; readonly struct?: string; readonly bytes?: number }[];
  readonly setUp: readonly SetUp<G>[];
  readonly actors: readonly Actor<G>[];
  /** Allocations may fail while actors run. */
  readonly allocationsFail: boolean;
  /** How often the scheduler may take a CPU from a task that could go on; none when absent. Giving it up is free. */
  readonly preemptions?: number;
  /** How often a task may go on on another CPU; never when absent. */
  readonly migrations?: number;
  /** The switch from task to task is looked into: instrumented code runs in it, with this as _RET_IP_. Not with migrations. */
  readonly switchReturnAddress?: number;
  /** A kernel with PREEMPT_RT; without it when absent. The Code is compiled for the same. */
  readonly rt?: PreemptRt;
  /** How many accesses may be put off by the compiler, and by CPUs; none where it is absent. */
  readonly reorderings?: Reorderings;
  /** Some thread reads memory as user space does; the function for it is compiled in. */
  readonly reader?: boolean;
  /** Constants of the configuration, scaled: name without CONFIG_ where Kconfig has one. */
  readonly constants: Readonly<Record<string, number>>;
}
