/**
 * @module The patch that a reply quotes, without the quote marks and without what the reviewer wrote between: the level
 * of quoting that carries the hunks is found by their headers, deeper and shallower text is told apart by its depth.
 * Lines that a mail client wrapped are joined. Counts and damage are judged later, by the diff's parser.
 */
import { isCutMark } from '../patch/hunk-lines.js';
import type { InputLine, ProblemList } from '../patch/input-line.js';
import { readAttribution, type Attribution } from './attribution.js';

/** A quoted patch, its text restored as far as the reply shows it. */
export interface QuotedPatch {
  /** The quoted mail's lines; a reader's "[...]" between them is kept, all other text of readers is dropped. */
  readonly lines: readonly InputLine[];
  /** How many quote marks stood before them; 1 for a reply to the patch. */
  readonly depth: number;
  readonly attribution: Attribution | null;
}

/** Quote marks that are counted at the start of a line. */
const depthMax = 20;

const structure = /^ ?(?:@@ -\d|diff --git |--- a\/|\+\+\+ b\/)/;

/** Number of quote marks at the start of a line and where each ends: "> > x" and ">> x" both give two. */
export function quoteEnds(text: string): number[] {
  const ends: number[] = [];
  let at = 0;
  while (ends.length < depthMax) {
    const mark = text[at] === ' ' ? at + 1 : at;
    if (text[mark] !== '>') break;
    at = mark + 1;
    ends.push(at);
  }
  return ends;
}

/** True when a quoted hunk is among the lines. */
export function quotesPatch(lines: readonly InputLine[]): boolean {
  return lines.some(({ text }) => text.length < 2000 && /^ ?>[> ]*@@ -\d+(?:,\d+)? \+\d+/.test(text));
}

/** Takes the quoted patch out of the body of a reply; null when none is quoted. */
export function unquotePatch(body: readonly InputLine[], problems: ProblemList): QuotedPatch | null {
  const ends = body.map((line) => quoteEnds(line.text));
  const depth = patchDepth(body, ends, problems);
  if (depth === null) return null;
  const blankIsMark = blankAfterMark(body, ends, depth);
  const width = wrapWidth(body, ends, depth);
  const lines: InputLine[] = [];
  let first = -1;
  let inDiff = false;
  for (let at = 0; at < body.length; at++) {
    const line = body[at]!;
    if (ends[at]!.length >= depth) {
      const text = strip(line.text, ends[at]![depth - 1]!, blankIsMark);
      if (first < 0) first = at;
      inDiff ||= structure.test(text);
      lines.push({ ...line, text });
    } else if (inDiff && isRestOfLine(body, ends, { at, depth, width })) {
      const before = lines.pop()!;
      lines.push({ ...before, text: `${before.text} ${bare(line.text, ends[at]!).trim()}` });
      problems.add(line.inputLine, 'the reply wrapped the quoted line before; joined with it');
    } else if (inDiff && isCutMark(bare(line.text, ends[at]!))) {
      lines.push({ ...line, text: bare(line.text, ends[at]!) });
    }
  }
  return { lines, depth, attribution: attributionAbove(body, ends, { first, depth }) };
}

/** The depth at which most hunk headers stand; other depths are named as a problem, since they are not read. */
function patchDepth(body: readonly InputLine[], ends: readonly number[][], problems: ProblemList): number | null {
  const hunks = new Map<number, number>();
  body.forEach((line, at) => {
    const depth = ends[at]!.length;
    if (depth === 0 || !/^ ?@@ -\d/.test(line.text.slice(ends[at]!.at(-1)!, ends[at]!.at(-1)! + 8))) return;
    hunks.set(depth, (hunks.get(depth) ?? 0) + 1);
  });
  const [best, ...others] = [...hunks].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (!best) return null;
  for (const [depth, count] of others) {
    problems.add(body[0]?.inputLine ?? 1, `${count} hunk(s) quoted at depth ${depth} are not read, the patch is quoted at depth ${best[0]}`);
  }
  return best[0];
}

/** Whether the mail client puts a blank after its mark, seen at lines whose own first character is known. */
function blankAfterMark(body: readonly InputLine[], ends: readonly number[][], depth: number): boolean {
  let withBlank = 0;
  let without = 0;
  body.forEach((line, at) => {
    const end = ends[at]![depth - 1];
    if (end === undefined || ends[at]!.length !== depth) return;
    if (/^ (?:[+-]|@@ |diff )/.test(line.text.slice(end, end + 6))) withBlank++;
    else if (/^(?:[+-]|@@ |diff )/.test(line.text.slice(end, end + 5))) without++;
  });
  return withBlank >= without;
}

function strip(text: string, end: number, blankIsMark: boolean): string {
  return blankIsMark && text[end] === ' ' ? text.slice(end + 1) : text.slice(end);
}

function bare(text: string, ends: readonly number[]): string {
  return text.slice(ends.at(-1) ?? 0);
}

/** Columns up to which mail clients wrap; a longer quoted line shows that this one does not. */
const wrapColumnsMax = 82;

/** The longest quoted line, which is the least that the client wraps at; null when it does not wrap. */
export function wrapWidth(body: readonly InputLine[], ends: readonly number[][], depth: number): number | null {
  let longest = 0;
  body.forEach((line, at) => {
    if (ends[at]!.length >= depth) longest = Math.max(longest, line.text.length);
  });
  return longest > wrapColumnsMax ? null : longest;
}

/**
 * A line of lesser depth that is no reviewer's but the rest of the quoted line above: no empty lines around it, and its
 * first word had no room above. A reviewer who answers without empty lines under a full line is taken for that, too.
 */
export function isRestOfLine(
  body: readonly InputLine[],
  ends: readonly number[][],
  where: { at: number; depth: number; width: number | null },
): boolean {
  const { at, depth, width } = where;
  const here = bare(body[at]!.text, ends[at]!).trim();
  if (width === null || here === '' || isCutMark(here)) return false;
  if ((ends[at - 1]?.length ?? 0) < depth || (ends[at + 1]?.length ?? 0) < depth) return false;
  const word = /^\S*/.exec(here)![0].length;
  return body[at - 1]!.text.length + 1 + word > width;
}

/** Looks for "… wrote:" in the lines right above the quotation, one level up. */
function attributionAbove(
  body: readonly InputLine[],
  ends: readonly number[][],
  where: { first: number; depth: number },
): Attribution | null {
  const above: string[] = [];
  for (let at = where.first - 1; at >= 0 && above.length < 4; at--) {
    const text = bare(body[at]!.text, ends[at]!).trim();
    if (ends[at]!.length !== where.depth - 1 || text === '') {
      if (above.length > 0) break;
      continue;
    }
    above.unshift(text);
  }
  return above.length > 0 ? readAttribution(above) : null;
}
