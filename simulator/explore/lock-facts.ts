/**
 * @module What lockdep learns from one instruction (kernel/locking/lockdep.c, Linux 6.1 and 6.12): which class is taken while
 * which are held, in which kind of context, with what enabled. A fact follows from the running context, the locks it holds,
 * the CPU's flags and the lock alone; never from how often or in which order something ran.
 */
import { atomicCount, SOFTIRQ_MASK } from '../kernel/preempt-count.js';
import type { LockKind } from '../machine/code.js';
import type { Draft } from '../machine/draft.js';
import type { Executed } from '../machine/execute.js';
import { acquired } from '../machine/held.js';
import type { HeldLock } from '../machine/held.js';
import { classOf } from '../machine/lock-class.js';
import type { ContextKind } from '../machine/state.js';

/** States that lockdep tracks of each class, and the NMI. */
export type IrqKind = Exclude<ContextKind, 'task'>;

export type LockFact =
  /** `to` was taken with `from` held, by the same context: chains end where an interrupt begins (check_prevs_add(), irq_context). */
  | { readonly k: 'order'; readonly from: string; readonly to: string }
  /** A lock was taken with another, or itself, of its class held (check_deadlock()). */
  | { readonly k: 'recursion'; readonly lock: string }
  /** Taken in an interrupt of this kind: LOCK_USED_IN_HARDIRQ, LOCK_USED_IN_SOFTIRQ; in an NMI, verify_lock_unused(). */
  | { readonly k: 'used-in'; readonly lock: string; readonly irq: IrqKind }
  /** Taken, or held, where such an interrupt may come: LOCK_ENABLED_HARDIRQ, LOCK_ENABLED_SOFTIRQ; for the NMI anywhere else. */
  | { readonly k: 'enabled'; readonly lock: string; readonly irq: IrqKind }
  /** Taken where a lock of its wait type may not be (check_wait_context()); `where` as people say it. */
  | { readonly k: 'wait'; readonly lock: string; readonly where: string };

/** Equal for equal facts. */
export function factKey(fact: LockFact): string {
  switch (fact.k) {
    case 'order': return `order ${fact.from} ${fact.to}`;
    case 'recursion': return `recursion ${fact.lock}`;
    case 'used-in': case 'enabled': return `${fact.k} ${fact.lock} ${fact.irq}`;
    case 'wait': return `wait ${fact.lock} ${fact.where}`;
  }
}

/** What an instruction that has run tells; to be asked before its lock is among those held. */
export function lockFacts<G>(draft: Draft<G>, what: Executed): readonly LockFact[] {
  const { instruction } = what.prepared;
  switch (instruction.op) {
    case 'lock': case 'hold': case 'rmw': {
      const taken = acquired(instruction, what);
      return taken ? ofAcquisition(draft, taken, instruction.op === 'rmw') : [];
    }
    case 'irq': return what.old === 0 && draft.irqsOn ? ofEnabling(draft, ['hardirq', 'softirq']) : [];
    case 'preempt': return instruction.delta < 0 ? ofEnabling(draft, ['softirq']) : [];
    default: return [];
  }
}

const heldBy = <G>(draft: Draft<G>): readonly HeldLock[] => draft.heldByThread();

/** Interrupts that may come now; softirqs are off where hardirqs are, and where bottom halves are. */
function enabledNow<G>(draft: Draft<G>): IrqKind[] {
  if (!draft.irqsOn) return [];
  return (draft.preemptCount & SOFTIRQ_MASK) === 0 ? ['hardirq', 'softirq'] : ['hardirq'];
}

/** mark_held_locks(): what was taken with interrupts off is held with them on. */
function ofEnabling<G>(draft: Draft<G>, kinds: readonly IrqKind[]): LockFact[] {
  if (draft.kind === 'nmi') return [];
  const now = enabledNow(draft).filter((irq) => kinds.includes(irq));
  return heldBy(draft).flatMap((lock) => now.map((irq): LockFact => ({ k: 'enabled', lock: classOf(draft.world, lock), irq })));
}

function ofAcquisition<G>(draft: Draft<G>, taken: HeldLock, tried: boolean): LockFact[] {
  const { kind, world } = draft;
  const lock = classOf(world, taken);
  // lockdep looks at nothing else in an NMI.
  if (kind === 'nmi') return tried ? [] : [{ k: 'used-in', lock, irq: 'nmi' }];
  const facts: LockFact[] = [{ k: 'enabled', lock, irq: 'nmi' }];
  for (const irq of enabledNow(draft)) facts.push({ k: 'enabled', lock, irq });
  // A trylock waits for nobody: it adds no dependency, and no use in an interrupt (mark_usage(), validate_chain()).
  if (tried) return facts;
  // With PREEMPT_RT lockdep knows no softirqs (lockdep_softirq_enter(), include/linux/irqflags.h, 6.12): they are threads.
  if (kind !== 'task' && !(kind === 'softirq' && draft.preemptRt)) facts.push({ k: 'used-in', lock, irq: kind });
  for (const held of heldBy(draft)) {
    const from = classOf(world, held);
    facts.push(from === lock ? { k: 'recursion', lock } : { k: 'order', from, to: lock });
  }
  const where = waitsIn(draft, taken);
  if (where !== null) facts.push({ k: 'wait', lock, where });
  return facts;
}

/** LD_WAIT_SPIN, LD_WAIT_CONFIG, LD_WAIT_SLEEP: include/linux/lockdep_types.h. Without PREEMPT_RT a spinlock_t spins. */
function waitType(kind: LockKind, rt: boolean): number {
  if (kind === 'mutex') return 3;
  return kind === 'raw_spinlock' || !rt ? 1 : 2;
}

/**
 * Where a lock waits that may not wait there; null where it may. One that sleeps in atomic context is left to the contract of
 * mutex_lock(), and with PREEMPT_RT to that of spin_lock() and local_lock(), which report it already.
 */
function waitsIn<G>(draft: Draft<G>, taken: HeldLock): string | null {
  const rt = draft.preemptRt;
  const type = waitType(taken.kind, rt);
  if (type === 1 || atomicCount(draft.preemptCount, rt) !== 0 || !draft.irqsOn) return null;
  const inside = heldBy(draft).find(({ kind }) => waitType(kind, rt) < type);
  return inside ? `with ${classOf(draft.world, inside)} held, a ${inside.kind}` : null;
}
