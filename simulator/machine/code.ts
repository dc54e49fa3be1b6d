/**
 * @module Steps: what a Program is flattened to. Each function is a list of instructions over registers (its parameters,
 * locals and temporaries); an instruction makes at most one access to shared memory. Instructions that touch nothing
 * shared run together with the shared one before them.
 */
import type { BinaryOp, CType, NotModelled, Program, Stmt } from '../ir/program.js';
import type { TypeTable } from '../ir/types.js';
import { SOFTIRQ_MASK } from '../kernel/preempt-count.js';
import type { Scalar, Value } from './value.js';

/** What an expression may ask of the CPU that evaluates it; private to the context, no access to shared memory. */
export type Environment = 'current' | 'cpu' | 'preemptCount' | 'atomicCount' | 'irqsDisabled' | 'returnAddress' | 'owner';

/** An expression without access to shared memory. Operands are converted already; `type` is the type of the result. */
export type Pure =
  | { readonly k: 'const'; readonly value: Value }
  | { readonly k: 'reg'; readonly reg: number }
  | { readonly k: 'binary'; readonly op: BinaryOp; readonly a: Pure; readonly b: Pure; readonly type: Scalar }
  | { readonly k: 'unary'; readonly op: '!' | '~' | '-' | '+'; readonly a: Pure; readonly type: Scalar }
  | { readonly k: 'convert'; readonly a: Pure; readonly type: Scalar }
  | { readonly k: 'choose'; readonly test: Pure; readonly then: Pure; readonly else: Pure }
  | { readonly k: 'environment'; readonly what: Environment };

export type LockKind = 'spinlock' | 'raw_spinlock' | 'mutex' | 'local_lock';
export type RmwKind = 'exchange' | 'add' | 'and' | 'or' | 'compareExchange' | 'addUnlessZero';
/** What a read-modify-write hands back: the value before, after, or whether the value after is zero. */
export type RmwResult = 'old' | 'new' | 'isZero';

export type InstructionBody =
  /** `asIs`: part of a copy of a whole struct, which may hold what nobody wrote. */
  | { readonly op: 'load'; readonly dst: number; readonly address: Pure; readonly type: Scalar; readonly marked: boolean; readonly asIs?: true }
  | { readonly op: 'store'; readonly address: Pure; readonly value: Pure; readonly type: Scalar; readonly marked: boolean }
  | {
      readonly op: 'rmw'; readonly kind: RmwKind; readonly dst: number | null; readonly address: Pure; readonly operand: Pure;
      readonly compare?: Pure; readonly type: Scalar; readonly result: RmwResult;
      /** A refcount_t: saturation and use at zero are violations. */
      readonly refcount: boolean;
      /** A trylock of this kind: where the value before was 0, the lock is taken. */
      readonly trylock?: LockKind;
    }
  | { readonly op: 'set'; readonly dst: number; readonly value: Pure }
  | { readonly op: 'branch'; readonly test: Pure; readonly ifFalse: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Pure[]; readonly dst: number | null }
  | { readonly op: 'return'; readonly value: Pure | null }
  /** `subclass`: the nest level of the *_nested() calls. `sleeps`: a spinlock_t or local_lock_t with PREEMPT_RT, held by a task. A mutex always is. */
  | { readonly op: 'lock'; readonly kind: LockKind; readonly address: Pure; readonly subclass?: number; readonly sleeps?: true }
  | { readonly op: 'unlock'; readonly kind: LockKind; readonly address: Pure; readonly sleeps?: true }
  /** Taken or given back without a word that others could wait for: a local_lock_t without PREEMPT_RT. */
  | { readonly op: 'hold'; readonly kind: LockKind; readonly address: Pure; readonly taken: boolean }
  /** 1 where the thread that runs has the lock: lockdep's lock_is_held(). */
  | { readonly op: 'isHeld'; readonly dst: number; readonly address: Pure }
  /** 'save' puts the flags (1: irqs were on) into dst and turns irqs off; 'restore' can only turn them on. */
  | { readonly op: 'irq'; readonly what: 'save' | 'restore' | 'disable' | 'enable'; readonly dst?: number; readonly value?: Pure }
  | { readonly op: 'preempt'; readonly delta: number }
  /** The scheduler changes the stack: another thread goes on here. */
  | { readonly op: 'switch'; readonly next: Pure }
  | { readonly op: 'alloc'; readonly dst: number; readonly size: Pure; readonly zero: boolean; readonly site: number; readonly mayFail: boolean }
  | { readonly op: 'free'; readonly address: Pure; readonly api: string }
  /** Copies whole cells, as memdup_user() does from memory that nobody else writes. */
  | { readonly op: 'copy'; readonly to: Pure; readonly from: Pure; readonly bytes: Pure }
  /** A kernel service with a meaning outside kcov, told to the monitor: a page inserted, a file created. */
  | { readonly op: 'service'; readonly name: string; readonly args: readonly Pure[]; readonly dst: number | null; readonly mayFail: boolean }
  /** `fatal`: BUG_ON(), after which nothing goes on. `assumption`: what is refuted where it warns; no word of the kernel's. */
  | { readonly op: 'warn'; readonly test: Pure; readonly fatal?: true; readonly assumption?: string }
  | { readonly op: 'barrier'; readonly kind: string }
  /** The contract of a kernel call is checked here: may it sleep in this context? */
  | { readonly op: 'contract'; readonly call: string }
  /** `atRunTime`: only some executions come here; not in Code.notModelled. */
  | { readonly op: 'unmodelled'; readonly why: string; readonly atRunTime?: true };

