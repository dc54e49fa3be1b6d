/**
 * @module Types of a Program: resolves names, lays out structs, evaluates constants and types expressions.
 *
 * Layout: natural alignment of a 64-bit kernel, except that a scalar smaller than four bytes inside a struct takes four
 * (memory is kept in cells of four bytes). Known gap: arrays of char and short are not laid out as in C.
 */
import type { Argument, CType, Expr, MacroDef, Program, StructDef } from './program.js';
import { substitute } from './substitute.js';
import { binary, canonical, convert, S32, S64, U32, U64, unary, usualConversion, BOOL } from '../machine/value.js';
import type { Scalar, Value } from '../machine/value.js';

export interface FieldLayout {
  readonly name: string;
  readonly type: CType;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  /** Where a bit-field is in its unit, which is `type` at `offset`: lowest bit first. */
  readonly bits?: Bits;
}

/** Bits of a value: `width` of them, from bit `shift` on. */
export interface Bits {
  readonly shift: number;
  readonly width: number;
}

export interface StructLayout {
  readonly size: number;
  readonly align: number;
  readonly fields: ReadonlyMap<string, FieldLayout>;
}

export const INT: CType = { kind: 'int', name: 'int', bytes: 4, signed: true };
export const ULONG: CType = { kind: 'int', name: 'unsigned long', bytes: 8, signed: false };
export const VOID_POINTER: CType = { kind: 'pointer', to: { kind: 'void' } };

const BUILTIN: Readonly<Record<string, CType>> = {
  u8: { kind: 'int', name: 'u8', bytes: 1, signed: false }, u16: { kind: 'int', name: 'u16', bytes: 2, signed: false },
  u32: { kind: 'int', name: 'u32', bytes: 4, signed: false }, u64: { kind: 'int', name: 'u64', bytes: 8, signed: false },
  s8: { kind: 'int', name: 's8', bytes: 1, signed: true }, s16: { kind: 'int', name: 's16', bytes: 2, signed: true },
  s32: { kind: 'int', name: 's32', bytes: 4, signed: true }, s64: { kind: 'int', name: 's64', bytes: 8, signed: true },
  __u8: { kind: 'int', name: 'u8', bytes: 1, signed: false }, __u16: { kind: 'int', name: 'u16', bytes: 2, signed: false },
  __u32: { kind: 'int', name: 'u32', bytes: 4, signed: false }, __u64: { kind: 'int', name: 'u64', bytes: 8, signed: false },
  __s32: { kind: 'int', name: 's32', bytes: 4, signed: true }, __s64: { kind: 'int', name: 's64', bytes: 8, signed: true },
  __aligned_u64: { kind: 'int', name: 'u64', bytes: 8, signed: false }, kcov_u64: { kind: 'int', name: 'u64', bytes: 8, signed: false },
  size_t: ULONG, uintptr_t: ULONG, ssize_t: { kind: 'int', name: 'long', bytes: 8, signed: true },
  loff_t: { kind: 'int', name: 'long', bytes: 8, signed: true }, gfp_t: { kind: 'int', name: 'unsigned int', bytes: 4, signed: false },
  bool: { kind: 'bool' }, _Bool: { kind: 'bool' }, vm_flags_t: ULONG, pgoff_t: ULONG, uint64_t: ULONG,
  uint32_t: { kind: 'int', name: 'u32', bytes: 4, signed: false },
};

/** Deepest chain of typedefs, macros or nested structs that is followed. */
const DEPTH_MAX = 40;

/** Reasons and places of names are not known here: callers turn an UnknownName into a not-modelled entry. */
export class UnknownName extends Error {}

/** Types, layouts and constants of one linked Program. Errors are thrown as UnknownName and caught by the compiler. */
export class TypeTable {
  private readonly structs = new Map<string, StructDef>();
  private readonly typedefs = new Map<string, CType>();
  private readonly constants = new Map<string, bigint>();
  private readonly macros = new Map<string, Expr>();
  private readonly functionMacros = new Map<string, MacroDef>();
  private readonly layouts = new Map<string, StructLayout>();
  private readonly overrides: ReadonlyMap<string, bigint>;

