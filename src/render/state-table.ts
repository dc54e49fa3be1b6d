/**
 * @module The table of the task's kcov fields through one section, a row for each change: "the exact sequence of changes
 * that happens with task state", as a reviewer would write it down. Fields that never change are named below it.
 */
import type { Review, TaskStateRow } from '../review/review.js';
import { clean, clip, padRight, widthOf, wrap } from './line.js';

const LABEL_MIN = 16;
const LABEL_MAX = 30;
const MARK = '  <--';
/** Fields in the order in which the callback needs them; others follow as the struct has them. */
const ORDER = ['kcov', 'kcov_size', 'kcov_area', 'kcov_mode', 'kcov_sequence'];

/** What of a review the table is made from. */
export type StateTable = Pick<Review, 'taskState' | 'taskStateColumns' | 'taskStateTitle'>;

/** Field names: the ones everybody knows first, then those of the struct in its order, else as the rows have them. */
export function fieldsOf(table: StateTable): string[] {
  const seen = [...new Set(table.taskState.flatMap((row) => Object.keys(row.values)))];
  const known = [...ORDER, ...table.taskStateColumns ?? [], ...seen];
  return [...new Set(known)].filter((field) => seen.includes(field));
}

/** A field's short name: kcov_mode of t->kcov_mode is "mode", kcov stays. */
export function headOf(field: string): string {
  return clean(field).replace(/^.*(?:->|\.)/u, '').replace(/^kcov_(?=.)/u, '');
}

/** Whether a value is wrong by now: as the row says, or at the end different from the start. */
export function isMarked(rows: readonly TaskStateRow[], i: number, field: string): boolean {
  const row = rows[i];
  if (!row) return false;
  if (rows.some((one) => one.marks !== undefined)) return row.marks?.includes(field) ?? false;
  return i > 0 && i === rows.length - 1 && row.values[field] !== rows[0]?.values[field];
}

/** What all function names of the rows begin with, up to an underscore: kcov_remote_. */
function commonStart(rows: readonly TaskStateRow[]): string {
  const names = [...new Set(rows.map((row) => clean(row.function)).filter((name) => name !== ''))];
  let start = names[0] ?? '';
  while (start !== '' && !names.every((name) => name.startsWith(start) && name !== start)) start = start.slice(0, -1);
  return start.slice(0, start.lastIndexOf('_') + 1);
}

/** A statement by what it does to the task: `size = 0` of `t->kcov_size = 0;`, swap() of a call of kcov_remote_swap(). */
function shortStatement(text: string, start: string): string {
  const line = clean(text.replace(/\s+/gu, ' ').trim()).replace(/;$/u, '');
  const written = line.replace(/^WRITE_ONCE\((.+), ([^,]+)\)$/u, '$1 = $2');
  const call = /^(\w+)\(.*\)$/u.exec(written)?.[1];
  if (call !== undefined) return `${call.startsWith(start) ? call.slice(start.length) : call}()`;
  return written.replace(/^\w+->(?:kcov_)?(?=\w)/u, '').replace(/^(.*?) = xchg\(.*$/u, 'xchg $1');
}

/** A row's name as lines: function and statement on one where they fit, else one below the other. */
function labelsOf(rows: readonly TaskStateRow[], i: number, width: number): string[] {
  const row = rows[i];
  if (!row) return [];
  const start = commonStart(rows);
  const text = shortStatement(row.text, start);
  if (row.function === '') return [text];
  if (rows[i - 1]?.function === row.function) return [clip(`  ${text}`, width)];
  const name = clean(row.function).slice(start.length);
  const whole = `${name}: ${text}`;
  return widthOf(whole) <= width ? [whole] : [clip(`${name}:`, width), clip(`  ${text}`, width)];
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

/** The lines of one table: a heading, then for each row its name and cells, the cells beside the name's last line. */
function linesOf(labels: readonly string[][], columns: readonly string[][], width: number): string[] {
  return [[''], ...labels].flatMap((names, i) => names.map((name, k) => {
    const cells = k < names.length - 1 ? '' : columns.map((column) => `  ${column[i] ?? ''}`).join('');
    return `  ${padRight(name, width)}${cells}`.trimEnd();
  }));
}

/** The table's lines, at most `width` characters each; empty when there are no rows. */
export function renderStateTable(table: StateTable, width: number): string[] {
  const rows = table.taskState;
  if (rows.length === 0) return [];
  const fields = fieldsOf(table);
  const changing = fields.filter((field) => rows.some((row) => row.values[field] !== rows[0]?.values[field]));
  const shown = changing.length > 0 ? changing : fields;
  const columns = shown.map((field) => columnOf(rows, field));
  const total = columns.reduce((sum, column) => sum + widthOf(column[0] ?? '') + 2, 0);
  const room = Math.min(LABEL_MAX, Math.max(LABEL_MIN, width - 2 - total));
  const labels = rows.map((_, i) => labelsOf(rows, i, room));
  const labelWidth = Math.max(...labels.flat().map(widthOf));
  const tables = groupsOf(columns, width - 2 - labelWidth).map((group) => linesOf(labels, group, labelWidth));
  const constant = fields.filter((field) => !shown.includes(field))
    .map((field) => `${headOf(field)} ${clean(rows[0]?.values[field] ?? '')}`);
  const below = constant.length === 0 ? [] : wrap(`unchanged: ${constant.join(', ')}`, { width, first: '  ', rest: '    ' });
  return [...tables.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines])), ...below];
}
