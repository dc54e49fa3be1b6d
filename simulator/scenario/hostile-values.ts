/**
 * @module The values that a hostile user writes where the kernel takes an index from: found by solving the index
 * expressions of the Program, not from a list. For each linear form `scale * v + offset` that the Program compares or
 * addresses with: the last v within the memory and the first beyond it, and the same again behind the first wrap.
 */
import type { Code } from '../machine/code.js';
import { indexForms } from '../machine/linear-forms.js';
import type { Form } from '../machine/linear-forms.js';
import { canonical } from '../machine/value.js';
import type { Value } from '../machine/value.js';

/** Values tried at most, the smallest and the largest of them first; more forms than that are rare. */
export const HOSTILE_VALUES_MAX = 24;

const ceil = (a: bigint, b: bigint): bigint => (a >= 0n ? (a + b - 1n) / b : -(-a / b));

/** Values at which a form reaches `target`: the last before it and the first not before it, without a wrap and after one. */
function around({ scale, offset, bits }: Form, target: bigint): bigint[] {
  const size = scale < 0n ? -scale : scale;
  const from = scale < 0n ? -offset : offset;
  return [0n, 1n << BigInt(bits)].flatMap((wrapped) => {
    const first = ceil(wrapped + target - from, size);
    return [first - 1n, first];
  });
}

const MAX = (1n << 64n) - 1n;

/** 0, the largest, and what each form makes something of in so many words: in the same order for all sizes. */
function solved(code: Code, words: number): bigint[] {
  const targets = [0n, BigInt(words), BigInt(words * 8)];
  return [0n, MAX, ...indexForms(code).flatMap((form) => targets.flatMap((target) => around(form, target)))];
}

/** What means the same in memory of another size as one of the values does in that of `words`; null where none does. */
export function valueInSize(code: Code, value: Value, { words, size }: { readonly words: number; readonly size: number }): bigint | null {
  const [here, there] = [solved(code, words), solved(code, size)];
  const same = there[here.indexOf(BigInt.asUintN(64, BigInt(value)))];
  return same === undefined || same < 0n || same > MAX ? null : same;
}

const known = new WeakMap<Code, Map<number, readonly Value[]>>();

/** Values for a count or index of 64 bits in memory of so many words; 0 first, then ascending. */
export function hostileValues(code: Code, words: number): readonly Value[] {
  const before = known.get(code)?.get(words);
  if (before) return before;
  const all = [...new Set(solved(code, words).filter((v) => v >= 0n && v <= MAX))].sort((a, b) => (a < b ? -1 : 1));
  const cut = all.length <= HOSTILE_VALUES_MAX ? all : [...all.slice(0, HOSTILE_VALUES_MAX / 2), ...all.slice(-HOSTILE_VALUES_MAX / 2)];
  const made = cut.map(canonical);
  known.set(code, (known.get(code) ?? new Map<number, readonly Value[]>()).set(words, made));
  return made;
}
