/**
 * @module Types and declarators of the syntax tree as CType. Qualifiers are kept where a pointer points to what they
 * qualify; const of an object itself is returned apart. Widths are those of a 64-bit kernel; plain char is signed.
 */
import type { CType, Field, Param } from '../../simulator/ir/program.js';
import { attributesIn } from './notes.js';
import type { Context } from './context.js';
import { isQualifierWord } from './kernel-words.js';
import { evaluateConstant } from './constant.js';
import { lowerEnum, lowerStruct } from './lower-struct.js';
import { lowerExpression } from './lower-expression.js';
import { fieldOf, named, type Syntax } from './syntax.js';

/** The words before the declarators of a declaration. */
export interface Specifiers {
  readonly type: CType;
  /** const, volatile and sparse's words, in order. */
  readonly qualifiers: readonly string[];
  /** static, inline, extern …, in order. */
  readonly storage: readonly string[];
  /** Offset of the type itself. */
  readonly typeStart: number;
  /** Offset behind the last of the words. */
  readonly end: number;
}

/** A declared name with its type. */
export interface Declared {
  /** '' for an abstract declarator. */
  readonly name: string;
  readonly type: CType;
  /** Qualifiers of the object itself rather than of what a pointer points to. */
  readonly qualifiers: readonly string[];
  /** For a function its parameters with their names. */
  readonly params: readonly Param[] | null;
  readonly variadic: boolean;
}

const int = (name: string, bytes: 1 | 2 | 4 | 8, signed: boolean): CType => ({ kind: 'int', name, bytes, signed });

/** The integer type that C's keywords spell in any order; null for a floating type or nonsense. */
export function integerType(words: readonly string[]): CType | null {
  const count = (word: string): number => words.filter((w) => w === word).length;
  const unsigned = count('unsigned') > 0;
  const prefix = unsigned ? 'unsigned ' : '';
  if (words.some((w) => /^(float|double|__int128|_Complex)$/.test(w))) return null;
  if (count('char') > 0) return int(unsigned ? 'unsigned char' : count('signed') > 0 ? 'signed char' : 'char', 1, !unsigned);
  if (count('short') > 0) return int(`${prefix}short`, 2, !unsigned);
  if (count('long') > 1) return int(`${prefix}long long`, 8, !unsigned);
  if (count('long') > 0) return int(`${prefix}long`, 8, !unsigned);
  // The kernel writes both; what is written comes back.
  return int(unsigned && count('int') === 0 ? 'unsigned' : `${prefix}int`, 4, !unsigned);
}

/** The type that typeof(text) gives; text is a type or an expression. */
function typeofType(cx: Context, node: Syntax, text: string): CType {
  const at = cx.placeOf(node);
  if (/^(const |volatile )*(struct|union|enum|void|char|short|int|long|unsigned|signed)\b/.test(text) || /^\w+$/.test(text) && cx.input.isType(text)) {
    return { kind: 'typeof', of: { kind: 'type', type: cx.input.fragments.type(text, at) } };
  }
  return { kind: 'typeof', of: cx.input.fragments.expression(text, at) };
}

function wordType(cx: Context, node: Syntax): CType {
  const typeOf = cx.input.notes.typeofs.get(node.start);
  if (typeOf === '') return AUTO_TYPE;
  if (typeOf !== undefined) return typeofType(cx, node, typeOf);
  const word = cx.name(node);
  if (word === 'void') return { kind: 'void' };
  if (word === 'bool' || word === '_Bool') return { kind: 'bool' };
  const keyword = /^(char|short|int|long|signed|unsigned|__signed__)$/.test(word) ? integerType([word]) : null;
  if (/^(float|double)$/.test(word)) cx.unmodelled(node, 'floating point');
  return keyword ?? { kind: 'named', name: word };
}

/** The type of __auto_type until the value is known. */
export const AUTO_TYPE: CType = { kind: 'named', name: '__auto_type' };

