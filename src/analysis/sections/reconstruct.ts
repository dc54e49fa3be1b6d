/**
 * @module A function as text again, from the pieces that hunks show: cut statements at the ends of pieces are left out,
 * blocks whose heads are not seen get a stand-in, and between the pieces stands the mark of a gap. The text is read by
 * the same front end as any C; every line knows where it comes from.
 */
import type { LineOrigin } from '../../apply/image.js';
import { tokenise } from '../../apply/tokens.js';
import type { Token } from '../../apply/tokens.js';
import { SECTION_TEXT } from './annotation.js';
import { levelsOf, marksOf } from './levels.js';
import { GAP, LOST, UNSEEN_BLOCK } from './marks.js';
import type { Piece, SeenFunction, SeenLine, Side } from './seen-function.js';

export interface OutLine {
  readonly text: string;
  readonly origin: LineOrigin;
}

const MADE_UP: LineOrigin = { image: 'diff', line: null, patch: null, hunk: null, added: false, inputLine: null };

function madeUp(text: string): OutLine {
  return { text, origin: { ...MADE_UP, image: 'model' } };
}

/** The patch whose hunks show a function, and the side that is read. */
export interface Shown {
  readonly patch: number;
  readonly side: Side;
}

/** The lines of a function, or why they cannot be put together. */
export function reconstruct(seen: SeenFunction, shown: Shown): { readonly lines: readonly OutLine[] } | { readonly why: string } {
  const out: OutLine[] = [...headLines(seen, shown), madeUp('{')];
  for (const [i, piece] of seen.pieces.entries()) {
    const behindGap = i > 0 || !seen.opened;
    const last = i === seen.pieces.length - 1;
    if (behindGap) out.push(madeUp(`\t${GAP}();`));
    const lines = pieceLines(piece, { ...shown, behindGap, beforeGap: !last || !seen.closed });
    if (lines === null) return { why: 'what is shown of it does not fit together' };
    out.push(...lines);
  }
  if (!seen.closed) out.push(madeUp(`\t${LOST}();`));
  return { lines: [...out, madeUp('}')] };
}

