/**
 * @module Statements of the syntax tree as Stmt. Lists are flattened as the Program wants them: labels, case labels and
 * joined declarators are statements of their own. A statement whose head is broken is `unmodelled` as a whole.
 */
import type { CType, Expr, Stmt, StmtBody } from '../../simulator/ir/program.js';
import type { Context } from './context.js';
import { definitionTemplate, isQualifierWord } from './kernel-words.js';
import { lowerCondition, lowerExpression, lowerLoopArguments, rangeEnds } from './lower-expression.js';
import { AUTO_TYPE, lowerDeclarator, lowerSpecifiers, type Specifiers } from './lower-type.js';
import { attributesIn } from './notes.js';
import { fieldOf, named, type Syntax } from './syntax.js';

type Declaration = Extract<Stmt, { kind: 'declaration' }>;

function at(cx: Context, node: Syntax, body: StmtBody): Stmt {
  return { place: cx.placeOf(node), ...body };
}

function unmodelled(cx: Context, node: Syntax, why: string): Stmt {
  const cut = cx.input.notes.cuts.get(node.start);
  return at(cx, cut ? { ...node, ...cut } : node, cx.unmodelled(node, why));
}

/** Attributes of one declarator: storage, const of the object, and words such as __free(kfree) around it. */
function declaratorAttributes(
  cx: Context, spec: Specifiers, own: { start: number; end: number; words: readonly string[] },
): string[] {
  const noted = attributesIn(cx.input.notes, own.start, own.end).map((a) => a.text).filter((text) => !isQualifierWord(text));
  return [...spec.storage, ...own.words.filter((w) => !isQualifierWord(w)), ...noted];
}

function declarator(cx: Context, node: Syntax, how: { spec: Specifiers; from: number; to: number }): Declaration | null {
  const value = fieldOf(node, 'value');
  const target = node.type === 'init_declarator' ? fieldOf(node, 'declarator') : node;
  const { name, type: written, qualifiers } = lowerDeclarator(cx, target, how.spec);
  if (written.kind === 'function') return null;
  const init = value ? lowerExpression(cx, value) : undefined;
  const type: CType = written === AUTO_TYPE && init ? { kind: 'typeof', of: init } : written;
  const attributes = declaratorAttributes(cx, how.spec, { start: how.from, end: how.to, words: qualifiers });
  return {
    place: cx.place(node.start, node.end), kind: 'declaration', name, type,
    ...(init ? { init } : {}),
    ...(attributes.length > 0 ? { attributes } : {}),
  };
}

function lowerDeclaration(cx: Context, node: Syntax): Stmt[] {
  const spec = lowerSpecifiers(cx, node, `local ${cx.lineOf(node.start)}`);
  if (spec.storage.includes('extern')) return [unmodelled(cx, node, 'extern declaration in a function')];
  const declarators = node.children.filter((c) => c.field === 'declarator');
  const made: Stmt[] = [];
  declarators.forEach((d, i) => {
    const from = i === 0 ? node.start : d.start;
    const to = declarators[i + 1]?.start ?? node.end;
    const stmt = declarator(cx, d, { spec, from, to });
    if (stmt === null) made.push(unmodelled(cx, node, 'function declared in a function'));
    else made.push({ ...stmt, place: cx.placeOf(node), ...(i > 0 ? { joined: true } : {}) });
  });
  return made;
}

/** `LIST_HEAD(x);` in a function: the declaration that the macro stands for, null if it is none. */
function definingMacro(cx: Context, node: Syntax, expr: Expr): Stmt | null {
  if (expr.kind !== 'call' || expr.callee.kind !== 'name') return null;
  if (definitionTemplate(expr.callee.name) === null) return null;
  const found = cx.input.fragments.definition(cx.source(node), cx.placeOf(node));
  if (found === null) return null;
  const storage = cx.input.notes.storage.get(node.start);
  return at(cx, node, {
    kind: 'declaration', name: found.name, type: found.type, ...(found.init ? { init: found.init } : {}),
    ...(storage === undefined ? {} : { attributes: [storage] }),
  });
}

