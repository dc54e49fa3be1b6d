/**
 * @module Kernel macros that are a short C expression: each is compiled as what it stands for. Headers as of v6.12: jiffies.h,
 * math.h, minmax.h, wordpart.h, bits.h, list.h, rculist.h, hashtable.h, cleanup.h, rcupdate.h, mm.h.
 */
import type { Argument, AssignOp, BinaryOp, Expr } from '../ir/program.js';
import { VOID_POINTER } from '../ir/types.js';
import { VOID_RESULT } from './calls.js';
import type { Call, CallCompiler } from './calls.js';
import { compileExpr, hold, load, store } from './expressions.js';
import { compileTarget } from './targets.js';
import { bucket } from './iterators.js';
import { constant } from './pure.js';
import { printExpr } from '../ir/print.js';

const name = (text: string): Expr => ({ kind: 'name', name: text });
const number = (value: number, suffix = ''): Expr => ({ kind: 'number', value: BigInt(value), suffix });
const callOf = (callee: string, ...args: Argument[]): Expr => ({ kind: 'call', callee: name(callee), args });
const binary = (left: Expr, op: BinaryOp, right: Expr): Expr => ({ kind: 'binary', op, left, right });
const arrow = (base: Expr, field: string): Expr => ({ kind: 'member', base, field, arrow: true });
const address = (arg: Expr): Expr => ({ kind: 'unary', op: '&', arg });
const deref = (arg: Expr): Expr => ({ kind: 'unary', op: '*', arg });
const not = (arg: Expr): Expr => ({ kind: 'unary', op: '!', arg });
const assign = (target: Expr, value: Expr, op: AssignOp = '='): Expr => ({ kind: 'assign', op, target, value });
const long = (arg: Expr): Expr => ({ kind: 'cast', type: { kind: 'int', name: 'long', bytes: 8, signed: true }, arg });
const ulong = (arg: Expr): Expr => ({ kind: 'cast', type: { kind: 'int', name: 'unsigned long', bytes: 8, signed: false }, arg });
const typeofIt = (arg: Expr): Argument => ({ kind: 'type', type: { kind: 'typeof', of: arg } });

/** A call that stands for an expression over its arguments. */
const is = (stands: (arg: (index: number) => Expr, call: Call) => Expr): CallCompiler => (e, call) => compileExpr(e, stands((i) => call.expr(i), call));

/** (long)(a - b) < 0 and the like. */
const timeOrder = (op: BinaryOp, swap: boolean): CallCompiler => is((arg) => binary(long(binary(arg(swap ? 1 : 0), '-', arg(swap ? 0 : 1))), op, number(0)));

/** The entry that a list's link leads to, of the type of `pos`. */
const neighbour = (link: 'next' | 'prev'): CallCompiler => is((arg) => {
  const [pos, field] = [arg(0), arg(1)];
  const to: Expr = { kind: 'member', base: arrow(pos, field.kind === 'name' ? field.name : ''), field: link, arrow: false };
  return callOf('container_of', to, typeofIt(deref(pos)), field);
});

/** no_free_ptr(p): its value, and p is NULL from then on. */
const taken: CallCompiler = (e, call) => {
  const target = compileTarget(e, call.expr(0));
  const value = hold(e, load(e, target, call.expr(0)));
  store(e, target, { pure: constant(0), type: VOID_POINTER }, { marked: false, text: printExpr(call.expr(0)) });
  return value;
};

const swap: CallCompiler = (e, call) => {
  const [a, b] = [compileTarget(e, call.expr(0)), compileTarget(e, call.expr(1))];
  const [x, y] = [hold(e, load(e, a, call.expr(0))), hold(e, load(e, b, call.expr(1)))];
  store(e, a, y, { marked: false, text: printExpr(call.expr(0)) });
  store(e, b, x, { marked: false, text: printExpr(call.expr(1)) });
  return VOID_RESULT;
};

const buckets = (table: Expr, body: (bucketHead: Expr) => Expr): Expr => ({
  kind: 'statementExpression',
  body: [{
    kind: 'for', place: { path: '<model>', line: 0, endLine: 0 },
    init: { kind: 'declaration', name: 'i', type: { kind: 'int', name: 'int', bytes: 4, signed: true }, init: number(0), place: { path: '<model>', line: 0, endLine: 0 } },
    test: binary(name('i'), '<', callOf('HASH_SIZE', table)), step: { kind: 'update', op: '++', prefix: false, target: name('i') },
    body: { kind: 'expression', expr: body(address({ kind: 'index', base: table, index: name('i') })), place: { path: '<model>', line: 0, endLine: 0 } },
  }],
});

