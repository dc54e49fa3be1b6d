/** @module What a parsed diff amounts to, short enough to compare in a test. */
import type { Diff, DiffLine } from '../../src/patch/diff.js';

/** Path and per hunk "oldStart,oldCount newStart,newCount cN aN rN". */
export function shapeOf(diff: Diff): [string, string[]][] {
  return diff.files.map((file) => [
    file.path,
    file.hunks.map((hunk) => {
      const count = (kind: DiffLine['kind']): number => hunk.lines.filter((line) => line.kind === kind).length;
      const range = `${hunk.oldStart},${hunk.oldCount} ${hunk.newStart},${hunk.newCount}`;
      return `${range} c${count('context')} a${count('added')} r${count('removed')}`;
    }),
  ]);
}

/** All lines as marker and text with white space collapsed: what must survive damage. */
export function tokensOf(diff: Diff): string[] {
  const markers = { context: ' ', added: '+', removed: '-' } as const;
  return diff.files.flatMap((file) =>
    file.hunks.flatMap((hunk) => hunk.lines.map((line) => markers[line.kind] + line.text.replace(/\s+/g, ' ').trim())),
  );
}
