/**
 * @module The shape of a whole C file as far as alignment needs it, from tokens alone: partners of brackets, top-level
 * items, functions, where a statement ends, and the bodies of if/else/loops that stand without braces.
 */
import type { Token } from './tokens.js';
import { isWord } from './tokens.js';

/** A top-level item: token indices, inclusive. */
export interface Item {
  readonly first: number;
  readonly last: number;
  /** The function's name when it is a function definition, else null. */
  readonly function: string | null;
  /** Index of the `{` of a function's body; -1 otherwise. */
  readonly open: number;
}

export interface Structure {
  readonly tokens: readonly Token[];
  /** For each bracket the index of its partner; -1 where there is none. Brackets inside directives have none. */
  readonly partner: Int32Array;
  /** In order. */
  readonly items: readonly Item[];
  /** Every bracket outside directives has a partner. */
  readonly balanced: boolean;
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' };
/** Conditional directives nested deeper than this are not followed. */
const CONDITIONALS_MAX = 64;
/** Statements nested deeper than this have no known end. */
const NESTING_MAX = 200;

/** Reads the shape of a token list. Never throws; unbalanced text gives partners of -1 and `balanced: false`. */
export function structureOf(tokens: readonly Token[]): Structure {
  const { partner, balanced } = partners(tokens);
  return { tokens, partner, items: topLevel(tokens, partner), balanced };
}

function partners(tokens: readonly Token[]): { partner: Int32Array; balanced: boolean } {
  const partner = new Int32Array(tokens.length).fill(-1);
  const saved: number[][] = [];
  let open: number[] = [];
  let balanced = true;
  tokens.forEach((token, i) => {
    if (token.directive >= 0) {
      open = conditional(token.text, open, saved);
    } else if (token.text === '(' || token.text === '{' || token.text === '[') {
      open.push(i);
    } else if (CLOSES[token.text] !== undefined) {
      const at = open[open.length - 1];
      if (at === undefined || tokens[at]?.text !== CLOSES[token.text]) {
        balanced = false;
        return;
      }
      open.pop();
      partner[at] = i;
      partner[i] = at;
    }
  });
  return { partner, balanced: balanced && open.length === 0 };
}

/** Each branch of an #if begins with the brackets that were open before it. */
function conditional(directive: string, open: number[], saved: number[][]): number[] {
  if (/^#if/.test(directive) && saved.length < CONDITIONALS_MAX && open.length <= NESTING_MAX) saved.push([...open]);
  else if (directive === '#else' || directive === '#elif') return [...(saved[saved.length - 1] ?? open)];
  else if (directive === '#endif') saved.pop();
  return open;
}

function topLevel(tokens: readonly Token[], partner: Int32Array): Item[] {
  const items: Item[] = [];
  let first = -1;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token || token.directive >= 0) continue;
    if (first < 0) first = i;
    if (token.text === '{' && (partner[i] ?? -1) > i) {
      const name = functionName(tokens, partner, { first, open: i });
      const close = partner[i] ?? i;
      if (name !== null) {
        items.push({ first, last: close, function: name, open: i });
        first = -1;
      }
      i = close;
    } else if ((token.text === '(' || token.text === '[') && (partner[i] ?? -1) > i) {
      i = partner[i] ?? i;
    } else if (token.text === ';') {
      items.push({ first, last: i, function: null, open: -1 });
      first = -1;
    }
  }
  return items;
}

/** The name before the parameter list when a `{` opens a function's body. */
function functionName(
  tokens: readonly Token[], partner: Int32Array, at: { first: number; open: number },
): string | null {
  let close = at.open - 1;
  for (let hops = 0; hops < 8 && close > at.first; hops++) {
    if (tokens[close]?.text !== ')') return null;
    const open = partner[close] ?? -1;
    const name = open > 0 ? tokens[open - 1]?.text ?? '' : '';
    if (open <= at.first || !isWord(name)) return null;
    if (!/^__(?!x64|arm64|sanitizer|kcov|do_)[a-z_]+$/.test(name) || tokens[open - 2]?.text !== ')') return name;
    close = open - 2;
  }
  return null;
}

