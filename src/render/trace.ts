/**
 * @module A counterexample as people read it: a column for each CPU and context in the order of their appearance, time
 * running down, the C text of each access with the values it changed, and a mark on the step that violates. Only one
 * context moves in a row, so a long statement may run on into the columns to its right.
 */
import type { Evidence, TraceRow } from '../review/review.js';
import { clean, padRight, widthOf, wrap } from './line.js';

const INDENT = 2;
/** Distance between columns when there are two; more columns stand closer. */
const STRIDE_MAX = 36;
/** Room that the rightmost column keeps. */
const RIGHTMOST_MIN = 30;
/** More columns than fit side by side are not aligned but named at each row. */
const COLUMNS_MAX = 4;

/** A row with the column it stands in. */
interface Placed {
  readonly row: TraceRow;
  readonly column: number;
}

/** Where a column starts, and how wide it is until the next one. */
interface Column {
  readonly title: string;
  readonly offset: number;
  readonly width: number;
}

/** The heading of a row's column, such as "CPU0 softirq". */
function titleOf(row: TraceRow): string {
  return `CPU${row.cpu} ${row.context === 'nmi' ? 'NMI' : row.context}`;
}

/** Columns in the order in which their contexts appear. */
function layOut(titles: readonly string[], width: number): Column[] {
  const gaps = Math.max(1, titles.length - 1);
  const stride = Math.min(STRIDE_MAX, Math.floor((width - INDENT - RIGHTMOST_MIN) / gaps));
  return titles.map((title, i) => {
    const offset = INDENT + i * stride;
    const last = i === titles.length - 1;
    return { title, offset, width: last ? Math.min(STRIDE_MAX, width - offset) : stride - 2 };
  });
}

/** The C text of a row on one line, without the semicolon. */
function statementOf(row: TraceRow): string {
  const text = clean(row.text.replace(/\s+/gu, ' ').trim()).replace(/;$/u, '');
  if (text !== '') return text;
  return row.access === 'leave' ? `return from ${row.function}()` : `${row.function}()`;
}

/** Values as "old -> new", or the value read; '' when the row has none. */
function valuesOf(row: TraceRow): string {
  if (row.access === 'lock' || row.access === 'call' || row.access === 'enter' || row.access === 'leave') return '';
  const old = row.old === null ? null : clean(row.old);
  const after = row.new === null ? null : clean(row.new);
  if (old !== null && after !== null) return `${old} -> ${after}`;
  if (after !== null) return `-> ${after}`;
  return old ?? '';
}

/** Whether the statement shows by itself what is accessed. */
function namesTarget(row: TraceRow): boolean {
  if (row.target === null) return true;
  const field = /[A-Za-z_]\w*(?=(\[[^\]]*\])?$)/u.exec(row.target)?.[0] ?? row.target;
  return statementOf(row).includes(field);
}

/** Rows of one statement: the same text in the same context, one after the other. */
function sameStatement(a: Placed | undefined, b: Placed | undefined): boolean {
  return a !== undefined && b !== undefined && a.column === b.column && a.row.function === b.row.function
    && statementOf(a.row) === statementOf(b.row) && valuesOf(a.row) !== '' && valuesOf(b.row) !== '';
}

/** Left text with right text at the column's edge, or null when they do not fit on one line. */
function side(left: string, right: string, width: number): string | null {
  const space = width - widthOf(left) - widthOf(right);
  return space < 2 ? null : left + ' '.repeat(space) + right;
}

/** The lines of one row, without their offset. */
function cellOf(placed: readonly Placed[], i: number, room: { column: number; line: number; indent: string }): string[] {
  const current = placed[i];
  if (!current) return [];
  const { row } = current;
  const { indent } = room;
  const lines: string[] = [];
  const values = valuesOf(row);
  const text = indent + statementOf(row);
  const target = row.target === null ? '' : clean(row.target);
  const continues = sameStatement(placed[i - 1], current);
  const grouped = continues || sameStatement(current, placed[i + 1]);
  if (!continues) {
    const joined = values !== '' && !grouped && namesTarget(row) ? side(text, values, room.column) : null;
    if (joined !== null) return withNote([joined], row, room.line);
    lines.push(...wrap(statementOf(row), { width: room.line, first: indent, rest: `${indent}    ` }));
  }
  if (values !== '') {
    const head = `${indent}  ${target}`;
    lines.push(side(head, values, room.column) ?? clipLine(`${head}  ${values}`, room.line));
  }
  return withNote(lines, row, room.line);
}

