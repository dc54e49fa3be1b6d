/**
 * @module Local declarations in a token list: where one ends, and which declarators it has. A declaration is told from
 * an expression by its form alone: type words, stars, a name, then `;`, `,`, `=` or `[`.
 */
import type { Token } from './tokens.js';
import { isWord } from './tokens.js';

/** One declarator of a declaration; texts are tokens joined by blanks. */
export interface Declarator {
  readonly name: string;
  /** The type words, annotation words left out. */
  readonly spec: string;
  /** Stars, name and array brackets; the name is written as `@`. */
  readonly shape: string;
  /** The initialiser without `=`; '' when there is none. */
  readonly init: string;
  /** Token indices: the type words, then the declarator with its initialiser; inclusive. */
  readonly specFirst: number;
  readonly specLast: number;
  readonly first: number;
  readonly last: number;
}

const TYPE_WORDS = new Set([
  'unsigned', 'signed', 'int', 'char', 'short', 'long', 'void', 'float', 'double', '_Bool', 'bool',
]);
const QUALIFIERS = new Set(['const', 'volatile', 'static', 'register', 'extern', '__maybe_unused', '__user', '__percpu', '__rcu']);
const TAGS = new Set(['struct', 'union', 'enum']);
const NOT_TYPES = new Set([
  'return', 'goto', 'break', 'continue', 'case', 'default', 'if', 'else', 'for', 'while', 'do', 'switch', 'sizeof', 'typedef',
]);
/** Tokens of one declaration at most. */
const DECLARATION_TOKENS_MAX = 500;

/** Index of the `;` of the declaration that begins at `at`; -1 when none begins there. */
export function declarationEnd(tokens: readonly Token[], at: number): number {
  const spec = specEnd(tokens, at);
  if (spec < 0) return -1;
  let i = spec + 1;
  while (tokens[i]?.text === '*' || QUALIFIERS.has(tokens[i]?.text ?? '')) i++;
  if (!isWord(tokens[i]?.text ?? '') || !/^[;,=[]$/.test(tokens[i + 1]?.text ?? '')) return -1;
  return semicolon(tokens, i + 1);
}

/** Index of the last type word, or -1. */
function specEnd(tokens: readonly Token[], at: number): number {
  let i = at;
  while (QUALIFIERS.has(tokens[i]?.text ?? '')) i++;
  const word = tokens[i]?.text ?? '';
  if (!isWord(word) || NOT_TYPES.has(word)) return -1;
  if (TAGS.has(word)) return isWord(tokens[i + 1]?.text ?? '') ? i + 1 : -1;
  if (!TYPE_WORDS.has(word)) return i;
  while (TYPE_WORDS.has(tokens[i + 1]?.text ?? '') || QUALIFIERS.has(tokens[i + 1]?.text ?? '')) i++;
  return i;
}

function semicolon(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let i = from; i < tokens.length && i - from < DECLARATION_TOKENS_MAX; i++) {
    const text = tokens[i]?.text ?? '';
    if (text === '(' || text === '[' || text === '{') depth++;
    else if (text === ')' || text === ']' || text === '}') depth--;
    if (depth < 0 || (tokens[i]?.directive ?? -1) >= 0) return -1;
    if (text === ';' && depth === 0) return i;
  }
  return -1;
}

/** The declarators of the declaration from `first` to its `;` at `last`. */
export function declaratorsOf(tokens: readonly Token[], first: number, last: number): Declarator[] {
  const specLast = specEnd(tokens, first);
  const spec = textOf(tokens, first, specLast).replace(/\b(const|volatile|__maybe_unused|__user)\b ?/g, '')
    .replace(/\b(unsigned|long|short|signed) int$/, '$1').trim();
  const found: Declarator[] = [];
  let from = specLast + 1;
  let depth = 0;
  for (let i = from; i <= last; i++) {
    const text = tokens[i]?.text ?? '';
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text)) depth--;
    if (depth > 0 || (text !== ',' && text !== ';')) continue;
    found.push({ ...declarator(tokens, from, i - 1), spec, specFirst: first, specLast });
    from = i + 1;
  }
  return found;
}

function declarator(tokens: readonly Token[], first: number, last: number): Omit<Declarator, 'spec' | 'specFirst' | 'specLast'> {
  let equals = first;
  while (equals <= last && tokens[equals]?.text !== '=') equals++;
  let named = first;
  while (named < equals && (!isWord(tokens[named]?.text ?? '') || QUALIFIERS.has(tokens[named]?.text ?? ''))) named++;
  const name = tokens[named]?.text ?? '';
  const before = textOf(tokens, first, named - 1);
  const after = textOf(tokens, named + 1, equals - 1);
  return { name, shape: `${before}@${after}`, init: textOf(tokens, equals + 1, last), first, last };
}

/** Texts of the tokens from `first` to `last`, inclusive, joined by blanks. */
export function textOf(tokens: readonly Token[], first: number, last: number): string {
  let text = '';
  for (let i = first; i <= last; i++) text += (text === '' ? '' : ' ') + (tokens[i]?.text ?? '');
  return text;
}