function lowerExpressionStatement(cx: Context, node: Syntax): Stmt[] {
  const inner = named(node)[0];
  const cut = cx.input.notes.cuts.get(node.start);
  if (!inner && cx.input.notes.semicolons.has(node.start)) return [];
  if (!inner) return [cut ? unmodelled(cx, node, cut.why) : at(cx, node, { kind: 'empty' })];
  if (inner.type === 'gnu_asm_expression') return [unmodelled(cx, node, 'inline assembly')];
  const expr = lowerExpression(cx, inner);
  return [definingMacro(cx, node, expr) ?? at(cx, node, { kind: 'expression', expr })];
}

/** The statement in field `name`, as one. */
function part(cx: Context, node: Syntax, name: string): Stmt {
  const child = fieldOf(node, name);
  return child ? lowerStatement(cx, child) : unmodelled(cx, node, `${node.type} without ${name}`);
}

function lowerIf(cx: Context, node: Syntax): Stmt {
  const test = lowerCondition(cx, fieldOf(node, 'condition'), node);
  const then = part(cx, node, 'consequence');
  const clause = fieldOf(node, 'alternative');
  const other = clause?.type === 'else_clause' ? named(clause)[0] : clause;
  return at(cx, node, { kind: 'if', test, then, ...(other ? { else: lowerStatement(cx, other) } : {}) });
}

function lowerWhile(cx: Context, node: Syntax): Stmt {
  const loop = cx.input.notes.loops.get(node.start);
  const condition = fieldOf(node, 'condition');
  if (loop) {
    const args = loop.bare ? [] : lowerLoopArguments(cx, condition);
    return at(cx, node, { kind: 'forEach', macro: loop.macro, args, body: part(cx, node, 'body') });
  }
  return at(cx, node, { kind: 'while', test: lowerCondition(cx, condition, node), body: part(cx, node, 'body') });
}

function lowerFor(cx: Context, node: Syntax): Stmt {
  const [init, test, step] = ['initializer', 'condition', 'update'].map((name) => fieldOf(node, name));
  const begin = init && lowerForInit(cx, init);
  return at(cx, node, {
    kind: 'for',
    ...(begin ? { init: begin } : {}),
    ...(test ? { test: lowerExpression(cx, test) } : {}),
    ...(step ? { step: lowerExpression(cx, step) } : {}),
    body: part(cx, node, 'body'),
  });
}

function lowerForInit(cx: Context, init: Syntax): Stmt {
  if (init.type !== 'declaration') return at(cx, init, { kind: 'expression', expr: lowerExpression(cx, init) });
  const declared = lowerDeclaration(cx, init);
  const first = declared[0];
  return declared.length === 1 && first ? first : unmodelled(cx, init, 'several declarators in the head of a for loop');
}

function lowerSwitch(cx: Context, node: Syntax): Stmt {
  const body = fieldOf(node, 'body');
  if (body?.type !== 'compound_statement') return unmodelled(cx, node, 'switch without braces');
  return at(cx, node, {
    kind: 'switch', value: lowerCondition(cx, fieldOf(node, 'condition'), node), body: lowerStatements(cx, named(body)),
  });
}

function lowerCase(cx: Context, node: Syntax): Stmt[] {
  const value = fieldOf(node, 'value');
  const colon = node.children.find((c) => c.type === ':');
  const end = colon?.start ?? node.end;
  const clean = node.children.every((c) => !c.broken || c.start >= end);
  const range = { start: value?.start ?? node.start, end };
  const ends = value ? rangeEnds(cx, value) : null;
  const label: Stmt = {
    place: cx.place(node.start, colon?.end ?? node.start + 1), kind: 'case',
    value: !clean ? cx.unmodelled(range, 'case of more than one value') : ends ? lowerExpression(cx, ends.from) : value ? lowerExpression(cx, value) : null,
    ...(clean && ends ? { to: lowerExpression(cx, ends.to) } : {}),
  };
  return [label, ...lowerStatements(cx, named(node).filter((c) => c !== value && c.start >= end))];
}

