/**
 * @module Line numbers after a patch: lines that no hunk covers move by what the hunks above them add and remove. A line
 * that a patch of the series shows keeps the number that it has in that patch's diff, which is where it is quoted.
 */
import type { FileDiff } from '../patch/diff.js';
import type { Image, LineOrigin } from './image.js';

/**
 * The image with the numbers of uncovered lines turned from pre-image to post-image. `applied` holds the indices of the
 * hunks that are in the image.
 */
export function renumber(image: Image, diff: FileDiff, by: { applied: ReadonlySet<number> }): Image {
  const shifts = shiftsOf(diff, by.applied);
  const origins = image.origins.map((origin): LineOrigin => {
    if (origin.line === null || origin.image === 'diff') return origin;
    const shift = shiftAt(shifts, origin.line);
    return shift === 0 ? origin : { ...origin, line: origin.line + shift };
  });
  return { ...image, origins };
}

interface Shift {
  /** Pre-image lines from here on move. */
  readonly from: number;
  /** By so much in all. */
  readonly by: number;
}

function shiftsOf(diff: FileDiff, applied: ReadonlySet<number>): Shift[] {
  const hunks = diff.hunks.filter((hunk) => applied.has(hunk.index)).sort((a, b) => a.oldStart - b.oldStart);
  let sum = 0;
  return hunks.map((hunk) => {
    sum += hunk.newCount - hunk.oldCount;
    return { from: hunk.oldStart + Math.max(hunk.oldCount, 1), by: sum };
  });
}

function shiftAt(shifts: readonly Shift[], line: number): number {
  let low = 0;
  let high = shifts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((shifts[middle]?.from ?? Infinity) <= line) low = middle + 1;
    else high = middle;
  }
  return shifts[low - 1]?.by ?? 0;
}