export const REWRITTEN_CALLS: Readonly<Record<string, CallCompiler>> = {
  time_after: timeOrder('<', true), time_before: timeOrder('<', false), time_after_eq: timeOrder('>=', false), time_before_eq: timeOrder('>=', true),
  msecs_to_jiffies: is((arg) => binary(binary(ulong(arg(0)), '*', name('HZ')), '/', number(1000))),
  jiffies_to_msecs: is((arg) => binary(binary(ulong(arg(0)), '*', number(1000)), '/', name('HZ'))),
  DIV_ROUND_UP: is((arg) => binary(binary(binary(arg(0), '+', arg(1)), '-', number(1)), '/', arg(1))),
  roundup: is((arg) => binary(binary(binary(binary(arg(0), '+', arg(1)), '-', number(1)), '/', arg(1)), '*', arg(1))),
  rounddown: is((arg) => binary(arg(0), '-', binary(arg(0), '%', arg(1)))),
  ALIGN: is((arg) => binary(binary(binary(arg(0), '+', arg(1)), '-', number(1)), '&', { kind: 'unary', op: '~', arg: binary(ulong(arg(1)), '-', number(1)) })),
  PAGE_ALIGN: is((arg) => callOf('ALIGN', arg(0), name('PAGE_SIZE'))),
  BIT: is((arg) => binary(number(1, 'UL'), '<<', arg(0))), BIT_ULL: is((arg) => binary(number(1, 'ULL'), '<<', arg(0))),
  BITS_TO_LONGS: is((arg) => callOf('DIV_ROUND_UP', arg(0), number(64))),
  lower_32_bits: is((arg) => ({ kind: 'cast', type: { kind: 'named', name: 'u32' }, arg: arg(0) })),
  upper_32_bits: is((arg) => ({ kind: 'cast', type: { kind: 'named', name: 'u32' }, arg: binary(arg(0), '>>', number(32)) })),
  clamp: is((arg) => callOf('min', callOf('max', arg(0), arg(1)), arg(2))),
  min3: is((arg) => callOf('min', callOf('min', arg(0), arg(1)), arg(2))), max3: is((arg) => callOf('max', callOf('max', arg(0), arg(1)), arg(2))),
  umin: is((arg) => callOf('min', ulong(arg(0)), ulong(arg(1)))), umax: is((arg) => callOf('max', ulong(arg(0)), ulong(arg(1)))),
  u64_to_user_ptr: is((arg) => ({ kind: 'cast', type: VOID_POINTER, arg: arg(0) })),
  PTR_ERR_OR_ZERO: is((arg) => ({ kind: 'conditional', test: callOf('IS_ERR', arg(0)), then: callOf('PTR_ERR', arg(0)), else: number(0) })),
  context_unsafe: is((arg) => arg(0)),
  ACCESS_ONCE: is((arg) => callOf('READ_ONCE', arg(0))), READ_ONCE_NOCHECK: is((arg) => callOf('READ_ONCE', arg(0))),
  no_free_ptr: taken, take_ptr: taken, retain_and_null_ptr: taken, swap,
  list_next_entry: neighbour('next'), list_prev_entry: neighbour('prev'),
  list_last_entry: is((arg, call) => callOf('container_of', arrow(arg(0), 'prev'), call.argument(1), arg(2))),
  list_first_entry_or_null: is((arg, call) => ({ kind: 'conditional', test: callOf('list_empty', arg(0)), then: { kind: 'cast', type: VOID_POINTER, arg: number(0) }, else: callOf('list_first_entry', arg(0), call.argument(1), arg(2)) })),
  list_entry_rcu: is((arg, call) => callOf('container_of', callOf('READ_ONCE', arg(0)), call.argument(1), arg(2))),
  list_entry_is_head: is((arg) => binary(address(arrow(arg(0), printExpr(arg(2)))), '==', arg(1))),
  hash_init: is((arg) => buckets(arg(0), (head) => callOf('INIT_HLIST_HEAD', head))),
  hash_empty: is((arg) => ({
    kind: 'statementExpression',
    body: [
      { kind: 'declaration', name: 'empty', type: { kind: 'bool' }, init: name('true'), place: { path: '<model>', line: 0, endLine: 0 } },
      { kind: 'expression', expr: buckets(arg(0), (head) => assign(name('empty'), callOf('hlist_empty', head), '&=')), place: { path: '<model>', line: 0, endLine: 0 } },
      { kind: 'expression', expr: name('empty'), place: { path: '<model>', line: 0, endLine: 0 } },
    ],
  })),
  hash_hashed: is((arg) => not(callOf('hlist_unhashed', arg(0)))),
  hash_add_rcu: is((arg) => callOf('hlist_add_head_rcu', arg(1), address(bucket(arg(0), arg(2))))),
  hash_del_rcu: is((arg) => callOf('hlist_del_init_rcu', arg(0))),
  rcu_assign_pointer: is((arg) => callOf('smp_store_release', address(arg(0)), arg(1))),
  RCU_INIT_POINTER: is((arg) => callOf('WRITE_ONCE', arg(0), arg(1))),
  rcu_access_pointer: is((arg) => callOf('READ_ONCE', arg(0))), rcu_dereference_raw: is((arg) => callOf('READ_ONCE', arg(0))),
  rcu_dereference_protected: is((arg) => arg(0)), rcu_dereference_check: is((arg) => callOf('READ_ONCE', arg(0))),
  vma_start_pgoff: is((arg) => arrow(arg(0), 'vm_pgoff')),
  unsafe_get_user: (e, call) => compileExpr(e, callOf('__get_user', call.expr(0), call.expr(1))),
  unsafe_put_user: (e, call) => compileExpr(e, callOf('__put_user', call.expr(0), call.expr(1))),
  __cond_lock: is((arg) => arg(1)),
};
