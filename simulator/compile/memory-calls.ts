/** @module Kernel calls that touch memory: marked accesses, atomics, reference counts, allocation, user memory, per-CPU data, warnings. */
import type { CType, Expr } from '../ir/program.js';
import { printExpr } from '../ir/print.js';
import { INT, ULONG, UnknownName, VOID_POINTER } from '../ir/types.js';
import { CALL_CONTRACTS } from '../kernel/calls.js';
import { addressOf, NULL_SPAN, OBJECT_SPAN } from '../machine/address.js';
import type { Pure, RmwKind, RmwResult } from '../machine/code.js';
import { canonical, S32, U32, U64 } from '../machine/value.js';
import { environment, VOID_RESULT } from './calls.js';
import type { Call, CallCompiler, CallResult } from './calls.js';
import { Label } from './emitter.js';
import type { Emitter, Operand } from './emitter.js';
import { compileAddress, compileExpr, compileTarget, convertTo, hold, load, loadFrom, pointee, store, typeOf } from './expressions.js';
import { add, constant, not, register } from './pure.js';
import type { Target } from './expressions.js';
import { bucket } from './iterators.js';

const name = (text: string): Expr => ({ kind: 'name', name: text });
const callOf = (callee: string, ...args: Expr[]): Expr => ({ kind: 'call', callee: name(callee), args });
const unsigned: CType = { kind: 'int', name: 'unsigned int', bytes: 4, signed: false };

/** A pointer argument as something to access: &x gives x. */
function through(e: Emitter, call: Call, index: number): { target: Target; text: string } {
  const arg = call.expr(index);
  const text = arg.kind === 'unary' && arg.op === '&' ? printExpr(arg.arg) : `*${printExpr(arg)}`;
  return { target: compileTarget(e, { kind: 'unary', op: '*', arg }), text };
}

function memory(target: Target): Pure {
  if (target.at !== 'memory') throw new UnknownName('an access to a value in a register');
  return target.address;
}

const readOnce: CallCompiler = (e, call) => {
  const target = compileTarget(e, call.expr(0));
  if (target.at === 'register') return load(e, target, call.expr(0));
  return loadFrom(e, target.address, target.type, { marked: true, text: printExpr(call.expr(0)) });
};

const writeOnce: CallCompiler = (e, call) => {
  const target = compileTarget(e, call.expr(0));
  store(e, target, compileExpr(e, call.expr(1)), { marked: true, text: printExpr(call.expr(0)) });
  return VOID_RESULT;
};

const loadAcquire: CallCompiler = (e, call) => {
  const { target, text } = through(e, call, 0);
  const value = loadFrom(e, memory(target), target.type, { marked: true, text });
  e.emit({ op: 'barrier', kind: 'acquire' });
  return value;
};

const storeRelease: CallCompiler = (e, call) => {
  e.emit({ op: 'barrier', kind: 'release' });
  const { target, text } = through(e, call, 0);
  store(e, target, compileExpr(e, call.expr(1)), { marked: true, text });
  return VOID_RESULT;
};

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

const counterRead: CallCompiler = (e, call) => {
  const { target, text } = through(e, call, 0);
  return loadFrom(e, memory(target), unsigned, { marked: true, text });
};

const counterSet: CallCompiler = (e, call) => {
  const { target, text } = through(e, call, 0);
  store(e, { at: 'memory', address: memory(target), type: unsigned }, compileExpr(e, call.expr(1)), { marked: true, text });
  return VOID_RESULT;
};

const up = { at: 0, delta: 1 } as const;
const down = { at: 0, delta: -1 } as const;

