/** @module Walks over a Program's trees: every expression, every call, with the function and statement it stands in. */
import type { Expr, FunctionDef, Program, Stmt } from '../../simulator/ir/program.js';

export interface Occurrence<T extends Expr> {
  readonly function: FunctionDef;
  /** The innermost statement. */
  readonly statement: Stmt;
  readonly expr: T;
}

type Visit = (expr: Expr, statement: Stmt) => void;

/** Visits every expression of a statement, those of nested statements too, outermost first. */
export function walkStatement(statement: Stmt, visit: Visit): void {
  const walk = (node: unknown, within: Stmt): void => {
    if (Array.isArray(node)) return node.forEach((inner) => walk(inner, within));
    if (typeof node !== 'object' || node === null) return;
    const isStatement = 'place' in node && 'kind' in node;
    const here = isStatement ? (node as Stmt) : within;
    if (!isStatement && 'kind' in node && isExpression(node as { kind: unknown })) visit(node as Expr, here);
    for (const [key, value] of Object.entries(node)) if (key !== 'place') walk(value, here);
  };
  walk(statement, statement);
}

const EXPRESSIONS = new Set([
  'number', 'string', 'name', 'member', 'index', 'unary', 'binary', 'conditional', 'assign', 'update', 'call', 'cast', 'sizeof', 'initializer', 'statementExpression',
]);

function isExpression(node: { kind: unknown }): boolean {
  return typeof node.kind === 'string' && EXPRESSIONS.has(node.kind);
}

/** All expressions of all functions. */
export function occurrences(program: Program): Occurrence<Expr>[] {
  const found: Occurrence<Expr>[] = [];
  for (const def of program.functions) {
    for (const statement of def.body) walkStatement(statement, (expr, inner) => found.push({ function: def, statement: inner, expr }));
  }
  return found;
}

/** Name of the function or macro that is called; null for calls through pointers and for other expressions. */
export function calledName(expr: Expr): string | null {
  return expr.kind === 'call' && expr.callee.kind === 'name' ? expr.callee.name : null;
}

/** All statements of a function, nested ones too, in the order of the text. */
export function statementsOf(def: FunctionDef): Stmt[] {
  const found: Stmt[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    if ('place' in node && 'kind' in node) found.push(node as Stmt);
    for (const [key, value] of Object.entries(node)) if (key !== 'place') walk(value);
  };
  walk(def.body);
  return found;
}

const callers = new WeakMap<Program, Map<string, number>>();

/** How many calls of a function the Program has. */
export function callCount(program: Program, name: string): number {
  let counts = callers.get(program);
  if (!counts) {
    counts = new Map();
    for (const { expr } of occurrences(program)) {
      const called = calledName(expr);
      if (called !== null) counts.set(called, (counts.get(called) ?? 0) + 1);
    }
    callers.set(program, counts);
  }
  return counts.get(name) ?? 0;
}
