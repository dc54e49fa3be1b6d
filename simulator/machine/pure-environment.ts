/** @module What expressions may ask of the CPU and the context that evaluate them, as it is in a draft. */
import { atomicCount } from '../kernel/preempt-count.js';
import type { Draft } from './draft.js';
import { ownerOf } from './locks.js';
import type { PureEnvironment } from './prepare.js';

const ENVIRONMENT: PureEnvironment = { current: 0, cpu: 0, preemptCount: 0, atomicCount: 0, irqsDisabled: 0, returnAddress: 0, owner: 0 };

/** Valid until the next call: one object, filled anew each time. `returnAddress`: of the operation under way. */
export function environmentOf<G>(draft: Draft<G>, returnAddress: number): PureEnvironment {
  ENVIRONMENT.current = draft.addressOf(draft.task);
  ENVIRONMENT.cpu = draft.cpu;
  ENVIRONMENT.preemptCount = draft.preemptCount;
  ENVIRONMENT.atomicCount = atomicCount(draft.preemptCount, draft.world.scenario.rt !== undefined);
  ENVIRONMENT.irqsDisabled = draft.irqsOn ? 0 : 1;
  ENVIRONMENT.returnAddress = returnAddress;
  ENVIRONMENT.owner = ownerOf(draft.world.scenario, draft.contexts[0]?.actor, draft.cpu);
  return ENVIRONMENT;
}
