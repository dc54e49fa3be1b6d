/** @module Kernel calls that read, change and write in one step: exchanges, atomic_t, refcount_t (include/linux/atomic.h, refcount.h). */
import type { CType } from '../ir/program.js';
import { INT } from '../ir/types.js';
import type { Pure, RmwKind, RmwResult } from '../machine/code.js';
import { S32, U32 } from '../machine/value.js';
import { VOID_RESULT } from './calls.js';
import type { Call, CallCompiler } from './calls.js';
import { Label } from './emitter.js';
import type { Emitter } from './emitter.js';
import { compileExpr, convertTo, hold, load, loadFrom, store } from './expressions.js';
import { constant, not, register } from './pure.js';
import { memory, through } from './through.js';

const unsigned: CType = { kind: 'int', name: 'unsigned int', bytes: 4, signed: false };

const exchange: CallCompiler = (e, call) => {
  const { target, text } = through(e, call, 0);
  const operand = convertTo(e, compileExpr(e, call.expr(1)), target.type);
  const dst = e.temporary();
  e.emit({ op: 'rmw', kind: 'exchange', dst, address: memory(target), operand, type: e.types.scalar(target.type), result: 'old', refcount: false }, text, target.type);
  return { pure: register(dst), type: target.type };
};

const compareExchange: CallCompiler = (e, call) => {
  const { target, text } = through(e, call, 0);
  const compare = convertTo(e, compileExpr(e, call.expr(1)), target.type);
  const operand = convertTo(e, compileExpr(e, call.expr(2)), target.type);
  const dst = e.temporary();
  e.emit({ op: 'rmw', kind: 'compareExchange', dst, address: memory(target), operand, compare, type: e.types.scalar(target.type), result: 'old', refcount: false }, text, target.type);
  return { pure: register(dst), type: target.type };
};

/** try_cmpxchg(ptr, &old, new): on failure the value found goes to old (include/linux/atomic/atomic-arch-fallback.h). */
const tryCompareExchange: CallCompiler = (e, call) => {
  const found = through(e, call, 1);
  const expected = hold(e, load(e, found.target, call.expr(1)));
  const { target, text } = through(e, call, 0);
  const [compare, operand] = [convertTo(e, expected, target.type), convertTo(e, compileExpr(e, call.expr(2)), target.type)];
  const dst = e.temporary();
  e.emit({ op: 'rmw', kind: 'compareExchange', dst, address: memory(target), operand, compare, type: e.types.scalar(target.type), result: 'old', refcount: false }, text, target.type);
  const success: Pure = { k: 'binary', op: '==', a: register(dst), b: compare, type: S32 };
  const done = new Label();
  e.branch(not(success), done);
  store(e, found.target, { pure: register(dst), type: target.type }, { marked: false, text: found.text });
  e.place(done);
  // After a failure the register differs from what was compared, which is a copy.
  return { pure: success, type: INT };
};

/** refcount_inc_not_zero(): one step, as the loop over cmpxchg that it is comes to in the end. */
const incrementNotZero: CallCompiler = (e, call) => {
  const { target, text } = through(e, call, 0);
  const dst = e.temporary();
  e.emit({ op: 'rmw', kind: 'addUnlessZero', dst, address: memory(target), operand: constant(1), type: S32, result: 'old', refcount: false }, text, INT);
  return { pure: not(not(register(dst))), type: INT };
};

interface CounterCall {
  /** Index of the argument that points to the counter. */
  readonly at: number;
  readonly delta: number | { readonly argument: number; readonly sign: 1 | -1 };
  readonly result: RmwResult | 'none';
  readonly refcount: boolean;
}

/** atomic_t and refcount_t both hold one int as their first member: include/linux/types.h, refcount.h. */
function counter(how: CounterCall): CallCompiler {
  return (e, call) => {
    const { target, text } = through(e, call, how.at);
    const operand = typeof how.delta === 'number' ? constant(how.delta) : signed(e, call, how.delta);
    const dst = how.result === 'none' ? null : e.temporary();
    const kind: RmwKind = 'add';
    const result = how.result === 'none' ? 'new' : how.result;
    e.emit({ op: 'rmw', kind, dst, address: memory(target), operand, type: how.refcount ? U32 : S32, result, refcount: how.refcount }, text, INT);
    return dst === null ? VOID_RESULT : { pure: register(dst), type: INT };
  };
}

function signed(e: Emitter, call: Call, delta: { argument: number; sign: 1 | -1 }): Pure {
  const value = convertTo(e, compileExpr(e, call.expr(delta.argument)), INT);
  return delta.sign === 1 ? value : { k: 'unary', op: '-', a: value, type: S32 };
}

const counterRead = (type: CType): CallCompiler => (e, call) => {
  const { target, text } = through(e, call, 0);
  return loadFrom(e, memory(target), type, { marked: true, text });
};

const counterSet: CallCompiler = (e, call) => {
  const { target, text } = through(e, call, 0);
  store(e, { at: 'memory', address: memory(target), type: unsigned }, compileExpr(e, call.expr(1)), { marked: true, text });
  return VOID_RESULT;
};

const up = { at: 0, delta: 1 } as const;
const down = { at: 0, delta: -1 } as const;

/** xchg(), cmpxchg(), atomic_t and refcount_t: each one step. */
export const ATOMIC_CALLS: Readonly<Record<string, CallCompiler>> = {
  xchg: exchange, xchg_relaxed: exchange, xchg_acquire: exchange, xchg_release: exchange, cmpxchg: compareExchange, cmpxchg_local: compareExchange,
  try_cmpxchg: tryCompareExchange,
  refcount_inc: counter({ ...up, result: 'none', refcount: true }),
  refcount_dec: counter({ ...down, result: 'none', refcount: true }),
  refcount_dec_and_test: counter({ ...down, result: 'isZero', refcount: true }),
  refcount_set: counterSet, refcount_read: counterRead(unsigned),
  atomic_inc: counter({ ...up, result: 'none', refcount: false }), atomic_dec: counter({ ...down, result: 'none', refcount: false }),
  atomic_inc_return: counter({ ...up, result: 'new', refcount: false }), atomic_dec_return: counter({ ...down, result: 'new', refcount: false }),
  atomic_fetch_inc: counter({ ...up, result: 'old', refcount: false }),
  atomic_dec_and_test: counter({ ...down, result: 'isZero', refcount: false }),
  atomic_add: counter({ at: 1, delta: { argument: 0, sign: 1 }, result: 'none', refcount: false }),
  atomic_sub: counter({ at: 1, delta: { argument: 0, sign: -1 }, result: 'none', refcount: false }),
  atomic_read: counterRead(INT), atomic_set: counterSet,
  refcount_inc_not_zero: incrementNotZero, atomic_inc_not_zero: incrementNotZero,
  atomic_sub_and_test: counter({ at: 1, delta: { argument: 0, sign: -1 }, result: 'isZero', refcount: false }),
  atomic_add_return: counter({ at: 1, delta: { argument: 0, sign: 1 }, result: 'new', refcount: false }),
  atomic_fetch_add: counter({ at: 1, delta: { argument: 0, sign: 1 }, result: 'old', refcount: false }),
};
