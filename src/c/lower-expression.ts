/**
 * @module Expressions of the syntax tree as Expr. Parentheses are kept (`parens`) only where precedence does not need
 * them, as the printer wants it. What tree-sitter reads as a call or an operator for want of typedefs is read as a cast here.
 */
import { PRECEDENCE } from '../../simulator/ir/print-expression.js';
import type { Argument, AssignOp, BinaryOp, Expr, InitializerItem, UnaryOp } from '../../simulator/ir/program.js';
import type { Context } from './context.js';
import { TYPE_KEYWORDS } from './kernel-words.js';
import { charLiteral, literalText, numberLiteral } from './literals.js';
import { lowerStatements } from './lower-statement.js';
import { lowerTypeDescriptor } from './lower-type.js';
import { fieldOf, named, type Syntax } from './syntax.js';

/** Binding strength that a position wants; operands that bind less need their parentheses. */
const ASSIGN = 2;
const CONDITIONAL = 3;
const UNARY = 14;
const POSTFIX = 15;

/** `e` in a position that wants `least`: parentheses that precedence needs are not `parens`. */
function within(e: Expr, least: number): Expr {
  if (e.kind !== 'binary' || !e.parens || (PRECEDENCE[e.op] ?? 0) >= least) return e;
  const { kind, op, left, right } = e;
  return { kind, op, left, right };
}

/** The expression in field `name` of `node`, in a position that wants `least`. */
function operand(cx: Context, node: Syntax, at: { readonly name: string; readonly least: number }): Expr {
  const child = fieldOf(node, at.name);
  return child ? within(lowerExpression(cx, child), at.least) : cx.unmodelled(node, `${node.type} without ${at.name}`);
}

function operatorOf(cx: Context, node: Syntax): string {
  const found = fieldOf(node, 'operator') ?? node.children.find((c) => !c.named);
  return found ? cx.source(found) : '';
}

/** Type that `(name)` is, where the name is a known type. */
function typeInParens(cx: Context, node: Syntax | undefined): Extract<Argument, { kind: 'type' }> | null {
  const inner = node?.type === 'parenthesized_expression' ? named(node) : [];
  const only = inner.length === 1 ? inner[0] : undefined;
  if (only?.type !== 'identifier' || !cx.input.isType(cx.name(only))) return null;
  const name = cx.name(only);
  return { kind: 'type', type: name === 'bool' || name === '_Bool' ? { kind: 'bool' } : { kind: 'named', name } };
}

/** Moves a unary operator and a cast that were read as a binary operator to the leftmost operand of `right`. */
function castLeftmost(type: Extract<Argument, { kind: 'type' }>, op: UnaryOp, right: Expr): Expr {
  if (right.kind === 'binary' && !right.parens) return { ...right, left: castLeftmost(type, op, right.left) };
  return { kind: 'cast', type: type.type, arg: { kind: 'unary', op, arg: within(right, UNARY) } };
}

function lowerBinary(cx: Context, node: Syntax): Expr {
  const op = operatorOf(cx, node) as BinaryOp;
  if (!(op in PRECEDENCE)) return cx.unmodelled(node, `operator ${op}`);
  const type = typeInParens(cx, fieldOf(node, 'left'));
  const level = PRECEDENCE[op] ?? 0;
  if (type && /^[*&+-]$/.test(op)) {
    return castLeftmost(type, op as UnaryOp, operand(cx, node, { name: 'right', least: 0 }));
  }
  const left = operand(cx, node, { name: 'left', least: level });
  return { kind: 'binary', op, left, right: operand(cx, node, { name: 'right', least: level + 1 }) };
}

function commaParts(node: Syntax): Syntax[] {
  const parts: Syntax[] = [];
  let at: Syntax | undefined = node;
  while (at?.type === 'comma_expression') {
    const left = fieldOf(at, 'left');
    if (left) parts.push(left);
    at = fieldOf(at, 'right');
  }
  return at ? [...parts, at] : parts;
}

function lowerComma(cx: Context, node: Syntax): Expr {
  const parts = commaParts(node).map((part) => within(lowerExpression(cx, part), ASSIGN));
  return parts.reduce((left, right) => ({ kind: 'binary', op: ',', left, right }));
}

function lowerParenthesized(cx: Context, node: Syntax): Expr {
  const inner = named(node)[0];
  if (!inner) return cx.unmodelled(node, 'empty parentheses');
  if (inner.type === 'compound_statement') return { kind: 'statementExpression', body: lowerStatements(cx, named(inner)) };
  const e = lowerExpression(cx, inner);
  return e.kind === 'binary' ? { ...e, parens: true } : e;
}

