/** @module Calls that may sleep, where they may not. */
import { CALL_CONTRACTS } from '../kernel/calls.js';
import { atomicCount, HARDIRQ_MASK, NMI_MASK, SOFTIRQ_MASK } from '../kernel/preempt-count.js';
import type { Draft, DraftContext } from './draft.js';

/** A call that may sleep, in atomic context: include/linux/preempt.h, kernel/sched/core.c __might_sleep(). */
export function checkSleep<G>(draft: Draft<G>, call: string, context: DraftContext): void {
  const how = CALL_CONTRACTS[call]?.sleeps;
  const inInterrupt = (draft.preemptCount & (HARDIRQ_MASK | SOFTIRQ_MASK | NMI_MASK)) !== 0;
  const sleeps = call.endsWith('(may sleep)') || how === true || (how === 'outside interrupts' && !inInterrupt);
  const count = atomicCount(draft.preemptCount, draft.preemptRt);
  if (!sleeps || (count === 0 && draft.irqsOn)) return;
  const why = count === 0 ? 'interrupts are off' : `preempt_count is ${count.toString(16)}`;
  draft.report('sleep-in-atomic', `${call.replace('(may sleep)', '')}() while ${why} (${draft.world.scenario.actors[context.actor]?.kind ?? 'task'}${draft.preemptRt ? ', PREEMPT_RT' : ''})`);
}
