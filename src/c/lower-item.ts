/**
 * @module What stands at file scope, from the syntax tree: functions, prototypes, variables, types.
 */
import type { CType, GlobalDef, Param, SourcePlace } from '../../simulator/ir/program.js';
import { attributesIn } from './notes.js';
import type { Context } from './context.js';
import { isQualifierWord } from './kernel-words.js';
import { lowerExpression } from './lower-expression.js';
import { lowerStatements } from './lower-statement.js';
import { declaredName, lowerDeclarator, lowerSpecifiers, type Declared, type Specifiers } from './lower-type.js';
import { fieldOf, named, type Syntax } from './syntax.js';

interface Head {
  readonly name: string;
  readonly returns: CType;
  readonly params: readonly Param[];
  readonly attributes: readonly string[];
  readonly typeAt?: number;
  readonly place: SourcePlace;
}

interface Word {
  readonly start: number;
  readonly text: string;
}

/** Offset of the parameter list of a declarator, or of its end. */
function paramsStart(node: Syntax | undefined): { readonly start: number; readonly end: number } {
  let at = node;
  while (at && at.type !== 'function_declarator') at = fieldOf(at, 'declarator');
  const list = at ? fieldOf(at, 'parameters') : undefined;
  return list ?? { start: node?.end ?? 0, end: node?.end ?? 0 };
}

/** The words of a function's head in the order written: storage and attributes, not those of its parameters. */
function headWords(cx: Context, node: Syntax, part: { params: { start: number; end: number }; end: number }): Word[] {
  const storage = node.children.filter((c) => c.type === 'storage_class_specifier' && c.start < part.params.start);
  const noted = attributesIn(cx.input.notes, node.start, part.end)
    .filter((a) => !isQualifierWord(a.text) && (a.start < part.params.start || a.start >= part.params.end));
  return [...storage.map((c) => ({ start: c.start, text: cx.source(c) })), ...noted].sort((a, b) => a.start - b.start);
}

/** Name, type and attributes of a function; `item` is the whole text of it. */
function functionHead(cx: Context, node: Syntax, what: { spec: Specifiers; declared: Declared; item: Syntax }): Head | null {
  const { spec, declared, item } = what;
  if (declared.type.kind !== 'function') return null;
  const params = paramsStart(fieldOf(node, 'declarator'));
  const body = fieldOf(node, 'body');
  const words = headWords(cx, { ...node, start: item.start }, { params, end: body?.start ?? item.end });
  const typeAt = words.filter((w) => w.start < spec.typeStart).length;
  return {
    name: declared.name, returns: declared.type.returns, params: declared.params ?? [],
    attributes: words.map((w) => w.text), ...(typeAt < words.length ? { typeAt } : {}), place: cx.placeOf(item),
  };
}

function lowerFunction(cx: Context, node: Syntax, item: Syntax): void {
  const spec = lowerSpecifiers(cx, node, 'returned');
  const declared = lowerDeclarator(cx, fieldOf(node, 'declarator'), spec);
  const head = functionHead(cx, node, { spec, declared, item });
  const body = fieldOf(node, 'body');
  if (!head || !body || head.name === '') {
    cx.unmodelled(item, 'function not understood');
    return;
  }
  if (declared.variadic) cx.list(head.place, head.name, 'variable arguments');
  cx.draft.functions.push({ ...head, body: lowerStatements(cx, named(body)) });
}

interface Variable {
  readonly spec: Specifiers;
  readonly declared: Declared;
  readonly item: Syntax;
  /** Where its attributes stand. */
  readonly range: { readonly from: number; readonly to: number };
}

