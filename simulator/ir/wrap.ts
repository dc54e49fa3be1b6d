/**
 * @module Breaks a long line of C after a comma or operator near column 80 and continues it under the innermost open
 * parenthesis, as most of the kernel does. Tokens are never split and string literals never broken.
 */

const COLUMNS = 80;
const TAB = 8;
/** Past this column a continuation starts near the margin again. */
const COLUMN_MAX = 60;
/** Lines one statement may take; past that the rest stays on one line. */
const PIECES_MAX = 64;
/** Characters of a line that is still wrapped; looking for breaks is quadratic, and nobody reads longer ones. */
const LENGTH_MAX = 4000;

/** Column after `text`, with tab stops of 8. */
function width(text: string): number {
  let column = 0;
  for (const c of text) column = c === '\t' ? column + TAB - (column % TAB) : column + 1;
  return column;
}

function indentTo(column: number): string {
  return '\t'.repeat(Math.floor(column / TAB)) + ' '.repeat(column % TAB);
}

interface Break {
  /** Index of the first character of the next line. */
  readonly index: number;
  /** Columns behind the parentheses open there, outermost first. */
  readonly open: readonly number[];
}

/** The places behind commas and operators outside string literals; `inherited`: parentheses open before the line. */
function breaks(line: string, inherited: readonly number[]): Break[] {
  const found: Break[] = [];
  const open = [...inherited];
  let quoted = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i] ?? '';
    if (quoted !== '') {
      if (c === '\\') i++;
      else if (c === quoted) quoted = '';
    } else if (c === '"' || c === "'") quoted = c;
    else if (c === '(') open.push(width(line.slice(0, i + 1)));
    else if (c === ')') open.pop();
    else if (c === ' ' && /(,|&&|\|\||\||\?|<=|>>|\+| =)$/.test(line.slice(0, i))) {
      found.push({ index: i + 1, open: [...open] });
    }
  }
  return found;
}

/** `line` in as many lines as it takes to stay within 80 columns where that is possible; never empty, at most 65. */
export function wrap(line: string): string[] {
  if (line.length > LENGTH_MAX) return [line];
  const indent = width(/^\t*/.exec(line)?.[0] ?? '');
  const lines: string[] = [];
  let rest = line;
  let open: readonly number[] = [];
  while (width(rest) > COLUMNS && lines.length < PIECES_MAX) {
    const current = rest;
    const start = /^\s*/.exec(current)?.[0].length ?? 0;
    const possible = breaks(current, open).filter((b) => b.index > start + 1);
    const fitting = possible.filter((b) => width(current.slice(0, b.index - 1)) <= COLUMNS);
    const chosen = fitting.at(-1) ?? possible[0];
    if (chosen === undefined) break;
    lines.push(current.slice(0, chosen.index - 1));
    open = chosen.open;
    const column = open.at(-1) ?? indent + TAB;
    rest = indentTo(column > COLUMN_MAX ? indent + 2 * TAB : column) + current.slice(chosen.index);
  }
  return [...lines, rest];
}
