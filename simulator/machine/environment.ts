/** @module What an expression may ask of the CPU and context it runs in, as it is in a draft. */
import { atomicCount } from '../kernel/preempt-count.js';
import { isSwitching } from './context-switch.js';
import type { Draft, DraftContext } from './draft.js';
import { ownerOf } from './locks.js';
import type { PureEnvironment } from './prepare.js';

/** Answers when it is asked: most expressions ask nothing, and looking at preempt_count is noted. */
class DraftEnvironment<G> implements PureEnvironment {
  constructor(private readonly draft: Draft<G>, private readonly context: DraftContext | null) {}

  get current(): number {
    return this.draft.addressOf(this.draft.task);
  }

  get cpu(): number {
    return this.draft.cpu;
  }

  get irqsDisabled(): number {
    return this.draft.irqsOn ? 0 : 1;
  }

  get returnAddress(): number {
    return returnAddressOf(this.draft, this.context);
  }

  get owner(): number {
    return ownerOf(this.draft.world.scenario, this.draft.stack[0], this.draft.cpu);
  }

  get preemptCount(): number {
    return this.draft.preemptCount;
  }

  get atomicCount(): number {
    return atomicCount(this.draft.preemptCount, this.draft.preemptRt);
  }
}

/** `context` null: outside of any operation. */
export function environmentOf<G>(draft: Draft<G>, context: DraftContext | null): PureEnvironment {
  return new DraftEnvironment(draft, context);
}

function returnAddressOf<G>({ world }: Draft<G>, context: DraftContext | null): number {
  if (!context) return 0;
  if (isSwitching(world, context)) return world.scenario.switchReturnAddress ?? 0;
  return world.scenario.actors[context.actor]?.operations[context.operation]?.returnAddress ?? 0;
}
