/**
 * @module Which lines of a region are the hunk's, and of what kind: the counts of the hunk header decide, since mails
 * wrap lines, archives strip blanks and reviewers cut. The ways of reading are tried in a fixed order and the first that
 * fulfils the counts exactly is taken; without one, the plain reading with its defects named.
 */
import type { HunkRange } from './diff-header.js';
import type { InputLine } from './input-line.js';

/** A line of a hunk before it has numbers. */
export interface MarkedLine {
  readonly kind: 'context' | 'added' | 'removed';
  readonly text: string;
  readonly inputLine: number;
}

/** A defect of a hunk at a line of the input. */
export interface Defect {
  readonly inputLine: number;
  readonly what: string;
}

/** What a region gave. */
export interface HunkLines {
  readonly lines: readonly MarkedLine[];
  /** Lines that the header promises and that are missing; negative when there are more than promised. */
  readonly oldMissing: number;
  readonly newMissing: number;
  /** Index into lines where a reader cut something out and said so ("[...]"); null when nobody did, or more than once. */
  readonly gapAt: number | null;
  readonly defects: readonly Defect[];
  /** The rest of a wrapped hunk header; '' otherwise. */
  readonly sectionRest: string;
}

/** How to read a region. */
export interface Reading {
  /** Context lines have lost their leading blank: a line without marker is context. */
  readonly damaged: boolean;
  /** Another hunk or file follows the region. */
  readonly followed: boolean;
  /** The hunk's header line, for the test of wrapping. */
  readonly header: string;
}

/** "[...]", "[snip]", "...", "<snip>": a reader's mark that lines were cut. */
export function isCutMark(text: string): boolean {
  return text.length < 60 && /^\s*(?:\[\s*(?:\.{2,}|…|snip|cut|trim)[^\]]*\]|<\s*(?:snip|cut|trim)[^>]*>|\.{3,}|…|snip\W*)\s*$/i.test(text);
}

/** Reads the lines of one hunk out of its region. */
export function readHunkLines(range: HunkRange, region: readonly InputLine[], reading: Reading): HunkLines {
  const rest = headerRest(region, reading);
  if (rest !== '' && !reading.damaged) {
    const unwrapped = readHunkLines(range, region.slice(1), { ...reading, header: '' });
    return { ...unwrapped, sectionRest: rest, defects: [at(region[0], wrapped), ...unwrapped.defects] };
  }
  let best = readOnce(range, region, reading);
  if (misfit(best) === 0) return best;
  for (const variant of variants(region, reading)) {
    const other = readOnce(range, variant.region, reading);
    if (misfit(other) < misfit(best)) best = { ...other, defects: [...other.defects, ...variant.defects] };
  }
  return best;
}

/** What the first line holds of a wrapped hunk header; '' when it is the hunk's own. */
function headerRest(region: readonly InputLine[], { header }: Reading): string {
  const first = region[0]?.text ?? '';
  return /^[^\s+\-\\@]/.test(first) && header !== '' && isWrapped(header, first) ? first.trim() : '';
}

/** How far a reading is from the header's promise, in lines. */
function misfit(hunk: ReadHunk): number {
  return Math.abs(hunk.oldMissing) + Math.abs(hunk.newMissing) + hunk.leftOver;
}

/** Other ways to see the region: without empty lines an archive put in, and with its wrapped lines joined. */
function variants(region: readonly InputLine[], reading: Reading): { region: InputLine[]; defects: Defect[] }[] {
  const found: { region: InputLine[]; defects: Defect[] }[] = [];
  const single = singleSpaced(region);
  const filled = region.filter((line) => line.text.trim() !== '');
  for (const fewer of [single, filled]) {
    if (fewer.length < region.length) found.push({ region: fewer, defects: [at(region[0], putBetween)] });
  }
  if (reading.damaged) {
    if (headerRest(region, reading) !== '') found.push({ region: region.slice(1), defects: [at(region[0], wrapped)] });
    const joined = joinWrapped(region);
    if (joined.defects.length > 0) found.push(joined);
  }
  return found;
}

