/**
 * @module A C file as operators see it: its text, its tokens, and the statements that the front end reads in it. Statements
 * are taken by whole lines, which is how kernel code is written; those that share a line with another one are left alone.
 */
import type { FrontEnd } from '../../src/c/front-end.js';
import { scan } from '../../src/c/scan.js';
import type { Token } from '../../src/c/scan.js';
import { statementsOf } from '../../src/analysis/walk.js';
import type { FunctionDef, Program, Stmt } from '../../simulator/ir/program.js';
import { CONFIG } from '../../src/review/base.js';

/** A replacement of characters; offsets into the text, end exclusive. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A statement in the function it stands in. */
export interface Placed {
  readonly function: FunctionDef;
  readonly statement: Stmt;
}

/** Statements that follow each other in braces. */
export interface Siblings {
  readonly function: FunctionDef;
  readonly statements: readonly Stmt[];
}

export class Source {
  readonly program: Program;
  readonly tokens: readonly Token[];
  private readonly starts: readonly number[];

  constructor(readonly path: string, readonly text: string, frontEnd: FrontEnd) {
    this.program = frontEnd.lower(path, text, CONFIG);
    this.tokens = scan(text).tokens;
    this.starts = [0, ...[...text.matchAll(/\n/gu)].map((m) => m.index + 1)];
  }

  /** Offset of the first character of a 1-based line. */
  startOf(line: number): number {
    return this.starts[line - 1] ?? this.text.length;
  }

  /** 1-based line of an offset. */
  lineOf(offset: number): number {
    const after = this.starts.findIndex((start) => start > offset);
    return after < 0 ? this.starts.length : after;
  }

  /** Text of whole lines, both inclusive, with the last newline. */
  lines(first: number, last: number): string {
    return this.text.slice(this.startOf(first), this.startOf(last + 1));
  }

  /** White space before the first character of a line. */
  indentOf(line: number): string {
    return /^[ \t]*/u.exec(this.lines(line, line))?.[0] ?? '';
  }

  tokensIn(first: number, last: number): Token[] {
    const [from, to] = [this.startOf(first), this.startOf(last + 1)];
    return this.tokens.filter((t) => t.start >= from && t.end <= to);
  }

  /** Index of the token that closes the bracket at `open`; -1 where none does. */
  closing(open: number): number {
    let depth = 0;
    for (let i = open; i < this.tokens.length; i += 1) {
      const text = this.tokens[i]?.text ?? '';
      if (/^[([{]$/u.test(text)) depth += 1;
      else if (/^[)\]}]$/u.test(text) && --depth === 0) return i;
    }
    return -1;
  }

  /** Functions with a body of more than one line, in the order of the file. */
  get functions(): readonly FunctionDef[] {
    return this.program.functions.filter((f) => f.place.endLine > f.place.line);
  }

  get statements(): readonly Placed[] {
    return this.functions.flatMap((def) => statementsOf(def).map((statement) => ({ function: def, statement })));
  }

  /** All runs of statements in braces; those that do not have their lines for themselves end a run. */
  get siblings(): readonly Siblings[] {
    return this.functions.flatMap((def) => listsOf(def).flatMap((list) => runsOf(list.filter(isPlain)).map((statements) => ({ function: def, statements }))));
  }

  remove({ place }: Stmt): Edit {
    return { start: this.startOf(place.line), end: this.startOf(place.endLine + 1), text: '' };
  }

  /** Puts lines, each with its newline, before a line. */
  insert(line: number, text: string): Edit {
    return { start: this.startOf(line), end: this.startOf(line), text };
  }

  /** Two statements, one behind the other, change places; what stands between them stays. */
  swap(a: Stmt, b: Stmt): Edit[] {
    return [this.replace(a, this.linesOf(b)), this.replace(b, this.linesOf(a))];
  }

  replace({ place }: Stmt, text: string): Edit {
    return { start: this.startOf(place.line), end: this.startOf(place.endLine + 1), text };
  }

  linesOf({ place }: Stmt): string {
    return this.lines(place.line, place.endLine);
  }
}

/** Every list of statements of a function: its body, blocks, bodies of switches. */
function listsOf(def: FunctionDef): (readonly Stmt[])[] {
  const inner = statementsOf(def).flatMap((s) => ((s.kind === 'block' || s.kind === 'switch') && Array.isArray(s.body) ? [s.body] : []));
  return [def.body, ...inner];
}

const isPlain = (s: Stmt): boolean => s.kind !== 'empty' && !(s.kind === 'declaration' && s.joined === true);

/** Statements in a row each of which begins below the end of the one before. */
function runsOf(list: readonly Stmt[]): Stmt[][] {
  const runs: Stmt[][] = [];
  let last = 0;
  for (const s of list) {
    if (s.place.line <= last || runs.length === 0) runs.push([]);
    runs.at(-1)?.push(s);
    last = Math.max(last, s.place.endLine);
  }
  return runs;
}

/** The text with edits, which must not overlap, put in. */
export function edited(text: string, edits: readonly Edit[]): string {
  return [...edits].sort((a, b) => b.start - a.start || b.end - a.end).reduce((all, { start, end, text: by }) => all.slice(0, start) + by + all.slice(end), text);
}