const COUNTER_CALLS: Readonly<Record<string, CallCompiler>> = {
  refcount_inc: counter({ ...up, result: 'none', refcount: true }),
  refcount_dec: counter({ ...down, result: 'none', refcount: true }),
  refcount_dec_and_test: counter({ ...down, result: 'isZero', refcount: true }),
  refcount_set: counterSet, refcount_read: counterRead,
  atomic_inc: counter({ ...up, result: 'none', refcount: false }), atomic_dec: counter({ ...down, result: 'none', refcount: false }),
  atomic_inc_return: counter({ ...up, result: 'new', refcount: false }), atomic_dec_return: counter({ ...down, result: 'new', refcount: false }),
  atomic_fetch_inc: counter({ ...up, result: 'old', refcount: false }),
  atomic_dec_and_test: counter({ ...down, result: 'isZero', refcount: false }),
  atomic_add: counter({ at: 1, delta: { argument: 0, sign: 1 }, result: 'none', refcount: false }),
  atomic_sub: counter({ at: 1, delta: { argument: 0, sign: -1 }, result: 'none', refcount: false }),
  atomic_read: counterRead, atomic_set: counterSet,
  refcount_inc_not_zero: incrementNotZero, atomic_inc_not_zero: incrementNotZero,
  atomic_sub_and_test: counter({ at: 1, delta: { argument: 0, sign: -1 }, result: 'isZero', refcount: false }),
  atomic_add_return: counter({ at: 1, delta: { argument: 0, sign: 1 }, result: 'new', refcount: false }),
  atomic_fetch_add: counter({ at: 1, delta: { argument: 0, sign: 1 }, result: 'old', refcount: false }),
};

/** __GFP_ZERO as the model's GFP constants have it. */
const GFP_ZERO = 0x100n;

interface Allocator {
  readonly size: (e: Emitter, call: Call) => Pure;
  readonly zero: boolean;
}

const argument = (index: number) => (e: Emitter, call: Call): Pure => convertTo(e, compileExpr(e, call.expr(index)), ULONG);
const product = (e: Emitter, call: Call): Pure => ({ k: 'binary', op: '*', a: argument(0)(e, call), b: argument(1)(e, call), type: U64 });

function allocate({ size, zero }: Allocator): CallCompiler {
  return (e, call) => {
    const dst = e.temporary();
    const statement = e.current;
    const hint = statement.kind === 'expression' && statement.expr.kind === 'assign' ? printExpr(statement.expr.target)
      : statement.kind === 'declaration' ? statement.name : call.name;
    const zeroed = zero || asksForZeros(e, call);
    e.emit({ op: 'alloc', dst, size: size(e, call), zero: zeroed, site: e.site(call.name, hint), mayFail: true }, call.text);
    return { pure: register(dst), type: VOID_POINTER };
  };
}

/** The flags of a call in the contracts' table say __GFP_ZERO: include/linux/gfp.h. */
function asksForZeros(e: Emitter, call: Call): boolean {
  const at = CALL_CONTRACTS[call.name]?.gfpArgument;
  return at !== undefined && (BigInt(e.types.constant(call.expr(at))) & GFP_ZERO) !== 0n;
}

const free: CallCompiler = (e, call) => {
  e.emit({ op: 'free', address: compileExpr(e, call.expr(0)).pure, api: call.name }, call.text);
  return VOID_RESULT;
};

const ALLOCATION_CALLS: Readonly<Record<string, CallCompiler>> = {
  kmalloc: allocate({ size: argument(0), zero: false }), kzalloc: allocate({ size: argument(0), zero: true }),
  kmalloc_node: allocate({ size: argument(0), zero: false }),
  kmalloc_array: allocate({ size: product, zero: false }), kcalloc: allocate({ size: product, zero: true }),
  vmalloc: allocate({ size: argument(0), zero: false }), vzalloc: allocate({ size: argument(0), zero: true }),
  vmalloc_node: allocate({ size: argument(0), zero: false }), vmalloc_user: allocate({ size: argument(0), zero: true }),
  kfree: free, vfree: free, kvfree: free, kfree_sensitive: free,
};

const EFAULT = 14;
const ENOMEM = 12;