const putBetween = 'empty lines stand between the lines of this hunk; left out, since its counts have no room for them';

/** Each line without the one empty line that follows it. */
function singleSpaced(region: readonly InputLine[]): InputLine[] {
  const single: InputLine[] = [];
  for (let index = 0; index < region.length; index++) {
    single.push(region[index]!);
    if (region[index + 1]?.text === '') index++;
  }
  return single;
}

function at(line: InputLine | undefined, what: string): Defect {
  return { inputLine: line?.inputLine ?? 1, what };
}

/** Joins each line without marker to a line before it that is as long as mail clients let lines be. */
function joinWrapped(region: readonly InputLine[]): { region: InputLine[]; defects: Defect[] } {
  const joined: InputLine[] = [];
  const defects: Defect[] = [];
  let last = '';
  let joins = 0;
  for (const line of region) {
    const before = joined.at(-1);
    if (before && joins < joinsMax && isWrapped(last, line.text)) {
      joined[joined.length - 1] = { ...before, text: `${before.text} ${line.text.trim()}` };
      defects.push({ inputLine: line.inputLine, what: wrapped });
      joins++;
    } else {
      joined.push(line);
      joins = 0;
    }
    last = line.text;
  }
  return { region: joined, defects };
}

/** Pieces that one line is joined of; more is text that is no hunk. */
const joinsMax = 5;

const wrapped = 'a mail client wrapped the line before; joined with it';

/** Columns a line must have reached, with the next word, for a mail client to have wrapped it. */
const wrapColumn = 66;

/** True when `next`, a line without marker, looks like the rest of `line`. */
export function isWrapped(line: string, next: string): boolean {
  if (next === '' || /^[+\-\\@]/.test(next) || line.trim() === '') return false;
  const word = /^\s?(\S*)/.exec(next)?.[1]?.length ?? 0;
  return line.length + 1 + word > wrapColumn;
}

/** The state of one reading. */
interface Count {
  old: number;
  new: number;
  readonly lines: MarkedLine[];
  readonly defects: Defect[];
  gaps: number[];
  /** The raw text of the last line taken, for the test of wrapping. */
  last: string;
  /** How many pieces were joined to the last line. */
  joins: number;
}

interface ReadHunk extends HunkLines {
  /** Lines after the counts were fulfilled that look like the hunk's. */
  readonly leftOver: number;
}

function readOnce(range: HunkRange, region: readonly InputLine[], reading: Reading): ReadHunk {
  const count: Count = { old: range.oldCount, new: range.newCount, lines: [], defects: [], gaps: [], last: '', joins: 0 };
  const filledEnd = lastFilled(region) + 1;
  let index = 0;
  while (index < region.length && (count.old > 0 || count.new > 0)) {
    if (index >= filledEnd && !isTrimmedContext(count, region.length - filledEnd)) break;
    if (endsHunk(region, index)) break;
    if (!takeLine(count, region, { index, damaged: reading.damaged })) break;
    index++;
  }
  while (count.old <= 0 && count.new <= 0 && isWrapTail(count, region[index], reading)) {
    join(count, region[index++]!);
  }
  const extra = index < filledEnd && count.old <= 0 && count.new <= 0 ? takeSurplus(count, region, index) : 0;
  const leftOver = extra + linesAfter(region.slice(index, filledEnd), reading);
  return {
    lines: count.lines,
    oldMissing: count.old,
    newMissing: count.new,
    gapAt: count.gaps.length === 1 ? count.gaps[0]! : null,
    defects: count.defects,
    sectionRest: '',
    leftOver,
  };
}

/** Lines behind a hunk that count against a reading: all in a damaged diff that goes on, else a change close behind. */
function linesAfter(rest: readonly InputLine[], reading: Reading): number {
  if (reading.damaged && reading.followed) return rest.filter((line) => line.text !== '').length;
  const next = rest.slice(0, 3).find((line) => line.text !== '');
  return next && /^[+-]/.test(next.text) && !/^--(?: |$|-)/.test(next.text) ? 1 : 0;
}

