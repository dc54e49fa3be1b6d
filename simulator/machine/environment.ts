/** @module What an expression may ask of the CPU and context it runs in, as it is in a draft. */
import type { Draft, DraftContext } from './draft.js';
import type { PureEnvironment } from './prepare.js';

export function environmentOf<G>(draft: Draft<G>, context: DraftContext): PureEnvironment {
  const operation = draft.world.scenario.actors[context.actor]?.operations[context.operation];
  return {
    current: draft.addressOf(draft.task), cpu: draft.cpu, irqsDisabled: draft.irqsOn ? 0 : 1, returnAddress: operation?.returnAddress ?? 0,
    // Looking at it is noted, so only when it is asked for.
    get preemptCount(): number {
      return draft.preemptCount;
    },
  };
}
