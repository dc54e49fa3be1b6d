/**
 * @module Expressions to instructions: at most one access to shared memory each, left to right. Values go to registers;
 * what needs no access stays a Pure expression.
 */
import { completed } from '../ir/initializers.js';
import type { CType, Expr } from '../ir/program.js';
import { INT, literalType, ULONG, UnknownName, VOID_POINTER } from '../ir/types.js';
import type { Bits } from '../ir/types.js';
import { printExpr } from '../ir/print.js';
import { functionAddress } from '../machine/address.js';
import type { Pure } from '../machine/code.js';
import { canonical, convert, S32, S64, U64, UNINITIALISED, usualConversion } from '../machine/value.js';
import type { Scalar } from '../machine/value.js';
import { compileCall } from './calls.js';
import { add, constant, not, register } from './pure.js';
import { Label } from './emitter.js';
import type { Emitter, Operand } from './emitter.js';
import { compileBody } from './statements.js';
import { compileTarget, literalTarget } from './targets.js';
import { settled } from './type-of.js';
import type { Target } from './targets.js';
import { assignStruct } from './whole-objects.js';

/** What every string literal is as a value: not NULL, and no object. Text is not modelled. */
const STRING_ADDRESS = 0x6e00_0000_0000;

/** Converts an operand to a C type as an assignment does. */
export function convertTo(e: Emitter, operand: Operand, type: CType): Pure {
  const to = e.types.scalar(type);
  const { pure } = operand;
  if (pure.k === 'const') return constant(convert(pure.value, to));
  const from = e.types.scalar(operand.type);
  if (from.bytes === to.bytes && from.signed === to.signed && from.bool === to.bool) return pure;
  return { k: 'convert', a: pure, type: to };
}

export function literalCType(type: Scalar): CType {
  if (type === S32) return INT;
  const name = type.bytes === 8 ? (type.signed ? 'long' : 'unsigned long') : type.signed ? 'int' : 'unsigned int';
  return { kind: 'int', name, bytes: type.bytes, signed: type.signed };
}

/** The value of an expression. Throws UnknownName where something is not modelled. */
export function compileExpr(e: Emitter, expr: Expr): Operand {
  switch (expr.kind) {
    case 'number': {
      const type = literalType(expr);
      return { pure: constant(convert(canonical(expr.value), type)), type: literalCType(type) };
    }
    case 'string': return { pure: constant(STRING_ADDRESS), type: VOID_POINTER };
    case 'name': return compileName(e, expr.name);
    case 'member': case 'index': return load(e, compileTarget(e, expr), expr);
    case 'unary': return compileUnary(e, expr);
    case 'binary': return compileBinary(e, expr);
    case 'conditional': return compileConditional(e, expr);
    case 'assign': return compileAssign(e, expr);
    case 'update': return compileUpdate(e, expr);
    case 'call': return compileCall(e, expr);
    case 'cast': return compileCast(e, expr);
    case 'sizeof': return { pure: constant(sizeOf(e, expr)), type: ULONG };
    case 'statementExpression': return compileStatementExpression(e, expr);
    case 'initializer': return load(e, literalTarget(e, expr), expr);
    case 'unmodelled': throw new UnknownName(expr.why);
  }
}

function compileName(e: Emitter, name: string): Operand {
  const local = e.local(name);
  if (local || e.context.globals.has(name)) return load(e, compileTarget(e, { kind: 'name', name }), { kind: 'name', name });
  if (name === 'NULL') return { pure: constant(0), type: VOID_POINTER };
  if (name === 'true' || name === 'false') return { pure: constant(name === 'true' ? 1 : 0), type: INT };
  if (name === 'current') return { pure: { k: 'environment', what: 'current' }, type: { kind: 'pointer', to: { kind: 'struct', name: 'task_struct' } } };
  if (name === '_RET_IP_' || name === '_THIS_IP_') return { pure: { k: 'environment', what: 'returnAddress' }, type: ULONG };
  const index = e.context.functionIndex.get(name);
  if (index !== undefined) return { pure: constant(functionAddress(index)), type: VOID_POINTER };
  const value = e.types.named(name);
  if (value !== undefined) {
    const type = e.types.constantType({ kind: 'name', name });
    return { pure: constant(convert(canonical(value), type)), type: literalCType(type) };
  }
  return throughMacro(e, name, (macro) => compileExpr(e, macro));
}

