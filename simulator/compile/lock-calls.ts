/** @module Locks, interrupt flags, preemption and compiler barriers. What differs with PREEMPT_RT is in ./rt-lock-calls.ts. */
import type { LockKind, Pure } from '../machine/code.js';
import { U32 } from '../machine/value.js';
import { INT, UnknownName } from '../ir/types.js';
import { printExpr } from '../ir/print.js';
import { BH_DISABLE, MIGRATE_OFFSET } from '../kernel/preempt-count.js';
import { environment, VOID_RESULT } from './calls.js';
import type { Call, CallCompiler } from './calls.js';
import type { Emitter } from './emitter.js';
import { compileExpr, store } from './expressions.js';
import { compileTarget } from './targets.js';
import { Label } from './emitter.js';
import { constant, not, register } from './pure.js';

type Flavour = '' | 'irq' | 'irqsave' | 'bh';

const lockName = (call: Call): string => printExpr(call.expr(0)).replace(/^&/, '');

function saveFlags(e: Emitter, call: Call, index: number): void {
  const dst = e.temporary();
  e.emit({ op: 'irq', what: 'save', dst }, call.text);
  const flags = call.expr(index);
  store(e, compileTarget(e, flags), { pure: register(dst), type: INT }, { marked: false, text: printExpr(flags) });
}

function restoreFlags(e: Emitter, call: Call, index: number): void {
  const value = compileExpr(e, call.expr(index)).pure;
  e.emit({ op: 'irq', what: 'restore', value }, call.text);
}

/** The nest level of a call that has one; SINGLE_DEPTH_NESTING where it is left out, as guards do, or only known when it runs. */
export function nestLevel(e: Emitter, call: Call, index: number): number {
  try {
    return call.args.length > index ? Number(e.types.constant(call.expr(index))) : 1;
  } catch (error) {
    if (error instanceof UnknownName) return 1;
    throw error;
  }
}

function lock(kind: LockKind, flavour: Flavour, nested = false): CallCompiler {
  return (e, call) => {
    const address = compileExpr(e, call.expr(0)).pure;
    const subclass = nested ? nestLevel(e, call, flavour === 'irqsave' ? 2 : 1) : 0;
    if (flavour === 'irqsave') saveFlags(e, call, 1);
    if (flavour === 'irq') e.emit({ op: 'irq', what: 'disable' }, call.text);
    if (flavour === 'bh') e.emit({ op: 'preempt', delta: BH_DISABLE });
    if (kind !== 'mutex') e.emit({ op: 'preempt', delta: 1 });
    e.emit({ op: 'lock', kind, address, ...(subclass === 0 ? {} : { subclass }) }, lockName(call));
    return VOID_RESULT;
  };
}

/** Takes the lock if nobody has it: 1, or 0. A lock holds the number of its CPU plus one. */
function tryLock(kind: LockKind): CallCompiler {
  return (e, call) => {
    const address = compileExpr(e, call.expr(0)).pure;
    const [dst, failed] = [e.temporary(), new Label()];
    const operand: Pure = kind === 'mutex' ? environment('owner') : { k: 'binary', op: '+', a: environment('cpu'), b: constant(1), type: U32 };
    if (kind !== 'mutex') e.emit({ op: 'preempt', delta: 1 });
    e.emit({ op: 'rmw', kind: 'compareExchange', dst, address, operand, compare: constant(0), type: U32, result: 'old', refcount: false, trylock: kind }, lockName(call));
    if (kind !== 'mutex') {
      e.branch(register(dst), failed);
      e.emit({ op: 'preempt', delta: -1 });
      e.place(failed);
    }
    return { pure: not(register(dst)), type: INT };
  };
}

