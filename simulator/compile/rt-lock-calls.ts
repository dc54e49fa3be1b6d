/**
 * @module Locks and bottom halves with PREEMPT_RT: spinlock_t and local_lock_t sleep, leave irqs as they are and keep the
 * task on its CPU (include/linux/spinlock_rt.h, local_lock_internal.h, kernel/locking/spinlock_rt.c, 6.12); raw spinlocks and
 * mutexes are as ever. local_bh_disable() takes a lock of the CPU, or only keeps the task there where the kernel is built
 * without that lock (kernel/softirq.c:168 of 6.12.117; CONFIG_PREEMPT_RT_NEEDS_BH_LOCK since 6.18).
 */
import { call as callOf, defined, file, fn, structType } from '../ir/build.js';
import { printExpr } from '../ir/print.js';
import type { FunctionDef, GlobalDef, Program } from '../ir/program.js';
import { INT } from '../ir/types.js';
import { BH_DISABLE, MIGRATE_OFFSET, SOFTIRQ_MASK } from '../kernel/preempt-count.js';
import { addressOf } from '../machine/address.js';
import type { LockKind, Pure } from '../machine/code.js';
import { S32, U32 } from '../machine/value.js';
import { environment, VOID_RESULT } from './calls.js';
import type { Call, CallCompiler } from './calls.js';
import { Label } from './emitter.js';
import type { Emitter } from './emitter.js';
import { compileExpr, store } from './expressions.js';
import { nestLevel } from './lock-calls.js';
import { thisCpu } from './per-cpu-calls.js';
import { constant, not, register } from './pure.js';
import { compileTarget } from './targets.js';

/** The per-CPU lock of bottom halves: softirq_ctrl.lock in kernel/softirq.c. */
export const SOFTIRQ_CTRL = '__kcovet_softirq_ctrl';
/** A task that has bottom halves off for a moment: softirqs that are pending run when they are on again. */
export const BOTTOM_HALVES = '__kcovet_bottom_halves';

const MODEL: Program = file('<model>', [
  defined('DEFINE_PER_CPU', SOFTIRQ_CTRL, { type: structType('local_lock'), args: [structType('local_lock'), SOFTIRQ_CTRL], perCpu: true }),
  fn(BOTTOM_HALVES, { body: () => [callOf('local_bh_disable'), callOf('local_bh_enable')] }),
]);
export const RT_FUNCTIONS: readonly FunctionDef[] = MODEL.functions;
export const RT_GLOBALS: readonly GlobalDef[] = MODEL.globals;

type Flavour = '' | 'irq' | 'irqsave' | 'bh';

const lockName = (call: Call): string => printExpr(call.expr(0)).replace(/^&/, '');
const and = (a: Pure, b: Pure): Pure => ({ k: 'binary', op: '&&', a, b, type: S32 });
const preemptible = (): Pure => and(not(environment('atomicCount')), not(environment('irqsDisabled')));
const bottomHalvesOn = (): Pure => not({ k: 'binary', op: '&', a: environment('preemptCount'), b: constant(SOFTIRQ_MASK), type: S32 });

/** The flags are 0, and nothing is saved. */
function clearFlags(e: Emitter, call: Call): void {
  const flags = call.expr(1);
  store(e, compileTarget(e, flags), { pure: constant(0), type: INT }, { marked: false, text: printExpr(flags) });
}

function take(e: Emitter, call: Call, what: { kind: LockKind; address: Pure; subclass?: number }): void {
  e.emit({ op: 'contract', call: `${call.name}(may sleep)` }, call.text);
  const { subclass = 0, ...taken } = what;
  e.emit({ op: 'lock', ...taken, sleeps: true, ...(subclass === 0 ? {} : { subclass }) }, lockName(call));
}

const lock = (flavour: Flavour, nested = false): CallCompiler => (e, call) => {
  const address = compileExpr(e, call.expr(0)).pure;
  if (flavour === 'irqsave') clearFlags(e, call);
  if (flavour === 'bh') disableBottomHalves(e);
  take(e, call, { kind: 'spinlock', address, subclass: nested ? nestLevel(e, call, flavour === 'irqsave' ? 2 : 1) : 0 });
  e.emit({ op: 'preempt', delta: MIGRATE_OFFSET });
  return VOID_RESULT;
};

const unlock = (flavour: Flavour): CallCompiler => (e, call) => {
  const address = compileExpr(e, call.expr(0)).pure;
  e.emit({ op: 'preempt', delta: -MIGRATE_OFFSET });
  e.emit({ op: 'unlock', kind: 'spinlock', address, sleeps: true }, lockName(call));
  if (flavour === 'bh') enableBottomHalves(e);
  return VOID_RESULT;
};

