/**
 * @module Cuts the tokens of a file into the things at file scope: functions, declarations, macros used like a
 * statement. Each is parsed by itself, so that what is broken in one does not spoil the next. An unclosed brace ends at
 * the first closing brace in column 0, where the kernel ends its functions.
 */
import type { Brackets } from './brackets.js';
import {
  STATEMENT_KEYWORDS, STORAGE_KEYWORDS, TAG_KEYWORDS, TYPE_KEYWORDS, isAttributeWord, takesArguments,
} from './kernel-words.js';
import type { Token } from './scan.js';

export interface Item {
  /** 'macro': a macro used at file scope, such as EXPORT_SYMBOL(x); 'stray': a closing bracket of nothing. */
  readonly kind: 'function' | 'declaration' | 'macro' | 'stray';
  /** Index of the first token. */
  readonly from: number;
  /** Index behind the last token. */
  readonly to: number;
  /** For a function the index of the opening brace of its body; for a macro that of its name; else -1. */
  readonly at: number;
}

interface Source {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly brackets: Brackets;
}

class Splitter {
  private readonly items: Item[] = [];
  private readonly tokens: readonly Token[];

  constructor(private readonly source: Source) {
    this.tokens = source.tokens;
  }

  run(): Item[] {
    let at = 0;
    while (at < this.tokens.length) {
      const item = this.item(at);
      this.items.push(item);
      at = Math.max(item.to, at + 1);
    }
    return this.items;
  }

  private text(i: number): string {
    return this.tokens[i]?.text ?? '';
  }

  /** Index of the bracket that closes the one at `i`; for an unclosed brace the first `}` in column 0, else the end. */
  private closing(i: number): number {
    const close = this.source.brackets.close[i] ?? -1;
    if (close >= 0) return close;
    for (let k = i + 1; k < this.tokens.length; k++) {
      if (this.text(k) === '}' && this.source.text[(this.tokens[k]?.start ?? 1) - 1] === '\n') return k;
    }
    return this.tokens.length - 1;
  }

  private onNewLine(i: number): boolean {
    const before = this.tokens[i - 1];
    const token = this.tokens[i];
    return !before || !token || this.source.text.slice(before.end, token.start).includes('\n');
  }

  private item(from: number): Item {
    if (/^[)\]}]$/.test(this.text(from))) return { kind: 'stray', from, to: from + 1, at: -1 };
    return this.macroItem(from) ?? this.declarationItem(from);
  }

  /** `static NAME(…)` or `NAME(…)` that is followed by no body: a macro. */
  private macroItem(from: number): Item | null {
    let at = from;
    while (STORAGE_KEYWORDS.has(this.text(at)) || isAttributeWord(this.text(at))) at++;
    const name = this.text(at);
    if (this.tokens[at]?.kind !== 'word' || this.text(at + 1) !== '(' || this.text(at + 2) === '*') return null;
    if (takesArguments(name) || TYPE_KEYWORDS.has(name) || STATEMENT_KEYWORDS.has(name)) return null;
    let end = this.closing(at + 1) + 1;
    if (this.text(end) === '{') return null;
    while (end < this.tokens.length && !/^[;=]$/.test(this.text(end)) && !this.onNewLine(end)) {
      end = this.text(end) === '(' ? this.closing(end) + 1 : end + 1;
    }
    if (this.text(end) === '{') return null;
    if (this.text(end) === '=') end = this.semicolon(end);
    return { kind: 'macro', from, to: this.text(end) === ';' ? end + 1 : Math.max(end, at + 1), at };
  }

  /** Index of the next `;` outside brackets, or the end. */
  private semicolon(from: number): number {
    let i = from;
    while (i < this.tokens.length && this.text(i) !== ';') i = /^[([{]$/.test(this.text(i)) ? this.closing(i) + 1 : i + 1;
    return i;
  }

  /** True if a parenthesis at `i` holds an attribute's arguments. */
  private ofAttribute(i: number): boolean {
    return takesArguments(this.text(i - 1));
  }

  private declarationItem(from: number): Item {
    let sawParams = false;
    let sawTag = false;
    for (let i = from; i < this.tokens.length; i++) {
      const text = this.text(i);
      if (text === ';') return { kind: 'declaration', from, to: i + 1, at: -1 };
      if (text === '=') return { kind: 'declaration', from, to: this.semicolon(i) + 1, at: -1 };
      if (/^[)\]}]$/.test(text)) return { kind: 'stray', from, to: i + 1, at: -1 };
      if (TAG_KEYWORDS.has(text)) sawTag = true;
      if (text === '{') {
        if (sawParams || !sawTag) return { kind: 'function', from, to: this.closing(i) + 1, at: i };
        i = this.closing(i);
      } else if (text === '(' || text === '[') {
        sawParams ||= text === '(' && !this.ofAttribute(i);
        i = this.closing(i);
      }
    }
    return { kind: 'declaration', from, to: this.tokens.length, at: -1 };
  }
}

/** The items of `source` in order; every token belongs to exactly one. */
export function splitItems(source: Source): Item[] {
  return new Splitter(source).run();
}