function lowerLabel(cx: Context, node: Syntax): Stmt[] {
  const label = fieldOf(node, 'label');
  if (!label) return [unmodelled(cx, node, 'label without a name')];
  return [at(cx, label, { kind: 'label', name: cx.name(label) }), ...lowerStatements(cx, named(node).filter((c) => c !== label))];
}

function lowerReturn(cx: Context, node: Syntax): Stmt {
  const value = named(node)[0];
  return at(cx, node, value ? { kind: 'return', value: lowerExpression(cx, value) } : { kind: 'return' });
}

/** Fields that hold a statement of their own. */
const STATEMENT_FIELDS: ReadonlySet<string> = new Set(['body', 'consequence', 'alternative']);
const LISTS: ReadonlySet<string> = new Set(['compound_statement', 'case_statement', 'labeled_statement', 'else_clause']);

/** True if `node` is broken outside the statements it contains, which are judged by themselves. */
function headBroken(node: Syntax): boolean {
  const broken = node.children.filter((c) => c.broken);
  if (!node.broken || broken.length === 0) return node.broken;
  return broken.some((c) => !(STATEMENT_FIELDS.has(c.field) || (LISTS.has(node.type) && c.named)));
}

/** A definition of a type inside a function; the type goes into the Program. */
function lowerTypeOnly(cx: Context, node: Syntax): Stmt[] {
  lowerSpecifiers(cx, { ...node, children: [{ ...node, field: 'type' }] }, '');
  return [];
}

type Lower = (cx: Context, node: Syntax) => Stmt | Stmt[];

const LOWER: Readonly<Record<string, Lower>> = {
  declaration: lowerDeclaration,
  expression_statement: lowerExpressionStatement,
  if_statement: lowerIf,
  while_statement: lowerWhile,
  for_statement: lowerFor,
  do_statement: (cx, node) => at(cx, node, {
    kind: 'doWhile', test: lowerCondition(cx, fieldOf(node, 'condition'), node), body: part(cx, node, 'body'),
  }),
  switch_statement: lowerSwitch,
  case_statement: lowerCase,
  labeled_statement: lowerLabel,
  return_statement: lowerReturn,
  goto_statement: (cx, node) => {
    const label = fieldOf(node, 'label');
    return label ? at(cx, node, { kind: 'goto', label: cx.name(label) }) : unmodelled(cx, node, 'goto without a label');
  },
  break_statement: (cx, node) => at(cx, node, { kind: 'break' }),
  continue_statement: (cx, node) => at(cx, node, { kind: 'continue' }),
  compound_statement: (cx, node) => at(cx, node, { kind: 'block', body: lowerStatements(cx, named(node)) }),
  function_definition: (cx, node) => unmodelled(cx, node, 'function inside a function'),
  struct_specifier: lowerTypeOnly,
  union_specifier: lowerTypeOnly,
  enum_specifier: lowerTypeOnly,
};

/** Lowers one statement to as many as the Program has for it: labels and joined declarators are their own. */
function lowerToList(cx: Context, node: Syntax): Stmt[] {
  const lower = Object.hasOwn(LOWER, node.type) ? LOWER[node.type] : undefined;
  if (node.type === 'ERROR' || headBroken(node)) return [unmodelled(cx, node, 'not understood')];
  if (!lower) return [unmodelled(cx, node, `${node.type.replaceAll('_', ' ')} is not modelled`)];
  const made = lower(cx, node);
  return Array.isArray(made) ? made : [made];
}

/** Lowers the statements of a block, flattened. */
export function lowerStatements(cx: Context, nodes: readonly Syntax[]): Stmt[] {
  return nodes.flatMap((node) => lowerToList(cx, node));
}

/** Lowers a statement that stands alone, such as the body of a loop; several become a block. */
export function lowerStatement(cx: Context, node: Syntax): Stmt {
  const made = lowerToList(cx, node);
  const only = made.length === 1 ? made[0] : undefined;
  if (only) return only;
  return at(cx, node, made.length === 0 ? { kind: 'empty' } : { kind: 'block', body: made });
}
