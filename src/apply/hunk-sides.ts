/**
 * @module The two sides of a hunk as tokens, and what becomes of each of its lines. Fragments are the rule: a side may
 * begin inside a comment or a macro and end anywhere.
 */
import type { DiffLine, Hunk } from '../patch/diff.js';
import type { CommentSpan, Token, Tokenised } from './tokens.js';
import { beginsInComment, tokenise } from './tokens.js';
import { softStream } from './soft.js';

/**
 * What becomes of a hunk's line: kept (context), removed, added, or rewritten: a context line whose tokens differ
 * between the sides (a comment was opened above it) or that shares a print with changed lines.
 */
export type LineFate = 'kept' | 'removed' | 'added' | 'rewritten';

/** One side; token lines are turned into indices of `hunk.lines`. */
export interface Side {
  readonly tokens: readonly Token[];
  /** Lines are indices of `hunk.lines` too. */
  readonly comments: readonly CommentSpan[];
}

export interface HunkSides {
  readonly hunk: Hunk;
  readonly old: Side;
  readonly fresh: Side;
  /** One for each line of the hunk. */
  readonly fates: readonly LineFate[];
  /** Whether the sides differ in more than comments and white space. */
  readonly changesCode: boolean;
}

/** Reads both sides of a hunk. `prints` are the file's own print macros. */
export function sidesOf(hunk: Hunk, prints: ReadonlySet<string>): HunkSides {
  const old = side(hunk, 'removed');
  const fresh = side(hunk, 'added');
  const fates = hunk.lines.map((line): LineFate => (line.kind === 'context' ? 'kept' : line.kind));
  markDifferent(hunk.lines, { old, fresh }, fates);
  for (const one of [old, fresh]) markSharedPrints(one, fates, prints);
  return { hunk, old, fresh, fates, changesCode: texts(old) !== texts(fresh) };
}

/** The hunk with its sides swapped: what takes the patch off again. Line numbers are swapped too. */
export function reversed(hunk: Hunk): Hunk {
  const lines = hunk.lines.map((line): DiffLine => ({
    ...line, oldLine: line.newLine, newLine: line.oldLine,
    kind: line.kind === 'added' ? 'removed' : line.kind === 'removed' ? 'added' : 'context',
  }));
  return {
    ...hunk, lines, oldStart: hunk.newStart, oldCount: hunk.newCount, newStart: hunk.oldStart, newCount: hunk.oldCount,
  };
}

function side(hunk: Hunk, own: 'removed' | 'added'): Side {
  const indices: number[] = [];
  const texts: string[] = [];
  hunk.lines.forEach((line, index) => {
    if (line.kind !== 'context' && line.kind !== own) return;
    indices.push(index);
    texts.push(line.text);
  });
  return relined(tokenise(texts, beginsInComment(texts)), indices);
}

function relined(read: Tokenised, indices: readonly number[]): Side {
  const at = (line: number): number => indices[line] ?? 0;
  return {
    tokens: read.tokens.map((token) => ({ ...token, line: at(token.line) })),
    comments: read.comments.map((one) => ({ ...one, fromLine: at(one.fromLine), toLine: at(one.toLine) })),
  };
}

function texts(one: Side): string {
  return one.tokens.map((token) => token.text).join(' ');
}

function markDifferent(lines: readonly DiffLine[], sides: { old: Side; fresh: Side }, fates: LineFate[]): void {
  const old = byLine(sides.old, lines.length);
  const fresh = byLine(sides.fresh, lines.length);
  lines.forEach((line, index) => {
    if (line.kind === 'context' && old[index] !== fresh[index]) fates[index] = 'rewritten';
  });
}

function byLine(one: Side, count: number): string[] {
  const lines = new Array<string>(count).fill('');
  for (const token of one.tokens) lines[token.line] += `${token.text} `;
  return lines;
}

/** Context lines of a print that is changed in part are taken from the patch with it. */
function markSharedPrints(one: Side, fates: LineFate[], prints: ReadonlySet<string>): void {
  const stream = softStream(one.tokens, { prints, declarations: false, fragment: true });
  for (const item of stream.items) {
    if (item.kind !== 'print') continue;
    const from = one.tokens[item.first]?.line ?? 0;
    const to = one.tokens[item.last]?.line ?? from;
    const span = fates.slice(from, to + 1);
    if (!span.some((fate) => fate !== 'kept')) continue;
    if (!ownLines(one.tokens, item)) continue;
    for (let i = from; i <= to; i++) if (fates[i] === 'kept') fates[i] = 'rewritten';
  }
}

/** Whether no other token stands on the lines of an item. */
function ownLines(tokens: readonly Token[], item: { first: number; last: number }): boolean {
  return tokens[item.first - 1]?.line !== tokens[item.first]?.line && tokens[item.last + 1]?.line !== tokens[item.last]?.line;
}
