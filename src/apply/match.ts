/**
 * @module Finding a run of core tokens in an image: the linear search for equal runs, and the search modulo renaming of
 * one function's locals. Both spend from a budget, so that hostile input ends.
 */

/** Comparisons left; shared by all hunks of one diff. */
export interface Budget {
  /** Token comparisons that may still be made; at 0 searches find nothing more. */
  left: number;
}

/** Places of one run that are looked at, at most; more than that is ambiguous anyway. */
export const CANDIDATES_MAX = 200;

/**
 * Offsets in `hay` at which all of `needle` stands, ascending, at most CANDIDATES_MAX (Knuth, Morris and Pratt, so
 * repetitive text costs no more than other text). An empty needle is found nowhere.
 */
export function findRuns(hay: readonly string[], needle: readonly string[], budget: Budget): number[] {
  const found: number[] = [];
  if (needle.length === 0 || needle.length > hay.length) return found;
  const back = failures(needle);
  let held = 0;
  for (let i = 0; i < hay.length && budget.left > 0; i++, budget.left--) {
    while (held > 0 && hay[i] !== needle[held]) held = back[held - 1] ?? 0;
    if (hay[i] === needle[held]) held++;
    if (held < needle.length) continue;
    found.push(i - needle.length + 1);
    if (found.length >= CANDIDATES_MAX) break;
    held = back[held - 1] ?? 0;
  }
  return found;
}

function failures(needle: readonly string[]): number[] {
  const back = new Array<number>(needle.length).fill(0);
  for (let i = 1, held = 0; i < needle.length; i++) {
    while (held > 0 && needle[i] !== needle[held]) held = back[held - 1] ?? 0;
    if (needle[i] === needle[held]) held++;
    back[i] = held;
  }
  return back;
}

/** What unification may ask about the image. */
export interface Renamable {
  /** Whether the core token at `offset` names a local (or parameter) of its function. */
  readonly isLocal: (offset: number) => boolean;
  /** Whether `name` could be given to a local of that function: it is not used there yet. */
  readonly isFree: (offset: number, name: string) => boolean;
}

/** Locals renamed for one hunk at most. */
const RENAMES_MAX = 8;

/** A place where a run stands modulo renaming: image name to hunk name, only names that differ. */
export interface Unified {
  readonly at: number;
  readonly renames: ReadonlyMap<string, string>;
}

/** Offsets at which `needle` stands modulo a one-to-one renaming of locals. */
export function findRenamed(
  sides: { hay: readonly string[]; needle: readonly string[] }, scope: Renamable, budget: Budget,
): Unified[] {
  const found: Unified[] = [];
  if (sides.needle.length === 0) return found;
  for (let at = 0; at + sides.needle.length <= sides.hay.length && budget.left > 0; at++) {
    const renames = unify(sides, at, { scope, budget });
    if (renames && renames.size > 0) found.push({ at, renames });
    if (found.length >= CANDIDATES_MAX) break;
  }
  return found;
}

function unify(
  sides: { hay: readonly string[]; needle: readonly string[] }, at: number, limits: { scope: Renamable; budget: Budget },
): Map<string, string> | null {
  const map = new Map<string, string>();
  const taken = new Set<string>();
  const renames = new Map<string, string>();
  for (let k = 0; k < sides.needle.length; k++) {
    limits.budget.left--;
    const ours = sides.hay[at + k] ?? '';
    const theirs = sides.needle[k] ?? '';
    const bound = map.get(ours);
    if (!limits.scope.isLocal(at + k)) {
      if (ours !== theirs) return null;
      continue;
    }
    if (bound !== undefined) {
      if (bound !== theirs) return null;
      continue;
    }
    if (taken.has(theirs)) return null;
    if (ours !== theirs) {
      if (!/^[A-Za-z_]/.test(theirs) || !limits.scope.isFree(at + k, theirs) || renames.size >= RENAMES_MAX) return null;
      renames.set(ours, theirs);
    }
    map.set(ours, theirs);
    taken.add(theirs);
  }
  return renames;
}
