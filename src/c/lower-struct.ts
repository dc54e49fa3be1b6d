/**
 * @module Definitions of structs, unions and enums. A definition goes into the Program where it is met; its use remains a
 * name. Anonymous ones get a name of the owner's and the field's, in angle brackets.
 */
import type { CType, EnumDef, Field } from '../../simulator/ir/program.js';
import { evaluateConstant } from './constant.js';
import type { Context } from './context.js';
import { lowerExpression } from './lower-expression.js';
import { lowerFields } from './lower-type.js';
import { fieldOf, named, type Syntax } from './syntax.js';

/** Lowers a struct or union specifier; one with a body is defined. */
export function lowerStruct(cx: Context, node: Syntax, hint: string): CType {
  const kind = node.type === 'union_specifier' ? 'union' : 'struct';
  const tag = fieldOf(node, 'name');
  const name = tag ? cx.name(tag) : `<${hint}>`;
  const body = fieldOf(node, 'body');
  if (body) {
    const fields: Field[] = [];
    for (const child of named(body)) {
      const cut = child.broken || child.type !== 'field_declaration';
      const padding = cut ? /^([\w\s]+?)\s*:\s*(\d+)\s*;?$/.exec(cx.source(child)) : null;
      if (padding) fields.push(paddingField(cx, child, { words: padding[1] ?? '', bits: Number(padding[2]), name: `<bits ${fields.length}>` }));
      else if (cut) cx.unmodelled(child, 'field not understood');
      else fields.push(...lowerFields(cx, child, { name, count: fields.length }));
    }
    cx.struct({ name, union: kind === 'union', fields, place: cx.placeOf(node) });
  }
  return { kind, name };
}

/** A bit-field without a name, which the grammar does not know. */
function paddingField(cx: Context, node: Syntax, how: { words: string; bits: number; name: string }): Field {
  const type = cx.input.fragments.type(how.words, cx.placeOf(node));
  return { name: how.name, type, bits: how.bits, place: cx.placeOf(node) };
}

function memberValue(cx: Context, node: Syntax, previous: bigint | null): bigint | null {
  const given = fieldOf(node, 'value');
  if (!given) return previous === null ? null : previous + 1n;
  return evaluateConstant(lowerExpression(cx, given), { name: (name) => cx.constants.get(name) ?? null });
}

/** Lowers an enum specifier; one with a body is defined. Members whose value is not known are listed and left out. */
export function lowerEnum(cx: Context, node: Syntax, hint: string): CType {
  const tag = fieldOf(node, 'name');
  const body = fieldOf(node, 'body');
  const name = tag ? cx.name(tag) : hint === '' ? '' : `<${hint}>`;
  if (body) {
    const members: { name: string; value: bigint }[] = [];
    let value: bigint | null = -1n;
    for (const child of named(body)) {
      const label = fieldOf(child, 'name');
      value = child.broken || !label ? null : memberValue(cx, child, value);
      if (value === null || !label) {
        cx.unmodelled(child, 'enum member whose value is not known');
        continue;
      }
      members.push({ name: cx.name(label), value });
      cx.constants.set(cx.name(label), value);
    }
    const def: EnumDef = { name, members, place: cx.placeOf(node) };
    cx.enum(def);
  }
  return { kind: 'enum', name };
}
