/** @module Kernel macros and functions that only compute: error pointers, min and max, sizes, container_of. */
import type { CType } from '../ir/program.js';
import { INT, ULONG, UnknownName, VOID_POINTER } from '../ir/types.js';
import { canonical, U64, usualConversion } from '../machine/value.js';
import type { Pure } from '../machine/code.js';
import type { Call, CallCompiler, CallResult } from './calls.js';
import type { Emitter } from './emitter.js';
import { combine, compileExpr, convertTo, hold, literalCType, typeOf, pointee } from './expressions.js';
import { add, constant, not } from './pure.js';

/** Error pointers are the last 4095 addresses: include/linux/err.h. */
const ERROR_FIRST = canonical(0xfffffffffffff001n);

const truth = (pure: Pure): CallResult => ({ pure, type: INT });
const isError = (pure: Pure): Pure => ({ k: 'binary', op: '>=', a: pure, b: constant(ERROR_FIRST), type: U64 });

function passOn(e: Emitter, call: Call): CallResult {
  return compileExpr(e, call.expr(0));
}

/** The smaller or larger of two values, each evaluated once. */
function extreme(op: '<' | '>', typeArgument: boolean): CallCompiler {
  return (e, call) => {
    const first = typeArgument ? 1 : 0;
    const [a, b] = [hold(e, compileExpr(e, call.expr(first))), hold(e, compileExpr(e, call.expr(first + 1)))];
    const type: CType = typeArgument
      ? call.type(0)
      : literalCType(usualConversion(e.types.scalar(a.type), e.types.scalar(b.type)));
    const [x, y] = [convertTo(e, a, type), convertTo(e, b, type)];
    const test: Pure = { k: 'binary', op, a: x, b: y, type: e.types.scalar(type) };
    return { pure: { k: 'choose', test, then: x, else: y }, type };
  };
}

function offsetOf(e: Emitter, struct: CType, call: Call, index: number): number {
  const member = call.expr(index);
  if (member.kind === 'name') return e.types.field(struct, member.name).offset;
  if (member.kind === 'member' && !member.arrow && member.base.kind === 'name') {
    const outer = e.types.field(struct, member.base.name);
    return outer.offset + e.types.field(outer.type, member.field).offset;
  }
  throw new UnknownName(`the member in ${call.text}`);
}

const containerOf: CallCompiler = (e, call) => {
  const pointer = compileExpr(e, call.expr(0));
  const struct = containerType(e, call);
  const offset = offsetOf(e, struct, call, 2);
  const pure: Pure = offset === 0 ? pointer.pure : { k: 'binary', op: '-', a: pointer.pure, b: constant(offset), type: U64 };
  return { pure, type: { kind: 'pointer', to: struct } };
};

/** hlist_entry_safe(): container_of() that leaves NULL alone. */
const entrySafe: CallCompiler = (e, call) => {
  const pointer = hold(e, compileExpr(e, call.expr(0))).pure;
  const struct = containerType(e, call);
  const moved: Pure = { k: 'binary', op: '-', a: pointer, b: constant(offsetOf(e, struct, call, 2)), type: U64 };
  return { pure: { k: 'choose', test: pointer, then: moved, else: constant(0) }, type: { kind: 'pointer', to: struct } };
};

/** A type, or typeof(*pos) as the iterators have it. */
function containerType(e: Emitter, call: Call): CType {
  const arg = call.args[1];
  if (arg?.kind === 'call' && arg.callee.kind === 'name' && ['typeof', '__typeof__'].includes(arg.callee.name)) {
    const of = arg.args[0];
    if (of && of.kind !== 'type') return typeOf(e, of);
  }
  return call.type(1);
}

