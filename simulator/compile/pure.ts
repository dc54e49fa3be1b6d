/** @module Small Pure expressions, made without emitting anything. */
import type { Pure } from '../machine/code.js';
import { convert, S32, U64 } from '../machine/value.js';
import type { Scalar, Value } from '../machine/value.js';

export const constant = (value: Value): Pure => ({ k: 'const', value });
export const register = (reg: number): Pure => ({ k: 'reg', reg });

/** Adds without emitting; folds constants. */
export function add(a: Pure, b: Pure, type: Scalar = U64): Pure {
  if (b.k === 'const' && b.value === 0) return a;
  if (a.k === 'const' && b.k === 'const' && typeof a.value === 'number' && typeof b.value === 'number') return constant(convert(a.value + b.value, type));
  return { k: 'binary', op: '+', a, b, type };
}

/** !a, folded for constants. */
export function not(a: Pure): Pure {
  return a.k === 'const' ? constant(a.value === 0 ? 1 : 0) : { k: 'unary', op: '!', a, type: S32 };
}
