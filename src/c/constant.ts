/**
 * @module Integer constant expressions over bigint: enum values and #if conditions. Widths are not applied; the values of
 * kernel enums and conditions fit 64 bits.
 */
import type { Expr } from '../../simulator/ir/program.js';

/** What names and calls stand for; null where it is not known. */
export interface Names {
  readonly name: (name: string) => bigint | null;
  readonly call?: (e: Extract<Expr, { kind: 'call' }>) => bigint | null;
}

/** Deepest expression that is evaluated. */
const DEPTH_MAX = 600;
const SHIFT_MAX = 63n;

const truth = (b: boolean): bigint => (b ? 1n : 0n);

function shift(a: bigint, b: bigint): bigint | null {
  return b < 0n || b > SHIFT_MAX ? null : a << b;
}

function arithmetic(op: string, a: bigint, b: bigint): bigint | null {
  switch (op) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return b === 0n ? null : a / b;
    case '%': return b === 0n ? null : a % b;
    case '<<': return shift(a, b);
    case '>>': return b < 0n || b > SHIFT_MAX ? null : a >> b;
    case '&': return a & b;
    case '|': return a | b;
    case '^': return a ^ b;
    case '==': return truth(a === b);
    case '!=': return truth(a !== b);
    case '<': return truth(a < b);
    case '<=': return truth(a <= b);
    case '>': return truth(a > b);
    case '>=': return truth(a >= b);
    case ',': return b;
    default: return null;
  }
}

function unary(op: string, a: bigint): bigint | null {
  switch (op) {
    case '!': return truth(a === 0n);
    case '~': return ~a;
    case '-': return -a;
    case '+': return a;
    default: return null;
  }
}

function binary(e: Extract<Expr, { kind: 'binary' }>, names: Names, depth: number): bigint | null {
  const left = evaluateConstant(e.left, names, depth);
  if (e.op === '&&' && left === 0n) return 0n;
  if (e.op === '||' && left !== null && left !== 0n) return 1n;
  const right = evaluateConstant(e.right, names, depth);
  if (left === null || right === null) return null;
  return e.op === '&&' || e.op === '||' ? truth(right !== 0n) : arithmetic(e.op, left, right);
}

/** Value of `e`, or null where it is no integer constant as far as `names` says. Never throws. */
export function evaluateConstant(e: Expr, names: Names, depth = 0): bigint | null {
  if (depth > DEPTH_MAX) return null;
  switch (e.kind) {
    case 'number': return e.value;
    case 'name': return names.name(e.name);
    case 'call': return names.call?.(e) ?? null;
    case 'cast': return evaluateConstant(e.arg, names, depth + 1);
    case 'unary': {
      const arg = evaluateConstant(e.arg, names, depth + 1);
      return arg === null ? null : unary(e.op, arg);
    }
    case 'binary': return binary(e, names, depth + 1);
    case 'conditional': {
      const test = evaluateConstant(e.test, names, depth + 1);
      return test === null ? null : evaluateConstant(test === 0n ? e.else : e.then, names, depth + 1);
    }
    default: return null;
  }
}
