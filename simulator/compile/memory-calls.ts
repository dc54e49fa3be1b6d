/** @module Kernel calls that touch memory: marked accesses, allocation, copies, hash tables; warnings; services beyond kcov. */
import type { CType, Expr, Stmt } from '../ir/program.js';
import { printExpr } from '../ir/print.js';
import { INT, ULONG, UnknownName, VOID_POINTER } from '../ir/types.js';
import { CALL_CONTRACTS } from '../kernel/calls.js';
import type { Pure } from '../machine/code.js';
import { U64 } from '../machine/value.js';
import { VOID_RESULT } from './calls.js';
import type { Call, CallCompiler } from './calls.js';
import type { Emitter } from './emitter.js';
import { compileAddress, compileExpr, convertTo, load, loadFrom, store, typeOf } from './expressions.js';
import { compileTarget } from './targets.js';
import { settled } from './type-of.js';
import { bucket } from './iterators.js';
import { constant, not, register } from './pure.js';
import { memory, through } from './through.js';

const name = (text: string): Expr => ({ kind: 'name', name: text });
const callOf = (callee: string, ...args: Expr[]): Expr => ({ kind: 'call', callee: name(callee), args });

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
    const type = allocated(e, statement);
    e.emit({ op: 'alloc', dst, size: size(e, call), zero: zeroed, site: e.site(call.name, hint, type), mayFail: true }, call.text);
    return { pure: register(dst), type: VOID_POINTER };
  };
}

/** What the variable that an allocation goes to points to; undefined where nothing says so. */
function allocated(e: Emitter, statement: Stmt): CType | undefined {
  try {
    const type = statement.kind === 'declaration' ? settled(e, statement.type)
      : statement.kind === 'expression' && statement.expr.kind === 'assign' ? typeOf(e, statement.expr.target) : null;
    const pointer = type && e.types.resolve(type);
    return pointer?.kind === 'pointer' ? pointer.to : undefined;
  } catch (error) {
    if (error instanceof UnknownName) return undefined;
    throw error;
  }
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

/** memcpy() and memset() are functions of the Program (./memory-models.ts); both return their first argument. */
const memcpy: CallCompiler = (e, call) => compileExpr(e, callOf('__kcovet_memcpy', call.expr(0), call.expr(1), call.expr(2)));

const memset: CallCompiler = (e, call) => {
  const everyByte: Expr = { kind: 'number', value: 0x0101010101010101n, suffix: 'UL' };
  const byte: Expr = { kind: 'cast', type: { kind: 'int', name: 'unsigned char', bytes: 1, signed: false }, arg: call.expr(1) };
  return compileExpr(e, callOf('__kcovet_memset', call.expr(0), { kind: 'binary', op: '*', left: byte, right: everyByte }, call.expr(2)));
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
  ...ALLOCATION_CALLS,
  READ_ONCE: readOnce, WRITE_ONCE: writeOnce, smp_load_acquire: loadAcquire, smp_store_release: storeRelease, rcu_dereference: readOnce,
  memcpy, __memcpy: memcpy, memset, __memset: memset,
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
