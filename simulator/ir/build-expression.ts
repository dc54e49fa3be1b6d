/**
 * @module Expressions and types in the builder's words: `t.to('kcov_mode').eq(mode)` is `t->kcov_mode == mode`. A Term
 * wraps an Expr for reading well; what the builder hands out in the end is the plain Program. Strings are names, numbers
 * are numbers, `text()` is a string literal; parentheses follow from precedence, `.parens` writes superfluous ones.
 */
import type { Argument, BinaryOp, CType, Expr, UnaryOp } from './program.js';

/** What may stand where an expression is wanted; a string is a name, never a string literal. */
export type Operand = Term | string | number | bigint;

/** An argument of a call: an expression, or a type where a macro takes one. */
export type Actual = Operand | CType;

/** An expression with words to build larger ones. Immutable. */
export class Term {
  constructor(readonly expr: Expr) {}

  /** `this->field` */
  to(field: string): Term { return new Term({ kind: 'member', base: this.expr, field, arrow: true }); }
  /** `this.field` */
  dot(field: string): Term { return new Term({ kind: 'member', base: this.expr, field, arrow: false }); }
  /** `this[index]` */
  at(index: Operand): Term { return new Term({ kind: 'index', base: this.expr, index: expr(index) }); }

  plus(right: Operand): Term { return this.with('+', right); }
  minus(right: Operand): Term { return this.with('-', right); }
  times(right: Operand): Term { return this.with('*', right); }
  over(right: Operand): Term { return this.with('/', right); }
  shl(right: Operand): Term { return this.with('<<', right); }
  shr(right: Operand): Term { return this.with('>>', right); }
  /** `this & right` */
  mask(right: Operand): Term { return this.with('&', right); }
  /** `this | right` */
  bits(right: Operand): Term { return this.with('|', right); }
  eq(right: Operand): Term { return this.with('==', right); }
  ne(right: Operand): Term { return this.with('!=', right); }
  lt(right: Operand): Term { return this.with('<', right); }
  le(right: Operand): Term { return this.with('<=', right); }
  gt(right: Operand): Term { return this.with('>', right); }
  ge(right: Operand): Term { return this.with('>=', right); }
  /** `this && right` */
  and(right: Operand): Term { return this.with('&&', right); }
  /** `this || right` */
  or(right: Operand): Term { return this.with('||', right); }

  /** The same, written in parentheses though precedence needs none; only operators with two sides have it. */
  get parens(): Term {
    return this.expr.kind === 'binary' ? new Term({ ...this.expr, parens: true }) : this;
  }

  private with(op: BinaryOp, right: Operand): Term {
    return new Term({ kind: 'binary', op, left: this.expr, right: expr(right) });
  }
}

/** The Expr that `operand` stands for. */
export function expr(operand: Operand): Expr {
  if (operand instanceof Term) return operand.expr;
  if (typeof operand === 'string') return { kind: 'name', name: operand };
  const value = BigInt(operand);
  if (value >= 0n) return { kind: 'number', value, suffix: '' };
  return { kind: 'unary', op: '-', arg: { kind: 'number', value: -value, suffix: '' } };
}

/** The argument that `actual` stands for. */
export function argument(actual: Actual): Argument {
  return typeof actual === 'object' && !(actual instanceof Term) ? { kind: 'type', type: actual } : expr(actual);
}

/** `name` as a Term, for names that are no parameter or local: `name('current').to('kcov')`. */
export function name(name: string): Term {
  return new Term(expr(name));
}

/** A string literal. */
export function text(value: string): Term {
  return new Term({ kind: 'string', value });
}

/** A number spelled as in C: '0600', '0xffull', '1U'. */
export function number(spelling: string): Term {
  const [, digits = '0', suffix = ''] = /^(.*?)([uUlL]*)$/.exec(spelling) ?? [];
  const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return new Term({ kind: 'number', value, suffix: suffix.toUpperCase(), text: spelling });
}

function prefix(op: UnaryOp): (arg: Operand) => Term {
  return (arg) => new Term({ kind: 'unary', op, arg: expr(arg) });
}

/** `!x` */
export const not = prefix('!');
/** `-x` */
export const neg = prefix('-');
/** `~x` */
export const invert = prefix('~');
/** `*x` */
export const deref = prefix('*');
/** `&x` */
export const ref = prefix('&');

/** `callee(args)`: functions and macros used like functions. */
export function call(callee: Operand, ...args: readonly Actual[]): Term {
  return new Term({ kind: 'call', callee: expr(callee), args: args.map(argument) });
}

/** `(type)arg` */
export function cast(type: CType, arg: Operand): Term {
  return new Term({ kind: 'cast', type, arg: expr(arg) });
}

/** `sizeof(of)` */
export function sizeOf(of: Actual): Term {
  return new Term({ kind: 'sizeof', of: argument(of) });
}

/** `test ? then : otherwise` */
export function choose(test: Operand, then: Operand, otherwise: Operand): Term {
  return new Term({ kind: 'conditional', test: expr(test), then: expr(then), else: expr(otherwise) });
}

/** `{ .field = value, … }` in the order of the keys. */
export function fields(values: Readonly<Record<string, Operand>>): Term {
  return new Term({
    kind: 'initializer', items: Object.entries(values).map(([field, value]) => ({ field, value: expr(value) })),
  });
}

/** `{ value, … }` */
export function values(...list: readonly Operand[]): Term {
  return new Term({ kind: 'initializer', items: list.map((value) => ({ value: expr(value) })) });
}

const integer = (name: string, bytes: 1 | 2 | 4 | 8, signed: boolean): CType => ({ kind: 'int', name, bytes, signed });

export const void_: CType = { kind: 'void' };
export const bool: CType = { kind: 'bool' };
export const char: CType = integer('char', 1, true);
export const short: CType = integer('short', 2, true);
export const int: CType = integer('int', 4, true);
export const long: CType = integer('long', 8, true);
export const longLong: CType = integer('long long', 8, true);
export const unsignedChar: CType = integer('unsigned char', 1, false);
export const unsignedShort: CType = integer('unsigned short', 2, false);
export const unsignedInt: CType = integer('unsigned int', 4, false);
/** The same type as unsignedInt, spelled `unsigned`. */
export const unsigned: CType = integer('unsigned', 4, false);
export const unsignedLong: CType = integer('unsigned long', 8, false);
export const unsignedLongLong: CType = integer('unsigned long long', 8, false);

/** A typedef's name. */
export function named(name: string): CType {
  return { kind: 'named', name };
}

export const u8 = named('u8');
export const u16 = named('u16');
export const u32 = named('u32');
export const u64 = named('u64');

/** `struct name` */
export function structType(name: string): CType {
  return { kind: 'struct', name };
}

/** `enum name` */
export function enumType(name: string): CType {
  return { kind: 'enum', name };
}

/** `to *`; `qualifiers` such as const and __user belong to what it points to. */
export function pointer(to: CType, ...qualifiers: readonly string[]): CType {
  return qualifiers.length === 0 ? { kind: 'pointer', to } : { kind: 'pointer', to, qualifiers };
}

/** `of name[length]`; without `length` a flexible array. */
export function array(of: CType, length?: Operand): CType {
  return { kind: 'array', of, length: length === undefined ? null : expr(length) };
}

/** A function type, for pointers in structs. */
export function functionType(returns: CType, ...params: readonly CType[]): CType {
  return { kind: 'function', returns, params };
}