const structSize: CallCompiler = (e, call) => {
  const struct = pointee(e, typeOf(e, call.expr(0)));
  const member = call.expr(1);
  if (member.kind !== 'name') throw new UnknownName(`the member in ${call.text}`);
  const element = pointee(e, e.types.field(struct, member.name).type);
  const count = compileExpr(e, call.expr(2));
  const bytes: Pure = { k: 'binary', op: '*', a: convertTo(e, count, ULONG), b: constant(e.types.sizeOf(element)), type: U64 };
  return { pure: add(bytes, constant(e.types.sizeOf(struct))), type: ULONG };
};

const log2: CallCompiler = (e, call) => {
  const value = BigInt(e.types.constant(call.expr(0)));
  return { pure: constant(value.toString(2).length - 1), type: INT };
};

export const VALUE_CALLS: Readonly<Record<string, CallCompiler>> = {
  likely: passOn, unlikely: passOn, data_race: passOn, __builtin_expect: passOn, __force: passOn, unrcu_pointer: passOn,
  IS_ERR: (e, call) => truth(isError(compileExpr(e, call.expr(0)).pure)),
  IS_ERR_OR_NULL: (e, call) => {
    const { pure } = hold(e, compileExpr(e, call.expr(0)));
    return truth({ k: 'binary', op: '||', a: not(pure), b: isError(pure), type: U64 });
  },
  PTR_ERR: (e, call) => ({ pure: convertTo(e, compileExpr(e, call.expr(0)), { kind: 'int', name: 'long', bytes: 8, signed: true }), type: { kind: 'int', name: 'long', bytes: 8, signed: true } }),
  ERR_PTR: (e, call) => ({ pure: convertTo(e, compileExpr(e, call.expr(0)), VOID_POINTER), type: VOID_POINTER }),
  ERR_CAST: (e, call) => ({ pure: compileExpr(e, call.expr(0)).pure, type: VOID_POINTER }),
  min: extreme('<', false), max: extreme('>', false), min_t: extreme('<', true), max_t: extreme('>', true),
  container_of: containerOf, list_entry: containerOf, hlist_entry: containerOf, __kcovet_entry_safe: entrySafe, hlist_entry_safe: entrySafe,
  list_first_entry: (e, call) => {
    const head = compileExpr(e, { kind: 'member', base: call.expr(0), field: 'next', arrow: true });
    const struct = call.type(1);
    const pure: Pure = { k: 'binary', op: '-', a: head.pure, b: constant(offsetOf(e, struct, call, 2)), type: U64 };
    return { pure, type: { kind: 'pointer', to: struct } };
  },
  offsetof: (e, call) => ({ pure: constant(offsetOf(e, call.type(0), call, 1)), type: ULONG }),
  struct_size: structSize,
  array_size: (e, call) => combine(e, '*', { pure: convertTo(e, compileExpr(e, call.expr(0)), ULONG), type: ULONG }, compileExpr(e, call.expr(1))),
  ARRAY_SIZE: (e, call) => {
    const type = e.types.resolve(typeOf(e, call.expr(0)));
    if (type.kind !== 'array' || type.length === null) throw new UnknownName(`${call.text} of something that is no array`);
    return { pure: constant(e.types.constant(type.length)), type: ULONG };
  },
  HASH_SIZE: (e, call) => {
    const type = e.types.resolve(typeOf(e, call.expr(0)));
    if (type.kind !== 'array' || type.length === null) throw new UnknownName(`${call.text} of something that is no array`);
    return { pure: constant(e.types.constant(type.length)), type: INT };
  },
  ilog2: log2, __ilog2_u64: log2, __ilog2_u32: log2,
  order_base_2: (e, call) => {
    const value = BigInt(e.types.constant(call.expr(0)));
    return { pure: constant(value > 1n ? (value - 1n).toString(2).length : 0), type: INT };
  },
  is_power_of_2: (e, call) => {
    const value = BigInt(e.types.constant(call.expr(0)));
    return truth(constant(value > 0n && (value & (value - 1n)) === 0n ? 1 : 0));
  },
  IS_ENABLED: (e, call) => {
    const name = call.expr(0);
    return truth(constant(name.kind === 'name' && e.types.isConstant(name.name) ? 1 : 0));
  },
};
