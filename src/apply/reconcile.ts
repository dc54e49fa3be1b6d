/**
 * @module The gaps between matched core tokens: pairs the soft items of hunk and image, and where braces differ says
 * which harmless edits make the image read as the hunk does (braces round single statements put in or taken out).
 * A brace that cannot be explained that way makes the place no match at all.
 */
import type { Edit } from './edits.js';
import { dropPair, unbracedBodies } from './bodies.js';
import type { SoftItem, SoftStream } from './soft.js';
import { gapItems } from './soft.js';
import type { Structure } from './structure.js';
import { bodyFollows, skipDirectives, statementEnd } from './structure.js';

/** A soft item of the hunk and the one of the image that it stands for. */
export interface Pair {
  readonly hunk: SoftItem;
  readonly image: SoftItem;
}

export interface Reconciled {
  readonly pairs: readonly Pair[];
  /** Non-empty: make these on the image, then match again. */
  readonly edits: readonly Edit[];
  /** Soft items found on one side only, by kind. */
  readonly missing: Set<string>;
}

/** What is matched: all core tokens of `hunk` against those of `image` from `at` on. */
export interface Placement {
  readonly hunk: SoftStream;
  readonly image: SoftStream;
  readonly structure: Structure;
  readonly at: number;
}

interface Work extends Placement {
  readonly pairs: Pair[];
  readonly edits: Edit[];
  readonly missing: Set<string>;
  /** Partner of each brace item of the hunk inside the hunk. */
  readonly partnerInHunk: ReadonlyMap<SoftItem, SoftItem>;
  /** Opening brace of the hunk to token of the image's brace. */
  readonly opened: Map<SoftItem, number>;
  /** The image's tokens in `opened`. */
  readonly taken: Set<number>;
  /** Closing braces of the hunk that an edit accounts for. */
  readonly explained: Set<SoftItem>;
  /** Tokens of image braces that edits take out. */
  readonly dropped: Set<number>;
  /** Starts of bodies that edits put braces round. */
  readonly braced: Set<number>;
}

/** Items of one gap that are compared at most; hostile text has more. */
const GAP_ITEMS_MAX = 200;

/** Pairs soft items of a placement; null when the braces do not fit there. */
export function reconcile(placement: Placement): Reconciled | null {
  const work: Work = {
    ...placement, pairs: [], edits: [], missing: new Set(), partnerInHunk: hunkPartners(placement.hunk),
    opened: new Map(), taken: new Set(), explained: new Set(), dropped: new Set(), braced: new Set(),
  };
  for (let gap = 0; gap <= placement.hunk.core.length; gap++) {
    if (!reconcileGap(work, gap)) return null;
  }
  return { pairs: work.pairs, edits: work.edits, missing: work.missing };
}

function hunkPartners(hunk: SoftStream): Map<SoftItem, SoftItem> {
  const partners = new Map<SoftItem, SoftItem>();
  const open: SoftItem[] = [];
  for (const item of hunk.items) {
    if (item.kind !== 'brace') continue;
    if (item.key === '{') open.push(item);
    else {
      const from = open.pop();
      if (from) partners.set(from, item).set(item, from);
    }
  }
  return partners;
}

function reconcileGap(work: Work, gap: number): boolean {
  const theirs = softIn(work.hunk, gap);
  const ours = softIn(work.image, work.at + gap);
  if (theirs.length === 0 && ours.length === 0) return true;
  if (theirs.length > GAP_ITEMS_MAX || ours.length > GAP_ITEMS_MAX) return false;
  const lead = gap === 0;
  const pairs = common(work, theirs, ours, lead);
  const mine = covered(ours, pairs, { lead, tail: gap === work.hunk.core.length });
  for (const pair of pairs) {
    work.pairs.push(pair);
    if (pair.hunk.key !== '{') continue;
    work.opened.set(pair.hunk, pair.image.first);
    work.taken.add(pair.image.first);
  }
  const pairedHunk = new Set(pairs.map((pair) => pair.hunk));
  const pairedImage = new Set(pairs.map((pair) => pair.image));
  return theirs.every((item) => pairedHunk.has(item) || onlyInHunk(work, item, gap))
    && mine.every((item) => pairedImage.has(item) || onlyInImage(work, item));
}

function softIn(stream: SoftStream, gap: number): SoftItem[] {
  return gapItems(stream, gap).filter((item) => item.kind !== 'declaration');
}

