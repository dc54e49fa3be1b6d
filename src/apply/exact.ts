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

/** Finds the nearest line-exact place to line `expected` (0-based), not above `floor`. */
export function findExact(image: Image, hunk: Hunk, where: { expected: number; floor: number; budget: Budget }): ExactPlace | null {
  const old = hunk.lines.filter((line) => line.kind !== 'added').map((line) => line.text);
  if (old.length === 0) return image.lines.length === 0 ? { at: 0, offset: 0 } : null;
  if (old.every((text) => text.trim() === '')) return null;
  for (let offset = 0; offset <= DISTANCE_MAX && where.budget.left > 0; offset++) {
    for (const at of offset === 0 ? [where.expected] : [where.expected - offset, where.expected + offset]) {
      if (at >= where.floor && standsAt(image, old, { at, budget: where.budget })) return { at, offset: at - where.expected };
    }
    if (where.expected - offset < 0 && where.expected + offset > image.lines.length) break;
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
