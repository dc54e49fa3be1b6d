/**
 * @module Choosing among the places where a hunk would fit: section heading, order of the hunks, distance in lines. When
 * these leave more than one the hunk is ambiguous; a wrong place is worse than none.
 */
import type { Image } from './image.js';
import type { ReadImage } from './read-image.js';
import type { Window } from './section.js';

/** A place where a hunk would fit. */
export interface Candidate {
  /** Token index of the first core token. */
  readonly first: number;
  /** Token index of the last core token. */
  readonly last: number;
  /** How much of the image has to be evened out first; 0 is best. */
  readonly cost: number;
}

export type Choice<C extends Candidate> =
  /** `note`: what made the choice less than certain; '' when it is certain. */
  | { readonly kind: 'one'; readonly candidate: C; readonly note: string }
  | { readonly kind: 'many'; readonly note: string }
  | { readonly kind: 'none'; readonly note: string };

/** What is known about where the hunk should be. */
export interface Guide {
  readonly window: Window | null;
  /** Lines of the image (0-based) between which the hunk lies, by its neighbours; exclusive. */
  readonly bounds: Bounds;
  /** 1-based pre-image line of the hunk's first core token. */
  readonly oldLine: number;
}

export interface Bounds {
  /** Last line of the hunks before; -1 when there is none. */
  readonly after: number;
  /** First line of the hunks behind; Infinity when there is none. */
  readonly before: number;
  /** Pre-image line that stands behind line `after`; null when there is no hunk before. */
  readonly afterOld: number | null;
}

/** Picks the place of a hunk. Candidates in any order. */
export function choose<C extends Candidate>(read: ReadImage, candidates: readonly C[], guide: Guide): Choice<C> {
  if (candidates.length === 0) return { kind: 'none', note: '' };
  const inside = guide.window ? candidates.filter((one) => isInside(one, guide.window)) : [];
  if (inside.length === 0 && guide.window?.strict) return { kind: 'none', note: `not found in ${guide.window.name}` };
  const pool = inside.length > 0 ? inside : candidates;
  const ordered = pool.filter((one) => isOrdered(read, one, guide.bounds));
  const only = ordered[0];
  if (only && ordered.length === 1) return { kind: 'one', candidate: only, note: '' };
  const lone = pool[0];
  if (ordered.length === 0) {
    if (lone && pool.length === 1 && inside.length === 1) return { kind: 'one', candidate: lone, note: 'found out of order' };
    return { kind: 'none', note: 'found only out of order' };
  }
  return nearest(read, ordered, guide);
}

function isInside(candidate: Candidate, window: Window | null): boolean {
  return window !== null && candidate.first >= window.low && candidate.first <= window.high;
}

function isOrdered(read: ReadImage, candidate: Candidate, bounds: Bounds): boolean {
  const first = read.tokens[candidate.first]?.line ?? 0;
  const last = read.tokens[candidate.last]?.line ?? 0;
  return first > bounds.after && last < bounds.before;
}

function nearest<C extends Candidate>(read: ReadImage, pool: readonly C[], guide: Guide): Choice<C> {
  const many: Choice<C> = { kind: 'many', note: `ambiguous: the same code stands in ${pool.length} places` };
  const known = pool.map((candidate) => ({ candidate, off: knownDistance(read, candidate, guide) }));
  if (known.every((one) => one.off !== null)) {
    const best = pickBy(known.map((one) => ({ candidate: one.candidate, value: one.off ?? 0 })), 1);
    if (best) return { kind: 'one', candidate: best, note: '' };
  }
  const cheapest = pickBy(pool.map((candidate) => ({ candidate, value: candidate.cost })), 1);
  if (cheapest) return { kind: 'one', candidate: cheapest, note: '' };
  const { afterOld, after } = guide.bounds;
  if (afterOld === null) return many;
  const expected = after + (guide.oldLine - afterOld);
  const away = pool.map((candidate) => ({
    candidate, value: Math.abs((read.tokens[candidate.first]?.line ?? 0) - expected),
  }));
  const best = pickBy(away, 2);
  return best ? { kind: 'one', candidate: best, note: `${many.note}; the nearest to the hunk before was taken` } : many;
}

/** Lines between where the candidate stood in the pre-image and where the hunk says; null when that is not known. */
function knownDistance(read: ReadImage, candidate: Candidate, guide: Guide): number | null {
  const origin = originAt(read.image, read.tokens[candidate.first]?.line ?? 0);
  return origin?.line === null || origin === undefined ? null : Math.abs(origin.line - guide.oldLine);
}

function originAt(image: Image, line: number): Image['origins'][number] | undefined {
  return image.origins[line];
}

/** The one with the smallest value, when the next is more than `factor` times (and by 1) as large. */
function pickBy<C>(values: readonly { candidate: C; value: number }[], factor: number): C | null {
  const order = [...values].sort((a, b) => a.value - b.value);
  const [best, next] = order;
  if (!best) return null;
  if (!next || next.value > best.value * factor + (factor > 1 ? 2 : 0)) return best.candidate;
  return null;
}
