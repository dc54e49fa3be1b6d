/**
 * @module Where a finding stands in the diff of a pull request. A place is a line of one patch of the series; a comment is a
 * line of the diff from the merge base to the head. Lines are followed through the patches in between. Pure.
 */
import { repositoryPath } from '../gateway/kernel-root.js';
import type { Diff, FileDiff } from '../patch/diff.js';
import { lineAtEnd, type LineOfFile } from '../mail/line-at-end.js';
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
  const first = lineAtEnd({ path: place.path, line: place.line }, place, submission);
  const last = lineAtEnd({ path: place.path, line: place.endLine ?? place.line }, place, submission);
  const only = first ?? last;
  if (!only) return null;
  const path = repositoryPath(only.path, root);
  const file = diff.files.find((one) => (side === 'RIGHT' ? one.newPath : one.oldPath) === path);
  if (!file) return null;
  const hunkOf = (where: LineOfFile | null): number => file.hunks.findIndex((hunk) => where !== null && shows(hunk, side, where.line));
  const at = { path: file.path, side };
  if (first && last && first.line < last.line && hunkOf(first) >= 0 && hunkOf(first) === hunkOf(last)) return { ...at, line: last.line, startLine: first.line };
  const shown = [first, last].find((one) => hunkOf(one) >= 0);
  return shown ? { ...at, line: shown.line, startLine: null } : null;
}

function shows({ lines }: FileDiff['hunks'][number], side: Place['side'], line: number): boolean {
  return lines.some((one) => (side === 'RIGHT' ? one.newLine : one.oldLine) === line);
}
