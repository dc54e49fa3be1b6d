/**
 * @module Where a finding stands in the diff of a pull request. A place is a line of one patch of the series; a comment is a
 * line of the diff from the merge base to the head. Lines are followed through the patches in between. Pure.
 */
import { repositoryPath } from '../gateway/kernel-root.js';
import type { Diff, FileDiff } from '../patch/diff.js';
import type { Submission } from '../mail/submission.js';
import type { Place } from '../review/review.js';

/** Lines of the diff of a pull request. */
export interface Anchor {
  readonly path: string;
  readonly side: 'LEFT' | 'RIGHT';
  readonly line: number;
  /** First line of several; null for one. */
  readonly startLine: number | null;
}

interface Where {
  readonly path: string;
  readonly line: number;
}

/** What a place is put on. */
export interface AnchorDiff {
  readonly submission: Submission;
  /** From the merge base to the head, in paths of the repository. */
  readonly diff: Diff;
  /** Folder of the repository that is the root of its kernel; '' for the repository itself. */
  readonly root: string;
}

/** The lines on which a comment about a place can stand; null when the diff does not show them. */
export function anchorOf(place: Place, { submission, diff, root }: AnchorDiff): Anchor | null {
  if (place.line === null || !place.inDiff || place.image === 'model') return null;
  const { side } = place;
  const first = followed({ path: place.path, line: place.line }, place, submission);
  const last = followed({ path: place.path, line: place.endLine ?? place.line }, place, submission);
  const only = first ?? last;
  if (!only) return null;
  const path = repositoryPath(only.path, root);
  const file = diff.files.find((one) => (side === 'RIGHT' ? one.newPath : one.oldPath) === path);
  if (!file) return null;
  const hunkOf = (where: Where | null): number => file.hunks.findIndex((hunk) => where !== null && shows(hunk, side, where.line));
  const at = { path: file.path, side };
  if (first && last && first.line < last.line && hunkOf(first) >= 0 && hunkOf(first) === hunkOf(last)) return { ...at, line: last.line, startLine: first.line };
  const shown = [first, last].find((one) => hunkOf(one) >= 0);
  return shown ? { ...at, line: shown.line, startLine: null } : null;
}

function shows({ lines }: FileDiff['hunks'][number], side: Place['side'], line: number): boolean {
  return lines.some((one) => (side === 'RIGHT' ? one.newLine : one.oldLine) === line);
}

/** The line at the end of the series, of a post-image; at its beginning, of a pre-image. Null when it is not there. */
function followed(where: Where, { side, patch }: Place, { patches }: Submission): Where | null {
  const n = patch ?? patches.at(-1)?.n ?? 1;
  const through = side === 'RIGHT' ? patches.filter((one) => one.n > n) : patches.filter((one) => one.n < n).reverse();
  let now = where;
  for (const { diff } of through) {
    const file = diff.files.find((one) => (side === 'RIGHT' ? one.oldPath : one.newPath) === now.path);
    const next = file ? throughFile(file, now.line, side) : now;
    if (next === null) return null;
    now = next;
  }
  return now;
}

/** A line on the other side of a diff: that after it for RIGHT, that before it for LEFT. Null when it has no such line. */
function throughFile(file: FileDiff, line: number, side: Place['side']): Where | null {
  const path = side === 'RIGHT' ? file.newPath : file.oldPath;
  if (path === null) return null;
  let moved = 0;
  for (const hunk of file.hunks) {
    const [start, count, other] = side === 'RIGHT' ? [hunk.oldStart, hunk.oldCount, hunk.newCount] : [hunk.newStart, hunk.newCount, hunk.oldCount];
    // A side without lines has the number of the line before it.
    if (line < start || (count === 0 && line <= start)) break;
    if (line < start + count) {
      const there = acrossHunk(hunk, line, side);
      return there === null ? null : { path, line: there };
    }
    moved += other - count;
  }
  return { path, line: line + moved };
}

function acrossHunk({ lines }: FileDiff['hunks'][number], line: number, side: Place['side']): number | null {
  const found = lines.find((one) => (side === 'RIGHT' ? one.oldLine : one.newLine) === line);
  return (side === 'RIGHT' ? found?.newLine : found?.oldLine) ?? null;
}
