/**
 * @module Two images as a unified diff, for people: lines compared by a bounded form of Myers' greedy algorithm
 * (E. W. Myers, "An O(ND) difference algorithm and its variations", 1986).
 */
import type { Image } from './image.js';

/** Context lines round each change. */
const CONTEXT = 3;
/** Differing lines that are searched for a shortest script; beyond, the middle is shown as one change. */
export const EDITS_MAX = 3_000;

interface Row {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** The unified diff of two images, '' when their lines are equal; ends with a newline otherwise. */
export function unifiedDiff(a: Image, b: Image): string {
  const rows = rowsOf(a.lines, b.lines);
  const hunks = hunksOf(rows);
  if (hunks.length === 0) return '';
  return [`--- a/${a.path}`, `+++ b/${b.path}`, ...hunks, ''].join('\n');
}

function rowsOf(a: readonly string[], b: readonly string[]): Row[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const same = (text: string): Row => ({ mark: ' ', text });
  return [
    ...a.slice(0, head).map(same),
    ...middleRows(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

function middleRows(a: readonly string[], b: readonly string[]): Row[] {
  const trace = shortestScript(a, b);
  if (trace === null) {
    return [...a.map((text): Row => ({ mark: '-', text })), ...b.map((text): Row => ({ mark: '+', text }))];
  }
  return walkBack(a, b, trace);
}

/** Furthest reaching ends on each diagonal, one map for each number of edits; null beyond EDITS_MAX. */
function shortestScript(a: readonly string[], b: readonly string[]): Map<number, number>[] | null {
  const trace: Map<number, number>[] = [];
  let ends = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(a.length + b.length, EDITS_MAX); edits++) {
    const next = new Map<number, number>();
    for (let k = -edits; k <= edits; k += 2) {
      let x = down(ends, k, edits) ? ends.get(k + 1) ?? 0 : (ends.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && x - k >= 0 && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return [...trace, next];
    }
    trace.push(next);
    ends = next;
  }
  return null;
}

function down(ends: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && (ends.get(k - 1) ?? -1) < (ends.get(k + 1) ?? -1));
}

function walkBack(a: readonly string[], b: readonly string[], trace: readonly Map<number, number>[]): Row[] {
  const rows: Row[] = [];
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const ends = trace[edits - 1] ?? new Map<number, number>();
    const k = x - y;
    const from = down(ends, k, edits) ? k + 1 : k - 1;
    const startX = ends.get(from) ?? 0;
    const startY = startX - from;
    while (x > startX && y > startY && a[x - 1] === b[y - 1]) {
      rows.push({ mark: ' ', text: a[--x] ?? '' });
      y--;
    }
    if (x === startX) rows.push({ mark: '+', text: b[--y] ?? '' });
    else rows.push({ mark: '-', text: a[--x] ?? '' });
  }
  while (x > 0 && y > 0) {
    rows.push({ mark: ' ', text: a[--x] ?? '' });
    y--;
  }
  return rows.reverse();
}

function hunksOf(rows: readonly Row[]): string[] {
  const out: string[] = [];
  let [oldLine, newLine] = [1, 1];
  for (let i = 0; i < rows.length;) {
    if (rows[i]?.mark === ' ') {
      i++;
      oldLine++;
      newLine++;
      continue;
    }
    const from = Math.max(i - CONTEXT, 0);
    const end = changeEnd(rows, i);
    const part = rows.slice(from, end);
    const [start, started] = [oldLine - (i - from), newLine - (i - from)];
    const count = (mark: string): number => part.filter((row) => row.mark === ' ' || row.mark === mark).length;
    out.push(`@@ -${span(start, count('-'))} +${span(started, count('+'))} @@`, ...part.map((row) => row.mark + row.text));
    oldLine = start + count('-');
    newLine = started + count('+');
    i = end;
  }
  return out;
}

/** Behind the context of the last change that is near enough to the one at `at`. */
function changeEnd(rows: readonly Row[], at: number): number {
  let last = at;
  for (let i = at; i < rows.length && i - last <= 2 * CONTEXT; i++) if (rows[i]?.mark !== ' ') last = i;
  return Math.min(last + 1 + CONTEXT, rows.length);
}

function span(start: number, count: number): string {
  const line = count === 0 ? start - 1 : start;
  return count === 1 ? `${line}` : `${line},${count}`;
}