  /** `constants` replace or add named constants: the scaled ones of the configuration. */
  constructor(program: Program, constants: ReadonlyMap<string, bigint> = new Map()) {
    for (const struct of program.structs) this.structs.set(struct.name, struct);
    for (const { name, type } of program.typedefs) this.typedefs.set(name, type);
    for (const def of program.enums) for (const member of def.members) this.constants.set(member.name, member.value);
    for (const macro of program.macros) if (macro.params === null && macro.expr) this.macros.set(macro.name, macro.expr);
    for (const macro of program.macros) if (macro.params !== null && macro.expr) this.functionMacros.set(macro.name, macro);
    this.overrides = constants;
  }

  /** Follows typedefs and enums to a structural type. */
  resolve(type: CType, depth = 0): CType {
    if (depth > DEPTH_MAX) throw new UnknownName('typedefs nested too deeply');
    if (type.kind === 'enum') return { kind: 'int', name: 'unsigned int', bytes: 4, signed: false };
    if (type.kind !== 'named') return type;
    const found = this.typedefs.get(type.name) ?? BUILTIN[type.name];
    if (found === undefined && this.structs.has(type.name)) return { kind: 'struct', name: type.name };
    if (found === undefined) throw new UnknownName(`type ${type.name} is not known`);
    return this.resolve(found, depth + 1);
  }

  /** Width and sign of a scalar type. */
  scalar(type: CType): Scalar {
    const t = this.resolve(type);
    if (t.kind === 'bool') return BOOL;
    if (t.kind === 'int') return { bytes: t.bytes, signed: t.signed };
    if (t.kind === 'pointer' || t.kind === 'array' || t.kind === 'function') return U64;
    throw new UnknownName(`${t.kind} is used where a scalar is needed`);
  }

  isScalar(type: CType): boolean {
    return ['bool', 'int', 'pointer'].includes(this.resolve(type).kind);
  }

  /** Bytes as sizeof gives them. */
  sizeOf(type: CType, depth = 0): number {
    const t = this.resolve(type);
    switch (t.kind) {
      case 'void': case 'bool': case 'function': return 1;
      case 'int': return t.bytes;
      case 'pointer': return 8;
      case 'array': return this.length(t.length) * this.sizeOf(t.of, depth + 1);
      case 'struct': case 'union': return this.layout(t.name, depth + 1).size;
      default: throw new UnknownName(`size of ${t.kind} is not known`);
    }
  }

  private length(length: Expr | null): number {
    return length === null ? 0 : Number(this.constant(length));
  }

  /** True for a type that nothing here declares, such as a struct of a header that is not read. */
  private isUndeclared(type: CType, depth = 0): boolean {
    if (depth > DEPTH_MAX) return false;
    if (type.kind === 'array') return this.isUndeclared(type.of, depth + 1);
    if (type.kind === 'struct' || type.kind === 'union') return !this.structs.has(type.name);
    if (type.kind !== 'named' || this.structs.has(type.name)) return false;
    const found = this.typedefs.get(type.name) ?? BUILTIN[type.name];
    return found === undefined || this.isUndeclared(found, depth + 1);
  }

  private align(type: CType, depth: number): number {
    const t = this.resolve(type);
    if (t.kind === 'struct' || t.kind === 'union') return this.layout(t.name, depth + 1).align;
    if (t.kind === 'array') return this.align(t.of, depth + 1);
    return Math.max(4, this.sizeOf(t));
  }

  /** Layout of a struct or union by name. */
  layout(name: string, depth = 0): StructLayout {
    const known = this.layouts.get(name);
    if (known) return known;
    if (depth > DEPTH_MAX) throw new UnknownName(`struct ${name} is nested too deeply`);
    const def = this.structs.get(name);
    if (!def) throw new UnknownName(`struct ${name} is not known`);
    const made = this.lay(def, depth);
    this.layouts.set(name, made);
    return made;
  }

