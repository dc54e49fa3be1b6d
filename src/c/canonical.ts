/**
 * @module Statements and expressions as one line of C that does not depend on how they were laid out: comments, white space,
 * joined declarators and parentheses without need make no difference. For keys, comparisons and traces.
 */
import { printExpr, printStatementHead } from '../../simulator/ir/print.js';
import type { Expr, Stmt } from '../../simulator/ir/program.js';

/** A copy of plain data without the marks of parentheses that precedence does not need. */
function withoutParens<T>(value: T): T {
  if (Array.isArray(value)) return value.map((v: unknown) => withoutParens(v)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'parens');
  return Object.fromEntries(kept.map(([key, v]: [string, unknown]) => [key, withoutParens(v)])) as T;
}

/** `stmt` without the statements inside it: what remains is its head. */
function headOf(stmt: Stmt): Stmt {
  const empty: Stmt = { place: stmt.place, kind: 'empty' };
  switch (stmt.kind) {
    case 'if': return { place: stmt.place, kind: 'if', test: stmt.test, then: empty };
    case 'while': case 'doWhile': case 'for': case 'forEach': return { ...stmt, body: empty };
    case 'switch': case 'block': return { ...stmt, body: [] };
    case 'ifdef': return { ...stmt, then: [], else: [] };
    default: return stmt;
  }
}

/** The head of `stmt` on one line: `if (a == b)`, `x = 1;`, `list_for_each(pos, list)`, `do while (x)`; bodies are left out. */
export function canonicalStatement(stmt: Stmt): string {
  const head = withoutParens(headOf(stmt));
  if (head.kind === 'doWhile') return `do while (${printExpr(head.test)})`;
  return printStatementHead(head).replace(/\s+/g, ' ').trim();
}

/** `e` as C on one line, with only the parentheses that it needs. */
export function expressionText(e: Expr): string {
  return printExpr(withoutParens(e));
}
