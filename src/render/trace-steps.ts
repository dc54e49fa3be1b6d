/**
 * @module The full form of a trace's rows, for replaying step by step: the function where it changes, the C text of every
 * statement, below it each access with its values.
 */
import type { TraceRow } from '../review/review.js';
import { clean, clip, widthOf, wrap } from './line.js';
import { inWords, statementOf, switchesInterrupts, valuesOf } from './trace-row.js';
import type { Room } from './trace-brief.js';

/** Whether the statement shows by itself what is accessed. */
function namesTarget(row: TraceRow): boolean {
  if (row.target === null) return true;
  const field = /[A-Za-z_]\w*(?=(\[[^\]]*\])?$)/u.exec(row.target)?.[0] ?? row.target;
  return statementOf(row).includes(field);
}

/** Rows of one statement: the same text in the same context, one after the other. */
function sameStatement(a: TraceRow | undefined, b: TraceRow | undefined): boolean {
  return a !== undefined && b !== undefined && a.cpu === b.cpu && a.context === b.context && a.function === b.function
    && statementOf(a) === statementOf(b) && valuesOf(a) !== '' && valuesOf(b) !== '';
}

/** Left text with right text at the column's edge, or null when they do not fit on one line. */
function side(left: string, right: string, width: number): string | null {
  const space = width - widthOf(left) - widthOf(right);
  return space < 2 ? null : left + ' '.repeat(space) + right;
}

/** Puts the mark of a violating row behind its last line, or under it. */
function withNote(lines: string[], row: TraceRow, width: number): string[] {
  const { note, remark = '' } = row;
  if (note === '' && remark === '') return lines;
  const mark = note === '' ? `(${clean(remark)})` : `<-- ${clean(note)}`;
  const last = lines.at(-1) ?? '';
  if (widthOf(last) + 2 + widthOf(mark) <= width) return [...lines.slice(0, -1), `${last}  ${mark}`];
  return [...lines, ...wrap(mark, { width, first: '    ', rest: '        ' })];
}

/** The lines of the row at `i`: its statement unless the row before has it, then target and values. */
export function stepLines(rows: readonly TraceRow[], i: number, room: Room): string[] {
  const row = rows[i];
  if (!row) return [];
  const { indent } = room;
  const lines: string[] = [];
  const values = valuesOf(row);
  const continues = sameStatement(rows[i - 1], row);
  const grouped = continues || sameStatement(row, rows[i + 1]);
  if (!continues) {
    const joined = values !== '' && !grouped && namesTarget(row) ? side(indent + statementOf(row), values, room.column) : null;
    if (joined !== null) return withNote([joined], row, room.line);
    lines.push(...wrap(statementOf(row), { width: room.line, first: indent, rest: `${indent}    ` }));
  }
  if (values !== '') {
    const head = `${indent}  ${row.target === null || switchesInterrupts(row) ? '' : inWords(row.target)}`;
    lines.push(side(head, values, room.column) ?? clip(`${head}  ${values}`, room.line));
  }
  return withNote(lines, row, room.line);
}
