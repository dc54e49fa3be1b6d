/** @module What operations and the contract may see and do in a state: the machine from outside. */
import type { Location } from './address.js';
import type { Scalar, Value } from './value.js';
import type { ContextKind, MemoryObject } from './state.js';

export interface View<G> {
  readonly ghost: G;
  setGhost(ghost: G): void;
  readonly cpu: number;
  /** Index of the actor that runs; 0 during set-up, which is a scenario of its own. */
  readonly actor: number;
  readonly kind: ContextKind;
  /** Name of the task that is `current`. */
  readonly task: string;
  /** The context that in_task() and the like see: the running one, or for early irq code what it interrupted. */
  readonly apparent: { readonly kind: ContextKind; readonly actor: number };
  readonly irqsOn: boolean;
  readonly preemptCount: number;
  /** The kernel has PREEMPT_RT: a softirq is in a thread, and nests on nothing. */
  readonly preemptRt: boolean;
  /** Label of the operation under way. */
  readonly operation: string;
  /** Address of a task, an object of the scenario, a global, or a function. Throws for unknown names: a programming error. */
  addressOf(name: string): number;
  /** Offset of a field in a struct of the Program; null when the Program has no such field. */
  offsetOf(struct: string, field: string): number | null;
  /** Direct access, no step: for arguments in user memory, results, and checks. Null for addresses that are no live memory. */
  read(address: Value, type: Scalar): Value | null;
  write(address: Value, type: Scalar, value: Value): void;
  /** True where a store is under way that its CPU has made, and that this view of memory does not have yet. */
  isPutOff(address: Value, type: Scalar): boolean;
  /** Copies one cell of four bytes as it is. */
  copyCell(from: number, to: number): void;
  objectAt(address: Value): MemoryObject | null;
  /** Address of an object by index. */
  addressOfObject(object: number): number;
  /** Name of an object by index, as traces have it. */
  nameOf(object: number): string;
  /** Name of the function an address is the value of; null when it is none. */
  functionAt(address: Value): string | null;
  /** Value of an enum member or macro of the Program; null when it has none of that name. */
  constant(name: string): Value | null;
  /** Names of live allocated objects that no global, task or object of the scenario leads to any more. */
  unreachable(): string[];
  /** Reports a violation at the place where the context stands; the execution goes on. */
  report(property: string, detail: string): void;
}

/** The other side of the machine: what calls mean beyond the Program, and what must hold. */
export interface Contract<G> {
  readonly initial: G;
  /** A store of a value that is a label of a hit. */
  labelStored(view: View<G>, location: Location, label: number): void;
  isLabel(value: Value): boolean;
  /** A kernel service such as vm_insert_page(); its result. `failing`: the choice was that it fails. */
  service(view: View<G>, name: string, args: readonly Value[], failing: boolean): Value;
  /** An allocation of the running context failed. */
  allocationFailed(view: View<G>): void;
  /** An interrupt context begins or ends. */
  entered(view: View<G>): void;
  left(view: View<G>): void;
  /** What a user can see when everything has run to its end, as one line; equal lines are equal behaviour. */
  outcome?(view: View<G>): string;
  /** Everything has run to its end. */
  quiescent(view: View<G>): void;
}