/** Cuts a line that would pass the right edge. */
function clipLine(line: string, width: number): string {
  return widthOf(line) <= width ? line : `${[...line].slice(0, width - 3).join('')}...`;
}

/** Puts the mark of a violating row behind its last line, or under it. */
function withNote(lines: string[], row: TraceRow, width: number): string[] {
  if (row.note === '') return lines;
  const mark = `<-- ${clean(row.note)}`;
  const last = lines.at(-1) ?? '';
  if (widthOf(last) + 2 + widthOf(mark) <= width) return [...lines.slice(0, -1), `${last}  ${mark}`];
  return [...lines, ...wrap(mark, { width, first: '    ', rest: '        ' })];
}

/** How deep the rows of each column are nested in functions they entered. */
class Nesting {
  private readonly depth = new Map<number, number>();
  private readonly current = new Map<number, string>();

  /** The indentation of a row, counted before an enter and after a leave. What no statement calls is the outermost function. */
  indentOf({ row, column }: Placed): string {
    const outermost = row.access === 'enter' && row.text === '';
    const depth = outermost ? 0 : this.depth.get(column) ?? 0;
    if (row.access === 'enter') this.depth.set(column, depth + 1);
    if (row.access === 'leave') this.depth.set(column, Math.max(0, depth - 1));
    const shown = row.access === 'leave' ? Math.max(0, depth - 1) : depth;
    return '  '.repeat(Math.min(2, shown));
  }

  /** The function to name above a row, when the column has moved to another one without entering it in view. */
  headingOf({ row, column }: Placed): string | null {
    const known = this.current.get(column);
    this.current.set(column, row.function);
    const inView = row.access === 'enter' || row.access === 'leave' || row.function === '';
    return inView || known === row.function ? null : `${row.function}():`;
  }
}

/** Rows in columns, with their heading. */
function columnsOf(placed: readonly Placed[], titles: readonly string[], width: number): string[] {
  const columns = layOut(titles, width);
  const heading = columns.reduce((line, column) => padRight(line, column.offset) + column.title, '');
  const nesting = new Nesting();
  const lines = [heading];
  for (const [i, one] of placed.entries()) {
    const column = columns[one.column];
    if (!column) continue;
    const name = nesting.headingOf(one);
    const indent = nesting.indentOf(one);
    const cell = cellOf(placed, i, { column: column.width, line: width - column.offset, indent });
    const all = name === null ? cell : [indent + name, ...cell];
    lines.push(...all.map((line) => ' '.repeat(column.offset) + line));
  }
  return lines;
}

/** Rows in one column, each naming its context where it changes: for more contexts than fit side by side. */
function listOf(placed: readonly Placed[], titles: readonly string[], width: number): string[] {
  const margin = INDENT + Math.max(...titles.map(widthOf)) + 2;
  const nesting = new Nesting();
  let column = -1;
  return placed.flatMap((one, i) => {
    const name = nesting.headingOf(one);
    const indent = nesting.indentOf(one);
    const cell = cellOf(placed, i, { column: width - margin, line: width - margin, indent });
    const title = one.column === column ? '' : titles[one.column] ?? '';
    column = one.column;
    const all = name === null ? cell : [indent + name, ...cell];
    return all.map((line, k) => padRight(k === 0 ? ' '.repeat(INDENT) + title : '', margin) + line);
  });
}

/** The rows of a trace as lines no longer than `width` characters; empty for an empty trace. */
export function renderRows(trace: readonly TraceRow[], width: number): string[] {
  const titles = [...new Set(trace.map(titleOf))];
  const placed = trace.map((row) => ({ row, column: titles.indexOf(titleOf(row)) }));
  if (placed.length === 0) return [];
  return titles.length > COLUMNS_MAX ? listOf(placed, titles, width) : columnsOf(placed, titles, width);
}

/** The line that says how to run a schedule again; never wrapped, so that it can be copied. */
export function replayLine(schedule: string, file: string | undefined): string {
  return `  replay: kcovet replay ${clean(schedule)}${file === undefined ? '' : ` ${file}`}`;
}

/**
 * A whole counterexample: what happened before, the rows, the replay line. `file` is the input as the reader can name
 * it, absent in mails. Lines have at most `width` characters, the replay line excepted.
 */
export function renderTrace(evidence: Evidence, options: { readonly width: number; readonly file?: string }): string[] {
  const { width, file } = options;
  const setup = evidence.setup ? wrap(`after: ${evidence.setup}`, { width, first: '  ', rest: '         ' }) : [];
  const replay = evidence.schedule === null ? [] : [replayLine(evidence.schedule, file)];
  return [...setup, ...renderRows(evidence.trace, width), ...replay];
}