/** True where user memory begins with the unmapped first page; that other pages may fault is not modelled. */
const faults = (address: Pure): Pure => ({ k: 'binary', op: '<', a: address, b: constant(NULL_SPAN), type: U64 });

/** get_user(x, ptr): reads user memory into x, which is 0 after a fault (arch/x86/lib/getuser.S). */
const getUser: CallCompiler = (e, call) => {
  const pointer = hold(e, compileExpr(e, call.expr(1)));
  const value = e.register('');
  const bad = new Label();
  e.emit({ op: 'set', dst: value, value: constant(0) });
  e.branch(not(faults(pointer.pure)), bad);
  const type = pointee(e, pointer.type);
  e.emit({ op: 'set', dst: value, value: loadFrom(e, pointer.pure, type, { marked: true, text: `user ${printExpr(call.expr(1))}` }).pure });
  e.place(bad);
  store(e, compileTarget(e, call.expr(0)), { pure: register(value), type }, { marked: false, text: printExpr(call.expr(0)) });
  return { pure: { k: 'choose', test: faults(pointer.pure), then: constant(-EFAULT), else: constant(0) }, type: INT };
};

const putUser: CallCompiler = (e, call) => {
  const pointer = hold(e, compileExpr(e, call.expr(1)));
  const type = pointee(e, pointer.type);
  const value = compileExpr(e, call.expr(0));
  const bad = new Label();
  e.branch(not(faults(pointer.pure)), bad);
  store(e, { at: 'memory', address: pointer.pure, type }, value, { marked: true, text: `user ${printExpr(call.expr(1))}` });
  e.place(bad);
  return { pure: { k: 'choose', test: faults(pointer.pure), then: constant(-EFAULT), else: constant(0) }, type: INT };
};

/** copy_from_user() and copy_to_user(): what was not copied is the result; `user` is the argument in user memory. */
const copyUser = (user: number): CallCompiler => (e, call) => {
  const [to, from] = [hold(e, compileExpr(e, call.expr(0))), hold(e, compileExpr(e, call.expr(1)))];
  const bytes = hold(e, { pure: argument(2)(e, call), type: ULONG }).pure;
  const bad = faults((user === 0 ? to : from).pure);
  e.emit({ op: 'copy', to: to.pure, from: from.pure, bytes: { k: 'choose', test: bad, then: constant(0), else: bytes } }, call.text);
  return { pure: { k: 'choose', test: bad, then: bytes, else: constant(0) }, type: ULONG };
};

const memdupUser: CallCompiler = (e, call) => {
  const from = hold(e, compileExpr(e, call.expr(0))).pure;
  const size = hold(e, { pure: argument(1)(e, call), type: ULONG }).pure;
  const dst = e.temporary();
  e.emit({ op: 'alloc', dst, size, zero: false, site: e.site('memdup_user', 'memdup_user'), mayFail: true }, call.text);
  const failed: Pure = not(register(dst));
  const bad: Pure = { k: 'binary', op: '&&', a: faults(from), b: size, type: S32 };
  e.emit({ op: 'copy', to: register(dst), from, bytes: { k: 'choose', test: { k: 'binary', op: '||', a: failed, b: bad, type: S32 }, then: constant(0), else: size } }, call.text);
  const end = new Label();
  e.branch({ k: 'binary', op: '&&', a: bad, b: register(dst), type: S32 }, end);
  e.emit({ op: 'free', address: register(dst), api: 'kvfree' }, call.text);
  e.place(end);
  const error = (errno: number): Pure => constant(canonical(BigInt.asUintN(64, BigInt(-errno))));
  const result: Pure = { k: 'choose', test: failed, then: error(ENOMEM), else: { k: 'choose', test: bad, then: error(EFAULT), else: register(dst) } };
  return { pure: result, type: VOID_POINTER };
};

/** memcpy() and memset() are functions of the Program (./memory-models.ts); both return their first argument. */
const memcpy: CallCompiler = (e, call) => compileExpr(e, callOf('__kcovet_memcpy', call.expr(0), call.expr(1), call.expr(2)));

