/** @module What Pure expressions may ask, for the context that runs on a draft. */
import type { Draft, DraftContext } from './draft.js';
import type { PureEnvironment } from './prepare.js';

const ENVIRONMENT: PureEnvironment = { current: 0, cpu: 0, preemptCount: 0, irqsDisabled: 0, returnAddress: 0 };

/** The answers for a context; one object, filled anew with each call. */
export function environmentOf<G>(draft: Draft<G>, context: Pick<DraftContext, 'actor' | 'operation'>): PureEnvironment {
  const operation = draft.world.scenario.actors[context.actor]?.operations[context.operation];
  ENVIRONMENT.current = draft.addressOf(draft.task);
  ENVIRONMENT.cpu = draft.cpu;
  ENVIRONMENT.preemptCount = draft.preemptCount;
  ENVIRONMENT.irqsDisabled = draft.irqsOn ? 0 : 1;
  ENVIRONMENT.returnAddress = operation?.returnAddress ?? 0;
  return ENVIRONMENT;
}
