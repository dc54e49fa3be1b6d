/**
 * @module The diffstat above a patch as a check of completeness: what it counts and the diff does not have was cut off
 * or edited out. Understands `path | 12 +++--` as git prints it, and the same with blanks collapsed by an archive.
 */
import type { FileDiff } from './diff.js';
import type { InputLine } from './input-line.js';

/** One line of a diffstat. */
export interface StatLine {
  /** As printed: long paths begin with ".../". */
  readonly path: string;
  /** Added plus removed lines; null for binary files. */
  readonly changes: number | null;
  readonly inputLine: number;
}

/** Lines of a diffstat that are read. */
const statLinesMax = 1000;

/** Reads the diffstat in a message: the lines before "N files changed". Empty when there is none. */
export function readDiffstat(lines: readonly InputLine[]): StatLine[] {
  const sum = lines.findIndex((line) => /^\s*\d{1,6} files? changed\b/.test(line.text));
  const stats: StatLine[] = [];
  for (let at = sum - 1; at >= 0 && stats.length < statLinesMax; at--) {
    const match = /^\s*(\S(?:[^|]*\S)?)\s*\|\s*(?:(\d{1,7})(?:\s+[+-]+)?|Bin .*)\s*$/.exec(lines[at]!.text.slice(0, 500));
    if (!match) break;
    const changes = match[2] === undefined ? null : Number(match[2]);
    stats.push({ path: match[1]!, changes, inputLine: lines[at]!.inputLine });
  }
  return stats.reverse();
}

/** What the diffstat counts and the diff lacks. */
export interface Unseen {
  readonly path: string;
  /** Changed lines by the diffstat. */
  readonly promised: number;
  /** Changed lines in the diff. */
  readonly seen: number;
  readonly inputLine: number;
}

/** Compares a diffstat with a diff; files with fewer changed lines than promised, in the diffstat's order. */
export function unseenChanges(stats: readonly StatLine[], files: readonly FileDiff[]): Unseen[] {
  const unseen: Unseen[] = [];
  for (const { path, changes, inputLine } of stats) {
    if (changes === null || changes === 0 || path.includes('=>')) continue;
    const ending = path.startsWith('.../') ? path.slice(3) : null;
    const same = files.filter((file) => (ending ? file.path.endsWith(ending) : file.path === path));
    const seen = same.reduce((sum, file) => sum + changedLines(file), 0);
    if (seen < changes && !same.some((file) => file.binary)) unseen.push({ path, promised: changes, seen, inputLine });
  }
  return unseen;
}

function changedLines(file: FileDiff): number {
  return file.hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.kind !== 'context').length, 0);
}
