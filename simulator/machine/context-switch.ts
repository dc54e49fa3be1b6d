/**
 * @module The switch from one task to the next, where a scenario looks into it: the task that is taken off the CPU runs the
 * function of compile/context-switch.ts up to the instruction that changes the stack, and the next one goes on behind it.
 */
import type { Draft, DraftContext } from './draft.js';
import type { World } from './draft-memory.js';
import type { ContextState, Frame } from './state.js';

/** Names of the function and of what it is called in the contract. */
export const SWITCHING = 'hit in the context switch';

/** True for a context that is in the switch. */
export function isSwitching<G>(world: Pick<World<G>, 'switchFunction'>, context: ContextState | DraftContext | undefined): boolean {
  return world.switchFunction !== null && (context?.frames.some((frame) => frame.functionIndex === world.switchFunction) ?? false);
}

/** The frame at which a context stands when the switch is over. */
export function frameBelow<G>(world: Pick<World<G>, 'switchFunction'>, context: ContextState): Frame | undefined {
  return world.switchFunction === null ? context.frames.at(-1) : context.frames.findLast((frame) => frame.functionIndex !== world.switchFunction);
}

/** Changes the stack: the thread on the CPU waits, the thread of an actor that waits goes on. */
export function switchTo<G>(draft: Draft<G>, actor: number): void {
  const next = draft.before.contexts[actor];
  if (!next) throw new Error(`no actor ${actor}`);
  draft.park();
  draft.mount(actor, { irqsOn: next.irqsOnAtEntry, preemptCount: next.preemptAtEntry, above: next.above });
}