function specifiedType(cx: Context, node: Syntax, hint: string): CType {
  switch (node.type) {
    case 'primitive_type': case 'type_identifier': case 'identifier': return wordType(cx, node);
    case 'sized_type_specifier': {
      const type = integerType(cx.source(node).split(/\s+/));
      if (type === null) cx.unmodelled(node, 'floating point or wide integer');
      return type ?? { kind: 'named', name: cx.source(node) };
    }
    case 'struct_specifier': case 'union_specifier': return lowerStruct(cx, node, hint);
    case 'enum_specifier': return lowerEnum(cx, node, hint);
    default:
      cx.unmodelled(node, 'type not understood');
      return { kind: 'named', name: cx.source(node) };
  }
}

/** The words before the declarators of `node`. `hint` names an anonymous struct defined here. */
export function lowerSpecifiers(cx: Context, node: Syntax, hint: string): Specifiers {
  const type = fieldOf(node, 'type');
  const words = node.children.filter((c) => c.type === 'type_qualifier' || c.type === 'storage_class_specifier');
  const first = node.children.find((c) => /declarator$/.test(c.field) || c.field === 'body');
  const end = first?.start ?? node.end;
  const sparse = attributesIn(cx.input.notes, node.start, end).filter((a) => isQualifierWord(a.text));
  const qualifiers = [
    ...words.filter((c) => c.type === 'type_qualifier' && c.start < end).map((c) => ({ start: c.start, text: cx.source(c) })),
    ...sparse,
  ].sort((a, b) => a.start - b.start);
  return {
    type: type ? specifiedType(cx, type, hint) : { kind: 'named', name: 'int' },
    qualifiers: qualifiers.map((q) => q.text),
    storage: words.filter((c) => c.type === 'storage_class_specifier').map((c) => cx.source(c)),
    typeStart: type?.start ?? node.start,
    end,
  };
}

function pointerTo(to: CType, qualifiers: readonly string[]): CType {
  return qualifiers.length > 0 ? { kind: 'pointer', to, qualifiers } : { kind: 'pointer', to };
}

/** Parameters of a parameter list; `(void)` has none. */
export function lowerParams(cx: Context, list: Syntax): { readonly params: Param[]; readonly variadic: boolean } {
  const params: Param[] = [];
  for (const node of named(list)) {
    if (node.type === 'parameter_declaration') {
      const spec = lowerSpecifiers(cx, node, `param${params.length + 1}`);
      const { name, type } = lowerDeclarator(cx, fieldOf(node, 'declarator'), spec);
      params.push({ name, type });
    } else if (node.type !== 'variadic_parameter') {
      cx.unmodelled(node, 'parameter not understood');
    }
  }
  const only = params.length === 1 ? params[0] : undefined;
  const none = only?.type.kind === 'void' && only.name === '';
  return { params: none ? [] : params, variadic: list.children.some((c) => c.type === 'variadic_parameter' || c.type === '...') };
}

interface Partial {
  readonly type: CType;
  readonly qualifiers: readonly string[];
  readonly params: readonly Param[] | null;
  readonly variadic: boolean;
}

function functionOf(cx: Context, node: Syntax, sofar: Partial): Partial {
  const list = fieldOf(node, 'parameters');
  const { params, variadic } = list ? lowerParams(cx, list) : { params: [], variadic: false };
  const type: CType = { kind: 'function', returns: sofar.type, params: params.map((p) => p.type) };
  return { type, qualifiers: [], params, variadic };
}

function pointerOf(cx: Context, node: Syntax, sofar: Partial): Partial {
  const inner = fieldOf(node, 'declarator');
  const own = node.children.filter((c) => c.type === 'type_qualifier').map((c) => ({ start: c.start, text: cx.source(c) }));
  const sparse = attributesIn(cx.input.notes, node.start, inner?.start ?? node.end).filter((a) => isQualifierWord(a.text));
  const qualifiers = [...own, ...sparse].sort((a, b) => a.start - b.start).map((q) => q.text);
  return { type: pointerTo(sofar.type, sofar.qualifiers), qualifiers, params: null, variadic: false };
}

