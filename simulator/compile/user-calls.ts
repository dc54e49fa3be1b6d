/** @module Kernel calls that access user memory: include/linux/uaccess.h, mm/util.c. It faults in its first page and nowhere else. */
import { printExpr } from '../ir/print.js';
import { INT, ULONG, VOID_POINTER } from '../ir/types.js';
import { NULL_SPAN } from '../machine/address.js';
import type { Pure } from '../machine/code.js';
import { canonical, S32, U64 } from '../machine/value.js';
import type { Call, CallCompiler } from './calls.js';
import { Label } from './emitter.js';
import type { Emitter } from './emitter.js';
import { compileExpr, convertTo, hold, loadFrom, pointee, store } from './expressions.js';
import { compileTarget } from './targets.js';
import { constant, not, register } from './pure.js';

const argument = (index: number) => (e: Emitter, call: Call): Pure => convertTo(e, compileExpr(e, call.expr(index)), ULONG);

const EFAULT = 14;
const ENOMEM = 12;

/** True where user memory begins with the unmapped first page; that other pages may fault is not modelled. */
export const faults = (address: Pure): Pure => ({ k: 'binary', op: '<', a: address, b: constant(NULL_SPAN), type: U64 });

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

export const USER_CALLS: Readonly<Record<string, CallCompiler>> = {
  get_user: getUser, __get_user: getUser, put_user: putUser, __put_user: putUser, copy_from_user: copyUser(1), copy_to_user: copyUser(0),
  memdup_user: memdupUser,
};
