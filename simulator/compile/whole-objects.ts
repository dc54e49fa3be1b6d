/** @module Structs, unions and arrays as wholes: assigned, copied and initialised part by part, one access each. */
import { printExpr } from '../ir/print.js';
import { initialised, partsOf } from '../ir/initializers.js';
import type { Part } from '../ir/initializers.js';
import type { CType, Expr } from '../ir/program.js';
import { INT, UnknownName } from '../ir/types.js';
import type { Pure } from '../machine/code.js';
import type { Scalar } from '../machine/value.js';
import type { Emitter, Operand } from './emitter.js';
import { compileExpr, store, typeOf } from './expressions.js';
import { compileTarget } from './targets.js';
import { add, constant, register } from './pure.js';

/** `a = b` of whole structs: part by part, as a compiler would at worst. */
export function assignStruct(e: Emitter, to: Pure, expr: Expr & { kind: 'assign' }): Operand {
  const type = typeOf(e, expr.target);
  storeWhole(e, to, { type, value: expr.value, text: printExpr(expr.target) });
  return { pure: to, type: { kind: 'pointer', to: type } };
}

/** Writes a struct, union or array: from a braced initialiser, or from another of its kind. */
export function storeWhole(e: Emitter, to: Pure, whole: { type: CType; value: Expr; text: string }): void {
  const { type, value, text } = whole;
  if (value.kind === 'initializer') return initialise(e, to, type, { value, text });
  const source = compileTarget(e, value);
  if (source.at !== 'memory') throw new UnknownName('a struct is assigned from a register');
  copyParts(e, to, source.address, { type, text, from: printExpr(value) });
}

function copyParts(e: Emitter, to: Pure, from: Pure, how: { type: CType; text: string; from: string }): void {
  if (e.types.resolve(how.type).kind === 'union') return copyCells(e, to, from, how);
  let unit = -1;
  for (const part of partsOf(e.types, how.type)) {
    if (part.bits && part.offset === unit) continue;
    unit = part.bits ? part.offset : -1;
    const names = { text: how.text + part.name, from: how.from + part.name };
    const [dst, src] = [add(to, constant(part.offset)), add(from, constant(part.offset))];
    if (e.types.isScalar(part.type)) {
      const held = e.temporary();
      e.emit({ op: 'load', dst: held, address: src, type: e.types.scalar(part.type), marked: false, asIs: true }, names.from, part.type);
      const value: Operand = { pure: register(held), type: part.type };
      store(e, { at: 'memory', address: dst, type: part.type }, value, { marked: false, text: names.text });
    } else copyParts(e, dst, src, { type: part.type, ...names });
  }
}

/** Copies a union: whole words, whatever they are. */
function copyCells(e: Emitter, to: Pure, from: Pure, how: { type: CType; text: string; from: string }): void {
  const size = e.types.sizeOf(how.type);
  for (let at = 0; at < size; at += 4) {
    const type: Scalar = { bytes: at % 8 === 0 && at + 8 <= size ? 8 : 4, signed: false };
    const held = e.temporary();
    e.emit({ op: 'load', dst: held, address: add(from, constant(at)), type, marked: false, asIs: true }, how.from);
    e.emit({ op: 'store', address: add(to, constant(at)), value: register(held), type, marked: false }, how.text);
    if (type.bytes === 8) at += 4;
  }
}

/** Writes a braced initialiser; parts that are not named become 0. */
function initialise(e: Emitter, address: Pure, type: CType, how: { value: Expr & { kind: 'initializer' }; text: string }): void {
  const given = initialised(e.types, type, how.value);
  const parts: readonly (Part & { value?: Expr })[] = e.types.resolve(type).kind === 'union' && given.length > 0 ? given : partsOf(e.types, type);
  for (const part of parts) {
    const value = given.find((g) => g.offset === part.offset && g.name === part.name)?.value;
    const at = add(address, constant(part.offset));
    const text = how.text + part.name;
    if (e.types.isScalar(part.type)) {
      const operand: Operand = value ? compileExpr(e, value) : { pure: constant(0), type: INT };
      store(e, { at: 'memory', address: at, type: part.type, ...(part.bits ? { bits: part.bits } : {}) }, operand, { marked: false, text });
    } else storeWhole(e, at, { type: part.type, value: value ?? { kind: 'initializer', items: [] }, text });
  }
}
