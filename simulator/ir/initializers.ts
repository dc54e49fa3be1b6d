/**
 * @module Braced initialisers: which part of a struct, union or array each value is for. Used for globals before anything runs
 * and for locals when they are compiled. Braces may not be left out round an inner struct or array.
 */
import type { CType, Expr } from './program.js';
import { UnknownName } from './types.js';
import type { Bits, FieldLayout, TypeTable } from './types.js';

/** One initialised part of an object. */
export interface InitialisedPart {
  /** As it is written behind the object's name: `.field` or `[2]`. */
  readonly name: string;
  /** Bytes from the start of the object. */
  readonly offset: number;
  readonly type: CType;
  /** For a bit-field where it is in `type`. */
  readonly bits?: Bits;
  readonly value: Expr;
}

/** A part of an object, whether it is initialised or not. */
export type Part = Omit<InitialisedPart, 'value'>;

type Braced = Expr & { readonly kind: 'initializer' };

/** Elements of an array that are laid out one by one. */
const ELEMENTS_MAX = 4096;

/** The fields of a struct, the first of a union, the elements of an array. */
export function partsOf(types: TypeTable, type: CType): Part[] {
  const t = types.resolve(type);
  if (t.kind === 'array') return elements(types, t);
  if (t.kind !== 'struct' && t.kind !== 'union') throw new UnknownName(`the parts of ${t.kind} are not known`);
  const fields = [...types.layout(t.name).fields.values()].map(asPart);
  return t.kind === 'union' ? fields.slice(0, 1) : fields;
}

function asPart({ name, offset, type, bits }: FieldLayout): Part {
  return { name: `.${name}`, offset, type, ...(bits ? { bits } : {}) };
}

function elements(types: TypeTable, t: CType & { kind: 'array' }): Part[] {
  const count = t.length === null ? 0 : Number(types.constant(t.length));
  if (count > ELEMENTS_MAX) throw new UnknownName(`an array of ${count} elements as a whole`);
  const size = types.sizeOf(t.of);
  return Array.from({ length: count }, (_, i) => ({ name: `[${i}]`, offset: i * size, type: t.of }));
}

/** What a braced initialiser gives, in the order of the object; several values for one field of a struct are one initialiser. */
export function initialised(types: TypeTable, type: CType, init: Braced): InitialisedPart[] {
  const t = types.resolve(type);
  const parts = t.kind === 'union' ? unionParts(types, t) : partsOf(types, type);
  const given = new Map<number, Expr>();
  let position = 0;
  for (const { field, index, to, value: own } of init.items) {
    let value = own;
    if (field !== undefined) {
      position = parts.findIndex((part) => part.name === `.${field}`);
      if (position < 0) {
        // A field of a struct or union without a name: { .inside = 1 } is { { .inside = 1 } }.
        position = parts.findIndex((part) => part.name.startsWith('.<') && hasField(types, part.type, field));
        value = { kind: 'initializer', items: [{ field, value }] };
      }
    }
    if (index !== undefined) position = Number(types.constant(index));
    const last = to === undefined ? position : Number(types.constant(to));
    if (position < 0 || last >= parts.length || last < position) throw new UnknownName('a value in an initialiser that is for no part');
    for (; position <= last; position += 1) given.set(position, joined(given.get(position), value));
  }
  return parts.flatMap((part, i) => {
    const value = given.get(i);
    return value ? [{ ...part, value }] : [];
  });
}

function hasField(types: TypeTable, type: CType, name: string): boolean {
  try {
    types.field(type, name);
    return true;
  } catch (error) {
    if (error instanceof UnknownName) return false;
    throw error;
  }
}

function unionParts(types: TypeTable, t: CType & { kind: 'union' }): Part[] {
  return [...types.layout(t.name).fields.values()].map(asPart);
}

/** `.a.b = 1, .a.c = 2` is one initialiser of `.a`; otherwise the later value replaces the earlier. */
function joined(before: Expr | undefined, value: Expr): Expr {
  if (before?.kind !== 'initializer' || value.kind !== 'initializer') return value;
  return { kind: 'initializer', items: [...before.items, ...value.items] };
}

/** The type of an object with its initialiser: an array without a length reaches to its last value. */
export function completed(type: CType, init: Expr | undefined, types?: TypeTable): CType {
  if (type.kind !== 'array' || type.length !== null || init?.kind !== 'initializer') return type;
  let [position, count] = [0, 0];
  for (const { index, to } of init.items) {
    const last = to ?? index;
    if (last !== undefined && types) position = Number(types.constant(last));
    position += 1;
    count = Math.max(count, position);
  }
  return { ...type, length: { kind: 'number', value: BigInt(count), suffix: '' } };
}