/** spin_trylock_irqsave(lock, flags): interrupts stay off only where it succeeds. */
function tryLockIrqsave(kind: LockKind): CallCompiler {
  return (e, call) => {
    saveFlags(e, call, 1);
    const taken = e.register('');
    e.emit({ op: 'set', dst: taken, value: tryLock(kind)(e, call).pure });
    const failed = new Label();
    e.branch(not(register(taken)), failed);
    restoreFlags(e, call, 1);
    e.place(failed);
    return { pure: register(taken), type: INT };
  };
}

/** __local_bh_enable_ip() of kernel/softirq.c asserts that interrupts are on: lockdep_assert_irqs_enabled(), 5.5 to 6.12. */
function assertIrqsOn(e: Emitter, call: Call): void {
  e.emit({ op: 'warn', test: environment('irqsDisabled') }, call.text);
}

function unlock(kind: LockKind, flavour: Flavour): CallCompiler {
  return (e, call) => {
    const address = compileExpr(e, call.expr(0)).pure;
    if (flavour === 'bh') assertIrqsOn(e, call);
    e.emit({ op: 'unlock', kind, address }, lockName(call));
    if (flavour === 'irqsave') restoreFlags(e, call, 1);
    if (flavour === 'irq') e.emit({ op: 'irq', what: 'enable' }, call.text);
    if (kind !== 'mutex') e.emit({ op: 'preempt', delta: -1 });
    if (flavour === 'bh') e.emit({ op: 'preempt', delta: -BH_DISABLE });
    return VOID_RESULT;
  };
}

function family(kind: LockKind, prefix: string): Record<string, CallCompiler> {
  return {
    [`${prefix}_lock`]: lock(kind, ''), [`${prefix}_unlock`]: unlock(kind, ''),
    [`${prefix}_lock_irq`]: lock(kind, 'irq'), [`${prefix}_unlock_irq`]: unlock(kind, 'irq'),
    [`${prefix}_lock_irqsave`]: lock(kind, 'irqsave'), [`${prefix}_unlock_irqrestore`]: unlock(kind, 'irqsave'),
    [`${prefix}_lock_bh`]: lock(kind, 'bh'), [`${prefix}_unlock_bh`]: unlock(kind, 'bh'),
  };
}

const initialiseLock: CallCompiler = (e, call) => {
  const address = compileExpr(e, call.expr(0)).pure;
  e.emit({ op: 'store', address, value: constant(0), type: { bytes: 4, signed: false }, marked: false }, lockName(call));
  return VOID_RESULT;
};

const preempt = (delta: number): CallCompiler => (e) => {
  e.emit({ op: 'preempt', delta });
  return VOID_RESULT;
};

/** Says which local_lock_t is taken or given back, where the argument can be understood. */
function holdLocal(e: Emitter, call: Call, taken: boolean): void {
  try {
    e.dry(() => compileExpr(e, call.expr(0)));
  } catch (error) {
    if (error instanceof UnknownName) return;
    throw error;
  }
  e.emit({ op: 'hold', kind: 'local_lock', address: compileExpr(e, call.expr(0)).pure, taken }, lockName(call));
}

/** Without PREEMPT_RT a local_lock is what it turns off, with a name for lockdep (include/linux/local_lock_internal.h, 6.1); 'bh': nothing. */
function localLock(flavour: Flavour): CallCompiler {
  return (e, call) => {
    if (flavour === 'irqsave') saveFlags(e, call, 1);
    else if (flavour === 'irq') e.emit({ op: 'irq', what: 'disable' }, call.text);
    else if (flavour === '') e.emit({ op: 'preempt', delta: 1 });
    holdLocal(e, call, true);
    return VOID_RESULT;
  };
}

function localUnlock(flavour: Flavour): CallCompiler {
  return (e, call) => {
    holdLocal(e, call, false);
    if (flavour === 'irqsave') restoreFlags(e, call, 1);
    else if (flavour === 'irq') e.emit({ op: 'irq', what: 'enable' }, call.text);
    else if (flavour === '') e.emit({ op: 'preempt', delta: -1 });
    return VOID_RESULT;
  };
}

