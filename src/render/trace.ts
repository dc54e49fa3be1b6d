/**
 * @module A counterexample as people read it: a column for each CPU and context in the order of their appearance, time
 * running down, and a mark on the step that violates. In a review each row is one line (./trace-brief.ts), in a replay
 * every step has its statement (./trace-steps.ts). Only one context moves in a row, so a line may run on into the columns
 * to its right.
 */
import type { Evidence, TraceRow } from '../review/review.js';
import { clean, padRight, widthOf, wrap } from './line.js';
import { setUpLine, setUpLines } from './set-up.js';
import { briefLines, briefRows, needOf, tabOf, type Room } from './trace-brief.js';
import { inWords, titleOf } from './trace-row.js';
import { stepLines } from './trace-steps.js';

const INDENT = 2;
/** Distance between columns when there are two; more columns stand closer. */
const STRIDE_MAX = 36;
/** Columns stand no closer: a heading fits between. */
const STRIDE_MIN = 14;
/** Room that the rightmost column keeps. */
const RIGHTMOST_MIN = 30;
/** More columns than fit side by side are not aligned but named at each row. */
const COLUMNS_MAX = 4;

/** Whether rows are shown in one line each, or with their statements and functions. */
export type TraceForm = 'brief' | 'steps';

/** Something that happens in one column: its row, the function to name above it, and its lines within some room. */
interface Cell {
  readonly row: TraceRow;
  readonly column: number;
  readonly indent: string;
  readonly heading: string | null;
  /** Where its values would start; 0 when that is of no account. */
  readonly tab: number;
  /** Room that it needs so that nothing is cut; 0 where lines wrap. */
  readonly need: number;
  readonly lines: (room: Room) => string[];
}

/** Where a column starts, and how wide it is until the next one. */
interface Column {
  readonly offset: number;
  readonly width: number;
}

/** Columns in the order in which their contexts appear; the rightmost one needs some room. */
function layOut(count: number, width: number, need: number): Column[] {
  const gaps = Math.max(1, count - 1);
  const fitting = Math.floor((width - INDENT - Math.max(RIGHTMOST_MIN, need)) / gaps);
  const stride = Math.min(STRIDE_MAX, Math.max(STRIDE_MIN, fitting));
  return Array.from({ length: count }, (_, i) => {
    const offset = INDENT + i * stride;
    return { offset, width: i === count - 1 ? Math.min(STRIDE_MAX, width - offset) : stride - 2 };
  });
}

/** How deep the rows of each column are nested in functions they entered. */
class Nesting {
  private readonly depth = new Map<number, number>();
  private readonly current = new Map<number, string>();

  /** The indentation of a row, counted before an enter and after a leave. What no statement calls is the outermost function. */
  indentOf(row: TraceRow, column: number): string {
    const outermost = row.access === 'enter' && row.text === '';
    const depth = outermost ? 0 : this.depth.get(column) ?? 0;
    if (row.access === 'enter') this.depth.set(column, depth + 1);
    if (row.access === 'leave') this.depth.set(column, Math.max(0, depth - 1));
    const shown = row.access === 'leave' ? Math.max(0, depth - 1) : depth;
    return '  '.repeat(Math.min(2, shown));
  }

  /** The function to name above a row, when the column has moved to another one without entering it in view. */
  headingOf(row: TraceRow, column: number): string | null {
    const known = this.current.get(column);
    this.current.set(column, row.function);
    const inView = row.access === 'enter' || row.access === 'leave' || row.function === '';
    return inView || known === row.function ? null : `${inWords(row.function)}():`;
  }
}

/** Rows as cells, in their order. */
function cellsOf(trace: readonly TraceRow[], titles: readonly string[], form: TraceForm): Cell[] {
  const nesting = new Nesting();
  const place = (row: TraceRow): Pick<Cell, 'row' | 'column' | 'indent' | 'heading'> => {
    const column = titles.indexOf(titleOf(row));
    const heading = nesting.headingOf(row, column);
    return { row, column, heading, indent: nesting.indentOf(row, column) };
  };
  if (form === 'steps') return trace.map((row, i) => ({ ...place(row), tab: 0, need: 0, lines: (room) => stepLines(trace, i, room) }));
  return briefRows(trace).map((brief) => {
    const at = place(brief.row);
    return { ...at, heading: null, tab: tabOf(brief, at.indent), need: needOf(brief, at.indent), lines: (room) => briefLines(brief, room) };
  });
}

/** The lines of a cell within a column. */
function linesOf({ indent, heading, lines }: Cell, room: Omit<Room, 'indent'>): string[] {
  return [...(heading === null ? [] : [indent + heading]), ...lines({ ...room, indent })];
}