/** Most levels of object-like macros inside macros; one that names itself has no end. */
const MACRO_DEPTH_MAX = 40;
let macroDepth = 0;

/** Compiles what an object-like macro of the Program stands for. */
export function throughMacro<T>(e: Emitter, name: string, compile: (macro: Expr) => T): T {
  const macro = e.types.macro(name);
  if (!macro) throw new UnknownName(`${name} is not known`);
  if (macroDepth >= MACRO_DEPTH_MAX) throw new UnknownName(`the macro ${name} expands into itself`);
  macroDepth += 1;
  try {
    return compile(macro);
  } finally {
    macroDepth -= 1;
  }
}

/** Reads a target; arrays and structs give their address. */
export function load(e: Emitter, target: Target, expr: Expr): Operand {
  if (target.at === 'register') return { pure: register(target.reg), type: target.type };
  const type = e.types.resolve(target.type);
  if (type.kind === 'array') return { pure: target.address, type: { kind: 'pointer', to: type.of } };
  if (type.kind === 'function') return { pure: target.address, type: VOID_POINTER };
  if (type.kind === 'struct' || type.kind === 'union') throw new UnknownName(`${printExpr(expr)} is a whole struct`);
  const value = loadFrom(e, target.address, target.type, { marked: false, text: printExpr(expr) });
  return target.bits ? fromBits(e, value, target.bits) : value;
}

/** The value of a bit-field in that of its unit. */
function fromBits(e: Emitter, unit: Operand, { shift, width }: Bits): Operand {
  const { bytes, signed } = e.types.scalar(unit.type);
  const [left, right] = [bytes * 8 - shift - width, bytes * 8 - width];
  const type: Scalar = { bytes, signed };
  const moved: Pure = left === 0 ? unit.pure : { k: 'convert', a: { k: 'binary', op: '<<', a: unit.pure, b: constant(left), type }, type };
  const pure: Pure = right === 0 ? moved : { k: 'binary', op: '>>', a: moved, b: constant(right), type };
  // A bit-field narrower than int is an int in expressions.
  return { pure, type: bytes === 4 && width < 32 ? INT : unit.type };
}

/** Stores into a bit-field: its unit is read, changed and written back, as compilers do. */
function storeBits(e: Emitter, target: Target & { at: 'memory' }, value: Operand, how: { bits: Bits; text: string }): void {
  const scalar = e.types.scalar(target.type);
  const type: Scalar = { bytes: scalar.bytes, signed: false };
  const mask = ((1n << BigInt(how.bits.width)) - 1n) << BigInt(how.bits.shift);
  const rest = BigInt.asUintN(type.bytes * 8, ~mask);
  const dst = e.temporary();
  e.emit({ op: 'load', dst, address: target.address, type, marked: false, asIs: true }, how.text, target.type);
  const known: Pure = { k: 'choose', test: { k: 'binary', op: '==', a: register(dst), b: constant(UNINITIALISED), type: U64 }, then: constant(0), else: register(dst) };
  const kept: Pure = { k: 'binary', op: '&', a: known, b: constant(canonical(rest)), type };
  const moved: Pure = { k: 'binary', op: '<<', a: convertTo(e, value, target.type), b: constant(how.bits.shift), type };
  const own: Pure = { k: 'binary', op: '&', a: { k: 'convert', a: moved, type }, b: constant(canonical(mask)), type };
  e.emit({ op: 'store', address: target.address, value: { k: 'binary', op: '|', a: kept, b: own, type }, type, marked: false }, how.text, target.type);
}

export function loadFrom(e: Emitter, address: Pure, type: CType, how: { marked: boolean; text: string }): Operand {
  const dst = e.temporary();
  e.emit({ op: 'load', dst, address, type: e.types.scalar(type), marked: how.marked }, how.text, type);
  return { pure: register(dst), type };
}