const barrier = (kind: string): CallCompiler => (e) => {
  e.emit({ op: 'barrier', kind });
  return VOID_RESULT;
};

export const LOCK_CALLS: Readonly<Record<string, CallCompiler>> = {
  ...family('spinlock', 'spin'),
  ...family('raw_spinlock', 'raw_spin'),
  spin_trylock: tryLock('spinlock'), raw_spin_trylock: tryLock('raw_spinlock'), mutex_trylock: tryLock('mutex'),
  mutex_lock: lock('mutex', ''), mutex_unlock: unlock('mutex', ''),
  spin_lock_init: initialiseLock, raw_spin_lock_init: initialiseLock, mutex_init: initialiseLock,
  local_irq_save: (e, call) => {
    saveFlags(e, call, 0);
    return VOID_RESULT;
  },
  local_irq_restore: (e, call) => {
    restoreFlags(e, call, 0);
    return VOID_RESULT;
  },
  local_save_flags: (e, call) => {
    const flags: Pure = not(environment('irqsDisabled'));
    store(e, compileTarget(e, call.expr(0)), { pure: flags, type: INT }, { marked: false, text: printExpr(call.expr(0)) });
    return VOID_RESULT;
  },
  irqs_disabled_flags: (e, call) => ({ pure: not({ k: 'binary', op: '&', a: compileExpr(e, call.expr(0)).pure, b: constant(1), type: U32 }), type: INT }),
  local_irq_disable: (e, call) => {
    e.emit({ op: 'irq', what: 'disable' }, call.text);
    return VOID_RESULT;
  },
  local_irq_enable: (e, call) => {
    e.emit({ op: 'irq', what: 'enable' }, call.text);
    return VOID_RESULT;
  },
  local_lock: localLock(''), local_unlock: localUnlock(''), local_lock_irq: localLock('irq'), local_unlock_irq: localUnlock('irq'),
  local_lock_irqsave: localLock('irqsave'), local_unlock_irqrestore: localUnlock('irqsave'),
  local_lock_nested_bh: localLock('bh'), local_unlock_nested_bh: localUnlock('bh'),
  spin_trylock_irqsave: tryLockIrqsave('spinlock'), raw_spin_trylock_irqsave: tryLockIrqsave('raw_spinlock'),
  spin_lock_nested: lock('spinlock', '', true), raw_spin_lock_nested: lock('raw_spinlock', '', true), mutex_lock_nested: lock('mutex', '', true),
  spin_lock_irqsave_nested: lock('spinlock', 'irqsave', true), raw_spin_lock_irqsave_nested: lock('raw_spinlock', 'irqsave', true),
  preempt_disable: preempt(1), preempt_enable: preempt(-1), preempt_disable_notrace: preempt(1), preempt_enable_notrace: preempt(-1),
  preempt_enable_no_resched: preempt(-1), put_cpu: preempt(-1),
  local_bh_disable: preempt(BH_DISABLE), local_bh_enable: (e, call) => {
    assertIrqsOn(e, call);
    e.emit({ op: 'preempt', delta: -BH_DISABLE });
    return VOID_RESULT;
  },
  // Since v5.11 the task stays on its CPU and can be preempted (include/linux/preempt.h, 6.1); before it was preempt_disable().
  migrate_disable: preempt(MIGRATE_OFFSET), migrate_enable: preempt(-MIGRATE_OFFSET),
  __kcovet_switch_to: (e, call) => {
    e.emit({ op: 'switch', next: compileExpr(e, call.expr(0)).pure }, call.text);
    return VOID_RESULT;
  },
  barrier: barrier('barrier'), smp_wmb: barrier('wmb'), smp_rmb: barrier('rmb'), smp_mb: barrier('mb'), wmb: barrier('wmb'), rmb: barrier('rmb'), mb: barrier('mb'),
  smp_mb__before_atomic: barrier('mb'), smp_mb__after_atomic: barrier('mb'),
};
