/**
 * @module Indentation as block structure: which blocks a piece of a function stands in whose heads are not seen. Kernel
 * style indents a block's statements by one tab more than its head; a closing brace stands where the head does.
 */
import type { Token } from '../../apply/tokens.js';

/** A statement or closing brace outside the blocks that the piece opens itself. */
export interface Mark {
  readonly kind: 'close' | 'case' | 'label' | 'statement';
  /** 0-based index of its line in the piece. */
  readonly line: number;
  readonly indent: number;
}

export interface Level {
  readonly indent: number;
  /** A case label stands in it. */
  isSwitch: boolean;
}

export interface Levels {
  /** Blocks that are open where the piece begins, outermost first. */
  readonly levels: readonly Level[];
  /** Bodies without braces that end before a line: how many, by line. */
  readonly ends: ReadonlyMap<number, number>;
  /** How many of the levels are still open where the piece ends. */
  readonly left: number;
}

/** Columns of white space in front of a line, in tabs of eight. */
export function indentOf(text: string): number {
  let columns = 0;
  for (const c of text) {
    if (c === '\t') columns = columns - (columns % 8) + 8;
    else if (c === ' ') columns++;
    else break;
  }
  return Math.floor(columns / 8);
}

/** The marks of a piece; null when its own brackets do not fit. */
export function marksOf(tokens: readonly Token[], lines: readonly string[]): Mark[] | null {
  const marks: Mark[] = [];
  let braces = 0;
  let parens = 0;
  let fresh = true;
  for (const [i, token] of tokens.entries()) {
    const { text, line } = token;
    if (token.directive >= 0) continue;
    const first = tokens[i - 1]?.line !== line;
    if (text === '(' || text === '[') parens++;
    else if (text === ')' || text === ']') parens--;
    if (parens < 0) return null;
    if (parens > 0) {
      if (fresh && first && text !== '(') mark(marks, { token, next: tokens[i + 1], lines, braces });
      fresh = false;
      continue;
    }
    if (text === '}' && braces === 0) marks.push({ kind: 'close', line, indent: indentOf(lines[line] ?? '') });
    else if (text === '}') braces--;
    else if (fresh && first) mark(marks, { token, next: tokens[i + 1], lines, braces });
    if (text === '{') braces++;
    fresh = text === ';' || text === '{' || text === '}' || endsLabel(tokens, i) || text === ')' || text === 'else';
  }
  return parens === 0 ? marks : null;
}

function mark(marks: Mark[], at: { token: Token; next: Token | undefined; lines: readonly string[]; braces: number }): void {
  const { token, next, lines, braces } = at;
  if (braces > 0 || token.text === '{') return;
  const isCase = token.text === 'case' || (token.text === 'default' && next?.text === ':');
  const isLabel = !isCase && /^[A-Za-z_]/u.test(token.text) && next?.text === ':';
  marks.push({ kind: isCase ? 'case' : isLabel ? 'label' : 'statement', line: token.line, indent: indentOf(lines[token.line] ?? '') });
}

/** A colon that ends a label or a case, at the end of what stands on its line. */
function endsLabel(tokens: readonly Token[], i: number): boolean {
  return tokens[i]?.text === ':' && tokens[i + 1]?.line !== tokens[i]?.line;
}

/** The levels of a piece that begins behind a gap; null when its closing braces do not fit its indentation. */
export function levelsOf(marks: readonly Mark[]): Levels | null {
  const first = marks.find((m) => m.kind !== 'label');
  if (!first) return { levels: [], ends: new Map(), left: 0 };
  const depth = first.kind === 'statement' ? first.indent : first.indent + 1;
  const levels: Level[] = Array.from({ length: Math.max(0, depth - 1) }, (_, i) => ({ indent: i + 1, isSwitch: false }));
  const open = [...levels];
  const ends = new Map<number, number>();
  let labelled: number | null = null;
  for (const one of marks) {
    if (one.kind === 'label') {
      labelled ??= one.line;
      continue;
    }
    const line: number = labelled ?? one.line;
    labelled = null;
    const keep = one.kind === 'statement' ? one.indent - 1 : one.indent;
    const before = open.length;
    while ((open.at(-1)?.indent ?? -Infinity) > keep) open.pop();
    if (before > open.length) ends.set(line, (ends.get(line) ?? 0) + before - open.length);
    if (one.kind === 'close' && open.pop()?.indent !== one.indent) return null;
    if (one.kind === 'case') {
      const innermost = open.at(-1);
      if (innermost?.indent !== one.indent) return null;
      innermost.isSwitch = true;
    }
  }
  return { levels, ends, left: open.length };
}
