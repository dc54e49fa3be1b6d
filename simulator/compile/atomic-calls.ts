/** @module Kernel calls that read, change and write in one step: exchanges, atomic_t, refcount_t (include/linux/atomic.h, refcount.h). */
import type { CType, Expr } from '../ir/program.js';
import { INT } from '../ir/types.js';
import type { Pure, RmwKind, RmwResult } from '../machine/code.js';
import { S32, S64, U32, U64 } from '../machine/value.js';
import type { Scalar } from '../machine/value.js';
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
const incrementNotZero = (type: Scalar): CallCompiler => (e, call) => {
  const { target, text } = through(e, call, 0);
  const dst = e.temporary();
  e.emit({ op: 'rmw', kind: 'addUnlessZero', dst, address: memory(target), operand: constant(1), type, result: 'old', refcount: false }, text, INT);
  return { pure: not(not(register(dst))), type: INT };
};

interface CounterCall {
  /** Index of the argument that points to the counter. */
  readonly at: number;
  readonly delta: number | { readonly argument: number; readonly sign: 1 | -1 };
  readonly result: RmwResult | 'none';
  readonly refcount: boolean;
  /** Of the counter; int where it is not given. */
  readonly type?: CType;
}

/** atomic_t and refcount_t both hold one int as their first member: include/linux/types.h, refcount.h. */
function counter(how: CounterCall): CallCompiler {
  return (e, call) => {
    const { target, text } = through(e, call, how.at);
    const wide = how.type?.kind === 'int' && how.type.bytes === 8;
    const operand = typeof how.delta === 'number' ? constant(how.delta) : signed(e, call, { ...how.delta, type: how.type ?? INT });
    const dst = how.result === 'none' ? null : e.temporary();
    const kind: RmwKind = 'add';
    const result = how.result === 'none' ? 'new' : how.result;
    e.emit({ op: 'rmw', kind, dst, address: memory(target), operand, type: how.refcount ? U32 : wide ? S64 : S32, result, refcount: how.refcount }, text, how.type ?? INT);
    return dst === null ? VOID_RESULT : { pure: register(dst), type: wide && result !== 'isZero' ? LONG : INT };
  };
}

