/**
 * @module Line-exact application of a hunk to a real file, as git apply does it: all lines of the old side must stand
 * there, at the line the header says or as near to it as they are found. No fuzz; alignment comes after this.
 */
import type { Hunk } from '../patch/diff.js';
import type { Image, LineOrigin } from './image.js';
import { diffOrigin } from './splice.js';
import type { Budget } from './match.js';

/** Lines in which a hunk is looked for, above and below, at most. */
const DISTANCE_MAX = 20_000;

/** Where a hunk applies: 0-based line of the image; or null. */
export interface ExactPlace {
  readonly at: number;
  /** Lines away from where the header says. */
  readonly offset: number;
}

interface Where {
  readonly expected: number;
  readonly floor: number;
  readonly budget: Budget;
}

/**
 * Finds the line-exact place nearest to line `expected` (0-based), not above `floor`. A place away from `expected` is
 * taken only when no other one is nearly as near: alignment can tell such places apart by more than their distance.
 */
export function findExact(image: Image, hunk: Hunk, where: Where): ExactPlace | null {
  const old = hunk.lines.filter((line) => line.kind !== 'added').map((line) => line.text);
  if (old.length === 0) return image.lines.length === 0 ? { at: 0, offset: 0 } : null;
  if (old.every((text) => text.trim() === '')) return null;
  const near = nearestExact(image, old, { ...where, from: 0, to: DISTANCE_MAX });
  if (!near || near.offset === 0) return near;
  const away = Math.abs(near.offset);
  const mirrored = near.offset < 0 && standsAt(image, old, { at: where.expected + away, budget: where.budget });
  return mirrored || nearestExact(image, old, { ...where, from: away + 1, to: 2 * away + 2 }) ? null : near;
}

function nearestExact(image: Image, old: readonly string[], where: Where & { from: number; to: number }): ExactPlace | null {
  const { expected, floor, budget } = where;
  for (let offset = where.from; offset <= where.to && budget.left > 0; offset++) {
    for (const at of offset === 0 ? [expected] : [expected - offset, expected + offset]) {
      if (at >= floor && standsAt(image, old, { at, budget })) return { at, offset: at - expected };
    }
    if (expected - offset < 0 && expected + offset > image.lines.length) break;
  }
  return null;
}

function standsAt(image: Image, old: readonly string[], where: { at: number; budget: Budget }): boolean {
  if (where.at < 0 || where.at + old.length > image.lines.length) return false;
  for (let i = 0; i < old.length; i++) {
    where.budget.left--;
    if (image.lines[where.at + i] !== old[i]) return false;
  }
  return true;
}

/** Puts a hunk at an exact place; every line of its new side gets the hunk's origin. */
export function applyExact(image: Image, hunk: Hunk, where: { at: number; patch: number }): Image {
  const lines: string[] = [];
  const origins: LineOrigin[] = [];
  let from = where.at;
  for (const line of hunk.lines) {
    const added = line.kind === 'added' || (line.kind === 'context' && (image.origins[from]?.added ?? false));
    if (line.kind !== 'added') from++;
    if (line.kind === 'removed') continue;
    lines.push(line.text);
    origins.push(diffOrigin(line, { patch: where.patch, hunk: hunk.index }, added));
  }
  return {
    path: image.path,
    lines: [...image.lines.slice(0, where.at), ...lines, ...image.lines.slice(from)],
    origins: [...image.origins.slice(0, where.at), ...origins, ...image.origins.slice(from)],
  };
}