  private lay(def: StructDef, depth: number): StructLayout {
    const fields = new Map<string, FieldLayout>();
    let end = 0;
    let align = 4;
    let free = 0;
    for (const field of def.fields) {
      // No bytes: whatever reaches into it is not modelled, and the members around it are.
      if (this.isUndeclared(field.type)) {
        fields.set(field.name, { name: field.name, type: field.type, offset: end });
        continue;
      }
      const fieldAlign = this.align(field.type, depth);
      if (field.bits !== undefined && !def.union) {
        const unit = Math.max(4, this.sizeOf(field.type, depth + 1));
        const begin = free > end * 8 - unit * 8 && free > 0 && end % unit === 0 ? free : end * 8;
        const place = bitPlace(begin, field.bits, unit);
        if (field.bits > 0) fields.set(field.name, { name: field.name, type: this.unit(field.type), offset: place.offset, bits: { shift: place.shift, width: field.bits } });
        free = field.bits === 0 ? 0 : place.offset * 8 + place.shift + field.bits;
        end = Math.max(end, field.bits === 0 ? end : place.offset + unit);
        align = Math.max(align, field.bits === 0 ? 4 : fieldAlign);
        continue;
      }
      free = 0;
      const offset = def.union ? 0 : Math.ceil(end / fieldAlign) * fieldAlign;
      if (field.bits !== undefined) {
        fields.set(field.name, { name: field.name, type: this.unit(field.type), offset, bits: { shift: 0, width: field.bits } });
        end = Math.max(end, offset + Math.max(4, this.sizeOf(field.type, depth + 1)));
        continue;
      }
      fields.set(field.name, { name: field.name, type: field.type, offset });
      const size = Math.max(this.sizeOf(field.type, depth + 1), this.isScalar(field.type) ? 4 : 0);
      end = Math.max(end, offset + size);
      align = Math.max(align, fieldAlign);
    }
    return { size: Math.ceil(end / align) * align, align, fields };
  }

  /** The type of the unit of a bit-field: as declared, at least a cell. */
  private unit(type: CType): CType {
    const { bytes, signed } = this.scalar(type);
    if (bytes === 8) return type;
    return { kind: 'int', name: signed ? 'int' : 'unsigned int', bytes: 4, signed };
  }

  /** A field of a struct type, looked up through anonymous members. */
  field(type: CType, name: string): FieldLayout {
    const t = this.resolve(type);
    if (t.kind !== 'struct' && t.kind !== 'union') throw new UnknownName(`.${name} of something that is no struct`);
    const layout = this.layout(t.name);
    const direct = layout.fields.get(name);
    if (direct) return direct;
    const found = this.anonymousField(t.name, name, 0);
    if (found) return found;
    throw new UnknownName(`struct ${t.name} has no field ${name}`);
  }

  private anonymousField(struct: string, name: string, depth: number): FieldLayout | null {
    if (depth > DEPTH_MAX) return null;
    for (const member of this.layout(struct).fields.values()) {
      if (!member.name.startsWith('<')) continue;
      const inner = this.resolve(member.type);
      if (inner.kind !== 'struct' && inner.kind !== 'union') continue;
      const found = this.layout(inner.name).fields.get(name) ?? this.anonymousField(inner.name, name, depth + 1);
      if (found) return { ...found, offset: member.offset + found.offset };
    }
    return null;
  }

  /** True if the name is an enum member, a macro with a value, or an override. */
  isConstant(name: string): boolean {
    return this.overrides.has(name) || this.constants.has(name) || this.macros.has(name);
  }

  /** The expression an object-like macro stands for; undefined for overrides and enum members. */
  macro(name: string): Expr | undefined {
    return this.overrides.has(name) || this.constants.has(name) ? undefined : this.macros.get(name);
  }

  /** Value of a named enum member or override, undefined for others. */
  named(name: string): bigint | undefined {
    return this.overrides.get(name) ?? this.constants.get(name);
  }

  /** Evaluates a constant expression; throws UnknownName where it is none. */
  constant(expr: Expr, depth = 0): Value {
    if (depth > DEPTH_MAX) throw new UnknownName('constant nested too deeply');
    switch (expr.kind) {
      case 'number': return convert(canonical(expr.value), literalType(expr));
      case 'name': return this.constantName(expr.name, depth);
      case 'unary': {
        if (expr.op === '*' || expr.op === '&') break;
        const type = this.constantType(expr);
        return unary(expr.op, convert(this.constant(expr.arg, depth + 1), expr.op === '!' ? this.constantType(expr.arg) : type), type);
      }
      case 'binary': {
        const [lt, rt] = [this.constantType(expr.left), this.constantType(expr.right)];
        const shift = expr.op === '<<' || expr.op === '>>';
        const type = usualConversion(lt, shift ? S32 : rt);
        const [a, b] = [this.constant(expr.left, depth + 1), this.constant(expr.right, depth + 1)];
        const value = binary(expr.op, convert(a, type), shift ? b : convert(b, type), type);
        if (value !== null) return value;
        break;
      }
      case 'cast': return convert(this.constant(expr.arg, depth + 1), this.scalar(expr.type));
      case 'sizeof': return this.sizeOfArgument(expr.of);
      case 'conditional': {
        const chosen = this.constant(expr.test, depth + 1) !== 0 ? expr.then : expr.else;
        return convert(this.constant(chosen, depth + 1), this.constantType(expr));
      }
      case 'call': return this.constantCall(expr, depth);
      default: break;
    }
    throw new UnknownName('not a constant expression');
  }

