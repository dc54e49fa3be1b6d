/**
 * @module Which accesses are one action for a reader, and so one line: an exchange of two places is no read and a write,
 * and what is changed need not be read on a line before. Folding counts lines by it, and rendering makes them.
 */

/** What of an access tells whether it belongs to its neighbour; events and rows of a review have it. */
export interface Step {
  readonly cpu: number;
  readonly context: string;
  readonly function: string;
  readonly text: string;
  readonly access: string;
  readonly target: string | null;
  readonly old: string | null;
  readonly new: string | null;
  readonly note: string;
}

/** Whether two steps are accesses of one execution of one statement, as far as they tell. */
function sameStatement(a: Step, b: Step | undefined): boolean {
  return b !== undefined && a.cpu === b.cpu && a.context === b.context && a.function === b.function && a.text === b.text;
}

/** An exchange of two places: the read-modify-write of the one, then the write of the other with what the one held. */
function isExchange(step: Step, next: Step | undefined): boolean {
  return step.access === 'rmw' && sameStatement(step, next) && next?.access === 'write' && next.new === step.old;
}

/** A read of what the same statement then changes from the value that was read. */
function isChangedBy(step: Step, later: readonly Step[]): boolean {
  if (step.access !== 'read') return false;
  const end = later.findIndex((one) => !sameStatement(step, one));
  const own = end < 0 ? later : later.slice(0, end);
  return own.some((one) => (one.access === 'write' || one.access === 'rmw') && one.target === step.target && one.old === step.old);
}

/** The steps that get a line: of an exchange the write that stores its result, of a change not the read before it. */
export function actionsOf<T extends Step>(steps: readonly T[]): T[] {
  return steps.filter((step, i) => step.note !== '' || !(isExchange(step, steps[i + 1]) || isChangedBy(step, steps.slice(i + 1))));
}
