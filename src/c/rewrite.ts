/**
 * @module Length-preserving rewriting of what kernel C has and tree-sitter-c does not read: iterator macros become loops,
 * types among the arguments of macros become names, casts to typedefs become casts to int, labels before a closing brace get
 * a statement. Each change is noted by offset. Works on the tokens of one item at file scope.
 */
import type { Rewriting } from './attributes.js';
import { matchBrackets } from './brackets.js';
import {
  STATEMENT_KEYWORDS, STORAGE_KEYWORDS, TAG_KEYWORDS, TYPE_KEYWORDS, definitionTemplate, isBlockMacro,
} from './kernel-words.js';
import type { Token } from './scan.js';

/** Words after which a statement or an expression begins. */
const BEFORE_EXPRESSION = new Set(['return', 'else', 'do', 'case', 'goto']);
const BEFORE_STATEMENT = new Set([';', '{', '}', ')', 'else', 'do', ':']);
/** After a parenthesised type name these make a grammar without typedefs read an operator. */
const AMBIGUOUS = new Set(['(', '*', '&', '-', '+']);

const TYPEOF = /^(__)?typeof(__|_unqual|_unqual__)?$/;
/** Macros of include/linux/compiler-context-analysis.h that may hold whole statements (v6.19). */
const UNWRAPPED = new Set(['context_unsafe']);

class Rewriter {
  private readonly close: Int32Array;
  /** Indices of `)` that end a cast. */
  private readonly castEnds = new Set<number>();

  constructor(private readonly tokens: readonly Token[], private readonly to: Rewriting) {
    this.close = matchBrackets(tokens).close;
  }

  private text(i: number): string {
    return this.tokens[i]?.text ?? '';
  }

  private isWord(i: number): boolean {
    return this.tokens[i]?.kind === 'word';
  }

  run(from: number): void {
    for (let i = from; i < this.tokens.length; i++) {
      const token = this.tokens[i];
      if (!token) continue;
      if (token.kind === 'word') this.word(token, i);
      else if (token.text === '(') this.cast(i);
      else if (token.text === ':') this.label(token, i);
      else if (token.text === '...') this.range(token, i);
    }
  }

  private word(token: Token, i: number): void {
    if (token.text === 'static' && definitionTemplate(this.text(i + 1)) !== null && this.text(i + 2) === '(') {
      this.to.mask.blank(token.start, token.end);
      this.to.notes.storage.set(this.tokens[i + 1]?.start ?? 0, token.text);
    }
    if (this.text(i + 1) === '*' && this.text(i + 2) === '(') return;
    if (token.text === '__auto_type' || (token.text === 'auto' && this.isWord(i + 1) && this.text(i + 2) === '=')) {
      this.to.mask.write(token.start, token.end, 'int');
      this.to.notes.typeofs.set(token.start, '');
    }
    if (this.text(i + 1) !== '(') return;
    if (TYPEOF.test(token.text)) this.typeof(token, i);
    if (STATEMENT_KEYWORDS.has(token.text)) return;
    const close = this.close[i + 1] ?? -1;
    if (close < 0) return;
    if (UNWRAPPED.has(token.text) && BEFORE_STATEMENT.has(this.text(i - 1))) this.unwrap(token, i, close);
    if (token.text === 'scoped_cond_guard') this.statementArgument(i + 1, close);
    if (this.text(i + 2) === '*' && this.to.isType(token.text)) this.functionPointer(token, i, close);
    if (this.isCallee(i)) this.typeArguments(i + 1, close);
    if (token.text === 'offsetof') this.rename(token, 'offset_f', token.text);
    this.loop(token, i, close);
  }

  /** `u64 (*fn)(u64)` at the beginning of a statement: a declaration, not a call. */
  private functionPointer(token: Token, i: number, close: number): void {
    const begins = BEFORE_STATEMENT.has(this.text(i - 1)) && this.text(i - 1) !== ')';
    if (begins && this.text(close + 1) === '(' && token.text.length >= 3) this.rename(token, 'int', token.text);
  }

  /** typeof(x) becomes `int`, unless it is an argument that stands for a type already. */
  private typeof(token: Token, i: number): void {
    const last = this.tokens[this.close[i + 1] ?? -1];
    const [open, first] = [this.tokens[i + 1], this.tokens[i + 2]];
    if (!last || !open || !first || this.to.notes.types.has(token.start)) return;
    this.to.notes.typeofs.set(token.start, this.to.text.slice(open.end, last.start).trim());
    this.to.mask.write(token.start, last.end, 'int');
  }

  /** `context_unsafe(a; b;);`: a macro round statements becomes their block. */
  private unwrap(token: Token, i: number, close: number): void {
    const [open, end] = [this.tokens[i + 1], this.tokens[close]];
    if (!open || !end || this.text(close - 1) !== ';') return;
    this.to.mask.blank(token.start, token.end);
    this.to.mask.write(open.start, open.end, '{');
    this.to.mask.write(end.start, end.end, '}');
    const after = this.tokens[close + 1];
    if (after?.text === ';') this.to.mask.blank(after.start, after.end);
  }

