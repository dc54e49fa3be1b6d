/** @module What is violated in a state in which nothing steps: contexts that wait for each other, or an end that is not clean. */
import { Draft } from '../machine/draft.js';
import type { Machine } from '../machine/machine.js';
import { runningOn } from '../machine/state.js';
import type { State } from '../machine/state.js';
import type { Violation } from '../machine/violation.js';

/** Violations of a state where only interrupts could still arrive; empty where a context can step. */
export function violationsAtEnd<G>(machine: Machine<G>, state: State<G>): readonly Violation[] {
  if (machine.transitions(state).some((t) => !t.enter)) return [];
  const running = state.cpus.findIndex((_, cpu) => (runningOn(state, cpu)?.frames.length ?? 0) > 0);
  const off = running < 0 ? state.contexts.find((context) => context.frames.length > 0) : undefined;
  const waiting = off ? off.cpu : running;
  const draft = new Draft(machine.world, state, Math.max(0, waiting));
  if (off) draft.mount(off.actor, { irqsOn: true, preemptCount: 0, above: off.above });
  if (waiting >= 0) return [draft.violation('deadlock', 'every context waits for a lock', true)];
  if (machine.isQuiescent(state)) machine.world.contract.quiescent(draft);
  return draft.violations;
}
