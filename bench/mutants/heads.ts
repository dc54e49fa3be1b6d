/** @module Tests and branches of statements, as operators look for them. */
import type { Stmt } from '../../simulator/ir/program.js';
import { listed } from './calls.js';
import type { Site } from './operator.js';
import type { Edit, Placed, Source } from './source.js';

/** What stands in the parentheses that follow the first word of a statement: tokens of the brackets, offsets between them. */
export interface Head {
  readonly open: number;
  readonly close: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Null where no parenthesis follows. */
export function testOf(source: Source, s: Stmt): Head | null {
  const from = source.startOf(s.place.line);
  const open = source.tokens.findIndex((t) => t.start >= from) + 1;
  const close = source.closing(open);
  const [a, b] = [source.tokens[open], source.tokens[close]];
  if (a?.text !== '(' || !b) return null;
  return { open, close, start: a.end, end: b.start, text: source.text.slice(a.end, b.start) };
}

/** The site that a statement is. */
export const at = ({ function: def, statement }: Placed, edits: readonly Edit[]): Site => ({ function: def.name, line: statement.place.line, edits });

/** If statements in lists, without else. */
export const tests = (source: Source): Placed[] => listed(source).filter(({ statement: s }) => s.kind === 'if' && s.else === undefined);

/** Index of a token at the outermost level between two brackets; -1 where there is none, or several. */
export function onlyAt(source: Source, { open, close }: Pick<Head, 'open' | 'close'>, fits: RegExp, never: RegExp): number {
  let depth = 0;
  const found: number[] = [];
  for (let i = open + 1; i < close; i += 1) {
    const text = source.tokens[i]?.text ?? '';
    if (/^[([]$/u.test(text)) depth += 1;
    else if (/^[)\]]$/u.test(text)) depth -= 1;
    else if (depth === 0 && never.test(text)) return -1;
    else if (depth === 0 && fits.test(text)) found.push(i);
  }
  return found.length === 1 ? (found[0] ?? -1) : -1;
}

/** Lines inside a branch or a body, without its braces. */
export function linesIn(source: Source, part: Stmt): string {
  return part.kind === 'block' ? source.lines(part.place.line + 1, part.place.endLine - 1) : source.linesOf(part);
}

/** The branches of every if with an else change places, and the test becomes another one. */
export function branched(source: Source, change: (test: string) => string): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const head = testOf(source, s);
    if (s.kind !== 'if' || s.else === undefined || s.else.kind === 'if' || !head || /^[ \t]*#/mu.test(source.linesOf(s))) return [];
    const indent = source.indentOf(s.place.line);
    return [at(placed, [source.replace(s, `${indent}if (${change(head.text)}) {\n${linesIn(source, s.else)}${indent}} else {\n${linesIn(source, s.then)}${indent}}\n`)])];
  });
}

/** What stands in !( … ), where that is all. */
function outer(test: string): string | null {
  if (!test.startsWith('!(')) return null;
  let depth = 0;
  const end = [...test].findIndex((c, i) => i > 0 && (depth += c === '(' ? 1 : c === ')' ? -1 : 0) === 0);
  return end === test.length - 1 ? `(${test.slice(2, end)})` : null;
}

/** What holds when a condition does not: written without a further ! where that is easy. */
export function opposite(test: string): string {
  const inner = outer(test) ?? /^!([\w>.-]+(?:\([^()]*\))?)$/u.exec(test)?.[1];
  const [, left, op, right] = /^([\w>.-]+) ([=!]=) ([\w>.-]+)$/u.exec(test) ?? [];
  if (left !== undefined && right !== undefined) return `${left} ${op === '==' ? '!=' : '=='} ${right}`;
  return inner ?? (/^[\w>.-]+(?:\([^()]*\))?$/u.test(test) ? `!${test}` : `!(${test})`);
}
