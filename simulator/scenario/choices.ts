/**
 * @module Operations of a scenario that stand for a choice between operations of a task: whether it is killed, whether it
 * runs at all. Each is a move of its own (../machine/begin.ts), so that others may come before it.
 */
import type { Operation } from './scenario.js';

/** An operation that only chooses: `skips` says for each choice how many operations behind it are left out. */
function choosing<G>(label: string, skips: readonly number[], bound?: Operation<G>['bound']): Operation<G> {
  const ways = skips.map((n) => ({ skips: n }));
  return { label, deed: { does: 'choose' }, calls: [], begin: () => null, end: () => undefined, ways: () => ways, ...(bound === undefined ? {} : { bound }) };
}

/**
 * A task that a signal may kill wherever it is in user space: before each of its operations it may go on with `exit`
 * instead, which is also how it ends by itself. A kernel call that is under way is completed.
 */
export function mayBeKilled<G>(operations: readonly Operation<G>[], exit: readonly Operation<G>[]): Operation<G>[] {
  const points = operations.flatMap((operation, i) => [choosing<G>('may be killed', [0, 2 * (operations.length - i) - 1], 'kill'), operation]);
  return [...points, ...exit];
}

/** Operations that wait to be let run: the first of them begins with a move of its own. */
export function startsLater<G>(operations: readonly Operation<G>[]): Operation<G>[] {
  return [choosing<G>('starts', [0]), ...operations];
}
