/**
 * @module Which lines of a diff a reply quotes above a question: the lines of the finding's place and the few lines
 * before them that make them readable. Pure; the renderers merge the quotes of neighbouring findings.
 */
import type { DiffLine, Hunk } from '../patch/diff.js';
import type { Submission } from '../mail/submission.js';
import type { Place, Quote } from './review.js';

/** Lines quoted before the place, fewer when a blank line or the hunk's start comes first. */
const LEAD_MAX = 3;
/** A place longer than this is quoted by its last lines. */
const QUOTED_MAX = 12;

const markers = { context: ' ', added: '+', removed: '-' } as const;

/** The hunk header as git writes it. */
function headerOf(hunk: Hunk): string {
  const range = (start: number, count: number): string => (count === 1 ? `${start}` : `${start},${count}`);
  const ranges = `@@ -${range(hunk.oldStart, hunk.oldCount)} +${range(hunk.newStart, hunk.newCount)} @@`;
  return hunk.section === '' ? ranges : `${ranges} ${hunk.section}`;
}

/** Indices of the first and last line of the hunk that the place covers; null when it covers none. */
function rangeIn(hunk: Hunk, place: Place): { first: number; last: number } | null {
  const start = place.line;
  if (start === null) return null;
  const end = place.endLine ?? start;
  const numberOf = (line: DiffLine): number | null => (place.side === 'RIGHT' ? line.newLine : line.oldLine);
  const covered = (line: DiffLine): boolean => {
    const n = numberOf(line);
    return n !== null && n >= start && n <= end;
  };
  const first = hunk.lines.findIndex(covered);
  return first < 0 ? null : { first, last: hunk.lines.findLastIndex(covered) };
}

/** Where quoting starts: up to LEAD_MAX lines earlier, not across a blank line. */
function startOf(hunk: Hunk, first: number): number {
  let start = first;
  while (start > 0 && first - start < LEAD_MAX && hunk.lines[start - 1]?.text.trim() !== '') start -= 1;
  return start;
}

/**
 * The lines to quote for a place in the diff of one patch; null when no hunk shows it. `patchNumber` is 1-based.
 */
export function quoteOf(place: Place, submission: Submission, patchNumber: number): Quote | null {
  const patch = submission.patches.find((candidate) => candidate.n === patchNumber);
  if (!patch || !place.inDiff) return null;
  for (const [file, fileDiff] of patch.diff.files.entries()) {
    if (fileDiff.path !== place.path && fileDiff.oldPath !== place.path) continue;
    for (const hunk of fileDiff.hunks) {
      if (place.hunk !== null && hunk.index !== place.hunk) continue;
      const range = rangeIn(hunk, place);
      if (!range) continue;
      const from = Math.max(startOf(hunk, range.first), range.last + 1 - QUOTED_MAX);
      const lines = hunk.lines.slice(from, range.last + 1).map((line) => markers[line.kind] + line.text);
      return { patch: patchNumber, file, hunk: hunk.index, header: headerOf(hunk), from, lines };
    }
  }
  return null;
}
