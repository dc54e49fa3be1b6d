/**
 * @module The short form of a trace's rows, one line each: what is accessed and how its value changes. The statement is
 * shown only where the access alone would not say enough; an exchange is one row, not a read and a write.
 */
import { actionsOf } from '../../simulator/trace/actions.js';
import type { TraceRow } from '../review/review.js';
import { clean, clip, padRight, widthOf } from './line.js';
import { shortNote } from './note.js';
import { inWords, statementOf, switchesInterrupts, valuesOf } from './trace-row.js';

/** Room for the lines of a row. */
export interface Room {
  /** The column's width in characters. */
  readonly column: number;
  /** Where lines end at last: only one context moves in a row, so a line may run on to the right. */
  readonly line: number;
  /** Room of a mark that has a line of its own: it may begin further left. */
  readonly mark: number;
  readonly indent: string;
  /** Where values start in this column, so that they stand below each other. */
  readonly tab: number;
}

/** A row, or two that are one action. */
export interface BriefRow {
  readonly row: TraceRow;
  /** The atomic operation that made the change, such as xchg; '' for plain accesses. */
  readonly by: string;
}

/** A left side longer than this does not move the values of the others to the right. */
const TAB_MAX = 30;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** The function that is called with the target's address, or with the target itself: refcount_inc of refcount_inc(&kcov->refcount). */
function callOn(row: TraceRow): string {
  if (row.target === null) return '';
  return new RegExp(`(\\w+)\\(\\s*&?${escaped(inWords(row.target))}`, 'u').exec(statementOf(row))?.[1] ?? '';
}

/** The exchange whose result a write stores: xchg of t->x = xchg(&y, t->x). */
function exchangeIn(row: TraceRow): string {
  return /= ?((?:cmp)?xchg\w*)\(/u.exec(statementOf(row))?.[1] ?? '';
}

/** Rows as actions. */
export function briefRows(trace: readonly TraceRow[]): BriefRow[] {
  return actionsOf(trace).map((row) => ({ row, by: row.access === 'rmw' ? callOn(row) : row.access === 'write' ? exchangeIn(row) : '' }));
}

/** A read that only fills a local: `mode = t->kcov_mode` of `mode = READ_ONCE(t->kcov_mode)`; null for others. */
function assignment(row: TraceRow, target: string): string | null {
  const found = new RegExp(`(?:^|[\\s*])(\\w+) = (?:READ_ONCE\\()?${escaped(target)}\\)?$`, 'u').exec(statementOf(row));
  return found?.[1] === undefined ? null : `${found[1]} = ${target}`;
}

/** A statement with the later arguments of its call left out, and with all: `hash_for_each(map, ...)`, `hash_for_each(...)`. */
function withoutArguments(statement: string): string[] {
  return [statement.replace(/^([^(]*\w\(\w+, ).*\)$/u, '$1...)'), statement.replace(/^([^(]*\w\().*\)$/u, '$1...)')];
}

/** A step along a list: what says something is the iterator, not the pointer it follows. */
function walksList(row: TraceRow): boolean {
  return row.access === 'read' && /(?:->|\.)(?:first|next|prev|pprev)$/u.test(row.target ?? '');
}

/** What stands on the left, the fullest first; the first that fits beside the values is taken. */
function leftOf({ row, by }: BriefRow): string[] {
  const statement = statementOf(row);
  const target = row.target === null ? null : inWords(row.target);
  if (switchesInterrupts(row)) return [statement, ...withoutArguments(statement)];
  if (row.access === 'leave') return [row.new === null ? `return from ${inWords(row.function)}()` : `${inWords(row.function)}() returns ${inWords(row.new)}`];
  if (target === null || row.access === 'lock' || row.access === 'call' || row.access === 'enter' || walksList(row)) return [statement, ...withoutArguments(statement)];
  if (by !== '') return [`${by} ${target}`];
  return row.access === 'read' ? [assignment(row, target) ?? target, target] : [target];
}

/** Values on the right; of a call what it returned or freed. */
function rightOf(row: TraceRow): string {
  if (row.access === 'call' && !switchesInterrupts(row)) return row.new === null ? '' : inWords(row.new);
  // The pointer is to a member: which object it is in is what counts.
  if (walksList(row)) return valuesOf(row).replace(/\+\d+$/u, '');
  return valuesOf(row);
}

/** Left text with the values at the column's tab, else after two blanks; null when the line does not hold both. */
function beside(left: string, right: string, room: Room): string | null {
  if (right === '') return widthOf(left) <= room.line ? left : null;
  const tabbed = `${padRight(left, room.tab - 2)}  ${right}`;
  if (widthOf(tabbed) <= room.line) return tabbed;
  return widthOf(left) + 2 + widthOf(right) <= room.line ? `${left}  ${right}` : null;
}

/** The line of one action; the left side is cut before the values are. */
function lineOf(brief: BriefRow, room: Room): string {
  const { indent, line } = room;
  const right = rightOf(brief.row);
  const lefts = leftOf(brief);
  for (const left of lefts) {
    const fitting = beside(indent + left, right, room);
    if (fitting !== null) return fitting;
  }
  if (switchesInterrupts(brief.row)) return clip(indent + right, line);
  const left = clip(lefts.at(-1) ?? '', Math.max(8, line - widthOf(right) - widthOf(indent) - 2));
  return clip(`${indent}${left}  ${right}`.trimEnd(), line);
}

/** The width of the left side with its indentation where values stand at a tab; 0 for rows that have none or are too long for one. */
export function tabOf(brief: BriefRow, indent: string): number {
  const hasValue = brief.row.note !== '' || rightOf(brief.row) !== '';
  const width = widthOf(indent) + widthOf(leftOf(brief)[0] ?? '');
  return hasValue && width <= TAB_MAX ? width + 2 : 0;
}

/** The lines of one action: one, and its mark behind or below it. */
export function briefLines(brief: BriefRow, room: Room): string[] {
  const { indent, line: width, tab } = room;
  const line = lineOf(brief, room);
  const { note, remark = '' } = brief.row;
  if (note === '' && remark === '') return [line];
  const mark = note === '' ? `(${clean(remark)})` : `<-- ${shortNote(note)}`;
  const short = widthOf(line) <= tab - 2 ? padRight(line, tab - 2) : line;
  for (const before of [short, line, line.replace(/(\S) {2,}(?=\S)/u, '$1  ')]) {
    if (widthOf(before) + 2 + widthOf(mark) <= width) return [`${before}  ${mark}`];
  }
  return [line, `${indent}  ${clip(mark, room.mark)}`];
}

/** The room that an action needs at least, so that nothing of its values is cut. */
export function needOf(brief: BriefRow, indent: string): number {
  const right = rightOf(brief.row);
  return widthOf(indent) + Math.min(...leftOf(brief).map(widthOf)) + (right === '' ? 0 : 2 + widthOf(right));
}