function lowerCall(cx: Context, node: Syntax): Expr {
  const type = typeInParens(cx, fieldOf(node, 'function'));
  const list = fieldOf(node, 'arguments');
  const args = list ? named(list).map((arg) => lowerArgument(cx, arg)) : [];
  const first = args[0];
  if (type && args.length === 1 && first && first.kind !== 'type') {
    return { kind: 'cast', type: type.type, arg: within(parenthesized(first), UNARY) };
  }
  return { kind: 'call', callee: operand(cx, node, { name: 'function', least: POSTFIX }), args };
}

function parenthesized(e: Expr): Expr {
  return e.kind === 'binary' ? { ...e, parens: true } : e;
}

function lowerSizeof(cx: Context, node: Syntax): Expr {
  const type = fieldOf(node, 'type');
  if (type) return { kind: 'sizeof', of: { kind: 'type', type: lowerTypeDescriptor(cx, type) } };
  const value = fieldOf(node, 'value');
  return { kind: 'sizeof', of: typeInParens(cx, value) ?? operand(cx, node, { name: 'value', least: UNARY }) };
}

function lowerConditional(cx: Context, node: Syntax): Expr {
  if (!fieldOf(node, 'consequence')) {
    const test = operand(cx, node, { name: 'condition', least: CONDITIONAL + 1 });
    return { kind: 'conditional', test, then: test, else: operand(cx, node, { name: 'alternative', least: CONDITIONAL }), short: true };
  }
  return {
    kind: 'conditional',
    test: operand(cx, node, { name: 'condition', least: CONDITIONAL + 1 }),
    then: operand(cx, node, { name: 'consequence', least: ASSIGN }),
    else: operand(cx, node, { name: 'alternative', least: CONDITIONAL }),
  };
}

function lowerPointer(cx: Context, node: Syntax): Expr {
  if (cx.source(node).startsWith('&&')) return cx.unmodelled(node, 'address of a label');
  const op = operatorOf(cx, node) as UnaryOp;
  return { kind: 'unary', op, arg: operand(cx, node, { name: 'argument', least: UNARY }) };
}

function lowerAssignment(cx: Context, node: Syntax): Expr {
  const op = operatorOf(cx, node) as AssignOp;
  const target = operand(cx, node, { name: 'left', least: UNARY });
  return { kind: 'assign', op, target, value: operand(cx, node, { name: 'right', least: ASSIGN }) };
}

function lowerUpdate(cx: Context, node: Syntax): Expr {
  const prefix = node.children[0]?.named === false;
  const op = operatorOf(cx, node) as '++' | '--';
  return { kind: 'update', op, prefix, target: operand(cx, node, { name: 'argument', least: prefix ? UNARY : POSTFIX }) };
}

function lowerMember(cx: Context, node: Syntax): Expr {
  const field = fieldOf(node, 'field');
  const base = operand(cx, node, { name: 'argument', least: POSTFIX });
  return { kind: 'member', base, field: field ? cx.name(field) : '', arrow: operatorOf(cx, node) === '->' };
}

/** One string of several literals; macros between them stay in it by their names. */
function lowerStrings(cx: Context, node: Syntax): Expr {
  const parts = named(node).map((part) => (part.type === 'string_literal' ? literalText(cx.source(part)) : cx.name(part)));
  return { kind: 'string', value: parts.join('') };
}

/** The ends of a range that the pre-pass wrote as an operator; null for any other expression. */
export function rangeEnds(cx: Context, node: Syntax): { readonly from: Syntax; readonly to: Syntax } | null {
  const [from, to] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  const operator = fieldOf(node, 'operator') ?? node.children.find((c) => !c.named);
  return from && to && operator && cx.input.notes.ranges.has(operator.start) ? { from, to } : null;
}

function lowerItem(cx: Context, node: Syntax): InitializerItem {
  if (node.type !== 'initializer_pair') return { value: within(lowerExpression(cx, node), ASSIGN) };
  const value = operand(cx, node, { name: 'value', least: ASSIGN });
  const designators = node.children.filter((c) => c.field === 'designator');
  return designators.reduceRight<InitializerItem>((item, d, i) => {
    const wrapped: Expr = i === designators.length - 1 ? value : { kind: 'initializer', items: [item] };
    const inner = named(d)[0];
    if (d.type === 'field_identifier') return { field: cx.name(d), value: wrapped };
    if (d.type === 'field_designator' && inner) return { field: cx.name(inner), value: wrapped };
    const ends = d.type === 'subscript_designator' && inner ? rangeEnds(cx, inner) : null;
    if (ends) return { index: lowerExpression(cx, ends.from), to: lowerExpression(cx, ends.to), value: wrapped };
    if (d.type === 'subscript_designator' && inner) return { index: lowerExpression(cx, inner), value: wrapped };
    return { value: cx.unmodelled(node, 'designator of a range') };
  }, { value });
}

function lowerInitializer(cx: Context, node: Syntax): Extract<Expr, { kind: 'initializer' }> {
  return { kind: 'initializer', items: named(node).map((item) => lowerItem(cx, item)) };
}

