/**
 * @module Values of options, parsed without throwing: counts with a unit, bounds, and the nearest name to a mistyped one.
 */

import { ARRIVALS_MAX, BOUND_NAMES } from '../../simulator/scenario/bounds.js';

/** Larger counts are refused: no machine holds that many states. */
const COUNT_MAX = 1_000_000_000;
/** 400000, 400k or 2M as a number from 1; null when it is none. */
export function parseCount(text: string): number | null {
  const match = /^([1-9]\d{0,9})([kM]?)$/u.exec(text.trim().replace(/[,_]/gu, ''));
  if (!match) return null;
  const value = Number(match[1]) * (match[2] === 'k' ? 1000 : match[2] === 'M' ? 1_000_000 : 1);
  return value <= COUNT_MAX ? value : null;
}

/** "nmi=0,softirq=2" as a record; a sentence that says what is wrong otherwise. Bounds are those of ../../simulator/scenario/bounds.ts. */
export function parseBounds(text: string): Record<string, number> | string {
  const bounds: Record<string, number> = {};
  for (const part of text.split(',')) {
    const match = /^\s*([A-Za-z][\w-]*)\s*=\s*(\d{1,7})\s*$/u.exec(part);
    if (!match?.[1]) return `"${part.trim()}" is no KEY=N: give bounds as nmi=0,softirq=2.`;
    if (Object.hasOwn(bounds, match[1])) return `${match[1]} is given twice.`;
    const known: readonly string[] = BOUND_NAMES;
    if (!known.includes(match[1])) return `"${match[1]}" is no bound: the bounds are ${known.join(', ')}.`;
    const value = Number(match[2]);
    if (value > ARRIVALS_MAX) return `${match[1]} is at most ${ARRIVALS_MAX}.`;
    bounds[match[1]] = value;
  }
  return bounds;
}

/** Edits that turn one word into the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known name nearest to a mistyped one, when it is near or contains it; null otherwise. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const short = name.slice(0, 80);
  const ranked = known.map((candidate) => ({
    candidate,
    edits: short.length > 2 && candidate.includes(short) ? 1 : distance(short, candidate),
  })).sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : null;
}
