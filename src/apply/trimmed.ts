/**
 * @module Less of a hunk: with fewer context lines at its ends, or cut into its separate changes. What is placed that way
 * is fuzzy.
 */
import type { Hunk } from '../patch/diff.js';

/** Context lines dropped at one end at most; diffs have three. */
const DROPPED_MAX = 3;

/** The hunk with context dropped at its ends, the least first; at least one context line stays. */
export function trimmed(hunk: Hunk): { hunk: Hunk; note: string }[] {
  const lead = countContext(hunk, 1);
  const tail = countContext(hunk, -1);
  const found: { hunk: Hunk; note: string; dropped: number }[] = [];
  for (let a = 0; a <= Math.min(lead, DROPPED_MAX); a++) {
    for (let b = 0; b <= Math.min(tail, DROPPED_MAX); b++) {
      if (a + b === 0 || a + b >= lead + tail) continue;
      const lines = hunk.lines.slice(a, hunk.lines.length - b);
      found.push({ hunk: { ...hunk, lines }, note: `without ${a + b} of its context lines`, dropped: Math.max(a, b) * 10 + a + b });
    }
  }
  return found.sort((x, y) => x.dropped - y.dropped);
}

/** Context lines with text at one end. */
function countContext(hunk: Hunk, step: 1 | -1): number {
  let i = step === 1 ? 0 : hunk.lines.length - 1;
  let count = 0;
  while (hunk.lines[i]?.kind === 'context') {
    count++;
    i += step;
  }
  return count;
}

/** The separate changes of a hunk, each with the context around it (shared between neighbours). */
export function parts(hunk: Hunk): Hunk[] {
  const changes: { from: number; to: number }[] = [];
  hunk.lines.forEach((line, i) => {
    const last = changes[changes.length - 1];
    if (line.kind === 'context') return;
    if (last && last.to === i - 1) last.to = i;
    else changes.push({ from: i, to: i });
  });
  return changes.map((change, n) => {
    const from = Math.max(n === 0 ? 0 : (changes[n - 1]?.to ?? 0) + 1, 0);
    const to = n + 1 < changes.length ? (changes[n + 1]?.from ?? 0) - 1 : hunk.lines.length - 1;
    return { ...hunk, lines: hunk.lines.slice(from, to + 1) };
  });
}