/** Where the values of a column start. */
function tabIn(cells: readonly Cell[], column: number): number {
  return Math.max(0, ...cells.filter((cell) => cell.column === column).map((cell) => cell.tab));
}

/** A line that is too long for its place moved to the left. */
function within(line: string, width: number): string {
  const text = line.trimStart();
  return widthOf(line) <= width ? line : ' '.repeat(Math.max(INDENT, width - widthOf(text))) + text;
}

/** Cells in columns, with their heading. */
function columnsOf(cells: readonly Cell[], titles: readonly string[], width: number): string[] {
  const columns = layOut(titles.length, width, Math.max(0, ...cells.filter((cell) => cell.column === titles.length - 1).map((cell) => cell.need)));
  const heading = columns.reduce((line, column, i) => padRight(line, column.offset) + (titles[i] ?? ''), '');
  return [heading, ...cells.flatMap((cell) => {
    const { offset, width: column } = columns[cell.column] ?? { offset: INDENT, width };
    const room = { column, line: width - offset, mark: width - INDENT, tab: tabIn(cells, cell.column) };
    return linesOf(cell, room).map((line) => within(' '.repeat(offset) + line, width));
  })];
}

/** Cells in one column, each naming its context where it changes: for more contexts than fit side by side. */
function listOf(cells: readonly Cell[], titles: readonly string[], width: number): string[] {
  const margin = INDENT + Math.max(...titles.map(widthOf)) + 2;
  let column = -1;
  return cells.flatMap((cell) => {
    const title = cell.column === column ? '' : titles[cell.column] ?? '';
    column = cell.column;
    return linesOf(cell, { column: width - margin, line: width - margin, mark: width - INDENT, tab: tabIn(cells, cell.column) })
      .map((line, k) => within(padRight(k === 0 ? ' '.repeat(INDENT) + title : '', margin) + line, width));
  });
}

/** The rows of a trace as lines no longer than `width` characters; empty for an empty trace. */
export function renderRows(trace: readonly TraceRow[], width: number, form: TraceForm = 'brief'): string[] {
  const titles = [...new Set(trace.map(titleOf))];
  const cells = cellsOf(trace, titles, form);
  if (cells.length === 0) return [];
  return titles.length > COLUMNS_MAX ? listOf(cells, titles, width) : columnsOf(cells, titles, width);
}

/** How to run a schedule again: the input as the reader can name it, absent in mails, and what stands before the command. */
export interface ReplayOptions {
  readonly width: number;
  readonly file?: string;
  /** "replay" when absent. */
  readonly what?: string;
}

/** The name of a scenario is left out where a line is too long with it: the hash behind it is of that scenario only. */
function withoutName(schedule: string): string {
  return schedule.replace(/^[^:]+:(?=[0-9a-f]{8}:)/u, '');
}

/**
 * The command that runs a schedule again, to be copied: one line where it fits, without the scenario's name if need be; else
 * broken before the file, and alone on a line of its own where what stands before it is long.
 */
export function replayLines(schedule: string, { width, file, what = 'replay' }: ReplayOptions): string[] {
  const fits = (line: string): boolean => widthOf(line) <= width;
  const commands = [clean(schedule), withoutName(clean(schedule))].map((text) => `kcovet replay ${text}`);
  const whole = commands.map((command) => (file === undefined ? command : `${command} ${file}`));
  const one = whole.map((command) => `  ${what}: ${command}`).find(fits);
  if (one !== undefined) return [one];
  const [command = ''] = commands;
  const label = wrap(`${what}:`, { width, first: '  ', rest: '  ' });
  const beside = `  ${what}: ${command}`;
  const alone = whole.map((text) => `    ${text}`).find(fits);
  if (!fits(beside) && alone !== undefined) return [...label, alone];
  const short = fits(beside) ? [beside] : [...label, `    ${command}`];
  return file === undefined ? short : [...short.slice(0, -1), `${short.at(-1)} \\`, `      ${file}`];
}

/**
 * A whole counterexample: what happened before, the rows, the replay command. `file` is the input as the reader can name
 * it, absent in mails. Lines have at most `width` characters, those of the replay command excepted.
 */
export function renderTrace(evidence: Evidence, options: { readonly width: number; readonly file?: string; readonly form?: TraceForm }): string[] {
  const what = evidence.minimal === false ? 'maybe not the shortest, replay' : undefined;
  const replay = evidence.schedule === null ? [] : replayLines(evidence.schedule, { ...options, what });
  const setUp = options.form === 'steps' ? setUpLines : setUpLine;
  return [...setUp(evidence.setup ?? '', options.width), ...renderRows(evidence.trace, options.width, options.form), ...replay];
}