/** The last line of a complete hunk can be wrapped too: its rest stands before the next hunk. */
function isWrapTail(count: Count, line: InputLine | undefined, reading: Reading): boolean {
  if (reading.damaged || !reading.followed || !line || count.lines.length === 0 || count.joins >= joinsMax) return false;
  return /^[^\s+\-\\]/.test(line.text) && isWrapped(count.last, line.text);
}

function lastFilled(region: readonly InputLine[]): number {
  let last = region.length - 1;
  while (last >= 0 && region[last]!.text === '') last--;
  return last;
}

/** Empty lines at the end are context whose blank was trimmed, when the counts ask for no more than there are. */
function isTrimmedContext(count: Count, empty: number): boolean {
  return count.old === count.new && count.old <= empty;
}

/** A signature line ends a patch, unless the diff goes on after it: then it removes a line "- ". */
function endsHunk(region: readonly InputLine[], index: number): boolean {
  const text = region[index]!.text;
  if (text !== '-- ' && text !== '--') return false;
  const next = region[index + 1]?.text ?? '';
  return next === '' || /^\d+\.\d+/.test(next) || !/^[ +\-\\]/.test(next);
}

/** Takes one line; false when the hunk ends before it. */
function takeLine(count: Count, region: readonly InputLine[], where: { index: number; damaged: boolean }): boolean {
  const line = region[where.index]!;
  const marker = line.text[0] ?? '';
  if (marker === '\\') return true;
  if (marker === '+') push(count, line, 'added');
  else if (marker === '-') push(count, line, 'removed');
  else if (marker === ' ') push(count, line, 'context');
  else if (marker === '') push(count, line, 'context');
  else if (isCutMark(line.text)) count.gaps.push(count.lines.length);
  else return takeUnmarked(count, region, where);
  return true;
}

function takeUnmarked(count: Count, region: readonly InputLine[], where: { index: number; damaged: boolean }): boolean {
  const line = region[where.index]!;
  if (where.damaged || line.text[0] === '\t') {
    count.lines.push({ kind: 'context', text: line.text, inputLine: line.inputLine });
    count.old--;
    count.new--;
    count.last = line.text;
    count.joins = 0;
    return true;
  }
  if (count.lines.length > 0 && count.joins < joinsMax && isWrapped(count.last, line.text)) {
    join(count, line);
    return true;
  }
  if (!goesOn(region, where.index)) return false;
  push(count, { ...line, text: ` ${line.text}` }, 'context');
  count.defects.push({ inputLine: line.inputLine, what: 'a line of the hunk has no marker; read as context' });
  return true;
}

function join(count: Count, line: InputLine): void {
  const before = count.lines.pop()!;
  count.lines.push({ ...before, text: `${before.text} ${line.text.trim()}` });
  count.last = line.text;
  count.joins++;
  count.defects.push({ inputLine: line.inputLine, what: wrapped });
}

/** Within three lines the hunk goes on with a marker. */
function goesOn(region: readonly InputLine[], index: number): boolean {
  return region.slice(index + 1, index + 4).some((line) => /^[+\- ]/.test(line.text) && line.text !== '-- ');
}

function push(count: Count, line: InputLine, kind: MarkedLine['kind']): void {
  count.lines.push({ kind, text: line.text.slice(1), inputLine: line.inputLine });
  if (kind !== 'added') count.old--;
  if (kind !== 'removed') count.new--;
  count.last = line.text;
  count.joins = 0;
}

/** More changed lines directly after the promised ones: somebody edited the patch. Returns how many were taken. */
function takeSurplus(count: Count, region: readonly InputLine[], from: number): number {
  let end = from;
  let lastChange = from;
  while (end < region.length && /^[+\- ]/.test(region[end]!.text) && !endsHunk(region, end)) {
    end++;
    if (/^[+-]/.test(region[end - 1]!.text)) lastChange = end;
  }
  if (lastChange === from) return 0;
  const last = Math.min(end, lastChange + 3);
  for (let index = from; index < last; index++) takeLine(count, region, { index, damaged: false });
  return last - from;
}
