/**
 * @module Braces round single statements: which blocks of an image may lose theirs, which bodies may get some.
 */
import type { Edit } from './edits.js';
import type { SoftItem, SoftStream } from './soft.js';
import type { Structure } from './structure.js';
import { bodyFollows, isIterator, skipDirectives, statementEnd } from './structure.js';
import { declarationEnd } from './declarators.js';

const bodiesOf = new WeakMap<Structure, Map<number, number[]>>();

/**
 * Bodies of if, else and loops that have no braces: index of their last token to the indices of their first, the
 * innermost first.
 */
export function unbracedBodies(structure: Structure): ReadonlyMap<number, readonly number[]> {
  const known = bodiesOf.get(structure);
  if (known) return known;
  const bodies = new Map<number, number[]>();
  for (let i = 0; i < structure.tokens.length; i++) {
    if ((structure.tokens[i]?.directive ?? -1) >= 0 || !bodyFollows(structure, i)) continue;
    const start = skipDirectives(structure.tokens, i + 1);
    if (structure.tokens[start]?.text === '{' || structure.tokens[start]?.text === ';') continue;
    const end = statementEnd(structure, start);
    if (end >= 0) bodies.set(end, [start, ...(bodies.get(end) ?? [])]);
  }
  bodiesOf.set(structure, bodies);
  return bodies;
}

/**
 * The edits that take out the braces of the block opened at `open`, with the prints in it when there is a statement
 * besides; null when the block is no body of an if or loop or holds more than one statement.
 */
export function dropPair(structure: Structure, stream: SoftStream, open: number): Edit[] | null {
  const close = structure.partner[open] ?? -1;
  if (close < 0 || open === 0 || !bodyFollows(structure, open - 1)) return null;
  const prints = stream.items.filter((item) => item.kind === 'print' && item.first > open && item.last < close);
  const content = statements(structure, { open, close }, prints);
  if (!content || content.statements.length > 1) return null;
  const only = content.statements[0];
  if (only === undefined && content.prints.length !== 1) return null;
  if (only !== undefined && catchesElse(structure, only, close)) return null;
  const braces: Edit[] = [{ kind: 'delete', token: open }, { kind: 'delete', token: close }];
  if (only === undefined) return braces;
  return [...braces, ...content.prints.flatMap((item) => deletion(item.first, item.last))];
}

function deletion(first: number, last: number): Edit[] {
  return Array.from({ length: last - first + 1 }, (_, i): Edit => ({ kind: 'delete', token: first + i }));
}

interface Content {
  readonly statements: number[];
  readonly prints: SoftItem[];
}

/** First tokens of the statements of a block, prints apart; null when it holds declarations or cannot be read. */
function statements(structure: Structure, block: { open: number; close: number }, prints: readonly SoftItem[]): Content | null {
  const content: Content = { statements: [], prints: [] };
  const printAt = new Map(prints.map((item) => [item.first, item]));
  let i = skipDirectives(structure.tokens, block.open + 1);
  while (i < block.close) {
    const print = printAt.get(i);
    const end = print ? print.last : statementEnd(structure, i);
    if (end < 0 || declarationEnd(structure.tokens, i) >= 0) return null;
    if (print) content.prints.push(print);
    else content.statements.push(i);
    if (content.statements.length > 1) return content;
    i = skipDirectives(structure.tokens, end + 1);
  }
  return content;
}

/** Without the braces an else behind them would go to an if inside. */
function catchesElse(structure: Structure, statement: number, close: number): boolean {
  const word = structure.tokens[statement]?.text ?? '';
  const open = /^(if|for|while)$/.test(word) || isIterator(word);
  return open && structure.tokens[skipDirectives(structure.tokens, close + 1)]?.text === 'else';
}