export function store(e: Emitter, target: Target, value: Operand, how: { marked: boolean; text: string }): void {
  if (target.at === 'memory' && target.bits) return storeBits(e, target, value, { bits: target.bits, text: how.text });
  const pure = convertTo(e, value, target.type);
  if (target.at === 'register') e.emit({ op: 'set', dst: target.reg, value: pure }, how.text, target.type);
  else e.emit({ op: 'store', address: target.address, value: pure, type: e.types.scalar(target.type), marked: how.marked }, how.text, target.type);
}

/** What a pointer or array points to; void counts as a byte. */
export function pointee(e: Emitter, type: CType): CType {
  const t = e.types.resolve(type);
  if (t.kind === 'pointer') return t.to;
  if (t.kind === 'array') return t.of;
  throw new UnknownName('something that is no pointer is dereferenced');
}

/** An index in bytes. */
export function scaled(e: Emitter, index: Operand, to: CType): Pure {
  const size = e.types.sizeOf(to);
  const wide = convertTo(e, index, e.types.scalar(index.type).signed ? { kind: 'int', name: 'long', bytes: 8, signed: true } : ULONG);
  if (wide.k === 'const' && typeof wide.value === 'number') return constant(wide.value * size);
  return size === 1 ? wide : { k: 'binary', op: '*', a: wide, b: constant(size), type: U64 };
}

function compileUnary(e: Emitter, expr: Expr & { kind: 'unary' }): Operand {
  if (expr.op === '*') return load(e, compileTarget(e, expr), expr);
  if (expr.op === '&') return compileAddress(e, expr.arg);
  const arg = compileExpr(e, expr.arg);
  if (expr.op === '!') return { pure: not(arg.pure), type: INT };
  const from = e.types.scalar(arg.type);
  const type = usualConversion(from, S32);
  const a = convertTo(e, arg, literalCType(type));
  return { pure: { k: 'unary', op: expr.op, a, type }, type: literalCType(type) };
}

export function compileAddress(e: Emitter, expr: Expr): Operand {
  if (expr.kind === 'name' && e.context.functionIndex.has(expr.name) && !e.local(expr.name)) return compileName(e, expr.name);
  const target = compileTarget(e, expr);
  if (target.at === 'register' || target.bits) throw new UnknownName(`the address of ${printExpr(expr)} is taken`);
  return { pure: target.address, type: { kind: 'pointer', to: target.type } };
}

function compileBinary(e: Emitter, expr: Expr & { kind: 'binary' }): Operand {
  if (expr.op === '&&' || expr.op === '||') return compileLogical(e, expr);
  const left = settle(e, compileExpr(e, expr.left), expr.right);
  const right = compileExpr(e, expr.right);
  if (expr.op === ',') return right;
  return combine(e, expr.op, left, right);
}

/** Keeps a value from being changed by what the other operand does: a local read before `x + (x = 1)`. */
function settle(e: Emitter, operand: Operand, other: Expr): Operand {
  if (operand.pure.k !== 'reg' || other.kind === 'number' || other.kind === 'name') return operand;
  if (e.registerNames[operand.pure.reg] === '') return operand;
  const reg = e.temporary();
  e.emit({ op: 'set', dst: reg, value: operand.pure });
  return { pure: register(reg), type: operand.type };
}

/** Keeps a value in a temporary, so that it can be used twice. */
export function hold(e: Emitter, operand: Operand): Operand {
  if (operand.pure.k === 'const') return operand;
  const reg = e.temporary();
  e.emit({ op: 'set', dst: reg, value: operand.pure });
  return { pure: register(reg), type: operand.type };
}