function lowerCompoundLiteral(cx: Context, node: Syntax): Expr {
  const [type, value] = [fieldOf(node, 'type'), fieldOf(node, 'value')];
  if (!type || !value) return cx.unmodelled(node, 'compound literal');
  return { ...lowerInitializer(cx, value), type: lowerTypeDescriptor(cx, type) };
}

function lowerName(cx: Context, node: Syntax): Expr {
  const cut = cx.input.notes.cuts.get(node.start);
  if (cut) return cx.unmodelled(node, cut.why);
  const name = cx.name(node);
  return TYPE_KEYWORDS.has(name) ? cx.unmodelled(node, 'type where a value is expected') : { kind: 'name', name };
}

function lowerCast(cx: Context, node: Syntax): Expr {
  const type = fieldOf(node, 'type');
  if (!type) return cx.unmodelled(node, 'cast');
  return { kind: 'cast', type: lowerTypeDescriptor(cx, type), arg: operand(cx, node, { name: 'value', least: UNARY }) };
}

/** tree-sitter counts a sign to the number; C does not. */
function lowerNumber(cx: Context, node: Syntax): Expr {
  const text = cx.source(node);
  const sign = /^[-+]/.exec(text)?.[0];
  const arg = numberLiteral(text.slice(sign === undefined ? 0 : 1).trim());
  if (arg === null) return cx.unmodelled(node, 'number not understood');
  return sign === undefined ? arg : { kind: 'unary', op: sign as UnaryOp, arg };
}

const LOWER: Readonly<Record<string, (cx: Context, node: Syntax) => Expr>> = {
  identifier: lowerName, field_identifier: lowerName, true: lowerName, false: lowerName, null: lowerName,
  number_literal: lowerNumber,
  char_literal: (cx, node) => charLiteral(cx.source(node)) ?? cx.unmodelled(node, 'character not understood'),
  string_literal: (cx, node) => ({ kind: 'string', value: literalText(cx.source(node)) }),
  concatenated_string: lowerStrings,
  parenthesized_expression: lowerParenthesized,
  binary_expression: lowerBinary,
  comma_expression: lowerComma,
  unary_expression: lowerPointer,
  pointer_expression: lowerPointer,
  field_expression: lowerMember,
  subscript_expression: (cx, node) => ({
    kind: 'index', base: operand(cx, node, { name: 'argument', least: POSTFIX }),
    index: operand(cx, node, { name: 'index', least: 0 }),
  }),
  assignment_expression: lowerAssignment,
  update_expression: lowerUpdate,
  call_expression: lowerCall,
  cast_expression: lowerCast,
  sizeof_expression: lowerSizeof,
  conditional_expression: lowerConditional,
  compound_literal_expression: lowerCompoundLiteral,
  initializer_list: lowerInitializer,
};

/** Lowers an expression; what is broken or unknown is listed and kept as `unmodelled`. */
export function lowerExpression(cx: Context, node: Syntax): Expr {
  if (node.broken) return cx.unmodelled(node, 'not understood');
  const lower = Object.hasOwn(LOWER, node.type) ? LOWER[node.type] : undefined;
  return lower ? lower(cx, node) : cx.unmodelled(node, `${node.type.replaceAll('_', ' ')} is not modelled`);
}

/** Lowers an argument of a call, which may be a type. */
export function lowerArgument(cx: Context, node: Syntax): Argument {
  const type = node.type === 'identifier' ? cx.input.notes.types.get(node.start) : undefined;
  const statement = node.type === 'identifier' ? cx.input.notes.statements.get(node.start) : undefined;
  if (statement !== undefined) return cx.input.fragments.expression(`${statement};`, cx.placeOf(node));
  if (type !== undefined) return { kind: 'type', type: cx.input.fragments.type(type, cx.placeOf(node)) };
  if (node.type === 'type_descriptor') return { kind: 'type', type: lowerTypeDescriptor(cx, node) };
  return within(lowerExpression(cx, node), ASSIGN);
}

/** The condition in parentheses of an if or a loop: its own parentheses are not counted. */
export function lowerCondition(cx: Context, node: Syntax | undefined, owner: Syntax): Expr {
  if (!node) return cx.unmodelled(owner, 'statement without its condition');
  const inner = node.type === 'parenthesized_expression' ? named(node)[0] : node;
  const nested = inner?.type === 'compound_statement' ? node : inner;
  return nested ? lowerExpression(cx, nested) : cx.unmodelled(owner, 'empty condition');
}

/** The arguments of a loop head that the pre-pass made of an iterator macro. */
export function lowerLoopArguments(cx: Context, condition: Syntax | undefined): Argument[] {
  const inner = condition ? named(condition)[0] : undefined;
  return inner ? commaParts(inner).map((part) => lowerArgument(cx, part)) : [];
}
