/**
 * @module Allocation by type: kmalloc_obj() and its kin of include/linux/slab.h (v6.19 and later), and kvmalloc() and others that
 * add nothing but a name. The counter of a flexible array is not set: that needs a compiler with __counted_by on pointers.
 */
import type { Argument, CType, Expr } from '../ir/program.js';
import { UnknownName } from '../ir/types.js';
import type { Call, CallCompiler } from './calls.js';
import type { Emitter } from './emitter.js';
import { compileExpr, typeOf } from './expressions.js';

const name = (text: string): Expr => ({ kind: 'name', name: text });
const callOf = (callee: string, ...args: Expr[]): Expr => ({ kind: 'call', callee: name(callee), args });

/** The type of a variable or a type: kmalloc_obj(*p) and kmalloc_obj(struct s) are the same. */
function objectType(e: Emitter, arg: Argument): CType {
  if (arg.kind === 'type') return arg.type;
  return typeOf(e, arg);
}

/** The flags, GFP_KERNEL where none are given. */
function flagsAt(call: Call, index: number): Expr {
  return call.args.length > index ? call.expr(index) : name('GFP_KERNEL');
}

function typed(e: Emitter, call: Call, size: Expr, how: { allocator: string; flagsAt: number; type: CType }): ReturnType<CallCompiler> {
  const { pure } = compileExpr(e, callOf(how.allocator, size, flagsAt(call, how.flagsAt)));
  return { pure, type: { kind: 'pointer', to: how.type } };
}

const one = (allocator: string): CallCompiler => (e, call) => {
  const type = objectType(e, call.argument(0));
  return typed(e, call, { kind: 'sizeof', of: { kind: 'type', type } }, { allocator, flagsAt: 1, type });
};

const several = (allocator: string): CallCompiler => (e, call) => {
  const type = objectType(e, call.argument(0));
  return typed(e, call, callOf('size_mul', { kind: 'sizeof', of: { kind: 'type', type } }, call.expr(1)), { allocator, flagsAt: 2, type });
};

const flexible = (allocator: string): CallCompiler => (e, call) => {
  const type = objectType(e, call.argument(0));
  const member = call.expr(1);
  if (member.kind !== 'name') throw new UnknownName(`the member in ${call.text}`);
  const pointer: Expr = { kind: 'cast', type: { kind: 'pointer', to: type }, arg: { kind: 'number', value: 0n, suffix: '' } };
  return typed(e, call, callOf('struct_size', pointer, member, call.expr(2)), { allocator, flagsAt: 3, type });
};

/** Another name of an allocator, with the arguments at `order`. */
const as = (allocator: string, ...order: readonly number[]): CallCompiler => (e, call) => compileExpr(e, callOf(allocator, ...order.map((i) => call.expr(i))));

const family = (prefix: string, allocator: string): Record<string, CallCompiler> => ({
  [`${prefix}_obj`]: one(allocator), [`${prefix}_objs`]: several(allocator), [`${prefix}_flex`]: flexible(allocator),
});

export const OBJECT_CALLS: Readonly<Record<string, CallCompiler>> = {
  ...family('kmalloc', 'kmalloc'), ...family('kzalloc', 'kzalloc'), ...family('kvmalloc', 'kmalloc'), ...family('kvzalloc', 'kzalloc'),
  kvmalloc: as('kmalloc', 0, 1), kvzalloc: as('kzalloc', 0, 1), kvmalloc_array: as('kmalloc_array', 0, 1, 2), kvcalloc: as('kcalloc', 0, 1, 2),
  kzalloc_node: as('kzalloc', 0, 1), vzalloc_node: as('vzalloc', 0),
  vmalloc_array: (e, call) => compileExpr(e, callOf('vmalloc', callOf('size_mul', call.expr(0), call.expr(1)))),
  vcalloc: (e, call) => compileExpr(e, callOf('vzalloc', callOf('size_mul', call.expr(0), call.expr(1)))),
};
