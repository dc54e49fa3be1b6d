/**
 * @module Which functions the hunks of a file show, and what of each: one side of every hunk, cut where functions begin
 * and end. The section heading names the function a hunk begins in; kernel style puts the braces of a function in
 * column 0. What does not fit that is not taken for a function.
 */
import { beginsInComment } from '../../apply/tokens.js';
import type { DiffLine, FileDiff, Hunk } from '../../patch/diff.js';

export type Side = 'old' | 'new';

export interface SeenLine {
  readonly text: string;
  readonly line: DiffLine;
  /** 1-based index of the hunk in its file. */
  readonly hunk: number;
}

/** Lines of a function that follow each other without a gap. */
export type Piece = SeenLine[];

export interface SeenFunction {
  readonly name: string;
  /** The lines from the return type to before the opening brace, where a hunk shows them. */
  readonly head: readonly SeenLine[];
  /** The section heading that names it; '' when its head is seen. */
  readonly heading: string;
  /** The opening brace is seen. */
  opened: boolean;
  /** The closing brace is seen. */
  closed: boolean;
  /** In the order of the file; not empty, each but the first begins behind a gap. */
  readonly pieces: Piece[];
}

/** Name of the function that a head or a section heading declares; null when it declares none. */
export function functionNameOf(head: string): string | null {
  if (/^\s*(?:#|typedef\b)/u.test(head) || /^[^(]*[={;]/u.test(head)) return null;
  const plain = head.replace(/__attribute__\s*\(\(.*?\)\)/gu, '').replace(/\b__\w+\s*\((?:\w|,|\s)*\)\s*(?=\w)/gu, '');
  const name = /([A-Za-z_]\w*)\s*\(/u.exec(plain)?.[1];
  return name === undefined || /^[A-Z0-9_]+$/u.test(name) || /_initcall|^module_/u.test(name) ? null : name;
}

class Cutter {
  readonly done: SeenFunction[] = [];
  private current: SeenFunction | null = null;
  private head: SeenLine[] = [];
  private skipping = false;
  private inComment = false;

  hunk(hunk: Hunk, lines: readonly SeenLine[], follows: boolean): void {
    if (!follows) this.begin(hunk, lines);
    for (const line of lines) this.line(line);
  }

  finish(): SeenFunction[] {
    this.keep();
    return this.done.map((f) => ({ ...f, pieces: f.pieces.filter((p) => p.length > 0) })).filter((f) => f.pieces.length > 0);
  }

  private begin(hunk: Hunk, lines: readonly SeenLine[]): void {
    const name = functionNameOf(hunk.section);
    this.head = [];
    this.skipping = false;
    this.inComment = beginsInComment(lines.map((l) => l.text));
    if (this.current && this.current.name === name) {
      this.current.pieces.push([]);
      return;
    }
    this.keep();
    this.current = name === null ? null : { name, head: [], heading: hunk.section, opened: false, closed: false, pieces: [[]] };
  }

  private keep(): void {
    if (this.current) this.done.push(this.current);
    this.current = null;
  }

  /** The lines since the hunk began stood behind the function after all. */
  private wasBehind(): void {
    this.current?.pieces.pop();
    if (this.current && this.current.pieces.length > 0) this.done.push(this.current);
    this.current = null;
  }

  private line(seen: SeenLine): void {
    const { text } = seen;
    const commented = this.inComment;
    this.inComment = stillInComment(text, commented);
    if (commented || text.trim() === '' || /^\s/u.test(text)) this.inner(seen, commented);
    else if (text.startsWith('#')) this.append(seen);
    else if (text.startsWith('{')) this.open();
    else if (text.startsWith('}')) this.close(seen);
    else if (/^[A-Za-z_]\w*\s*:(?!:)/u.test(text)) this.append(seen);
    else if (/^(?:\/[/*]|\*\/)/u.test(text)) this.outside();
    else this.header(seen);
  }

  private inner(seen: SeenLine, commented: boolean): void {
    if (this.head.length === 0 || commented) {
      this.append(seen);
      return;
    }
    if (seen.text.trim() === '') return;
    this.head.push(seen);
    if (/;\s*$/u.test(seen.text)) this.head = [];
    else if (/\)\s*\{\s*$/u.test(seen.text)) this.openHead();
  }

  private append(seen: SeenLine): void {
    if (!this.skipping) this.current?.pieces.at(-1)?.push(seen);
  }

  private open(): void {
    if (this.head.length > 0) {
      this.openHead();
      return;
    }
    const { current } = this;
    if (!current || current.opened || current.pieces.length !== 1) return;
    const [rest] = current.pieces;
    this.current = { ...current, head: rest ?? [], opened: true, pieces: [[]] };
  }

  private openHead(): void {
    const name = functionNameOf(this.head.map((l) => l.text).join(' ').replace(/\{\s*$/u, ''));
    this.keep();
    if (name === null) this.skipping = true;
    else this.current = { name, head: this.head, heading: '', opened: true, closed: false, pieces: [[]] };
    this.head = [];
  }

  private close({ text }: SeenLine): void {
    const whole = /^\}\s*(?:\/[/*].*)?$/u.test(text);
    if (this.current && whole) {
      this.current.closed = true;
      this.keep();
    } else this.current = null;
    this.skipping = false;
    this.head = [];
  }

  /** Something that stands between functions. */
  private outside(): void {
    const { current } = this;
    if (!current) return;
    if (current.opened && current.pieces.length === 1) return;
    if (current.pieces.at(-1)?.some((l) => l.text.trim() !== '')) this.current = null;
    else this.wasBehind();
  }

  private header(seen: SeenLine): void {
    this.outside();
    this.keep();
    this.skipping = false;
    this.head = /[;}]\s*$/u.test(seen.text) ? [] : [seen];
    if (/[={]\s*$/u.test(seen.text) && !/\)\s*\{\s*$/u.test(seen.text)) {
      this.head = [];
      this.skipping = true;
    } else if (/\)\s*\{\s*$/u.test(seen.text)) this.openHead();
  }
}

/** Whether a block comment is open behind a line; strings that hold comment marks are rare enough to be looked past. */
function stillInComment(text: string, open: boolean): boolean {
  const plain = text.replace(/"(?:[^"\\]|\\.)*"/gu, '""').replace(/\/\/.*$/u, '');
  const [begun, ended] = [plain.lastIndexOf('/*'), plain.lastIndexOf('*/')];
  if (begun < 0 && ended < 0) return open;
  return begun > ended;
}

/** The functions that one side of a file's hunks shows, in the order of the file. */
export function seenFunctions(file: FileDiff, side: Side): SeenFunction[] {
  const cutter = new Cutter();
  let end = -1;
  for (const hunk of file.hunks) {
    const lines = linesOf(hunk, side);
    const start = side === 'new' ? hunk.newStart : hunk.oldStart;
    cutter.hunk(hunk, lines, start === end);
    end = start + lines.length;
  }
  return cutter.finish();
}

function linesOf(hunk: Hunk, side: Side): SeenLine[] {
  const left = side === 'new' ? 'removed' : 'added';
  return hunk.lines.filter((line) => line.kind !== left).map((line) => ({ text: line.text, line, hunk: hunk.index }));
}
