/**
 * @module Statements written on a page: braces exactly where the tree has a block, else none; `} else {` on one line;
 * case labels at the switch, labels and #ifdef at column 0, a blank line between declarations and the rest.
 */
import type { SourcePlace, Stmt } from './program.js';
import { printDeclaration, printExpr, printIfdef, printStatementHead } from './print-expression.js';
import { wrap } from './wrap.js';

/** The text being written, and where each node went. */
export class Page {
  readonly lines: string[] = [];
  readonly places = new Map<object, SourcePlace>();

  constructor(private readonly path: string) {}

  /** Writes `text` behind `depth` tabs, wrapped near column 80. */
  line(depth: number, text: string): void {
    this.lines.push(...wrap('\t'.repeat(depth) + text));
  }

  /** Writes `text` at column 0 as it is: directives, labels. */
  flush(text: string): void {
    this.lines.push(text);
  }

  /** At most one blank line, and none at the top. */
  blank(): void {
    if (this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('');
  }

  /** Remembers that `nodes` take the lines that `write` writes, unless `write` placed them more closely. */
  note(nodes: readonly object[], write: () => void): void {
    const line = this.lines.length + 1;
    write();
    const place = { path: this.path, line, endLine: Math.max(line, this.lines.length) };
    for (const node of nodes) if (!this.places.has(node)) this.places.set(node, place);
  }

  /** `node` goes on to the last line written. */
  extend(node: object): void {
    const place = this.places.get(node);
    if (place !== undefined) this.places.set(node, { ...place, endLine: this.lines.length });
  }

  /** Remembers that `node` stands on one line, 1-based, inside another statement's head. */
  noteAt(node: object, line: number): void {
    this.places.set(node, { path: this.path, line, endLine: line });
  }
}

type Declaration = Extract<Stmt, { kind: 'declaration' }>;

/** The declarations that share a line with `body[at]`, itself first. */
function joinedWith(body: readonly Stmt[], at: number): Declaration[] {
  const group: Declaration[] = [];
  for (let s = body[at]; s?.kind === 'declaration' && (group.length === 0 || s.joined === true); s = body[++at]) {
    group.push(s);
  }
  return group;
}

/** Statements in a row at `depth`. */
export function writeBody(page: Page, body: readonly Stmt[], depth: number): void {
  let at = 0;
  while (at < body.length) {
    const declarations = joinedWith(body, at);
    const s = body[at];
    if (declarations.length > 0) {
      const parts = declarations.map(printDeclaration);
      page.note(declarations, () => {
        page.line(depth, `${parts[0]?.base ?? ''} ${parts.map((p) => p.declarator).join(', ')};`);
      });
      at += declarations.length;
    } else if (s !== undefined) {
      if (body[at - 1]?.kind === 'declaration') page.blank();
      writeStatement(page, s, depth);
      at++;
    }
  }
}

/** `head` with the statement it governs: in braces behind the head, or alone on the next lines. */
function writeGoverned(page: Page, head: string, body: Stmt, depth: number): void {
  if (body.kind !== 'block') {
    page.line(depth, head);
    writeStatement(page, body, depth + 1);
    return;
  }
  page.note([body], () => {
    page.line(depth, `${head} {`);
    writeBody(page, body.body, depth + 1);
  });
}

/** Ends what writeGoverned() began; `tail` follows on the line of the brace. */
function closeGoverned(page: Page, body: Stmt, depth: number, tail = ''): void {
  if (body.kind === 'block') {
    page.line(depth, tail === '' ? '}' : `} ${tail}`);
    page.extend(body);
  } else if (tail !== '') page.line(depth, tail);
}

/** `before` is what stands on the line of the `if`: '' or `else` or `} else`. */
function writeIf(page: Page, s: Extract<Stmt, { kind: 'if' }>, depth: number, before = ''): void {
  page.note([s], () => {
    writeGoverned(page, `${before === '' ? '' : `${before} `}${printStatementHead(s)}`, s.then, depth);
    const brace = s.then.kind === 'block' ? '} else' : 'else';
    if (s.else === undefined) {
      closeGoverned(page, s.then, depth);
    } else if (s.else.kind === 'if') {
      writeIf(page, s.else, depth, brace);
    } else {
      writeGoverned(page, brace, s.else, depth);
      closeGoverned(page, s.else, depth);
    }
  });
}

function writeSwitch(page: Page, s: Extract<Stmt, { kind: 'switch' }>, depth: number): void {
  page.line(depth, `${printStatementHead(s)} {`);
  for (const inner of s.body) writeStatement(page, inner, inner.kind === 'case' ? depth : depth + 1);
  page.line(depth, '}');
}

function writeSides(page: Page, s: Extract<Stmt, { kind: 'ifdef' }>, depth: number): void {
  page.flush(printIfdef(s.symbol));
  writeBody(page, s.then, depth);
  if (s.else.length > 0) {
    page.flush('#else');
    writeBody(page, s.else, depth);
  }
  page.flush('#endif');
}

/** One statement with all it contains. */
export function writeStatement(page: Page, s: Stmt, depth: number): void {
  if (s.kind === 'if') {
    writeIf(page, s, depth);
    return;
  }
  const first = page.lines.length + 1;
  page.note([s], () => {
    switch (s.kind) {
      case 'while': case 'for': case 'forEach':
        writeGoverned(page, printStatementHead(s), s.body, depth);
        closeGoverned(page, s.body, depth);
        break;
      case 'doWhile':
        writeGoverned(page, 'do', s.body, depth);
        closeGoverned(page, s.body, depth, `while (${printExpr(s.test)});`);
        break;
      case 'switch': writeSwitch(page, s, depth); break;
      case 'ifdef': writeSides(page, s, depth); break;
      case 'block':
        page.line(depth, '{');
        writeBody(page, s.body, depth + 1);
        page.line(depth, '}');
        break;
      case 'label': page.flush(printStatementHead(s)); break;
      case 'unmodelled': for (const line of s.text.split('\n')) page.flush(line); break;
      default: page.line(depth, printStatementHead(s));
    }
  });
  if (s.kind === 'for' && s.init !== undefined) page.noteAt(s.init, first);
}