function arrayOf(cx: Context, node: Syntax, sofar: Partial): Partial {
  const size = fieldOf(node, 'size');
  const length = size ? lowerExpression(cx, size) : null;
  return { ...sofar, type: { kind: 'array', of: sofar.type, length }, params: null };
}

/** Applies a declarator to the type of its specifiers; C's declarators read inside out. */
export function lowerDeclarator(cx: Context, node: Syntax | undefined, spec: Specifiers): Declared {
  let sofar: Partial = { type: spec.type, qualifiers: spec.qualifiers, params: null, variadic: false };
  let at = node;
  let name = '';
  while (at !== undefined) {
    const kind = at.type.replace(/^abstract_/, '');
    if (kind === 'pointer_declarator') sofar = pointerOf(cx, at, sofar);
    else if (kind === 'array_declarator') sofar = arrayOf(cx, at, sofar);
    else if (kind === 'function_declarator') sofar = functionOf(cx, at, sofar);
    else if (/identifier$|^primitive_type$/.test(kind)) name = cx.name(at);
    else if (kind !== 'parenthesized_declarator') cx.unmodelled(at, 'declarator not understood');
    const parent: Syntax = at;
    at = fieldOf(parent, 'declarator') ?? (kind === 'parenthesized_declarator' ? named(parent)[0] : undefined);
  }
  return { name, ...sofar };
}

/** The type in parentheses of a cast or sizeof. */
export function lowerTypeDescriptor(cx: Context, node: Syntax): CType {
  const spec = lowerSpecifiers(cx, node, 'cast');
  return lowerDeclarator(cx, fieldOf(node, 'declarator'), spec).type;
}

/** The name that a declarator declares, without lowering it; '' for an abstract one. */
export function declaredName(cx: Context, node: Syntax | undefined): string {
  let at = node;
  while (at) {
    if (/identifier$/.test(at.type)) return cx.name(at);
    const parent: Syntax = at;
    at = fieldOf(parent, 'declarator') ?? (/parenthesized_declarator$/.test(parent.type) ? named(parent)[0] : undefined);
  }
  return '';
}

/** The fields that one declaration in a struct makes. */
export function lowerFields(cx: Context, node: Syntax, owner: { name: string; count: number }): Field[] {
  const declarators = node.children.filter((c) => c.field === 'declarator');
  const place = cx.placeOf(node);
  const label = declaredName(cx, declarators[0]) || String(owner.count);
  const spec = lowerSpecifiers(cx, node, `${owner.name.replace(/[<>]/g, '')}.${label}`);
  if (declarators.length === 0) {
    const unnamed = node.children.find((c) => c.type === 'bitfield_clause');
    if (unnamed) return [{ name: `<bits ${owner.count}>`, type: spec.type, bits: bitWidth(cx, unnamed) ?? 0, place }];
    const anonymous = spec.type.kind === 'struct' || spec.type.kind === 'union' ? spec.type.name : '';
    return anonymous.startsWith('<') ? [{ name: anonymous, type: spec.type, place }] : [];
  }
  return declarators.map((d) => {
    const { name, type } = lowerDeclarator(cx, d, spec);
    const clause = node.children[node.children.indexOf(d) + 1];
    const bits = clause?.type === 'bitfield_clause' ? bitWidth(cx, clause) : null;
    return { name, type, ...(bits === null ? {} : { bits }), place };
  });
}

/** The width that a bit-field's clause gives; null, and listed, where it is no constant. */
function bitWidth(cx: Context, clause: Syntax): number | null {
  const [width] = named(clause);
  const value = width ? evaluateConstant(lowerExpression(cx, width), { name: (name) => cx.constants.get(name) ?? null }) : null;
  if (value !== null && value >= 0n && value <= 64n) return Number(value);
  cx.list(cx.placeOf(clause), cx.source(clause), 'width of a bit-field that is not known');
  return null;
}
