/**
 * @module Number, character and string literals of C as the Program holds them.
 */
import type { Expr } from '../../simulator/ir/program.js';

/** Longest literal whose value is computed, in characters. */
const LITERAL_MAX = 70;

const SUFFIXES: ReadonlySet<string> = new Set(['', 'U', 'L', 'UL', 'LL', 'ULL']);

/** The integer that `text` spells (decimal, octal, hex or binary, with a suffix); null for anything else. */
export function numberLiteral(text: string): Extract<Expr, { kind: 'number' }> | null {
  const found = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)([uUlL]*)$/.exec(text);
  if (!found || text.length > LITERAL_MAX) return null;
  const digits = found[1] ?? '';
  const suffix = (found[2] ?? '').toUpperCase().replace(/^(L+)U$/, 'U$1');
  if (!SUFFIXES.has(suffix)) return null;
  const octal = /^0\d+$/.test(digits);
  if (octal && /[89]/.test(digits)) return null;
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const decimal = /^(0|[1-9]\d*)$/.test(digits);
  return { kind: 'number', value, suffix, ...(decimal ? {} : { text }) };
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', '\n': '',
};

function decode(escape: string): string {
  const body = escape.slice(1);
  if (/^[0-7]/.test(body)) return String.fromCharCode(parseInt(body, 8) & 0xff);
  if (/^x[0-9a-fA-F]/.test(body)) return String.fromCharCode(parseInt(body.slice(1), 16) & 0xff);
  return SIMPLE[body] ?? body;
}

/** What a string or character literal with its quotes means, escapes decoded. */
export function literalText(text: string): string {
  const inner = text.replace(/^\w*["']/, '').replace(/["']$/, '');
  return inner.replace(/\\(?:[0-7]{1,3}|x[0-9a-fA-F]+|\r?\n|[^])/g, (escape) => (/^\\\r?\n$/.test(escape) ? '' : decode(escape)));
}

/** A character constant such as 'c'; null if it is not one character. */
export function charLiteral(text: string): Extract<Expr, { kind: 'number' }> | null {
  const value = literalText(text);
  return value.length === 1 ? { kind: 'number', value: BigInt(value.charCodeAt(0)), suffix: '', text } : null;
}
