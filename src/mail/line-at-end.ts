/** @module A line of one patch of a series, followed through the other patches: to the end of the series, or to its beginning. */
import type { FileDiff } from '../patch/diff.js';
import type { Submission } from './submission.js';

export interface LineOfFile {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** RIGHT is the post-image, LEFT the pre-image. */
type Side = 'RIGHT' | 'LEFT';

/**
 * The line at the end of a series, of a line in the post-image of one of its patches; at its beginning, of one in a pre-image.
 * Without a number the patch is the last one. Null when it is not there.
 */
export function lineAtEnd(where: LineOfFile, { side, patch }: { readonly side: Side; readonly patch?: number }, { patches }: Submission): LineOfFile | null {
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
function throughFile(file: FileDiff, line: number, side: Side): LineOfFile | null {
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

function acrossHunk({ lines }: FileDiff['hunks'][number], line: number, side: Side): number | null {
  const found = lines.find((one) => (side === 'RIGHT' ? one.oldLine : one.newLine) === line);
  return (side === 'RIGHT' ? found?.newLine : found?.oldLine) ?? null;
}
