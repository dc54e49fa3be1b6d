/**
 * @module The table of the task's kcov fields through one section, a row for each change: "the exact sequence of changes
 * that happens with task state", as a reviewer would write it down. Fields that never change are named below it.
 */
import type { Review, TaskStateRow } from '../review/review.js';
import { clean, clip, padRight, widthOf, wrap } from './line.js';

const LABEL_MIN = 18;
const LABEL_MAX = 34;
const MARK = '  <--';

/** What of a review the table is made from. */
export type StateTable = Pick<Review, 'taskState' | 'taskStateColumns' | 'taskStateTitle'>;

/** Field names in the struct's order where it is known, else as the rows have them. */
function fieldsOf(table: StateTable): string[] {
  const seen = [...new Set(table.taskState.flatMap((row) => Object.keys(row.values)))];
  const known = table.taskStateColumns ?? [];
  return [...known.filter((field) => seen.includes(field)), ...seen.filter((field) => !known.includes(field))];
}

/** A field's short name: kcov_mode of t->kcov_mode is "mode", kcov stays. */
function headOf(field: string): string {
  return clean(field).replace(/^.*(?:->|\.)/u, '').replace(/^kcov_(?=.)/u, '');
}

/** Whether a value is wrong by now: as the row says, or at the end different from the start. */
function isMarked(rows: readonly TaskStateRow[], i: number, field: string): boolean {
  const row = rows[i];
  if (!row) return false;
  if (rows.some((one) => one.marks !== undefined)) return row.marks?.includes(field) ?? false;
  return i > 0 && i === rows.length - 1 && row.values[field] !== rows[0]?.values[field];
}

/** The words for a row: its function where that changes, and what happened. */
function labelOf(rows: readonly TaskStateRow[], i: number): string {
  const row = rows[i];
  if (!row) return '';
  const text = clean(row.text.replace(/\s+/gu, ' ').trim()).replace(/;$/u, '');
  if (row.function === '') return text;
  return rows[i - 1]?.function === row.function ? `  ${text}` : `${clean(row.function)}: ${text}`;
}

/** One column: heading and cells, padded to the same width. */
function columnOf(rows: readonly TaskStateRow[], field: string): string[] {
  const cells = rows.map((row, i) => clean(row.values[field] ?? '') + (isMarked(rows, i, field) ? MARK : ''));
  const all = [headOf(field), ...cells];
  const width = Math.max(...all.map(widthOf));
  return all.map((cell) => padRight(cell, width));
}

/** Splits columns into groups that fit beside the labels. */
function groupsOf(columns: readonly string[][], room: number): string[][][] {
  const groups: string[][][] = [];
  let used = Infinity;
  for (const column of columns) {
    const width = widthOf(column[0] ?? '') + 2;
    if (used + width > room) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)?.push(column);
    used += width;
  }
  return groups;
}

/** The table's lines, at most `width` characters each; empty when there are no rows. */
export function renderStateTable(table: StateTable, width: number): string[] {
  const rows = table.taskState;
  if (rows.length === 0) return [];
  const fields = fieldsOf(table);
  const changing = fields.filter((field) => rows.some((row) => row.values[field] !== rows[0]?.values[field]));
  const shown = changing.length > 0 ? changing : fields;
  const columns = shown.map((field) => columnOf(rows, field));
  const labels = rows.map((_, i) => labelOf(rows, i));
  const total = columns.reduce((sum, column) => sum + widthOf(column[0] ?? '') + 2, 0);
  const wanted = Math.min(LABEL_MAX, Math.max(...labels.map(widthOf)));
  const labelWidth = Math.min(wanted, Math.max(LABEL_MIN, width - 2 - total));
  const first = ['', ...labels].map((label) => `  ${padRight(clip(label, labelWidth), labelWidth)}`);
  const tables = groupsOf(columns, width - 2 - labelWidth).map((group) => first.map((label, i) =>
    group.reduce((line, column) => `${line}  ${column[i] ?? ''}`, label).trimEnd()));
  const constant = fields.filter((field) => !shown.includes(field))
    .map((field) => `${headOf(field)} ${clean(rows[0]?.values[field] ?? '')}`);
  const below = constant.length === 0 ? [] : wrap(`unchanged: ${constant.join(', ')}`, { width, first: '  ', rest: '    ' });
  return [...tables.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines])), ...below];
}
