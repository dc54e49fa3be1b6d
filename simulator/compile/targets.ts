/** @module What can be assigned to: where an expression's object is, without reading it. */
import { completed } from '../ir/initializers.js';
import { printExpr } from '../ir/print.js';
import type { CType, Expr } from '../ir/program.js';
import { UnknownName } from '../ir/types.js';
import type { Bits } from '../ir/types.js';
import { addressOf } from '../machine/address.js';
import type { Pure } from '../machine/code.js';
import { compileCall } from './calls.js';
import type { Emitter } from './emitter.js';
import { compileExpr, pointee, scaled, throughMacro } from './expressions.js';
import { add, constant, register } from './pure.js';
import { isStruct, materialised, stackObject } from './struct-values.js';
import { settled } from './type-of.js';
import { storeWhole } from './whole-objects.js';

/** Something that can be assigned to. */
export type Target =
  | { readonly at: 'register'; readonly reg: number; readonly type: CType }
  /** With `bits` a bit-field in `type`, which is read and written as a whole. */
  | { readonly at: 'memory'; readonly address: Pure; readonly type: CType; readonly bits?: Bits };

/** Where an expression's object is, without reading it. */
export function compileTarget(e: Emitter, expr: Expr): Target {
  switch (expr.kind) {
    case 'name': return nameTarget(e, expr.name);
    case 'member': return memberTarget(e, expr);
    case 'index': {
      const base = compileExpr(e, expr.base);
      const to = pointee(e, base.type);
      const index = compileExpr(e, expr.index);
      return { at: 'memory', address: add(base.pure, scaled(e, index, to)), type: to };
    }
    case 'unary': {
      if (expr.op !== '*') break;
      const inner = expr.arg;
      if (inner.kind === 'unary' && inner.op === '&') return compileTarget(e, inner.arg);
      const pointer = compileExpr(e, inner);
      return { at: 'memory', address: pointer.pure, type: pointee(e, pointer.type) };
    }
    case 'cast': return compileTarget(e, expr.arg);
    case 'call': {
      const operand = compileCall(e, expr);
      if (operand.target) return operand.target;
      if (isStruct(e, operand.type)) return materialised(e, operand, printExpr(expr));
      break;
    }
    case 'initializer': return literalTarget(e, expr);
    default: break;
  }
  throw new UnknownName(`${printExpr(expr)} cannot be assigned to`);
}

/** The object that a compound literal makes. */
export function literalTarget(e: Emitter, expr: Expr & { kind: 'initializer' }): Target {
  if (!expr.type) throw new UnknownName('a braced initialiser as a value');
  const type = settled(e, completed(expr.type, expr, e.types));
  const reg = stackObject(e, type, printExpr(expr));
  storeWhole(e, register(reg), { type, value: expr, text: printExpr(expr) });
  return { at: 'memory', address: register(reg), type };
}

function nameTarget(e: Emitter, name: string): Target {
  const local = e.local(name);
  if (local?.in === 'global') return globalTarget(e, local.slot);
  if (local?.in === 'register') return { at: 'register', reg: local.reg, type: local.type };
  if (local) return { at: 'memory', address: register(local.reg), type: local.type };
  if (e.context.globals.has(name)) return globalTarget(e, name);
  return throughMacro(e, name, (macro) => compileTarget(e, macro));
}

function globalTarget(e: Emitter, name: string): Target {
  const slot = e.context.globals.get(name);
  if (!slot) throw new UnknownName(`${name} is not known`);
  return { at: 'memory', address: constant(addressOf(slot.object)), type: slot.type };
}

function memberTarget(e: Emitter, expr: Expr & { kind: 'member' }): Target {
  let base: Pure;
  let struct: CType;
  if (expr.arrow) {
    const pointer = compileExpr(e, expr.base);
    base = pointer.pure;
    struct = pointee(e, pointer.type);
  } else {
    const target = compileTarget(e, expr.base);
    if (target.at === 'register') throw new UnknownName(`${printExpr(expr)} of a value in a register`);
    base = target.address;
    struct = target.type;
  }
  const field = e.types.field(struct, expr.field);
  return { at: 'memory', address: add(base, constant(field.offset)), type: field.type, ...(field.bits ? { bits: field.bits } : {}) };
}
