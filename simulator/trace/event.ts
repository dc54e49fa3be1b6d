/** @module An event of an execution: one access, call, return or branch, with what flowed into it. */
import type { SourcePlace } from '../ir/program.js';
import type { Location } from '../machine/address.js';
import type { Instruction } from '../machine/code.js';
import type { ContextKind } from '../machine/state.js';
import type { Value } from '../machine/value.js';

/**
 * `enter` and `leave` are calls of functions of the Program and their returns; `call` is a kernel call that the machine
 * knows by itself, `lock` a lock taken or given back. `putOff` is an access in its place in the program that is performed
 * later, where it is an event of its own. `branch` and `local` are private to the context: a condition that was
 * evaluated, a local that was assigned. The others are what the JSON of a review shows.
 */
export type Access = 'read' | 'write' | 'rmw' | 'lock' | 'call' | 'enter' | 'leave' | 'branch' | 'local' | 'putOff';

/** A function on the stack and the statement it is at. */
export interface EventFrame {
  readonly functionIndex: number;
  readonly function: string;
  /** Index of the instruction in the function. */
  readonly pc: number;
  readonly place: SourcePlace;
  readonly text: string;
}

export interface Event {
  /** Position in the list of events. */
  readonly index: number;
  /** Number of the transition it belongs to, from 1; 0 before the first one. */
  readonly step: number;
  /** True for initcalls and set-up. */
  readonly setUp: boolean;
  readonly cpu: number;
  /** Index into the scenario's actors; -1 for initcalls and set-up. */
  readonly actor: number;
  /** Which activation of the actor's interrupt, from 1; 1 for tasks. */
  readonly activation: number;
  readonly context: ContextKind;
  /** What runs, where the kind of context does not say it. */
  readonly by?: 'early irq' | 'user';
  /** The task that runs, where several share CPUs; absent elsewhere, and of hardirqs and NMIs. */
  readonly task?: string;
  /** Label of the operation under way. */
  readonly operation: string;
  /** Function that executes; of `enter` the one that is entered, of `leave` the one that is left. */
  readonly function: string;
  /** Of the statement. */
  readonly place: SourcePlace;
  /** C text of the statement's head; '' where an operation enters a function, and at the end of one without a return. */
  readonly text: string;
  readonly access: Access;
  /** The instruction's; 'call' for the entry of an operation too. */
  readonly op: Instruction['op'];
  /** What is accessed, as C: `t->kcov_mode`; null for calls and branches. */
  readonly target: string | null;
  /** Value before; of a read the value read; for people. */
  readonly old: string | null;
  /** Value after; of a call or return its result; null where nothing is written. */
  readonly new: string | null;
  readonly oldValue: Value | null;
  readonly newValue: Value | null;
  /** The memory accessed; null for what is no access, and for addresses where nothing is. */
  readonly location: Location | null;
  readonly marked: boolean;
  /** Way a branch went; null for others. */
  readonly taken: boolean | null;
  /** What is violated here; '' otherwise. */
  readonly note: string;
  /** Who moves the access, where it is not performed in its place. */
  readonly remark?: string;
  /** Outermost first; the last one is the event's own function and statement. */
  readonly frames: readonly EventFrame[];
  /** Indices of earlier events whose results flowed into this one, ascending: through registers, arguments, results, memory. */
  readonly uses: readonly number[];
}

/** Events as they are while the note can still change. */
export type EventDraft = { -readonly [K in keyof Event]: Event[K] };
