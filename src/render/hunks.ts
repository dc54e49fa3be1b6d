/**
 * @module What became of hunks, by reason: those with nothing to run, those placed less than exactly, those that fit
 * nowhere. Hunks of one file are listed together.
 */
import type { Review, ReviewHunk } from '../review/review.js';
import { clean, wrap } from './line.js';
import { plural } from './count.js';

/** Files or reasons that are named; more are counted. */
const NAMED_MAX = 8;

/** The reason in words; `one` when it is one hunk. */
function reasonOf({ placed, note }: ReviewHunk, one: boolean): string {
  if (placed === 'fuzzy') return `placed where ${one ? 'it fits' : 'they fit'} best${note === '' ? '' : ` (${clean(note)})`}`;
  if (/^(?:no section|sections) /u.test(note)) return `read, not run: ${clean(note)}`;
  if (/no such file/u.test(note)) return 'not part of the model';
  if (/^changes only /u.test(note)) return one ? clean(note) : clean(note).replace(/^changes/u, 'change');
  return `left out${note === '' ? '' : ` (${clean(note)})`}`;
}

/** "kernel/kcov.c 3, 21, 22", or the files alone. */
export function filesInWords(hunks: readonly ReviewHunk[], withNumbers: boolean): string {
  const byPath = new Map<string, number[]>();
  for (const hunk of hunks) byPath.set(hunk.path, [...byPath.get(hunk.path) ?? [], hunk.index]);
  const files = [...byPath].map(([path, numbers]) => (withNumbers ? `${clean(path)} ${numbers.join(', ')}` : clean(path)));
  const named = files.slice(0, NAMED_MAX).join(withNumbers ? '; ' : ', ');
  return files.length > NAMED_MAX ? `${named} and ${files.length - NAMED_MAX} more` : named;
}

/** Hunks of equal fate and reason, together. */
function byReason(hunks: readonly ReviewHunk[]): ReviewHunk[][] {
  const groups = new Map<string, ReviewHunk[]>();
  for (const hunk of hunks) {
    const key = `${hunk.placed} ${hunk.note}`;
    groups.set(key, [...groups.get(key) ?? [], hunk]);
  }
  return [...groups.values()];
}

/** Hunks that were left out or are not where they say, a paragraph for each reason; none when all is exact. */
export function hunkLines(review: Review, width: number): string[] {
  const groups = byReason(review.hunks.filter((hunk) => hunk.placed === 'ignored' || hunk.placed === 'fuzzy'));
  const lines = groups.slice(0, NAMED_MAX).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const reason = reasonOf(first, group.length === 1);
    const files = filesInWords(group, reason !== 'not part of the model');
    return wrap(`${plural(group.length, 'hunk')} ${reason}: ${files}`, { width, rest: '  ' });
  });
  return groups.length > NAMED_MAX ? [...lines, `and ${groups.length - NAMED_MAX} more kinds of hunks`] : lines;
}

/** Hunks that fit nowhere: "hunks kernel/kcov.c 1, 2 (its old side was not found)"; one item for each reason. */
export function failedInWords(review: Review): string[] {
  return byReason(review.hunks.filter((hunk) => hunk.placed === 'failed')).map((group) => {
    const note = group[0]?.note ?? '';
    return `${group.length === 1 ? 'hunk' : 'hunks'} ${filesInWords(group, true)}${note === '' ? '' : ` (${note})`}`;
  });
}