export type Instruction = InstructionBody & {
  /** Index into FunctionCode.statements. */
  readonly statement: number;
  /** The access as C text, such as `t->kcov_mode`; '' for instructions that are no access. */
  readonly text: string;
  /** The C type of what is accessed, for printing values. */
  readonly shown?: CType;
};

/** Instructions at which another context may run: everything that others can see, or that changes who may run. */
export function isShared(instruction: Instruction): boolean {
  switch (instruction.op) {
    case 'load': case 'store': case 'rmw': case 'lock': case 'unlock': case 'irq': case 'alloc': case 'free': case 'copy': case 'service': case 'switch':
      return true;
    // Bottom halves off or on: softirqs may come until then, or from then on. preempt_disable() alone lets nobody wait.
    case 'preempt': return (Math.abs(instruction.delta) & SOFTIRQ_MASK) !== 0;
    default:
      return false;
  }
}

export interface FunctionCode {
  readonly index: number;
  readonly name: string;
  readonly path: string;
  readonly params: number;
  /** What each parameter converts its argument to; null where that is no scalar. */
  readonly paramScalars: readonly (Scalar | null)[];
  readonly registers: number;
  /** Name of the C local a register holds; '' for temporaries. */
  readonly registerNames: readonly string[];
  readonly instructions: readonly Instruction[];
  readonly statements: readonly Stmt[];
  /** For each pc the registers that are dead there, to be zeroed when a context rests at it. */
  readonly dead: readonly (readonly number[])[];
  /** For each pc the registers read there that may be locals nobody wrote to yet. */
  readonly unset: readonly (readonly number[])[];
  /** Registers that hold the addresses of objects on the stack, freed at return. */
  readonly stackObjects: readonly number[];
}

/** A place that allocates: a call of an allocator, or a local whose address is taken. */
export interface AllocationSite {
  readonly index: number;
  readonly api: string;
  readonly function: string;
  readonly statement: Stmt;
  /** Name of the variable the result goes to, for naming objects in traces. */
  readonly hint: string;
  /** What is allocated, where the variable says so. */
  readonly type?: CType;
}

export interface GlobalSlot {
  readonly name: string;
  readonly type: CType;
  readonly perCpu: boolean;
  /** Index of its first object: for a per-CPU variable a template that nothing may touch, then one for each CPU. */
  readonly object: number;
}

/** PREEMPT_RT, with the per-CPU lock of bottom halves or without it (CONFIG_PREEMPT_RT_NEEDS_BH_LOCK). */
export type PreemptRt = 'bh-lock' | 'no-bh-lock';

export interface Code {
  readonly program: Program;
  readonly types: TypeTable;
  readonly functions: readonly FunctionCode[];
  readonly functionsByName: ReadonlyMap<string, FunctionCode>;
  readonly globals: ReadonlyMap<string, GlobalSlot>;
  readonly sites: readonly AllocationSite[];
  readonly notModelled: readonly NotModelled[];
  /** Calls that were compiled to nothing because they have no effect on kcov: printed in the review. */
  readonly withoutEffect: readonly string[];
  /** Compiled for a kernel with PREEMPT_RT; null for one without. */
  readonly rt: PreemptRt | null;
}
