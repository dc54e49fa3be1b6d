/**
 * @module What the kernel's own checks say of the context they stand in: might_sleep(), and lockdep's assertions, which warn
 * (include/linux/lockdep.h and include/linux/kernel.h, Linux 6.1). A kernel with CONFIG_PROVE_LOCKING is meant: the
 * others check nothing there.
 */
import type { Pure } from '../machine/code.js';
import { INT, UnknownName } from '../ir/types.js';
import { HARDIRQ_MASK, NMI_MASK, SOFTIRQ_MASK } from '../kernel/preempt-count.js';
import { bits, environment, VOID_RESULT } from './calls.js';
import type { Call, CallCompiler } from './calls.js';
import type { Emitter } from './emitter.js';
import { compileExpr } from './expressions.js';
import { not, register } from './pure.js';

/** Warns where the condition does not hold. */
function asserts(condition: (e: Emitter, call: Call) => Pure): CallCompiler {
  return (e, call) => {
    e.emit({ op: 'warn', test: not(condition(e, call)) }, call.text);
    return VOID_RESULT;
  };
}

/** 1 where the thread that runs has the lock, the interrupts on top of it included, as lockdep counts: lock_is_held(). */
function isHeld(e: Emitter, call: Call): Pure {
  const dst = e.temporary();
  e.emit({ op: 'isHeld', dst, address: compileExpr(e, call.expr(0)).pure }, call.text);
  return register(dst);
}

const both = (a: Pure, b: Pure): Pure => ({ k: 'binary', op: '&&', a, b, type: { bytes: 4, signed: true } });
const irqsOff = (): Pure => environment('irqsDisabled');
const preemptible = (): Pure => both(not(environment('atomicCount')), not(irqsOff()));

/** __kcovet_assume(text, condition): what somebody takes for granted of the context here. Reported where an execution refutes it. */
const assume: CallCompiler = (e, call) => {
  const [text] = call.args;
  if (text?.kind !== 'string') throw new UnknownName(call.text);
  e.emit({ op: 'warn', test: not(compileExpr(e, call.expr(1)).pure), assumption: text.value }, call.text);
  return VOID_RESULT;
};

export const ASSERT_CALLS: Readonly<Record<string, CallCompiler>> = {
  __kcovet_assume: assume,
  might_sleep: () => VOID_RESULT, might_fault: () => VOID_RESULT, cond_resched: () => VOID_RESULT,
  lockdep_is_held: (e, call) => ({ pure: isHeld(e, call), type: INT }),
  lockdep_assert: asserts((e, call) => compileExpr(e, call.expr(0)).pure), lockdep_assert_once: asserts((e, call) => compileExpr(e, call.expr(0)).pure),
  lockdep_assert_held: asserts(isHeld), lockdep_assert_held_once: asserts(isHeld), lockdep_assert_not_held: asserts((e, call) => not(isHeld(e, call))),
  lockdep_assert_irqs_disabled: asserts(irqsOff), lockdep_assert_irqs_enabled: asserts(() => not(irqsOff())),
  lockdep_assert_preemption_disabled: asserts(() => not(preemptible())), lockdep_assert_preemption_enabled: asserts(preemptible),
  lockdep_assert_in_irq: asserts(() => bits(HARDIRQ_MASK)),
  lockdep_assert_in_softirq: asserts(() => both(bits(SOFTIRQ_MASK), not(bits(HARDIRQ_MASK | NMI_MASK)))),
};
