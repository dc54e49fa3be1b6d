/**
 * @module Finding a run of core tokens in an image: the linear search for equal runs, and the search modulo renaming of
 * one function's locals. Both spend from a budget, so that hostile input ends.
 */
import { isWord } from './tokens.js';

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
  /** First token of the top-level item that the core token lies in; -1 outside. */
  readonly functionOf: (offset: number) => number;
}

/** Locals renamed in one function for one hunk at most. */
const RENAMES_MAX = 8;

/** Renamings of the functions that a run touches: first token of the function to image name to hunk name. */
export type Renames = ReadonlyMap<number, ReadonlyMap<string, string>>;

/** A place where a run stands modulo renaming. */
export interface Unified {
  readonly at: number;
  /** Only functions with names that differ, and only those names; non-empty. */
  readonly renames: Renames;
}

interface Runs {
  readonly hay: readonly string[];
  readonly needle: readonly string[];
}

/** Offsets at which `needle` stands modulo a one-to-one renaming of each function's locals. */
export function findRenamed(sides: Runs, scope: Renamable, budget: Budget): Unified[] {
  const found: Unified[] = [];
  if (sides.needle.length === 0) return found;
  for (let at = 0; at + sides.needle.length <= sides.hay.length && budget.left > 0; at++) {
    const renames = unify(sides, at, { scope, budget });
    if (renames && renames.size > 0) found.push({ at, renames });
    if (found.length >= CANDIDATES_MAX) break;
  }
  return found;
}

/** Names of one function bound so far. */
interface Binding {
  readonly names: Map<string, string>;
  readonly taken: Set<string>;
  readonly renames: Map<string, string>;
}

function unify(sides: Runs, at: number, limits: { scope: Renamable; budget: Budget }): Renames | null {
  const bindings = new Map<number, Binding>();
  for (let k = 0; k < sides.needle.length; k++) {
    limits.budget.left--;
    const [ours, theirs] = [sides.hay[at + k] ?? '', sides.needle[k] ?? ''];
    if (!isWord(ours) || !limits.scope.isLocal(at + k)) {
      if (ours !== theirs) return null;
      continue;
    }
    const place = limits.scope.functionOf(at + k);
    const binding = bindings.get(place) ?? { names: new Map(), taken: new Set(), renames: new Map() };
    bindings.set(place, binding);
    if (!bind(binding, { ours, theirs }, () => limits.scope.isFree(at + k, theirs))) return null;
  }
  const renames = [...bindings].filter(([, one]) => one.renames.size > 0).map(([place, one]) => [place, one.renames] as const);
  return new Map(renames);
}

function bind(binding: Binding, pair: { ours: string; theirs: string }, isFree: () => boolean): boolean {
  const bound = binding.names.get(pair.ours);
  if (bound !== undefined) return bound === pair.theirs;
  if (binding.taken.has(pair.theirs)) return false;
  if (pair.ours !== pair.theirs) {
    if (!isWord(pair.theirs) || !isFree() || binding.renames.size >= RENAMES_MAX) return false;
    binding.renames.set(pair.ours, pair.theirs);
  }
  binding.names.set(pair.ours, pair.theirs);
  binding.taken.add(pair.theirs);
  return true;
}
