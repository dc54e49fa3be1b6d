/** @module What an expression may ask of the CPU and context it runs in, as it is in a draft. */
import { atomicCount } from '../kernel/preempt-count.js';
import { isSwitching } from './context-switch.js';
import type { Draft, DraftContext } from './draft.js';
import { ownerOf } from './locks.js';
import type { PureEnvironment } from './prepare.js';

/** `context` null: outside of any operation. */
export function environmentOf<G>(draft: Draft<G>, context: DraftContext | null): PureEnvironment {
  return {
    current: draft.addressOf(draft.task), cpu: draft.cpu, irqsDisabled: draft.irqsOn ? 0 : 1, returnAddress: returnAddressOf(draft, context),
    owner: ownerOf(draft.world.scenario, draft.stack[0], draft.cpu),
    // Looking at it is noted, so only when it is asked for.
    get preemptCount(): number {
      return draft.preemptCount;
    },
    get atomicCount(): number {
      return atomicCount(draft.preemptCount, draft.preemptRt);
    },
  };
}

function returnAddressOf<G>({ world }: Draft<G>, context: DraftContext | null): number {
  if (!context) return 0;
  if (isSwitching(world, context)) return world.scenario.switchReturnAddress ?? 0;
  return world.scenario.actors[context.actor]?.operations[context.operation]?.returnAddress ?? 0;
}
