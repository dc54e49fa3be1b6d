/** @module Per-CPU data: include/linux/percpu-defs.h. A variable's instances are objects of their own, behind a template that nothing may touch. */
import type { Expr } from '../ir/program.js';
import { printExpr } from '../ir/print.js';
import { INT, ULONG } from '../ir/types.js';
import { addressOf, OBJECT_SPAN } from '../machine/address.js';
import type { Pure, RmwKind } from '../machine/code.js';
import { U64 } from '../machine/value.js';
import { environment, VOID_RESULT } from './calls.js';
import type { Call, CallCompiler, CallResult } from './calls.js';
import type { Emitter, Operand } from './emitter.js';
import { combine, compileExpr, convertTo, loadFrom, pointee, store } from './expressions.js';
import { compileTarget } from './targets.js';
import type { Target } from './targets.js';
import { add, constant, register } from './pure.js';
import { memory } from './through.js';

/** Address of this CPU's instance: instances follow the template object. */
export function thisCpu(address: Pure): Pure {
  const instance: Pure = { k: 'binary', op: '+', a: environment('cpu'), b: constant(1), type: U64 };
  return add(address, { k: 'binary', op: '*', a: instance, b: constant(OBJECT_SPAN), type: U64 });
}

const thisCpuPtr: CallCompiler = (e, call) => {
  const pointer = compileExpr(e, call.expr(0));
  return { pure: thisCpu(pointer.pure), type: pointer.type };
};

const perCpuPtr: CallCompiler = (e, call) => {
  const pointer = compileExpr(e, call.expr(0));
  const instance: Pure = { k: 'binary', op: '+', a: convertTo(e, compileExpr(e, call.expr(1)), ULONG), b: constant(1), type: U64 };
  return { pure: add(pointer.pure, { k: 'binary', op: '*', a: instance, b: constant(OBJECT_SPAN), type: U64 }), type: pointer.type };
};

function perCpuTarget(e: Emitter, expr: Expr): Target {
  const slotName = expr.kind === 'name' ? expr.name : null;
  const slot = slotName === null ? undefined : e.context.globals.get(slotName);
  if (slot?.perCpu) return { at: 'memory', address: thisCpu(constant(addressOf(slot.object))), type: slot.type };
  const inner = compileTarget(e, expr);
  return { at: 'memory', address: thisCpu(memory(inner)), type: inner.type };
}

function lvalue(e: Emitter, target: Target, text: string): CallResult {
  const type = e.types.resolve(target.type);
  if (target.at === 'memory' && !e.types.isScalar(type)) {
    return { pure: target.address, type: { kind: 'pointer', to: type.kind === 'array' ? type.of : target.type }, target };
  }
  let loaded: Operand | null = null;
  return {
    target, type: target.type,
    get pure(): Pure {
      loaded ??= loadFrom(e, memory(target), target.type, { marked: false, text });
      return loaded.pure;
    },
  };
}

const getCpuVar: CallCompiler = (e, call) => {
  e.emit({ op: 'preempt', delta: 1 });
  return lvalue(e, perCpuTarget(e, call.expr(0)), call.text);
};

const putCpu: CallCompiler = (e) => {
  e.emit({ op: 'preempt', delta: -1 });
  return VOID_RESULT;
};

const thisCpuRead: CallCompiler = (e, call) => {
  const target = perCpuTarget(e, call.expr(0));
  return loadFrom(e, memory(target), target.type, { marked: true, text: printExpr(call.expr(0)) });
};

const thisCpuWrite: CallCompiler = (e, call) => {
  store(e, perCpuTarget(e, call.expr(0)), compileExpr(e, call.expr(1)), { marked: true, text: printExpr(call.expr(0)) });
  return VOID_RESULT;
};

/** this_cpu_add() and its kin: one instruction, so one step. */
const thisCpuAdd = (delta: number | null): CallCompiler => (e, call) => {
  const target = perCpuTarget(e, call.expr(0));
  const operand = delta === null ? convertTo(e, compileExpr(e, call.expr(1)), target.type) : constant(delta);
  const type = e.types.scalar(target.type);
  e.emit({ op: 'rmw', kind: 'add', dst: null, address: memory(target), operand, type, result: 'new', refcount: false }, printExpr(call.expr(0)), target.type);
  return VOID_RESULT;
};

