/**
 * @module Sets of contexts, as how many contexts of each actor may move: 0 or 1 for a task, arrivals for an interrupt.
 * Which arrival it is does not matter: an interrupt's first is its first whenever it comes.
 */
import type { Transition } from '../machine/machine.js';
import type { Violation } from '../machine/violation.js';
import type { Actor } from '../scenario/scenario.js';

/** What of an actor decides how many contexts it can have. */
export type Shape = Pick<Actor<unknown>, 'kind' | 'times'>;

/** The contexts that move in a schedule. */
export function contextsOf(schedule: readonly Transition[], actors: number): number[] {
  const counts = new Array<number>(actors).fill(0);
  for (const { actor, enter } of schedule) counts[actor] = enter ? (counts[actor] ?? 0) + 1 : Math.max(1, counts[actor] ?? 0);
  return counts;
}

export function sizeOf(counts: readonly number[]): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

/** All sets of a size, in lexicographic order with much of the first actors first. */
function ofSize(most: readonly number[], size: number): number[][] {
  const [first, ...others] = most;
  if (first === undefined) return size === 0 ? [[]] : [];
  const sets: number[][] = [];
  for (let n = Math.min(first, size); n >= 0; n -= 1) sets.push(...ofSize(others, size - n).map((rest) => [n, ...rest]));
  return sets;
}

/** Interrupts that a violation names have arrived, itself and the one it interrupted: as many of each kind must be able to. */
function holds(counts: readonly number[], actors: readonly Shape[], violation: Violation): boolean {
  const onStack = [...violation.interrupted.slice(-1), violation.at].filter((context) => context.actor >= 0 && context.kind !== 'task');
  return onStack.every(({ kind }) => {
    const needed = onStack.filter((context) => context.kind === kind).length;
    return counts.reduce((sum, n, i) => sum + (actors[i]?.kind === kind ? n : 0), 0) >= needed;
  });
}

/** Sets of a size in which a violation can be: those within `preferred` first. */
export function contextSets(actors: readonly Shape[], size: number, of: { readonly violation: Violation; readonly preferred: readonly number[] }): number[][] {
  const all = ofSize(actors.map((a) => (a.kind === 'task' ? 1 : a.times)), size).filter((counts) => holds(counts, actors, of.violation));
  const isPreferred = (counts: readonly number[]): boolean => counts.every((n, i) => n <= (of.preferred[i] ?? 0));
  return [...all.filter(isPreferred), ...all.filter((counts) => !isPreferred(counts))];
}
