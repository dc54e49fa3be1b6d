/** @module Arithmetic that says whether it overflows, and sizes that saturate: include/linux/overflow.h (v4.18 to v6.19). */
import type { CType, Expr } from '../ir/program.js';
import { printExpr } from '../ir/print.js';
import { INT, ULONG, UnknownName } from '../ir/types.js';
import type { Pure } from '../machine/code.js';
import { S32, S64, U64 } from '../machine/value.js';
import type { CallCompiler } from './calls.js';
import type { Emitter } from './emitter.js';
import { compileExpr, convertTo, hold, store } from './expressions.js';
import { constant, not, register } from './pure.js';
import { through } from './through.js';

type Op = '+' | '-' | '*';

const binary = (op: '+' | '-' | '*' | '/' | '<' | '>' | '!=' | '&&' | '&' | '^' | '||' | '==', a: Pure, b: Pure, type = U64): Pure => ({ k: 'binary', op, a, b, type });

/** Whether a op b wraps in 64 unsigned bits; `result` is what it wraps to. The divisor is never 0: `choose` looks first. */
function wraps(op: Op, a: Pure, b: Pure, result: Pure): Pure {
  if (op === '+') return binary('<', result, a);
  if (op === '-') return binary('<', a, b);
  return { k: 'choose', test: a, then: binary('!=', binary('/', result, { k: 'choose', test: a, then: a, else: constant(1) }), b), else: constant(0) };
}

/** Both operands as size_t in registers, and a register for the result. */
function sizes(e: Emitter, a: Expr, b: Expr): readonly [Pure, Pure] {
  const wide = (expr: Expr): Pure => hold(e, { pure: convertTo(e, compileExpr(e, expr), ULONG), type: ULONG }).pure;
  return [wide(a), wide(b)];
}

/** size_add(), size_mul(): SIZE_MAX where it does not fit. size_sub() too. */
const saturating = (op: Op): CallCompiler => (e, call) => {
  const [a, b] = sizes(e, call.expr(0), call.expr(1));
  const result = hold(e, { pure: binary(op, a, b), type: ULONG }).pure;
  return { pure: { k: 'choose', test: wraps(op, a, b, result), then: constant(0xffffffffffffffffn), else: result }, type: ULONG };
};

const MIN_64 = -0x8000000000000000n;

/** Overflow of signed 64 bits; `result` wraps. */
function signedOverflow(op: Op, a: Pure, b: Pure, result: Pure): Pure {
  const negative = (x: Pure): Pure => binary('<', x, constant(0), S64);
  const mixed = (x: Pure, y: Pure): Pure => binary('!=', negative(x), negative(y), S32);
  if (op === '+') return binary('&&', not(mixed(a, b)), mixed(a, result), S32);
  if (op === '-') return binary('&&', mixed(a, b), mixed(a, result), S32);
  const worst = binary('&&', binary('==', a, constant(-1), S64), binary('==', b, constant(MIN_64), S64), S32);
  const divided = binary('!=', binary('/', result, { k: 'choose', test: a, then: a, else: constant(1) }, S64), b, S64);
  return { k: 'choose', test: worst, then: constant(1), else: { k: 'choose', test: a, then: divided, else: constant(0) } };
}

/** check_add_overflow(a, b, &result): the result is stored in any case. */
const check = (op: Op): CallCompiler => (e, call) => {
  const { target, text } = through(e, call, 2);
  const scalar = e.types.scalar(target.type);
  const narrow = scalar.bytes < 8;
  const wide: CType = narrow || scalar.signed ? { kind: 'int', name: 'long', bytes: 8, signed: true } : ULONG;
  const [a, b] = [0, 1].map((i) => hold(e, { pure: convertTo(e, compileExpr(e, call.expr(i)), wide), type: wide }).pure);
  if (!a || !b) throw new UnknownName(call.text);
  const type = e.types.scalar(wide);
  const result = hold(e, { pure: binary(op, a, b, type), type: wide }).pure;
  const stored = convertTo(e, { pure: result, type: wide }, target.type);
  const reg = e.temporary();
  const lost = narrow ? binary('!=', result, stored, S64) : scalar.signed ? signedOverflow(op, a, b, result) : wraps(op, a, b, result);
  e.emit({ op: 'set', dst: reg, value: not(not(lost)) });
  store(e, target, { pure: result, type: wide }, { marked: false, text });
  return { pure: register(reg), type: INT };
};

const member = (e: Emitter, of: CType, field: Expr): CType => {
  if (field.kind !== 'name') throw new UnknownName(`the member ${printExpr(field)}`);
  return e.types.field(of, field.name).type;
};

/** flex_array_size(p, member, count) and struct_size_t(type, member, count), which saturate too. */
const elements = (e: Emitter, of: CType, field: Expr): number => {
  const type = e.types.resolve(member(e, of, field));
  if (type.kind !== 'array') throw new UnknownName(`${printExpr(field)} is no array`);
  return e.types.sizeOf(type.of);
};
const number = (value: number): Expr => ({ kind: 'number', value: BigInt(value), suffix: 'UL' });
const sizeCall = (callee: string, ...args: Expr[]): Expr => ({ kind: 'call', callee: { kind: 'name', name: callee }, args });

export const OVERFLOW_CALLS: Readonly<Record<string, CallCompiler>> = {
  size_add: saturating('+'), size_mul: saturating('*'), size_sub: saturating('-'),
  check_add_overflow: check('+'), check_sub_overflow: check('-'), check_mul_overflow: check('*'),
  array3_size: (e, call) => compileExpr(e, sizeCall('size_mul', sizeCall('size_mul', call.expr(0), call.expr(1)), call.expr(2))),
  struct_size_t: (e, call) => {
    const type = call.type(0);
    const items = sizeCall('size_mul', call.expr(2), number(elements(e, type, call.expr(1))));
    return compileExpr(e, sizeCall('size_add', number(e.types.sizeOf(type)), items));
  },
  sizeof_field: (e, call) => ({ pure: constant(e.types.sizeOf(member(e, call.type(0), call.expr(1)))), type: ULONG }),
  offsetofend: (e, call) => {
    const field = call.expr(1);
    if (field.kind !== 'name') throw new UnknownName(call.text);
    const { offset, type } = e.types.field(call.type(0), field.name);
    return { pure: constant(offset + e.types.sizeOf(type)), type: ULONG };
  },
};
