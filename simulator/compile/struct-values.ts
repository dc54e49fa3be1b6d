/**
 * @module Structs as values of parameters and returns. One that holds a single scalar is passed as this scalar, as the ABI of
 * x86-64 does; others are not modelled.
 */
import { initialised } from '../ir/initializers.js';
import type { CType, Expr } from '../ir/program.js';
import { printExpr } from '../ir/print.js';
import { INT, UnknownName } from '../ir/types.js';
import type { Pure } from '../machine/code.js';
import type { Emitter, Operand } from './emitter.js';
import { compileExpr, convertTo, loadFrom, store } from './expressions.js';
import { compileTarget } from './targets.js';
import type { Target } from './targets.js';
import { add, constant, register } from './pure.js';

export interface SoleScalar {
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly type: CType;
}

/** The only scalar a struct holds; throws UnknownName for others. */
export function soleScalar(e: Emitter, type: CType): SoleScalar {
  const t = e.types.resolve(type);
  if (t.kind !== 'struct') throw new UnknownName(`${t.kind} as a value`);
  const fields = [...e.types.layout(t.name).fields.values()];
  const [only] = fields;
  if (!only || fields.length > 1 || only.bits) throw new UnknownName(`struct ${t.name} is passed as a whole`);
  if (e.types.isScalar(only.type)) return { offset: only.offset, type: only.type };
  const inner = soleScalar(e, only.type);
  return { offset: only.offset + inner.offset, type: inner.type };
}

export function isStruct(e: Emitter, type: CType): boolean {
  const { kind } = e.types.resolve(type);
  return kind === 'struct' || kind === 'union';
}

/** The scalar that stands for a struct's value. */
export function structValue(e: Emitter, value: Expr, type: CType): Pure {
  const sole = soleScalar(e, type);
  if (value.kind === 'initializer') return literalValue(e, value, { type, sole });
  if (value.kind === 'call') {
    const { pure, type: given } = compileExpr(e, value);
    if (isStruct(e, given)) return pure;
  }
  const target = compileTarget(e, value);
  if (target.at !== 'memory') throw new UnknownName(`${printExpr(value)} is a struct in a register`);
  return loadFrom(e, add(target.address, constant(sole.offset)), sole.type, { marked: false, text: printExpr(value) }).pure;
}

function literalValue(e: Emitter, value: Expr & { kind: 'initializer' }, of: { type: CType; sole: SoleScalar }): Pure {
  const [part] = initialised(e.types, of.type, value);
  if (!part) return constant(0);
  if (isStruct(e, part.type)) return structValue(e, part.value, part.type);
  const inner = part.value.kind === 'initializer' ? part.value.items[0]?.value : part.value;
  const given: Operand = inner ? compileExpr(e, inner) : { pure: constant(0), type: INT };
  return convertTo(e, given, of.sole.type);
}

/** An object on the stack that holds a struct's value. */
export function materialised(e: Emitter, value: Operand, text: string): Target {
  const sole = soleScalar(e, value.type);
  const reg = stackObject(e, value.type, text);
  store(e, { at: 'memory', address: add(register(reg), constant(sole.offset)), type: sole.type }, { pure: value.pure, type: sole.type }, { marked: false, text });
  return { at: 'memory', address: register(reg), type: value.type };
}

/** Makes an object of `type` on the stack; the register has its address. */
export function stackObject(e: Emitter, type: CType, text: string): number {
  const reg = e.register('');
  const size = constant(Math.max(4, e.types.sizeOf(type)));
  e.emit({ op: 'alloc', dst: reg, size, zero: false, site: e.site('stack', text, type), mayFail: false }, text);
  e.stackObjects.push(reg);
  return reg;
}