const memset: CallCompiler = (e, call) => {
  const everyByte: Expr = { kind: 'number', value: 0x0101010101010101n, suffix: 'UL' };
  const byte: Expr = { kind: 'cast', type: { kind: 'int', name: 'unsigned char', bytes: 1, signed: false }, arg: call.expr(1) };
  return compileExpr(e, callOf('__kcovet_memset', call.expr(0), { kind: 'binary', op: '*', left: byte, right: everyByte }, call.expr(2)));
};

/** Address of this CPU's instance: instances follow the template object. */
function thisCpu(address: Pure): Pure {
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

const warn: CallCompiler = (e, call) => {
  const test = not(not(compileExpr(e, call.expr(0)).pure));
  const dst = e.temporary();
  e.emit({ op: 'set', dst, value: test });
  e.emit({ op: 'warn', test: register(dst) }, call.text);
  return { pure: register(dst), type: INT };
};

/** BUG() and BUG_ON(): the kernel stops there (include/asm-generic/bug.h). */
const bug: CallCompiler = (e, call) => {
  const test = call.name === 'BUG' ? constant(1) : compileExpr(e, call.expr(0)).pure;
  e.emit({ op: 'warn', test, fatal: true }, call.text);
  return VOID_RESULT;
};

const service = (mayFail: boolean): CallCompiler => (e, call) => {
  const args = call.args.map((arg) => (arg.kind === 'type' ? constant(0) : compileExpr(e, arg).pure));
  const dst = e.temporary();
  e.emit({ op: 'service', name: call.name, args, dst, mayFail }, call.text);
  return { pure: register(dst), type: INT };
};

export const MEMORY_CALLS: Readonly<Record<string, CallCompiler>> = {
  ...COUNTER_CALLS, ...ALLOCATION_CALLS,
  READ_ONCE: readOnce, WRITE_ONCE: writeOnce, smp_load_acquire: loadAcquire, smp_store_release: storeRelease, rcu_dereference: readOnce,
  xchg: exchange, xchg_relaxed: exchange, xchg_acquire: exchange, xchg_release: exchange, cmpxchg: compareExchange, cmpxchg_local: compareExchange,
  try_cmpxchg: tryCompareExchange,
  get_user: getUser, __get_user: getUser, put_user: putUser, __put_user: putUser, copy_from_user: copyUser(1), copy_to_user: copyUser(0), memdup_user: memdupUser,
  memcpy, __memcpy: memcpy, memset, __memset: memset,
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
  WARN_ON: warn, WARN_ON_ONCE: warn, WARN: warn, WARN_ONCE: warn, BUG_ON: bug, BUG: bug,
  hash_add: (e, call) => compileExpr(e, callOf('hlist_add_head', call.expr(1), { kind: 'unary', op: '&', arg: bucket(call.expr(0), call.expr(2)) })),
  hash_del: (e, call) => compileExpr(e, callOf('hlist_del_init', call.expr(0))),
  vmalloc_to_page: (e, call) => ({ pure: compileExpr(e, call.expr(0)).pure, type: { kind: 'pointer', to: { kind: 'struct', name: 'page' } } }),
  vm_insert_page: service(true), debugfs_create_file_unsafe: service(false), debugfs_create_file: service(false), nonseekable_open: service(false),
  vm_flags_set: (e, call) => {
    const flags: Expr = { kind: 'member', base: call.expr(0), field: 'vm_flags', arrow: true };
    return compileExpr(e, { kind: 'assign', op: '|=', target: flags, value: call.expr(1) });
  },
  typeof: (_e, call) => {
    throw new UnknownName(call.text);
  },
  addressof: (e, call) => compileAddress(e, call.expr(0)),
  sizeof: (e, call) => ({ pure: constant(e.types.sizeOf(typeOf(e, call.expr(0)))), type: ULONG }),
};
