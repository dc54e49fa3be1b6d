/**
 * @module Which bracket closes which, over tokens that may be unbalanced, and the parts that are nested too deeply for a
 * reader of the tree.
 */
import type { Token } from './scan.js';

/** Deepest nesting of brackets that is looked into; the kernel's own stays below 40. */
export const NESTING_MAX = 150;

const OPENER: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** A run of tokens inside one bracket that lies deeper than NESTING_MAX. */
export interface DeepPart {
  /** Index of the first token inside, and of the one behind the last. */
  readonly from: number;
  readonly to: number;
}

export interface Brackets {
  /** For an opening token the index of its closing one, -1 where there is none; for others themselves. */
  readonly close: Int32Array;
  readonly deep: readonly DeepPart[];
  /** Closing tokens without an opening one. */
  readonly stray: readonly number[];
}

/** Index in `open` of the bracket that `token` closes, -1 if none: a brace closes over unclosed parentheses. */
function opener(tokens: readonly Token[], open: readonly number[], token: string): number {
  const wanted = OPENER[token];
  for (let i = open.length - 1; i >= 0; i--) {
    const text = tokens[open[i] ?? 0]?.text;
    if (text === wanted) return i;
    if (text === '{') return -1;
  }
  return -1;
}

/** Pairs the brackets of `tokens`; iterative, so that depth costs no stack. */
export function matchBrackets(tokens: readonly Token[]): Brackets {
  const close = new Int32Array(tokens.length).map((_, i) => i);
  const open: number[] = [];
  const stray: number[] = [];
  const deep: DeepPart[] = [];
  tokens.forEach((token, i) => {
    if (token.kind !== 'punct') return;
    if (token.text === '(' || token.text === '[' || token.text === '{') {
      close[i] = -1;
      open.push(i);
    } else if (token.text in OPENER) {
      const found = opener(tokens, open, token.text);
      if (found < 0) {
        stray.push(i);
        return;
      }
      close[open[found] ?? 0] = i;
      if (found === NESTING_MAX) deep.push({ from: (open[found] ?? 0) + 1, to: i });
      open.length = found;
    }
  });
  if (open.length > NESTING_MAX) deep.push({ from: (open[NESTING_MAX] ?? 0) + 1, to: tokens.length });
  return { close, deep, stray };
}
