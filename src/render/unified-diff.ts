/**
 * @module Two texts as a unified diff, by Myers' O(ND) algorithm ("An O(ND) Difference Algorithm and Its Variations",
 * 1986), forward only: the texts are a model before and after a patch, some thousand lines that differ in a few.
 */

/** Lines of context round a change. */
const CONTEXT = 3;
/** Edits after which the rest is shown as one replacement. */
const EDITS_MAX = 4000;

/** One line of the result: kept, removed or added. */
interface Edit {
  readonly marker: ' ' | '-' | '+';
  readonly text: string;
}

/** The furthest x on each diagonal, after each number of edits. */
type Fronts = readonly Map<number, number>[];

/** Whether the step to diagonal k comes from above (an added line). */
function isDown(front: ReadonlyMap<number, number>, k: number, d: number): boolean {
  return k === -d || (k !== d && (front.get(k - 1) ?? -1) < (front.get(k + 1) ?? -1));
}

/** Runs the search forward; null when EDITS_MAX is passed. */
function search(a: readonly string[], b: readonly string[]): Fronts | null {
  const fronts: Map<number, number>[] = [];
  let front = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= Math.min(EDITS_MAX, a.length + b.length); d += 1) {
    fronts.push(front);
    const next = new Map(front);
    for (let k = -d; k <= d; k += 2) {
      let x = isDown(next, k, d) ? next.get(k + 1) ?? 0 : (next.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return [...fronts, next];
    }
    front = next;
  }
  return null;
}

/** Walks the fronts back to the edits between two texts. */
function edits(a: readonly string[], b: readonly string[]): Edit[] {
  const fronts = search(a, b);
  const removed = (text: string): Edit => ({ marker: '-', text });
  const added = (text: string): Edit => ({ marker: '+', text });
  if (!fronts) return [...a.map(removed), ...b.map(added)];
  const result: Edit[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = fronts.length - 2; d >= 0; d -= 1) {
    const front = fronts[d] ?? new Map<number, number>();
    const k = x - y;
    const down = isDown(front, k, d);
    const from = down ? front.get(k + 1) ?? 0 : front.get(k - 1) ?? 0;
    const start = d === 0 ? 0 : down ? from : from + 1;
    for (; x > start; x -= 1, y -= 1) result.push({ marker: ' ', text: a[x - 1] ?? '' });
    if (d === 0) break;
    if (down) result.push(added(b[(y -= 1)] ?? ''));
    else result.push(removed(a[(x -= 1)] ?? ''));
  }
  return result.reverse();
}

/** Ranges of edits that belong in one hunk, as [start, end) with their context. */
function ranges(all: readonly Edit[]): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const [i, edit] of all.entries()) {
    if (edit.marker === ' ') continue;
    const last = found.at(-1);
    if (last && i - CONTEXT <= last.end) last.end = Math.min(all.length, i + CONTEXT + 1);
    else found.push({ start: Math.max(0, i - CONTEXT), end: Math.min(all.length, i + CONTEXT + 1) });
  }
  return found;
}

/** The function or struct that holds a line: what git puts after the second @@. */
function sectionBefore(all: readonly Edit[], index: number): string {
  for (let i = index - 1; i >= 0; i -= 1) {
    const edit = all[i];
    if (edit && edit.marker !== '+' && /^[A-Za-z_$]/u.test(edit.text)) return ` ${edit.text.trim()}`;
  }
  return '';
}

/** The diff of one file, without newlines at line ends; empty when the texts are equal. Line numbers are the texts' own. */
export function unifiedDiff(path: string, before: readonly string[], after: readonly string[]): string[] {
  const all = edits(before, after);
  const hunks = ranges(all);
  if (hunks.length === 0) return [];
  const count = (list: readonly Edit[], other: '+' | '-'): number => list.filter((edit) => edit.marker !== other).length;
  const range = (skipped: number, lines: number): string => `${lines === 0 ? skipped : skipped + 1},${lines}`;
  const lines = [`--- a/${path}`, `+++ b/${path}`];
  for (const { start, end } of hunks) {
    const head = all.slice(0, start);
    const part = all.slice(start, end);
    const old = range(count(head, '+'), count(part, '+'));
    const fresh = range(count(head, '-'), count(part, '-'));
    lines.push(`@@ -${old} +${fresh} @@${sectionBefore(all, start)}`, ...part.map((edit) => edit.marker + edit.text));
  }
  return lines;
}
