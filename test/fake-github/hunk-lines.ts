/** @module Which lines of a diff can be commented: those that its hunks show, on each side. */

export interface HunkRange {
  readonly left: readonly [number, number];
  readonly right: readonly [number, number];
}

/** The hunks of a file's patch as ranges of lines, first and last. */
export function hunkRanges(patch: string): HunkRange[] {
  return [...patch.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gmu)].map(([, a, b, c, d]) => ({
    left: range(a, b), right: range(c, d),
  }));
}

function range(start = '0', count = '1'): readonly [number, number] {
  return [Number(start), Number(start) + Number(count) - 1];
}

/** The index of the hunk that shows a line; -1 when none does. */
export function hunkWith(ranges: readonly HunkRange[], side: 'LEFT' | 'RIGHT', line: number): number {
  return ranges.findIndex((one) => {
    const [first, last] = side === 'LEFT' ? one.left : one.right;
    return line >= first && line <= last;
  });
}