function signed(e: Emitter, call: Call, delta: { argument: number; sign: 1 | -1; type: CType }): Pure {
  const value = convertTo(e, compileExpr(e, call.expr(delta.argument)), delta.type);
  return delta.sign === 1 ? value : { k: 'unary', op: '-', a: value, type: e.types.scalar(delta.type) };
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

/** The counter's width: atomic_t and refcount_t are an int, atomic_long_t and atomic64_t a long. */
const LONG: CType = { kind: 'int', name: 'long', bytes: 8, signed: true };

/** What all counters can do; `type` is the counter's. Those with an ordering are each one step and differ in nothing here. */
function atomics(prefix: string, type: CType): Record<string, CallCompiler> {
  const count = (how: Omit<CounterCall, 'refcount'>): CallCompiler => counter({ ...how, refcount: false, ...(type === LONG ? { type } : {}) });
  const by = (sign: 1 | -1, result: CounterCall['result']): CallCompiler => count({ at: 1, delta: { argument: 0, sign }, result });
  const plain: Record<string, CallCompiler> = {
    inc: count({ ...up, result: 'none' }), dec: count({ ...down, result: 'none' }), add: by(1, 'none'), sub: by(-1, 'none'),
    inc_return: count({ ...up, result: 'new' }), dec_return: count({ ...down, result: 'new' }), fetch_inc: count({ ...up, result: 'old' }),
    fetch_dec: count({ ...down, result: 'old' }), inc_and_test: count({ ...up, result: 'isZero' }), dec_and_test: count({ ...down, result: 'isZero' }),
    sub_and_test: by(-1, 'isZero'), add_return: by(1, 'new'), sub_return: by(-1, 'new'), fetch_add: by(1, 'old'), fetch_sub: by(-1, 'old'),
    read: counterRead(type === LONG ? LONG : INT), set: type === LONG ? wideSet : counterSet, inc_not_zero: incrementNotZero(type === LONG ? S64 : S32),
    xchg: onCounter('xchg'), cmpxchg: onCounter('cmpxchg'), try_cmpxchg: onCounter('try_cmpxchg'),
  };
  return Object.fromEntries(Object.entries(plain).map(([name, compile]) => [`${prefix}_${name}`, compile]));
}

const wideSet: CallCompiler = (e, call) => {
  const { target, text } = through(e, call, 0);
  store(e, { at: 'memory', address: memory(target), type: LONG }, compileExpr(e, call.expr(1)), { marked: true, text });
  return VOID_RESULT;
};

/** atomic_xchg(v, x) is xchg(&v->counter, x). */
const onCounter = (callee: string): CallCompiler => (e, call) => {
  const counterOf: Expr = { kind: 'unary', op: '&', arg: { kind: 'member', base: call.expr(0), field: 'counter', arrow: true } };
  return compileExpr(e, { kind: 'call', callee: { kind: 'name', name: callee }, args: [counterOf, ...call.args.slice(1)] });
};

/** set_bit() and its kin: one step on the word that has the bit; `__` ones are the same in plain C and not here. */
const bit = (kind: RmwKind, result: boolean): CallCompiler => (e, call) => {
  const number = compileExpr(e, call.expr(0));
  const base = compileExpr(e, call.expr(1));
  const index: Pure = { k: 'convert', a: number.pure, type: U64 };
  const word: Pure = { k: 'binary', op: '*', a: { k: 'binary', op: '/', a: index, b: constant(64), type: U64 }, b: constant(8), type: U64 };
  const mask: Pure = { k: 'binary', op: '<<', a: constant(1), b: { k: 'binary', op: '&', a: index, b: constant(63), type: U64 }, type: U64 };
  const operand: Pure = kind === 'and' ? { k: 'unary', op: '~', a: mask, type: U64 } : mask;
  const dst = result ? e.temporary() : null;
  e.emit({ op: 'rmw', kind, dst, address: { k: 'binary', op: '+', a: base.pure, b: word, type: U64 }, operand, type: U64, result: 'old', refcount: false }, call.text, LONG);
  return dst === null ? VOID_RESULT : { pure: not(not({ k: 'binary', op: '&', a: register(dst), b: mask, type: U64 })), type: INT };
};

const testBit: CallCompiler = (e, call) => {
  const index: Expr = { kind: 'binary', op: '/', left: call.expr(0), right: { kind: 'number', value: 64n, suffix: '' } };
  const shift: Expr = { kind: 'binary', op: '&', left: call.expr(0), right: { kind: 'number', value: 63n, suffix: '' } };
  const word: Expr = { kind: 'call', callee: { kind: 'name', name: 'READ_ONCE' }, args: [{ kind: 'index', base: call.expr(1), index }] };
  return compileExpr(e, { kind: 'binary', op: '&', left: { kind: 'binary', op: '>>', left: word, right: shift }, right: { kind: 'number', value: 1n, suffix: '' } });
};

/** xchg(), cmpxchg(), atomic_t, refcount_t and bits: each one step. */
export const ATOMIC_CALLS: Readonly<Record<string, CallCompiler>> = {
  xchg: exchange, xchg_relaxed: exchange, xchg_acquire: exchange, xchg_release: exchange,
  cmpxchg: compareExchange, cmpxchg_local: compareExchange, cmpxchg_relaxed: compareExchange, cmpxchg_acquire: compareExchange, cmpxchg_release: compareExchange,
  cmpxchg64: compareExchange,
  try_cmpxchg: tryCompareExchange, try_cmpxchg_relaxed: tryCompareExchange, try_cmpxchg_acquire: tryCompareExchange, try_cmpxchg_release: tryCompareExchange,
  try_cmpxchg64: tryCompareExchange,
  refcount_inc: counter({ ...up, result: 'none', refcount: true }),
  refcount_dec: counter({ ...down, result: 'none', refcount: true }),
  refcount_dec_and_test: counter({ ...down, result: 'isZero', refcount: true }),
  refcount_add: counter({ at: 1, delta: { argument: 0, sign: 1 }, result: 'none', refcount: true }),
  refcount_sub_and_test: counter({ at: 1, delta: { argument: 0, sign: -1 }, result: 'isZero', refcount: true }),
  refcount_set: counterSet, refcount_read: counterRead(unsigned), refcount_inc_not_zero: incrementNotZero(S32),
  ...atomics('atomic', INT), ...atomics('atomic_long', LONG), ...atomics('atomic64', LONG),
  set_bit: bit('or', false), clear_bit: bit('and', false), test_and_set_bit: bit('or', true), test_and_clear_bit: bit('and', true), test_bit: testBit,
};
