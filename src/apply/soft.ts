/**
 * @module What alignment reads past: debug prints, braces, annotation words, conditional directives, a comma before a
 * closing brace, and (at the second level) local declarations. They are soft items in the gaps between core tokens;
 * core tokens must match one by one, soft items may be missing on either side.
 */
import type { Token } from './tokens.js';
import { isWord } from './tokens.js';
import { declarationEnd } from './declarators.js';

export type SoftKind = 'brace' | 'print' | 'word' | 'directive' | 'comma' | 'declaration';

export interface SoftItem {
  readonly kind: SoftKind;
  /** Items of one kind are the same when their keys are: the brace, the print's name, the word, the directive's text. */
  readonly key: string;
  /** Token indices, inclusive. */
  readonly first: number;
  readonly last: number;
  /** Number of core tokens before it. */
  readonly gap: number;
}

export interface SoftStream {
  readonly tokens: readonly Token[];
  /** Token indices of the core tokens. */
  readonly core: readonly number[];
  /** Their texts, by which they are compared; any string is '""', since a model has its own messages. */
  readonly keys: readonly string[];
  /** In order. */
  readonly items: readonly SoftItem[];
  /** Index in `items` of the first item of each gap; one entry more than there are gaps. */
  readonly gapStart: readonly number[];
}

export interface SoftOptions {
  /** Names of the file's print macros, besides the kernel's own. */
  readonly prints: ReadonlySet<string>;
  /** Whether local declarations are soft. */
  readonly declarations: boolean;
  /** A print cut off by the end of the text is one (hunks). */
  readonly fragment: boolean;
}

const PRINTS = /^(pr_\w+|printk\w*|no_printk|trace_printk|dev_(dbg|info|notice|warn|err|crit|alert|emerg)|\w+_(debug|dbg))$/;
const WORDS = new Set([
  'const', 'volatile', 'extern', 'inline', '__inline', '__always_inline', 'noinline', 'notrace', '__user', '__kernel',
  '__force', '__iomem', '__rcu', '__percpu', '__init', '__exit', '__initdata', '__ro_after_init', '__read_mostly',
  '__maybe_unused', '__always_unused', '__must_check', '__cold', '__hot', '__pure', '__noreturn', 'noinstr',
  '__no_sanitize_coverage', '__no_kcsan', '__no_kasan', 'asmlinkage', '__visible', '__weak', '__used', '__sched',
]);
/** Annotations with arguments that say something to a checker only. */
const NOTES = new Set([
  '__must_hold', '__guarded_by', '__pt_guarded_by', '__acquires', '__releases', '__cond_acquires', '__printf',
  '__counted_by', '__attribute__', '__no_sanitize', '__no_context_analysis', '__rcu_guarded', '__assumes_ctx_lock',
]);
const CONDITIONAL = /^#(if|ifdef|ifndef|else|elif|endif)$/;
/** Tokens of one print at most. */
const PRINT_TOKENS_MAX = 2_000;

/** Whether a call of `name` only prints. */
export function isPrint(name: string, prints: ReadonlySet<string>): boolean {
  return PRINTS.test(name) || prints.has(name);
}

/** Names of function-like macros in `lines` whose body is nothing but a call of a print. */
export function printMacros(lines: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const line of lines) {
    const macro = /^\s*#\s*define\s+(\w+)\([^)]*\)\s+(\w+)\(/.exec(line);
    if (macro?.[1] && macro[2] && isPrint(macro[2], found)) found.add(macro[1]);
  }
  return found;
}

/** Parts a token list into core tokens and soft items. */
export function softStream(tokens: readonly Token[], options: SoftOptions): SoftStream {
  const core: number[] = [];
  const keys: string[] = [];
  const items: SoftItem[] = [];
  const gapStart: number[] = [0];
  for (let i = 0; i < tokens.length; i++) {
    const soft = softAt(tokens, i, options);
    if (soft) {
      items.push({ ...soft, first: i, gap: core.length });
      i = soft.last;
    } else {
      core.push(i);
      keys.push(keyOf(tokens, i));
      gapStart.push(items.length);
    }
  }
  gapStart.push(items.length);
  return { tokens, core, keys, items, gapStart };
}