/** Takes the lock if nobody has it: 1, or 0. */
const tryLock = (flavour: Flavour): CallCompiler => (e, call) => {
  const address = compileExpr(e, call.expr(0)).pure;
  if (flavour === 'irqsave') clearFlags(e, call);
  const [dst, failed] = [e.temporary(), new Label()];
  const operand = environment('owner');
  e.emit({ op: 'rmw', kind: 'compareExchange', dst, address, operand, compare: constant(0), type: U32, result: 'old', refcount: false, trylock: 'spinlock' }, lockName(call));
  e.branch(not(register(dst)), failed);
  e.emit({ op: 'preempt', delta: MIGRATE_OFFSET });
  e.place(failed);
  return { pure: not(register(dst)), type: INT };
};

/** A local_lock_t is a spinlock_t of this CPU, on which the task stays from before on. */
const localLock = (flavour: Flavour): CallCompiler => (e, call) => {
  const address = thisCpu(compileExpr(e, call.expr(0)).pure);
  if (flavour === 'irqsave') clearFlags(e, call);
  e.emit({ op: 'preempt', delta: MIGRATE_OFFSET });
  take(e, call, { kind: 'local_lock', address });
  return VOID_RESULT;
};

const localUnlock: CallCompiler = (e, call) => {
  const address = thisCpu(compileExpr(e, call.expr(0)).pure);
  e.emit({ op: 'unlock', kind: 'local_lock', address, sleeps: true }, lockName(call));
  e.emit({ op: 'preempt', delta: -MIGRATE_OFFSET });
  return VOID_RESULT;
};

/** The lock of bottom halves; null where the kernel is built without. */
function bottomHalfLock(e: Emitter): Pure | null {
  const slot = e.context.globals.get(SOFTIRQ_CTRL);
  return e.context.rt === 'bh-lock' && slot ? thisCpu(constant(addressOf(slot.object))) : null;
}

function disableBottomHalves(e: Emitter): void {
  const inside = new Label();
  const address = bottomHalfLock(e);
  e.branch(and(bottomHalvesOn(), preemptible()), inside);
  e.emit({ op: 'preempt', delta: MIGRATE_OFFSET });
  if (address) e.emit({ op: 'lock', kind: 'local_lock', address, sleeps: true }, 'softirq_ctrl.lock');
  e.place(inside);
  e.emit({ op: 'preempt', delta: BH_DISABLE });
}

/** Softirqs run here, before the count goes down, where this was the outermost section of a task that can be preempted. */
function enableBottomHalves(e: Emitter): void {
  const [inside, canSleep] = [new Label(), e.temporary()];
  const address = bottomHalfLock(e);
  e.emit({ op: 'set', dst: canSleep, value: preemptible() });
  e.emit({ op: 'preempt', delta: -BH_DISABLE });
  e.branch(and(bottomHalvesOn(), register(canSleep)), inside);
  if (address) e.emit({ op: 'unlock', kind: 'local_lock', address, sleeps: true }, 'softirq_ctrl.lock');
  e.emit({ op: 'preempt', delta: -MIGRATE_OFFSET });
  e.place(inside);
}

const bottomHalves = (emit: (e: Emitter) => void): CallCompiler => (e) => {
  emit(e);
  return VOID_RESULT;
};

/** Calls that mean something else with PREEMPT_RT. */
export const RT_LOCK_CALLS: Readonly<Record<string, CallCompiler>> = {
  spin_lock: lock(''), spin_lock_irq: lock('irq'), spin_lock_irqsave: lock('irqsave'), spin_lock_bh: lock('bh'),
  spin_lock_nested: lock('', true), spin_lock_irqsave_nested: lock('irqsave', true),
  spin_unlock: unlock(''), spin_unlock_irq: unlock('irq'), spin_unlock_irqrestore: unlock('irqsave'), spin_unlock_bh: unlock('bh'),
  spin_trylock: tryLock(''), spin_trylock_irqsave: tryLock('irqsave'),
  local_lock: localLock(''), local_lock_irq: localLock('irq'), local_lock_irqsave: localLock('irqsave'),
  local_unlock: localUnlock, local_unlock_irq: localUnlock, local_unlock_irqrestore: localUnlock,
  local_lock_nested_bh: (e, call) => {
    take(e, call, { kind: 'local_lock', address: thisCpu(compileExpr(e, call.expr(0)).pure) });
    return VOID_RESULT;
  },
  local_unlock_nested_bh: (e, call) => {
    e.emit({ op: 'unlock', kind: 'local_lock', address: thisCpu(compileExpr(e, call.expr(0)).pure), sleeps: true }, lockName(call));
    return VOID_RESULT;
  },
  local_bh_disable: bottomHalves(disableBottomHalves), local_bh_enable: bottomHalves(enableBottomHalves),
};