/** The head as seen, else what the section heading gives, closed where it was cut. */
function headLines(seen: SeenFunction, shown: Shown): OutLine[] {
  const own = seen.head.map((l) => ({ text: l.text.replace(/\{\s*$/u, ''), origin: originOf(l, shown) }));
  if (seen.heading === '') return own;
  const heading = seen.heading.trim();
  const text = [heading, ...seen.head.map((l) => l.text)].join(' ');
  const open = (text.match(/\(/gu) ?? []).length - (text.match(/\)/gu) ?? []).length;
  if (open === 0) return [madeUp(heading), ...own];
  return open > 0 ? [madeUp(`${heading.replace(/,[^,()]*$/u, '')}${')'.repeat(open)}`)] : [madeUp(`static void ${seen.name}(void)`)];
}

function originOf(seen: SeenLine, { patch, side }: Shown): LineOrigin {
  const { line } = seen;
  return { image: 'diff', line: side === 'new' ? line.newLine : line.oldLine, patch, hunk: seen.hunk, added: line.kind === 'added', inputLine: line.inputLine };
}

interface Where extends Shown {
  readonly behindGap: boolean;
  readonly beforeGap: boolean;
}

/** A piece with its ends evened out; null when it cannot be read. */
function pieceLines(piece: Piece, where: Where): OutLine[] | null {
  let texts = piece.map((l) => l.text);
  if (where.behindGap) texts = withoutHead(texts);
  if (where.beforeGap) texts = withoutTail(texts);
  const dropped = piece.some((l, i) => SECTION_TEXT.test(l.text) && !SECTION_TEXT.test(texts[i] ?? ''));
  const { tokens } = tokenise(texts);
  const marks = marksOf(tokens, texts);
  const levels = marks && (where.behindGap ? levelsOf(marks) : { levels: [], ends: new Map<number, number>(), left: 0 });
  if (dropped || !marks || !levels || (!where.behindGap && marks.some((m) => m.kind === 'close'))) return null;
  const opening = levels.levels.map((l) => madeUp(l.isSwitch ? `switch (${UNSEEN_BLOCK}()) { default:` : `if (${UNSEEN_BLOCK}()) {`));
  const own = piece.flatMap((l, i) => [
    ...Array.from({ length: levels.ends.get(i) ?? 0 }, () => madeUp('}')),
    { text: texts[i] ?? '', origin: originOf(l, where) },
  ]);
  const end = where.beforeGap ? closing(openBlocks(tokens), levels.left) : Array.from({ length: levels.left }, () => madeUp('}'));
  return [...opening, ...own, ...end];
}

/** Ends what a piece leaves open: each block may go on unseen. */
function closing(own: readonly boolean[], left: number): OutLine[] {
  const gap = madeUp(`${GAP}();`);
  const ends = own.map((isDo) => madeUp(isDo ? `} while (${UNSEEN_BLOCK}());` : '}')).reverse();
  const others = Array.from({ length: left }, () => madeUp('}'));
  return [gap, ...[...ends, ...others].flatMap((end) => [end, gap])];
}

/** The braces that tokens open and do not close, outermost first: whether each is that of a do loop. */
function openBlocks(tokens: readonly Token[]): boolean[] {
  const open: boolean[] = [];
  tokens.forEach(({ text }, i) => {
    if (text === '{') open.push(tokens[i - 1]?.text === 'do');
    else if (text === '}') open.pop();
  });
  return open;
}

/** Index of the token behind the statement that was cut at the beginning; 0 when the first token begins a statement. */
function headEnd(tokens: readonly Token[]): { readonly end: number; readonly header: boolean } {
  let depth = 0;
  let closed = -1;
  for (const [i, { text }] of tokens.entries()) {
    if (text === '(') depth++;
    else if (text === ')' && depth-- === 0) {
      closed = i;
      depth = 0;
    }
    if (depth === 0 && (text === ';' || text === '{' || text === '}')) {
      if (closed < 0) return { end: beginsStatement(tokens[0]) ? 0 : i + (text === ';' ? 1 : 0), header: false };
      if (i === closed + 1) return { end: text === '}' ? i : i + 1, header: text === '{' };
      const behind = tokens[closed + 1];
      return behind && behind.line > (tokens[closed]?.line ?? 0) && beginsStatement(behind) ? { end: closed + 1, header: false } : { end: i + 1, header: text === '{' };
    }
  }
  return closed < 0 ? { end: 0, header: false } : { end: tokens.length, header: false };
}

function beginsStatement(token: Token | undefined): boolean {
  return token !== undefined && (/^[A-Za-z_]/u.test(token.text) || /^(?:[*({};]|\+\+|--)$/u.test(token.text));
}

/** Lines without the rest of a statement that began before them; what it was is not known, so a gap stands for it. */
function withoutHead(lines: readonly string[]): string[] {
  const tokens = tokenise(lines).tokens.filter((t) => t.directive < 0);
  const { end, header } = headEnd(tokens);
  const last = tokens[end - 1];
  if (end === 0 || !last) return [...lines];
  const bodyOnly = !header && last.text === ')';
  const instead = header ? `if (${UNSEEN_BLOCK}()) {` : bodyOnly ? `if (${UNSEEN_BLOCK}())` : '';
  return lines.map((text, i) => {
    if (i < last.line) return '';
    if (i > last.line) return text;
    const indent = /^\s*/u.exec(header || bodyOnly ? outerIndent(lines, i) : text)?.[0] ?? '';
    return `${indent}${instead}${text.slice(last.end)}`;
  });
}

/** Indentation of a head of which only the tail is seen: one tab less than what follows. */
function outerIndent(lines: readonly string[], at: number): string {
  const next = lines.slice(at + 1).find((l) => l.trim() !== '') ?? '';
  return next.replace(/^\t/u, '');
}

/** Lines without a statement that goes on behind them. */
function withoutTail(lines: readonly string[]): string[] {
  const { tokens } = tokenise(lines);
  let depth = 0;
  let end: Token | null = null;
  tokens.forEach((token, i) => {
    if (token.directive >= 0) return;
    const { text } = token;
    if (text === '(' || text === '[') depth++;
    else if (text === ')' || text === ']') depth--;
    else if (depth === 0 && (text === ';' || text === '{' || text === '}')) end = token;
    else if (depth === 0 && text === ':' && tokens[i + 1]?.line !== token.line && /^\s*(?:case\b|default\b|\w+\s*:)/u.test(lines[token.line] ?? '')) end = token;
  });
  const last = end as Token | null;
  if (!last) return lines.map(() => '');
  return lines.map((text, i) => (i < last.line ? text : i > last.line ? '' : text.slice(0, last.end)));
}