/** a op b with C's conversions and pointer arithmetic. */
export function combine(e: Emitter, op: (Expr & { kind: 'binary' })['op'], left: Operand, right: Operand): Operand {
  const [lt, rt] = [e.types.resolve(left.type), e.types.resolve(right.type)];
  if (op === '+' && lt.kind === 'pointer') return { pure: add(left.pure, scaled(e, right, lt.to)), type: left.type };
  if (op === '+' && rt.kind === 'pointer') return { pure: add(right.pure, scaled(e, left, rt.to)), type: right.type };
  if (op === '-' && lt.kind === 'pointer' && rt.kind !== 'pointer') {
    return { pure: { k: 'binary', op: '-', a: left.pure, b: scaled(e, right, lt.to), type: U64 }, type: left.type };
  }
  const shift = op === '<<' || op === '>>';
  const type = shift ? usualConversion(e.types.scalar(lt), S32) : usualConversion(e.types.scalar(lt), e.types.scalar(rt));
  const cType = literalCType(type);
  const a = convertTo(e, left, cType);
  const b = shift ? right.pure : convertTo(e, right, cType);
  const comparison = ['==', '!=', '<', '<=', '>', '>='].includes(op);
  if (op === '-' && lt.kind === 'pointer' && rt.kind === 'pointer') {
    const [size, bytes] = [e.types.sizeOf(lt.to), { k: 'binary', op, a, b, type: S64 } as const];
    return { pure: size === 1 ? bytes : { k: 'binary', op: '/', a: bytes, b: constant(size), type: S64 }, type: literalCType(S64) };
  }
  const pure: Pure = { k: 'binary', op, a, b, type: comparison ? S32 : type };
  return { pure, type: comparison ? INT : cType };
}

function compileLogical(e: Emitter, expr: Expr & { kind: 'binary' }): Operand {
  const dst = e.temporary();
  const [no, end] = [new Label(), new Label()];
  compileCondition(e, expr, no);
  e.emit({ op: 'set', dst, value: constant(1) });
  e.jump(end);
  e.place(no);
  e.emit({ op: 'set', dst, value: constant(0) });
  e.place(end);
  return { pure: register(dst), type: INT };
}

/** Goes on when the expression is true, to `ifFalse` when not; && and || are short-circuit. */
export function compileCondition(e: Emitter, expr: Expr, ifFalse: Label): void {
  if (expr.kind === 'binary' && expr.op === '&&') {
    compileCondition(e, expr.left, ifFalse);
    compileCondition(e, expr.right, ifFalse);
    return;
  }
  if (expr.kind === 'binary' && expr.op === '||') {
    const [second, done] = [new Label(), new Label()];
    compileCondition(e, expr.left, second);
    e.jump(done);
    e.place(second);
    compileCondition(e, expr.right, ifFalse);
    e.place(done);
    return;
  }
  if (expr.kind === 'unary' && expr.op === '!' && expr.arg.kind === 'binary' && (expr.arg.op === '&&' || expr.arg.op === '||')) {
    const inner = new Label();
    compileCondition(e, expr.arg, inner);
    e.jump(ifFalse);
    e.place(inner);
    return;
  }
  e.branch(compileExpr(e, expr).pure, ifFalse);
}

function compileConditional(e: Emitter, expr: Expr & { kind: 'conditional' }): Operand {
  const dst = e.temporary();
  const [no, end] = [new Label(), new Label()];
  const test = expr.short ? hold(e, compileExpr(e, expr.test)) : null;
  if (test) e.branch(test.pure, no);
  else compileCondition(e, expr.test, no);
  const then = test ?? compileExpr(e, expr.then);
  e.emit({ op: 'set', dst, value: then.pure });
  e.jump(end);
  e.place(no);
  const other = compileExpr(e, expr.else);
  e.emit({ op: 'set', dst, value: other.pure });
  e.place(end);
  const [a, b] = [e.types.resolve(then.type), e.types.resolve(other.type)];
  // A NULL on one side takes the type of the other.
  const pointer = a.kind === 'pointer' && (a.to.kind !== 'void' || b.kind !== 'pointer') ? then.type : other.type;
  if (e.types.resolve(pointer).kind === 'pointer') return { pure: register(dst), type: pointer };
  const type = usualConversion(e.types.scalar(then.type), e.types.scalar(other.type));
  // The register holds either value unconverted: only here both types are known.
  return { pure: { k: 'convert', a: register(dst), type }, type: literalCType(type) };
}

