/**
 * @module C text as tokens and preprocessor directives, with offsets into the text (UTF-16 units, as tree-sitter counts
 * them). Comments are dropped, backslash-newlines joined. Leaves out trigraphs and digraphs. One pass, linear, iterative:
 * the text may be hostile.
 */

export type TokenKind = 'word' | 'number' | 'string' | 'char' | 'punct';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset of the first character. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
}

/** One preprocessor line with its continuations. */
export interface Directive {
  /** Such as 'ifdef', 'define'; '' for a lone #. */
  readonly name: string;
  /** What follows the name: comments are spaces, continuations joined, runs of white space outside strings one space. */
  readonly rest: string;
  readonly start: number;
  readonly end: number;
}

export interface Scanned {
  readonly tokens: readonly Token[];
  readonly directives: readonly Directive[];
  /** Ranges that are no code: comments, directives, continuations, control characters. */
  readonly blanks: readonly (readonly [number, number])[];
  readonly problems: readonly { readonly start: number; readonly end: number; readonly why: string }[];
}

const WORD = /[A-Za-z_$][\w$]*/y;
const NUMBER = /\.?\d(?:[eEpP][+-]|[\w.])*/y;
const PUNCT = /<<=|>>=|\.\.\.|->|\+\+|--|&&|\|\||[<>=!+\-*/%&|^]=|<<|>>|##|[^\s]/y;

class Scanner {
  readonly tokens: Token[] = [];
  readonly directives: Directive[] = [];
  readonly blanks: [number, number][] = [];
  readonly problems: { start: number; end: number; why: string }[] = [];
  private at = 0;
  private lineBegins = true;

  constructor(private readonly text: string) {}

  run(): Scanned {
    while (this.at < this.text.length) this.next();
    return this;
  }

  private next(): void {
    const c = this.text[this.at] ?? '';
    if (c === '\n') {
      this.lineBegins = true;
      this.at++;
    } else if (this.skipped()) {
      return;
    } else if (c === '#' && this.lineBegins) {
      this.directive();
    } else {
      this.lineBegins = false;
      this.token();
    }
  }

  /** Passes over white space, a comment, a continuation or control characters; false if there is none. */
  private skipped(): boolean {
    const { text, at } = this;
    if (text.startsWith('/*', at) || text.startsWith('//', at)) {
      this.at = this.commentEnd(at);
      this.blanks.push([at, this.at]);
      return true;
    }
    const continued = this.continuation(at);
    if (continued > 0) {
      this.blanks.push([at, at + 1]);
      this.at += continued;
      return true;
    }
    const code = text.charCodeAt(at);
    if (code > 0x20 && code !== 0x7f && code !== 0xa0 && code !== 0xfeff) return false;
    if (code < 9 || (code > 13 && code < 0x20) || code === 0x7f) this.control();
    else this.at++;
    return true;
  }

  private control(): void {
    const start = this.at;
    while (/[\0-\x08\x0e-\x1f\x7f]/.test(this.text[this.at] ?? 'x')) this.at++;
    this.blanks.push([start, this.at]);
    this.problems.push({ start, end: this.at, why: 'control characters in the text' });
  }

  /** Length of a backslash-newline at `at`, else 0. */
  private continuation(at: number): number {
    if (this.text[at] !== '\\') return 0;
    if (this.text[at + 1] === '\n') return 2;
    return this.text.startsWith('\r\n', at + 1) ? 3 : 0;
  }

  private commentEnd(at: number): number {
    if (this.text[at + 1] === '/') return this.lineEnd(at);
    const end = this.text.indexOf('*/', at + 2);
    if (end >= 0) return end + 2;
    this.problems.push({ start: at, end: this.text.length, why: 'comment without an end' });
    return this.text.length;
  }

  /** Offset of the newline that ends the logical line. */
  private lineEnd(from: number): number {
    let end = this.text.indexOf('\n', from);
    while (end > 0 && /\\\r?$/.test(this.text.slice(Math.max(0, end - 2), end))) end = this.text.indexOf('\n', end + 1);
    return end < 0 ? this.text.length : end;
  }

  /** Offset behind the string or character literal at `at`; an unterminated one ends with its line. */
  private literalEnd(at: number): number {
    const quote = this.text[at];
    for (let i = at + 1; i < this.text.length; i++) {
      const c = this.text[i];
      if (c === '\\') i++;
      else if (c === quote) return i + 1;
      else if (c === '\n') return i;
    }
    return this.text.length;
  }

  private directive(): void {
    const start = this.at;
    const parts: string[] = [];
    let from = ++this.at;
    const add = (part: string): void => {
      const fitting = parts.at(-1)?.endsWith(' ') ? part.trimStart() : part;
      if (fitting !== '') parts.push(fitting);
    };
    const flush = (): void => { add(this.text.slice(from, this.at).replace(/\s+/g, ' ')); };
    while (this.at < this.text.length && this.text[this.at] !== '\n') {
      const { at } = this;
      const c = this.text[at];
      const continued = this.continuation(at);
      const comment = this.text.startsWith('/*', at) || this.text.startsWith('//', at);
      if (continued > 0 || comment) {
        flush();
        add(' ');
        from = this.at = comment ? this.commentEnd(at) : at + continued;
      } else if (c === '"' || c === "'") {
        flush();
        this.at = this.literalEnd(at);
        parts.push(this.text.slice(at, this.at));
        from = this.at;
      } else {
        this.at++;
      }
    }
    flush();
    const body = parts.join('').trim();
    const name = /^\w*/.exec(body)?.[0] ?? '';
    this.directives.push({ name, rest: body.slice(name.length).trim(), start, end: this.at });
    this.blanks.push([start, this.at]);
  }

  private token(): void {
    const { text, at } = this;
    const c = text[at] ?? '';
    if (c === '"' || c === "'") {
      this.push(c === '"' ? 'string' : 'char', this.literalEnd(at));
      return;
    }
    for (const [kind, pattern] of [['word', WORD], ['number', NUMBER], ['punct', PUNCT]] as const) {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found) {
        this.push(kind, at + found[0].length);
        return;
      }
    }
    this.at++;
  }

  private push(kind: TokenKind, end: number): void {
    this.tokens.push({ kind, text: this.text.slice(this.at, end), start: this.at, end });
    this.at = end;
  }
}

/** Reads `text` as tokens and directives; never throws, and takes time linear in its length. */
export function scan(text: string): Scanned {
  return new Scanner(text).run();
}
