/**
 * @module Statements in the builder's words. A list of one statement is a body without braces, a longer list a block;
 * `block()` writes braces round a single one. A Term where a statement is wanted is an expression statement. Places are
 * not known yet: they are given when a file is put together (./build.ts).
 */
import { expr, Term } from './build-expression.js';
import type { Operand } from './build-expression.js';
import type { AssignOp, CType, SourcePlace, Stmt, StmtBody } from './program.js';

/** Something that can stand in a body. */
export type Code = Stmt | Term;
/** The body of an if or a loop. */
export type Body = Code | readonly Code[];

/** Where a statement stands before its file is put together. */
export const NOWHERE: SourcePlace = { path: '', line: 0, endLine: 0 };

function stmt(body: StmtBody): Stmt {
  return { ...body, place: NOWHERE };
}

/** The statements that `code` stands for. */
export function statements(code: readonly Code[]): Stmt[] {
  return code.map((c) => (c instanceof Term ? stmt({ kind: 'expression', expr: c.expr }) : c));
}

/** `body` as one statement: as it is, or as a block when there is not exactly one. */
function single(body: Body): Stmt {
  const list = statements(body instanceof Term || !isList(body) ? [body] : body);
  const [only] = list;
  return list.length === 1 && only !== undefined ? only : stmt({ kind: 'block', body: list });
}

function isList(body: Body): body is readonly Code[] {
  return Array.isArray(body);
}

/** `{ … }`, also round a single statement. */
export function block(...code: readonly Code[]): Stmt {
  return stmt({ kind: 'block', body: statements(code) });
}

/** `target = value;` or with another assignment operator. */
export function set(target: Operand, value: Operand, op: AssignOp = '='): Stmt {
  return statements([assign(target, value, op)])[0] ?? empty;
}

/** `target = value` as an expression, for the heads of loops. */
export function assign(target: Operand, value: Operand, op: AssignOp = '='): Term {
  return new Term({ kind: 'assign', op, target: expr(target), value: expr(value) });
}

/** `target++` */
export function increment(target: Operand): Term {
  return new Term({ kind: 'update', op: '++', prefix: false, target: expr(target) });
}

/** `target--` */
export function decrement(target: Operand): Term {
  return new Term({ kind: 'update', op: '--', prefix: false, target: expr(target) });
}

/** `if (test) then else otherwise` */
export function if_(test: Operand, then: Body, otherwise?: Body): Stmt {
  return stmt({
    kind: 'if', test: expr(test), then: single(then), ...(otherwise === undefined ? {} : { else: single(otherwise) }),
  });
}

/** `while (test) body` */
export function while_(test: Operand, body: Body): Stmt {
  return stmt({ kind: 'while', test: expr(test), body: single(body) });
}

/** The three parts of a for statement's head. */
export type ForHead = readonly [init: Code, test: Operand, step: Operand];

/** `for (init; test; step) body` */
export function for_([init, test, step]: ForHead, body: Body): Stmt {
  return stmt({ kind: 'for', init: single(init), test: expr(test), step: expr(step), body: single(body) });
}

/** A loop headed by a kernel iterator macro; the call is the head. */
export function forEach(head: Term, body: Body): Stmt {
  const { expr: e } = head;
  const parts = e.kind === 'call' && e.callee.kind === 'name' ? { macro: e.callee.name, args: e.args } : undefined;
  if (parts === undefined) throw new Error('forEach() wants the call of a macro');
  return stmt({ kind: 'forEach', ...parts, body: single(body) });
}

/** `switch (value) { … }` with arms made by on() and otherwise(). */
export function switch_(value: Operand, ...arms: readonly (readonly Stmt[])[]): Stmt {
  return stmt({ kind: 'switch', value: expr(value), body: arms.flat() });
}

/** `case value:` and what follows; falls through unless it ends otherwise. */
export function on(value: Operand, ...code: readonly Code[]): Stmt[] {
  return [stmt({ kind: 'case', value: expr(value) }), ...statements(code)];
}

/** `default:` and what follows. */
export function otherwise(...code: readonly Code[]): Stmt[] {
  return [stmt({ kind: 'case', value: null }), ...statements(code)];
}

/** `return value;` or `return;` */
export function ret(value?: Operand): Stmt {
  return stmt(value === undefined ? { kind: 'return' } : { kind: 'return', value: expr(value) });
}

/** `return -errno;` */
export function fail(errno: string): Stmt {
  return stmt({ kind: 'return', value: { kind: 'unary', op: '-', arg: expr(errno) } });
}

/** `goto label;` */
export function goto_(label: string): Stmt {
  return stmt({ kind: 'goto', label });
}

/** `name:` */
export function label(name: string): Stmt {
  return stmt({ kind: 'label', name });
}

export const break_: Stmt = stmt({ kind: 'break' });
export const continue_: Stmt = stmt({ kind: 'continue' });
export const empty: Stmt = stmt({ kind: 'empty' });

/** `type name = init;` inside a block; a function's own locals are declared with the function. */
export function declare(name: string, type: CType, init?: Operand): Stmt {
  return stmt({ kind: 'declaration', name, type, ...(init === undefined ? {} : { init: expr(init) }) });
}

/** `#ifdef symbol … #else … #endif` */
export function ifdef(symbol: string, then: readonly Code[], otherwise: readonly Code[] = []): Stmt {
  return stmt({ kind: 'ifdef', symbol, then: statements(then), else: statements(otherwise) });
}
