/**
 * @module Calls through pointers: of the functions of the Program whose address is taken and that have as many parameters, the
 * one the pointer holds is called. NULL is a NULL dereference; any other value is not modelled when it comes to it.
 */
import type { CType, Expr } from '../ir/program.js';
import { printExpr } from '../ir/print.js';
import { UnknownName } from '../ir/types.js';
import { functionAddress } from '../machine/address.js';
import { U64 } from '../machine/value.js';
import { compileCall, VOID_RESULT } from './calls.js';
import type { CallResult } from './calls.js';
import { Label } from './emitter.js';
import type { CompileContext, Emitter } from './emitter.js';
import { compileExpr, convertTo, hold, typeOf } from './expressions.js';
import { constant, not, register } from './pure.js';
import { isStruct, structValue } from './struct-values.js';

const taken = new WeakMap<CompileContext, ReadonlySet<string>>();

/** Names of the functions that occur other than as what is called. */
function addressesTaken(context: CompileContext): ReadonlySet<string> {
  const known = taken.get(context);
  if (known) return known;
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { kind, name, callee } = node as { kind?: unknown; name?: unknown; callee?: Expr };
    if (kind === 'name' && typeof name === 'string' && context.functionIndex.has(name)) found.add(name);
    for (const inner of Object.values(node)) if (!(inner === callee && callee?.kind === 'name')) walk(inner);
  };
  const { globals, functions, macros } = context.program;
  walk(globals.map((g) => g.init));
  walk(functions.map((f) => f.body));
  walk(macros.map((m) => m.expr));
  taken.set(context, found);
  return found;
}

type Function = CType & { readonly kind: 'function' };

/** The type of what is called, through any number of stars: `(*f)()` is `f()`. */
function calleeOf(e: Emitter, callee: Expr): { expr: Expr; type: Function } {
  let expr = callee;
  for (;;) {
    const own = e.types.resolve(typeOf(e, expr));
    if (own.kind === 'pointer') {
      const to = e.types.resolve(own.to);
      if (to.kind === 'function') return { expr, type: to };
    }
    if (expr.kind !== 'unary' || expr.op !== '*') throw new UnknownName(`${printExpr(callee)} is called and is no function`);
    expr = expr.arg;
  }
}

/** The function of the Program that `(*f)` or `(&f)` names; null for anything else. */
function functionNamed(e: Emitter, callee: Expr): Expr | null {
  let expr = callee;
  while (expr.kind === 'unary' && (expr.op === '*' || expr.op === '&')) expr = expr.arg;
  return expr.kind === 'name' && expr !== callee && !e.local(expr.name) && e.context.functionIndex.has(expr.name) ? expr : null;
}

/** Compiles `pointer(arguments)`. Throws UnknownName where the pointer's type says nothing. */
export function compileIndirect(e: Emitter, call: Expr & { kind: 'call' }): CallResult {
  const direct = functionNamed(e, call.callee);
  if (direct) return compileCall(e, { ...call, callee: direct });
  const { expr, type } = calleeOf(e, call.callee);
  const text = printExpr(call);
  const pointer = hold(e, compileExpr(e, expr)).pure;
  if (call.args.length !== type.params.length) throw new UnknownName(`${text} with ${call.args.length} arguments, declared with ${type.params.length}`);
  const args = type.params.map((param, i) => {
    const arg = call.args[i];
    if (!arg || arg.kind === 'type') throw new UnknownName(`a type among the arguments of ${text}`);
    const pure = isStruct(e, param) ? structValue(e, arg, param) : convertTo(e, compileExpr(e, arg), param);
    const held = e.temporary();
    e.emit({ op: 'set', dst: held, value: pure });
    return register(held);
  });
  const dst = e.types.resolve(type.returns).kind === 'void' ? null : e.temporary();
  const end = new Label();
  for (const def of e.context.program.functions) {
    const index = e.context.functionIndex.get(def.name);
    if (index === undefined || def.params.length !== args.length || !addressesTaken(e.context).has(def.name)) continue;
    const next = new Label();
    e.branch({ k: 'binary', op: '==', a: pointer, b: constant(functionAddress(index)), type: U64 }, next);
    e.emit({ op: 'call', name: def.name, args, dst }, text);
    e.jump(end);
    e.place(next);
  }
  const unknown = new Label();
  e.branch(not(pointer), unknown);
  e.emit({ op: 'load', dst: e.temporary(), address: constant(0), type: U64, marked: false }, printExpr(expr));
  e.place(unknown);
  e.emit({ op: 'unmodelled', why: `${printExpr(expr)} points to no function that is known`, atRunTime: true }, text);
  e.place(end);
  return dst === null ? VOID_RESULT : { pure: register(dst), type: type.returns };
}