function lowerVariable(cx: Context, d: Syntax, what: Variable): void {
  const { spec, declared, item, range } = what;
  const value = fieldOf(d, 'value');
  if (spec.storage.includes('extern') && !value) return;
  const noted = attributesIn(cx.input.notes, range.from, range.to).map((a) => a.text).filter((text) => !isQualifierWord(text));
  const attributes = [...declared.qualifiers.filter((q) => !isQualifierWord(q)), ...noted];
  const global: GlobalDef = {
    name: declared.name, type: declared.type, ...(value ? { init: lowerExpression(cx, value) } : {}),
    static: spec.storage.includes('static'), perCpu: false, ...(attributes.length > 0 ? { attributes } : {}),
    place: cx.placeOf(item),
  };
  cx.draft.globals.push(global);
}

function lowerDeclaration(cx: Context, node: Syntax, item: Syntax): void {
  const declarators = node.children.filter((c) => c.field === 'declarator');
  const spec = lowerSpecifiers(cx, node, declaredName(cx, declarators[0]) || 'global');
  declarators.forEach((d, i) => {
    const declared = lowerDeclarator(cx, d.type === 'init_declarator' ? fieldOf(d, 'declarator') : d, spec);
    const alone = { ...node, children: node.children.filter((c) => c.field !== 'declarator' || c === d) };
    const head = functionHead(cx, alone, { spec, declared, item });
    const range = { from: i === 0 ? item.start : d.start, to: declarators[i + 1]?.start ?? item.end };
    if (head) cx.prototype(head);
    else lowerVariable(cx, d, { spec, declared, item, range });
  });
}

function lowerTypedef(cx: Context, node: Syntax, item: Syntax): void {
  const declarators = node.children.filter((c) => c.field === 'declarator');
  const spec = lowerSpecifiers(cx, node, declaredName(cx, declarators[0]) || 'typedef');
  for (const d of declarators) {
    const { name, type } = lowerDeclarator(cx, d, spec);
    cx.draft.typedefs.push({ name, type, place: cx.placeOf(item) });
  }
}

const SPECIFIERS: ReadonlySet<string> = new Set(['struct_specifier', 'union_specifier', 'enum_specifier']);

/** A struct or enum by itself. Layout attributes are taken as they are: objects lie far apart here. */
function lowerDefinition(cx: Context, node: Syntax): void {
  lowerSpecifiers(cx, { ...node, children: [{ ...node, field: 'type' }] }, '');
}

function lowerNode(cx: Context, node: Syntax, item: Syntax): void {
  const body = fieldOf(node, 'body');
  const broken = node.broken && !(node.type === 'function_definition' && body && onlyBodyBroken(node, body)) && !isDefinition(node);
  if (broken || node.type === 'ERROR') cx.unmodelled(node, 'not understood');
  else if (node.type === 'function_definition') lowerFunction(cx, node, item);
  else if (node.type === 'declaration') lowerDeclaration(cx, node, item);
  else if (node.type === 'type_definition') lowerTypedef(cx, node, item);
  else if (SPECIFIERS.has(node.type)) lowerDefinition(cx, node);
  else if (node.named && !isEmpty(node)) cx.unmodelled(node, `${node.type.replaceAll('_', ' ')} at file scope`);
}

function isEmpty(node: Syntax): boolean {
  return node.type === 'expression_statement' && named(node).length === 0;
}

/** A struct or enum whose members are judged one by one. */
function isDefinition(node: Syntax): boolean {
  return SPECIFIERS.has(node.type) && node.children.every((c) => !c.broken || c.field === 'body');
}

function onlyBodyBroken(node: Syntax, body: Syntax): boolean {
  const closed = body.children.at(-1)?.type === '}' && !body.children.at(-1)?.broken;
  return closed && node.children.every((c) => c === body || !c.broken);
}

/** Lowers the tree of one item into the draft. */
export function lowerItem(cx: Context, root: Syntax): void {
  if (root.children.some((c) => c.type === 'ERROR') && !root.children.some((c) => c.type === 'function_definition')) {
    cx.unmodelled(root, 'not understood');
    return;
  }
  for (const node of root.children) {
    const whole = root.children.length === 1 || node.type === 'function_definition' || node.type === 'declaration';
    lowerNode(cx, node, whole ? { ...root, children: root.children } : node);
  }
}