  /** The second argument of scoped_cond_guard() is a statement. */
  private statementArgument(open: number, close: number): void {
    let from = -1;
    for (let i = open + 1; i <= close; i++) {
      if (i < close && /^[([{]$/.test(this.text(i))) i = this.close[i] ?? i;
      else if (i === close || this.text(i) === ',') {
        const [first, last] = [this.tokens[from], this.tokens[i - 1]];
        if (from > 0 && first && last && last.end > first.start) {
          this.to.notes.statements.set(first.start, this.to.text.slice(first.start, last.end));
          this.to.mask.write(first.start, last.end, 'T');
        }
        if (from > 0) return;
        from = i + 1;
      }
    }
  }

  /** `case 1 ... 3:` and `[0 ... 3] =`: the dots become an operator that binds least. */
  private range(token: Token, i: number): void {
    const before = this.text(i - 1);
    if (before === ',' || before === '(') return;
    this.to.mask.write(token.start, token.end, '||');
    this.to.notes.ranges.add(token.start);
  }

  private rename(token: Token, text: string, name: string): void {
    this.to.mask.write(token.start, token.end, text);
    this.to.notes.names.set(token.start, name);
  }

  /** False where a word before says that this is the name of a declaration. */
  private isCallee(i: number): boolean {
    const before = this.tokens[i - 1];
    return before?.kind !== 'word' || BEFORE_EXPRESSION.has(before.text);
  }

  private typeArguments(open: number, close: number): void {
    let from = open + 1;
    for (let i = from; i <= close; i++) {
      if (i < close && /^[([{]$/.test(this.text(i))) i = this.close[i] ?? i;
      else if (i === close || this.text(i) === ',') {
        this.typeArgument(from, i);
        from = i + 1;
      }
    }
  }

  private typeArgument(from: number, to: number): void {
    const [first, last] = [this.tokens[from], this.tokens[to - 1]];
    if (to <= from || !first || !last || !this.isTypeName(from, to)) return;
    this.to.notes.types.set(first.start, this.to.text.slice(first.start, last.end));
    this.to.mask.write(first.start, last.end, 'T');
  }

  /** True if tokens [from, to) can only be a type: tag and name, keywords, a known name; then stars. */
  private isTypeName(from: number, to: number): boolean {
    let end = to;
    while (end > from && /^(\*|const|volatile)$/.test(this.text(end - 1))) end--;
    let at = from;
    while (at < end && /^(const|volatile)$/.test(this.text(at))) at++;
    if (TYPEOF.test(this.text(at))) return this.text(at + 1) === '(' && this.close[at + 1] === end - 1;
    if (TAG_KEYWORDS.has(this.text(at))) return end === at + 2 && this.isWord(at + 1);
    if (TYPE_KEYWORDS.has(this.text(at))) {
      return this.tokens.slice(at, end).every((t) => TYPE_KEYWORDS.has(t.text));
    }
    const single = end === at + 1 && this.isWord(at) && !STORAGE_KEYWORDS.has(this.text(at));
    return single && (this.to.isType(this.text(at)) || end < to);
  }

  /** An iterator macro, or any macro with a body in braces: its name becomes `while`. */
  private loop(token: Token, i: number, close: number): void {
    if (!BEFORE_STATEMENT.has(this.text(i - 1))) return;
    const after = this.tokens[close + 1];
    const headed = after?.text === '{' || (isBlockMacro(token.text) && (after?.kind === 'word' || after?.text === '*'));
    const bare = close === i + 2;
    const head = bare ? 'while(0)' : 'while';
    if (!headed || token.text.length < head.length) return;
    this.to.mask.write(token.start, token.end, head);
    if (bare) this.to.mask.blank(token.end, this.tokens[close]?.end ?? token.end);
    this.to.notes.loops.set(token.start, { macro: token.text, bare });
  }

  /** `(name)` before an operand: a cast if the name is a type. */
  private cast(i: number): void {
    const name = this.tokens[i + 1];
    if (name?.kind !== 'word' || this.text(i + 2) !== ')' || !this.to.isType(name.text)) return;
    const before = this.tokens[i - 1];
    const begins = before === undefined || this.castEnds.has(i - 1) || BEFORE_EXPRESSION.has(before.text)
      || (before.kind === 'punct' && before.text !== ')' && before.text !== ']');
    if (!begins) return;
    this.castEnds.add(i + 2);
    if (AMBIGUOUS.has(this.text(i + 3)) && name.text.length >= 3) this.rename(name, 'int', name.text);
  }

  /** A label directly before `}` gets an empty statement. */
  private label(token: Token, i: number): void {
    const next = this.tokens[i + 1];
    const begins = this.isWord(i - 1) && BEFORE_STATEMENT.has(this.text(i - 2)) && this.text(i - 1) !== 'default';
    if (next?.text !== '}' || !begins || next.start <= token.end) return;
    this.to.mask.write(token.end, token.end + 1, ';');
    this.to.notes.semicolons.add(token.end);
  }
}

/** Rewrites `tokens` from index `from` on; brackets are looked up over all of them. */
export function rewriteBody(tokens: readonly Token[], from: number, to: Rewriting): void {
  new Rewriter(tokens, to).run(from);
}
