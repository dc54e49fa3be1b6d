/**
 * @module Values of C scalars. A Value is a JavaScript number where it is a safe integer and a bigint otherwise, so that
 * equal values are identical and the common case is fast. Arithmetic wraps as in C on a 64-bit kernel (two's
 * complement, -fno-strict-overflow as the kernel is built).
 */
import type { BinaryOp } from '../ir/program.js';

export type Value = number | bigint;

/** A scalar's width in bytes and signedness; pointers are unsigned, 8 bytes; bool has `bool` set. */
export interface Scalar {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly bool?: boolean;
}

export const U64: Scalar = { bytes: 8, signed: false };
export const S64: Scalar = { bytes: 8, signed: true };
export const U32: Scalar = { bytes: 4, signed: false };
export const S32: Scalar = { bytes: 4, signed: true };
export const BOOL: Scalar = { bytes: 1, signed: false, bool: true };

/** What memory holds that nobody wrote yet; loading it is a violation of its own. */
export const UNINITIALISED: Value = 0x6b6b6b6b6b6b6b6bn;

/** The canonical form: number where safe. */
export function canonical(value: bigint): Value {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** Converts to a scalar type as C does: truncates and reinterprets the sign. */
export function convert(value: Value, to: Scalar): Value {
  if (to.bool) return value === 0 ? 0 : 1;
  if (typeof value === 'number' && fits(value, to)) return value;
  if (value === UNINITIALISED) return value;
  const bits = to.bytes * 8;
  const wide = BigInt(value);
  return canonical(to.signed ? BigInt.asIntN(bits, wide) : BigInt.asUintN(bits, wide));
}

function fits(value: number, to: Scalar): boolean {
  if (to.bytes === 8) return to.signed || value >= 0;
  const span = 2 ** (to.bytes * 8);
  return to.signed ? value >= -span / 2 && value < span / 2 : value >= 0 && value < span;
}

/** The type of a binary operation after the usual arithmetic conversions. */
export function usualConversion(a: Scalar, b: Scalar): Scalar {
  const bytes = Math.max(4, a.bytes, b.bytes) as 4 | 8;
  const unsignedWins = (s: Scalar): boolean => !s.signed && s.bytes === bytes;
  return { bytes, signed: !(unsignedWins(a) || unsignedWins(b)) };
}

const number = (truth: boolean): Value => (truth ? 1 : 0);

/** Applies a binary operator to operands that were converted to `type`; comparisons give 0 or 1. Division by 0 gives null. */
export function binary(op: BinaryOp, a: Value, b: Value, type: Scalar): Value | null {
  switch (op) {
    case '==': return number(a === b);
    case '!=': return number(a !== b);
    case '<': return number(a < b);
    case '<=': return number(a <= b);
    case '>': return number(a > b);
    case '>=': return number(a >= b);
    case ',': return b;
    case '&&': return number(a !== 0 && b !== 0);
    case '||': return number(a !== 0 || b !== 0);
    default: return arithmetic(op, a, b, type);
  }
}

function arithmetic(op: BinaryOp, a: Value, b: Value, type: Scalar): Value | null {
  if (typeof a === 'number' && typeof b === 'number') {
    const quick = op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : NaN;
    if (Number.isSafeInteger(quick)) return convert(quick, type);
  }
  const x = BigInt(a);
  const y = BigInt(b);
  const result = wide(op, x, y, type);
  return result === null ? null : convert(canonical(result), type);
}

function wide(op: BinaryOp, x: bigint, y: bigint, type: Scalar): bigint | null {
  const shift = BigInt.asUintN(type.bytes === 8 ? 6 : 5, y);
  switch (op) {
    case '+': return x + y;
    case '-': return x - y;
    case '*': return x * y;
    case '/': return y === 0n ? null : x / y;
    case '%': return y === 0n ? null : x % y;
    case '<<': return x << shift;
    case '>>': return x >> shift;
    case '&': return x & y;
    case '|': return x | y;
    case '^': return x ^ y;
    default: return null;
  }
}

/** Applies ! ~ - + to an operand of the given type. */
export function unary(op: '!' | '~' | '-' | '+', a: Value, type: Scalar): Value {
  if (op === '!') return number(a === 0);
  if (op === '+') return a;
  return convert(canonical(op === '-' ? -BigInt(a) : ~BigInt(a)), type);
}