/** The item that a token lies in, or null (directives and what lies between items). */
export function itemAt(structure: Structure, token: number): Item | null {
  let low = 0;
  let high = structure.items.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const item = structure.items[middle];
    if (!item) return null;
    if (token < item.first) high = middle - 1;
    else if (token > item.last) low = middle + 1;
    else return item;
  }
  return null;
}

/** Index of the next token outside directives, from `at` on; the length of the list when there is none. */
export function skipDirectives(tokens: readonly Token[], at: number): number {
  let i = at;
  while (i < tokens.length && (tokens[i]?.directive ?? -1) >= 0) i++;
  return i;
}

const HEADED = new Set(['if', 'while', 'for', 'switch']);

/** Whether the `)` at `close` ends the head of an if or a loop, iterator macros of the kernel included. */
export function endsHead(structure: Structure, close: number): boolean {
  const open = structure.partner[close] ?? -1;
  if (structure.tokens[close]?.text !== ')' || open < 1) return false;
  const word = structure.tokens[open - 1]?.text ?? '';
  if (HEADED.has(word)) return word !== 'while' || !endsDo(structure, open - 1);
  return isIterator(word);
}

/** A name that the kernel gives to loops: list_for_each_entry(), for_each_possible_cpu(). */
export function isIterator(word: string): boolean {
  return /(^|_)for_each(_|$)/.test(word);
}

/** Whether the `while` at `at` closes a do loop. */
function endsDo(structure: Structure, at: number): boolean {
  if (structure.tokens[at - 1]?.text !== '}') return false;
  const open = structure.partner[at - 1] ?? -1;
  return open > 0 && structure.tokens[open - 1]?.text === 'do';
}

/** Index of the last token of the statement that begins at `at`; -1 when it cannot be told. */
export function statementEnd(structure: Structure, at: number, depth = 0): number {
  const { tokens, partner } = structure;
  const i = skipDirectives(tokens, at);
  const word = tokens[i]?.text;
  if (word === undefined || word === '}' || depth > NESTING_MAX) return -1;
  if (word === '{') return partner[i] ?? -1;
  const next = tokens[i + 1]?.text;
  if (next === '(' && (HEADED.has(word) || isIterator(word))) {
    const close = partner[i + 1] ?? -1;
    return close < 0 ? -1 : afterBody(structure, { word, body: close + 1 }, depth);
  }
  if (word === 'do') {
    const end = statementEnd(structure, i + 1, depth + 1);
    return end < 0 ? -1 : simpleEnd(structure, end + 1);
  }
  if (next === ':' && isWord(word) && word !== 'default') return statementEnd(structure, i + 2, depth + 1);
  return simpleEnd(structure, i);
}

function afterBody(structure: Structure, head: { word: string; body: number }, depth: number): number {
  const end = statementEnd(structure, head.body, depth + 1);
  if (end < 0 || head.word !== 'if') return end;
  const other = skipDirectives(structure.tokens, end + 1);
  if (structure.tokens[other]?.text !== 'else') return end;
  return statementEnd(structure, other + 1, depth + 1);
}

function simpleEnd(structure: Structure, at: number): number {
  const { tokens, partner } = structure;
  for (let i = at; i < tokens.length; i++) {
    const text = tokens[i]?.text ?? '';
    if (text === ';') return i;
    if (text === '}' || text === ')' || text === ']') return -1;
    if (text === '(' || text === '{' || text === '[') {
      const close = partner[i] ?? -1;
      if (close < 0) return -1;
      i = close;
    }
  }
  return -1;
}

/** Whether a body of an if, else or loop begins right after the token at `at`. */
export function bodyFollows(structure: Structure, at: number): boolean {
  const text = structure.tokens[at]?.text;
  if (text === 'else') return structure.tokens[at + 1]?.text !== 'if';
  return text === 'do' || endsHead(structure, at);
}