function compileAssign(e: Emitter, expr: Expr & { kind: 'assign' }): Operand {
  const text = printExpr(expr.target);
  const target = compileTarget(e, expr.target);
  const type = e.types.resolve(target.type);
  if (expr.op === '=' && (type.kind === 'struct' || type.kind === 'union') && target.at === 'memory') return assignStruct(e, target.address, expr);
  const value = expr.op === '=' ? compileExpr(e, expr.value) : compound(e, target, expr);
  store(e, target, value, { marked: false, text });
  if (target.at === 'register') return { pure: register(target.reg), type: target.type };
  return { pure: convertTo(e, value, target.type), type: target.type };
}

function compound(e: Emitter, target: Target, expr: Expr & { kind: 'assign' }): Operand {
  const before = load(e, target, expr.target);
  const op = expr.op.slice(0, -1) as (Expr & { kind: 'binary' })['op'];
  return combine(e, op, before, compileExpr(e, expr.value));
}

function compileUpdate(e: Emitter, expr: Expr & { kind: 'update' }): Operand {
  const target = compileTarget(e, expr.target);
  let before = load(e, target, expr.target);
  if (target.at === 'register' && !expr.prefix) {
    const kept = e.temporary();
    e.emit({ op: 'set', dst: kept, value: before.pure });
    before = { pure: register(kept), type: before.type };
  }
  const one: Operand = { pure: constant(1), type: INT };
  const after = combine(e, expr.op === '++' ? '+' : '-', before, one);
  store(e, target, after, { marked: false, text: printExpr(expr.target) });
  if (!expr.prefix) return before;
  return target.at === 'register' ? { pure: register(target.reg), type: target.type } : { pure: convertTo(e, after, target.type), type: target.type };
}

function compileCast(e: Emitter, expr: Expr & { kind: 'cast' }): Operand {
  const arg = compileExpr(e, expr.arg);
  if (expr.type.kind === 'void') return { pure: arg.pure, type: INT };
  const type = settled(e, expr.type);
  return { pure: convertTo(e, arg, type), type };
}

function sizeOf(e: Emitter, expr: Expr & { kind: 'sizeof' }): number {
  if (expr.of.kind === 'type') return e.types.sizeOf(settled(e, expr.of.type));
  return e.types.sizeOf(typeOf(e, expr.of));
}

/** The C type of an expression, without compiling it. */
export function typeOf(e: Emitter, expr: Expr): CType {
  switch (expr.kind) {
    case 'name': {
      const known = e.local(expr.name)?.type ?? e.context.globals.get(expr.name)?.type;
      if (known) return known;
      if (expr.name === 'current') return { kind: 'pointer', to: { kind: 'struct', name: 'task_struct' } };
      if (e.types.named(expr.name) !== undefined || e.types.macro(expr.name)) return e.dry(() => compileExpr(e, expr)).type;
      return e.types.isConstant(expr.name) ? INT : { kind: 'named', name: expr.name };
    }
    case 'member': {
      const base = typeOf(e, expr.base);
      return e.types.field(expr.arrow ? pointee(e, base) : base, expr.field).type;
    }
    case 'index': return pointee(e, typeOf(e, expr.base));
    case 'cast': return settled(e, expr.type);
    case 'unary':
      if (expr.op === '*') return pointee(e, typeOf(e, expr.arg));
      if (expr.op === '&') return { kind: 'pointer', to: typeOf(e, expr.arg) };
      break;
    case 'assign': return typeOf(e, expr.target);
    case 'initializer':
      if (expr.type) return settled(e, completed(expr.type, expr, e.types));
      break;
    default: break;
  }
  return e.dry(() => compileExpr(e, expr)).type;
}

function compileStatementExpression(e: Emitter, expr: Expr & { kind: 'statementExpression' }): Operand {
  const last = expr.body[expr.body.length - 1];
  const valued = last?.kind === 'expression' ? last : null;
  const resumed = e.statementIndex;
  const kept = e.keepTemporaries();
  e.enterScope(expr);
  compileBody(e, valued ? expr.body.slice(0, -1) : expr.body);
  e.resume(resumed);
  const value: Operand = valued ? compileExpr(e, valued.expr) : { pure: constant(0), type: INT };
  const dst = e.register('');
  e.emit({ op: 'set', dst, value: value.pure });
  e.leaveScope();
  e.releaseTemporaries(kept);
  return { pure: register(dst), type: value.type };
}
