/**
 * @module One file's diff put on a real file as `git apply` does it, for proofs by blob ids: every line of every hunk's
 * old side must stand there, in order; no fuzz and no tokens (./align.ts has those). Never throws on input.
 */
import type { FileDiff, Hunk } from '../patch/diff.js';
import { blobId, sameBlob } from './blob-id.js';
import { applyExact, findExact } from './exact.js';
import { reversed } from './hunk-sides.js';
import type { Image } from './image.js';
import type { Budget } from './match.js';
import { treeImageOf } from './model-image.js';

/** Hunks of one file that are put on exactly at most. */
export const EXACT_HUNKS_MAX = 1_000;
/** Line comparisons spent on one file at most: well below a second. */
export const EXACT_COMPARISONS_MAX = 5_000_000;

export type ExactFile =
  /** Text after the diff; `offset` is the sum of lines that hunks stood away from where their headers say, 0 or more. */
  | { readonly kind: 'applied'; readonly text: string; readonly offset: number }
  /** `why` names the first hunk that does not fit. */
  | { readonly kind: 'refused'; readonly why: string };

interface Step {
  readonly image: Image;
  /** Lines the image has grown by so far, and how far the last hunk stood away: where the next one is expected. */
  readonly drift: number;
  readonly floor: number;
  readonly offset: number;
}

/** Puts a diff on the text of its pre-image. A missing newline at the end of the file is found by the new blob id. */
export function applyFileExactly(text: string, diff: FileDiff): ExactFile {
  if (diff.binary) return { kind: 'refused', why: 'a binary file' };
  if (diff.hunks.length > EXACT_HUNKS_MAX) return { kind: 'refused', why: `more than ${EXACT_HUNKS_MAX} hunks` };
  const ends = text === '' || text.endsWith('\n');
  const lines = text === '' ? [] : (ends ? text.slice(0, -1) : text).split('\n');
  const budget: Budget = { left: EXACT_COMPARISONS_MAX };
  let step: Step = { image: treeImageOf(diff.path, lines), drift: 0, floor: 0, offset: 0 };
  for (const hunk of diff.hunks) {
    const next = put(step, hunk, budget);
    if (typeof next === 'string') return { kind: 'refused', why: next };
    step = next;
  }
  return { kind: 'applied', text: ending(step.image.lines, ends, diff.newBlob), offset: step.offset };
}

/** Takes a diff off the text of its post-image again. */
export function revertFileExactly(text: string, diff: FileDiff): ExactFile {
  return applyFileExactly(text, reverseOf(diff));
}

/** The diff that takes this one back. */
export function reverseOf(diff: FileDiff): FileDiff {
  return {
    ...diff, oldPath: diff.newPath, newPath: diff.oldPath, path: diff.oldPath ?? diff.path,
    oldBlob: diff.newBlob, newBlob: diff.oldBlob, hunks: diff.hunks.map(reversed),
  };
}

function put(step: Step, hunk: Hunk, budget: Budget): Step | string {
  if (hunk.truncated) return `hunk ${hunk.index} is cut off`;
  // A hunk without old side names the line before it.
  const start = hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1;
  const place = findExact(step.image, hunk, { expected: start + step.drift, floor: step.floor, budget });
  if (!place) return budget.left <= 0 ? 'gave up: too much to compare' : `hunk ${hunk.index} does not fit`;
  const fresh = hunk.lines.filter((line) => line.kind !== 'removed').length;
  const old = hunk.lines.filter((line) => line.kind !== 'added').length;
  return {
    image: applyExact(step.image, hunk, { at: place.at, patch: 1 }), drift: step.drift + place.offset + fresh - old,
    floor: place.at + fresh, offset: step.offset + Math.abs(place.offset),
  };
}

/** The lines as text with the final newline that the pre-image had, or that the new blob id asks for. */
function ending(lines: readonly string[], newline: boolean, newBlob: string | null): string {
  const text = lines.join('\n');
  if (text === '' || newBlob === null) return newline && lines.length > 0 ? `${text}\n` : text;
  const [likely, other] = newline ? [`${text}\n`, text] : [text, `${text}\n`];
  return !sameBlob(blobId(likely), newBlob) && sameBlob(blobId(other), newBlob) ? other : likely;
}