function keyOf(tokens: readonly Token[], i: number): string {
  const text = tokens[i]?.text ?? '';
  return isString(tokens, i) ? '""' : text;
}

function isString(tokens: readonly Token[], i: number): boolean {
  return (tokens[i]?.text ?? '').startsWith('"') && tokens[i - 1]?.text !== '#include';
}

/** The items of one gap: 0 is before the first core token. */
export function gapItems(stream: SoftStream, gap: number): readonly SoftItem[] {
  return stream.items.slice(stream.gapStart[gap] ?? 0, stream.gapStart[gap + 1] ?? stream.items.length);
}

type Found = Pick<SoftItem, 'kind' | 'key' | 'last'>;

function softAt(tokens: readonly Token[], i: number, options: SoftOptions): Found | null {
  const token = tokens[i];
  if (!token) return null;
  if (token.directive >= 0) return conditionalAt(tokens, i);
  const { text } = token;
  if (isString(tokens, i) && isString(tokens, i - 1)) return { kind: 'word', key: '""', last: i };
  if (text === '{' || text === '}') return { kind: 'brace', key: text, last: i };
  if (text === ',' && tokens[i + 1]?.text === '}') return { kind: 'comma', key: text, last: i };
  if (!isWord(text)) return null;
  if (WORDS.has(text)) return { kind: 'word', key: text, last: i };
  if (text === 'int' && /^(unsigned|signed|long|short)$/.test(tokens[i - 1]?.text ?? '')) {
    return { kind: 'word', key: text, last: i };
  }
  if (NOTES.has(text) && tokens[i + 1]?.text === '(') {
    return { kind: 'word', key: text, last: groupEnd(tokens, i + 1) ?? i };
  }
  if (!beginsStatement(tokens, i)) return null;
  return printAt(tokens, i, options) ?? declarationAt(tokens, i, options);
}

function conditionalAt(tokens: readonly Token[], i: number): Found | null {
  const token = tokens[i];
  if (!token || !CONDITIONAL.test(token.text) || tokens[i - 1]?.directive === token.directive) return null;
  let last = i;
  while (tokens[last + 1]?.directive === token.directive) last++;
  const key = tokens.slice(i, last + 1).map((one) => one.text).join(' ');
  return { kind: 'directive', key: key.replace(/^#(else|endif) .*/, '#$1'), last };
}

/** Whether a statement can begin at this token: after a border, or where a fragment begins. */
export function beginsStatement(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  return before === undefined || before.directive >= 0 || /^([;{}):]|else|do)$/.test(before.text);
}

function printAt(tokens: readonly Token[], i: number, options: SoftOptions): Found | null {
  const name = tokens[i]?.text ?? '';
  if (tokens[i + 1]?.text !== '(' || !isPrint(name, options.prints)) return null;
  const close = groupEnd(tokens, i + 1);
  if (close === null) return options.fragment ? { kind: 'print', key: name, last: tokens.length - 1 } : null;
  if (close === tokens.length - 1 && options.fragment) return { kind: 'print', key: name, last: close };
  return tokens[close + 1]?.text === ';' ? { kind: 'print', key: name, last: close + 1 } : null;
}

function declarationAt(tokens: readonly Token[], i: number, options: SoftOptions): Found | null {
  if (!options.declarations || /^[):]$/.test(tokens[i - 1]?.text ?? '')) return null;
  const last = declarationEnd(tokens, i);
  return last < 0 ? null : { kind: 'declaration', key: 'declaration', last };
}

/** Index of the `)` that closes the `(` at `open`; null when it does not come soon. */
function groupEnd(tokens: readonly Token[], open: number): number | null {
  let depth = 0;
  for (let i = open; i < tokens.length && i - open < PRINT_TOKENS_MAX; i++) {
    const text = tokens[i]?.text;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return i;
  }
  return null;
}
