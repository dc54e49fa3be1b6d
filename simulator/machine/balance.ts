/**
 * @module What an operation must leave as it found it, in every context: locks, interrupts, preempt_count and bottom halves.
 * An interrupt is made of operations, so that its end needs no check of its own. Locks: lockdep_sys_exit() and
 * "scheduling while atomic"; irqs and preempt_count: __do_softirq() and the irq entry code of Linux 6.1 warn of handlers
 * that do not.
 */
import { SOFTIRQ_MASK } from '../kernel/preempt-count.js';
import type { Draft, DraftContext } from './draft.js';
import { ownerOfFlags } from './irq-flags.js';
import { lockName } from './lock-class.js';
import { IDLE } from './state.js';
import type { Value } from './value.js';

/** An operation calls: remembers what it must find again. */
export function noteCall<G>(draft: Draft<G>, context: DraftContext): void {
  context.atCall = { irqsOn: draft.irqsOn, preemptCount: draft.preemptCount, held: context.held.length };
}

/** An operation's call returned: reports what is not as it was, each cause once. */
export function checkBalance<G>(draft: Draft<G>, context: DraftContext): void {
  const { irqsOn, preemptCount, held } = context.atCall;
  context.atCall = IDLE;
  const operation = draft.world.scenario.actors[context.actor]?.operations[context.operation];
  const label = operation?.label ?? '';
  // A lock that is kept brings its own imbalance of preempt_count, bottom halves and interrupts.
  if (context.held.length > held) {
    draft.report('lock-held-at-return', `${label} returns with ${context.held.map(({ address }) => lockName(draft.world, address)).join(' and ')} held`);
    return;
  }
  const counts = `preempt_count was ${preemptCount.toString(16)} at the call of ${label}, is ${draft.preemptCount.toString(16)} at its return`;
  if (context.held.length === held) {
    if ((draft.preemptCount & ~SOFTIRQ_MASK) !== (preemptCount & ~SOFTIRQ_MASK)) draft.report('preempt-unbalanced', counts);
    else if (draft.preemptCount !== preemptCount) draft.report('bh-unbalanced', counts);
  }
  if (operation?.keepsIrqs === false || draft.irqsOn === irqsOn) return;
  draft.report(draft.irqsOn ? 'irqs-left-on' : 'irqs-left-off', `interrupts were ${irqsOn ? 'on' : 'off'} at the call of ${label}, are ${draft.irqsOn ? 'on' : 'off'} at its return`);
}

/** Flags are restored by the activation that saved them. Others in the same variable are those of somebody it was shared with. */
export function checkFlags<G>(draft: Draft<G>, flags: Value): void {
  const [owner, own] = [ownerOfFlags(flags), draft.owner()];
  if (!owner || !own || (owner.actor === own.actor && owner.left === own.left)) return;
  const name = (actor: number): string => draft.world.scenario.actors[actor]?.name ?? '?';
  const whose = owner.actor === own.actor ? 'another activation of it' : name(owner.actor);
  draft.report('foreign-irq-flags', `${name(own.actor)} restores the interrupt flags that ${whose} saved`);
}