/** The image's items that the hunk covers: all between core tokens, at the ends as far as the pairs reach. */
function covered(ours: readonly SoftItem[], pairs: readonly Pair[], end: { lead: boolean; tail: boolean }): SoftItem[] {
  const first = end.lead ? pairs[0]?.image.first ?? Infinity : -1;
  const last = end.tail ? pairs[pairs.length - 1]?.image.last ?? -1 : Infinity;
  return ours.filter((item) => item.first >= first && item.last <= last);
}

/** Longest common subsequence, braces first; before the first core token the latest items are preferred. */
function common(work: Work, theirs: SoftItem[], ours: SoftItem[], lead: boolean): Pair[] {
  const h = lead ? [...theirs].reverse() : theirs;
  const m = lead ? [...ours].reverse() : ours;
  const best: number[][] = Array.from({ length: h.length + 1 }, () => new Array<number>(m.length + 1).fill(0));
  const at = (i: number, j: number): number => best[i]?.[j] ?? 0;
  const worth = (i: number, j: number): number => {
    const [a, b] = [h[i], m[j]];
    return a && b && same(work, a, b) ? (a.kind === 'brace' ? 100 : 1) + at(i + 1, j + 1) : -1;
  };
  for (let i = h.length - 1; i >= 0; i--) {
    for (let j = m.length - 1; j >= 0; j--) {
      const row = best[i];
      if (row) row[j] = Math.max(worth(i, j), at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < h.length && j < m.length;) {
    const [hunk, image] = [h[i], m[j]];
    if (hunk && image && worth(i, j) === at(i, j)) {
      pairs.push({ hunk, image });
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return lead ? pairs.reverse() : pairs;
}

function same(work: Work, hunk: SoftItem, image: SoftItem): boolean {
  if (hunk.kind !== image.kind || hunk.key !== image.key) return false;
  if (hunk.key !== '}') return true;
  const partner = work.structure.partner[image.first] ?? -1;
  const from = work.partnerInHunk.get(hunk);
  if (from && from.gap === hunk.gap) return image.gap === work.at + hunk.gap && partner >= 0;
  if (from) return work.opened.get(from) === partner;
  return partner < (work.image.core[work.at] ?? 0) || !work.taken.has(partner);
}

function onlyInHunk(work: Work, item: SoftItem, gap: number): boolean {
  if (item.kind !== 'brace') {
    work.missing.add(item.kind);
    return true;
  }
  if (item.key === '{') return braceBody(work, item, gap);
  return work.explained.has(item) || (!work.partnerInHunk.has(item) && closeBody(work, gap));
}

/** The hunk opens a brace that the image does not have: its body must be one statement that ends where the hunk's does. */
function braceBody(work: Work, item: SoftItem, gap: number): boolean {
  const { structure, image, at } = work;
  const head = gap > 0 ? image.core[at + gap - 1] ?? -1 : (image.core[at] ?? 0) - 1;
  const body = skipDirectives(structure.tokens, head + 1);
  if (head < 0 || !bodyFollows(structure, head) || structure.tokens[body]?.text === '{') return false;
  const end = statementEnd(structure, body);
  if (end < 0) return false;
  const close = work.partnerInHunk.get(item);
  if (close) {
    const before = image.core[at + close.gap - 1] ?? -1;
    const after = image.core[at + close.gap] ?? Infinity;
    if (before > end || after <= end) return false;
    work.explained.add(close);
  }
  addBraces(work, body, end);
  return true;
}

/** The hunk closes a brace that was opened above it and that the image does not have. */
function closeBody(work: Work, gap: number): boolean {
  const { structure, image, at } = work;
  const end = image.core[at + gap - 1] ?? -1;
  const first = image.core[at] ?? 0;
  const body = unbracedBodies(structure).get(end)?.find((start) => !work.braced.has(start) && (gap === 0 || start < first));
  if (body === undefined) return false;
  addBraces(work, body, end);
  return true;
}

function addBraces(work: Work, body: number, end: number): void {
  work.braced.add(body);
  work.edits.push({ kind: 'before', token: body, text: '{' }, { kind: 'after', token: end, text: '}' });
  work.missing.add('brace');
}

function onlyInImage(work: Work, item: SoftItem): boolean {
  work.missing.add(item.kind);
  if (item.kind !== 'brace') return true;
  if (work.dropped.has(item.first)) return true;
  const partner = work.structure.partner[item.first] ?? -1;
  const edits = partner < 0 ? null : dropPair(work.structure, work.image, Math.min(item.first, partner));
  if (!edits) return false;
  work.dropped.add(item.first).add(partner);
  work.edits.push(...edits);
  return true;
}