  private constantCall(expr: Expr & { kind: 'call' }, depth: number): Value {
    const macro = expr.callee.kind === 'name' ? this.functionMacros.get(expr.callee.name) : undefined;
    if (!macro?.expr || macro.params?.length !== expr.args.length) throw new UnknownName('a call in a constant');
    const by = new Map(macro.params.map((param, i) => [param, expr.args[i]] as const).filter((pair): pair is [string, Argument] => pair[1] !== undefined));
    return this.constant(substitute(macro.expr, by), depth + 1);
  }

  private sizeOfArgument(of: Argument): Value {
    if (of.kind === 'type') return this.sizeOf(of.type);
    if (of.kind === 'name') return this.sizeOf({ kind: 'named', name: of.name });
    throw new UnknownName('sizeof an expression in a constant');
  }

  private constantName(name: string, depth: number): Value {
    const value = this.named(name);
    if (value !== undefined) return canonical(value);
    const macro = this.macros.get(name);
    if (macro) return this.constant(macro, depth + 1);
    throw new UnknownName(`${name} is not known`);
  }

  /** Scalar type of a constant expression, int unless it says more. A scaled constant keeps the type of the macro it replaces. */
  constantType(expr: Expr, depth = 0): Scalar {
    if (depth > DEPTH_MAX) throw new UnknownName('constant nested too deeply');
    switch (expr.kind) {
      case 'number': return literalType(expr);
      case 'name': return this.nameType(expr.name, depth);
      case 'cast': return this.scalar(expr.type);
      case 'sizeof': return U64;
      case 'unary': return expr.op === '!' ? S32 : usualConversion(this.constantType(expr.arg, depth + 1), S32);
      case 'binary': return this.binaryType(expr, depth);
      case 'conditional': return usualConversion(this.constantType(expr.then, depth + 1), this.constantType(expr.else, depth + 1));
      default: return S32;
    }
  }

  private nameType(name: string, depth: number): Scalar {
    const macro = this.macros.get(name);
    const value = this.named(name);
    const type = macro ? this.constantType(macro, depth + 1) : S32;
    if (value === undefined || convert(canonical(value), type) === canonical(value)) return type;
    if (value >= -0x80000000n && value <= 0x7fffffffn) return S32;
    return value > 0x7fffffffffffffffn ? U64 : S64;
  }

  private binaryType({ op, left, right }: Expr & { kind: 'binary' }, depth: number): Scalar {
    if (['==', '!=', '<', '<=', '>', '>=', '&&', '||'].includes(op)) return S32;
    const a = this.constantType(left, depth + 1);
    return usualConversion(a, op === '<<' || op === '>>' ? S32 : this.constantType(right, depth + 1));
  }
}

/** Where a bit-field of `width` goes that may begin at bit `begin`: in one unit of `unit` bytes, in the next if it does not fit. */
function bitPlace(begin: number, width: number, unit: number): { offset: number; shift: number } {
  const bits = unit * 8;
  const inUnit = begin % bits;
  const at = inUnit + width > bits ? begin + bits - inUnit : begin;
  const offset = Math.floor(at / bits) * unit;
  return { offset, shift: at - offset * 8 };
}

/** Type of a literal by its suffix, size and base: without a U only hexadecimal and octal ones become unsigned. */
export function literalType(literal: { readonly value: bigint; readonly suffix: string; readonly text?: string }): Scalar {
  const suffix = literal.suffix.toUpperCase();
  const decimal = !/^0[0-9xXbB]/.test(literal.text ?? '');
  if (suffix === '' && !decimal && literal.value > 0x7fffffffn && literal.value <= 0xffffffffn) return U32;
  if (suffix.includes('U')) return suffix.includes('L') || literal.value > 0xffffffffn ? U64 : U32;
  if (suffix.includes('L') || literal.value > 0x7fffffffn) return literal.value > 0x7fffffffffffffffn ? U64 : S64;
  return S32;
}