/** __this_cpu_add() and raw_cpu_add(): a load and a store, since callers must keep interrupts away (include/asm-generic/percpu.h). */
const rawCpuChange = (op: '+' | '-' | '&' | '|', delta: number | null): CallCompiler => (e, call) => {
  const target = perCpuTarget(e, call.expr(0));
  const text = printExpr(call.expr(0));
  const before = loadFrom(e, memory(target), target.type, { marked: false, text });
  const by: Operand = delta === null ? compileExpr(e, call.expr(1)) : { pure: constant(delta), type: INT };
  store(e, target, combine(e, op, before, by), { marked: false, text });
  return VOID_RESULT;
};

/** this_cpu_add_return(), this_cpu_xchg() and others that are one instruction and have a result. */
const thisCpuStep = (kind: RmwKind, how: { result: 'old' | 'new' | 'none'; delta?: number; sign?: -1 }): CallCompiler => (e, call) => {
  const target = perCpuTarget(e, call.expr(0));
  const type = e.types.scalar(target.type);
  const compare = kind === 'compareExchange' ? convertTo(e, compileExpr(e, call.expr(1)), target.type) : undefined;
  const given = how.delta === undefined ? convertTo(e, compileExpr(e, call.expr(compare ? 2 : 1)), target.type) : constant(how.delta);
  const operand: Pure = how.sign === -1 ? { k: 'unary', op: '-', a: given, type } : given;
  const dst = how.result === 'none' ? null : e.temporary();
  const result = how.result === 'none' ? 'new' : how.result;
  e.emit({ op: 'rmw', kind, dst, address: memory(target), operand, ...(compare ? { compare } : {}), type, result, refcount: false }, printExpr(call.expr(0)), target.type);
  return dst === null ? VOID_RESULT : { pure: register(dst), type: target.type };
};

export const PER_CPU_CALLS: Readonly<Record<string, CallCompiler>> = {
  this_cpu_ptr: thisCpuPtr, raw_cpu_ptr: thisCpuPtr, per_cpu_ptr: perCpuPtr,
  per_cpu: (e, call) => {
    const pointer = perCpuPtr(e, { ...call, expr: (i: number) => (i === 0 ? { kind: 'unary', op: '&', arg: call.expr(0) } : call.expr(i)) } as Call);
    return lvalue(e, { at: 'memory', address: pointer.pure, type: pointee(e, pointer.type) }, call.text);
  },
  get_cpu_var: getCpuVar, put_cpu_var: putCpu, get_cpu_ptr: (e, call) => {
    e.emit({ op: 'preempt', delta: 1 });
    return thisCpuPtr(e, call);
  },
  put_cpu_ptr: putCpu,
  __get_cpu_var: (e, call) => lvalue(e, perCpuTarget(e, call.expr(0)), call.text),
  this_cpu_read: thisCpuRead, __this_cpu_read: thisCpuRead, raw_cpu_read: thisCpuRead,
  this_cpu_write: thisCpuWrite, __this_cpu_write: thisCpuWrite, raw_cpu_write: thisCpuWrite,
  this_cpu_inc: thisCpuAdd(1), this_cpu_dec: thisCpuAdd(-1), this_cpu_add: thisCpuAdd(null),
  this_cpu_sub: thisCpuStep('add', { result: 'none', sign: -1 }), this_cpu_or: thisCpuStep('or', { result: 'none' }), this_cpu_and: thisCpuStep('and', { result: 'none' }),
  this_cpu_add_return: thisCpuStep('add', { result: 'new' }), this_cpu_inc_return: thisCpuStep('add', { result: 'new', delta: 1 }),
  this_cpu_dec_return: thisCpuStep('add', { result: 'new', delta: -1 }), this_cpu_xchg: thisCpuStep('exchange', { result: 'old' }),
  this_cpu_cmpxchg: thisCpuStep('compareExchange', { result: 'old' }),
  ...Object.fromEntries(['__this_cpu', 'raw_cpu'].flatMap((prefix) => [
    [`${prefix}_inc`, rawCpuChange('+', 1)], [`${prefix}_dec`, rawCpuChange('-', 1)], [`${prefix}_add`, rawCpuChange('+', null)],
    [`${prefix}_sub`, rawCpuChange('-', null)], [`${prefix}_or`, rawCpuChange('|', null)], [`${prefix}_and`, rawCpuChange('&', null)],
  ])),
};
