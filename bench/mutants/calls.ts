/** @module Calls and assignments of a file, as operators look for them. */
import type { Expr, FunctionDef, Stmt } from '../../simulator/ir/program.js';
import { printExpr } from '../../simulator/ir/print-expression.js';
import { calledName, walkStatement } from '../../src/analysis/walk.js';
import type { Placed, Siblings, Source } from './source.js';

/** Two statements that follow each other. */
export interface Pair {
  readonly function: FunctionDef;
  readonly first: Stmt;
  readonly second: Stmt;
}

export function pairs(siblings: readonly Siblings[]): Pair[] {
  return siblings.flatMap(({ function: def, statements }) => statements.slice(1).flatMap((second, i): Pair[] => {
    const first = statements[i];
    return first ? [{ function: def, first, second }] : [];
  }));
}

/** Name of what a statement consists of a call of; null for others. */
export function callIn(s: Stmt): string | null {
  return s.kind === 'expression' ? calledName(s.expr) : null;
}

/** Statements in lists that are calls, of a name that fits. */
export function callStatements(source: Source, name: RegExp): Placed[] {
  return listed(source).filter(({ statement }) => name.test(callIn(statement) ?? ' '));
}

/** Statements that stand in braces, so that they can be dropped. */
export function listed(source: Source): Placed[] {
  return source.siblings.flatMap(({ function: def, statements }) => statements.map((statement) => ({ function: def, statement })));
}

/** What a statement stores in, and the value: an assignment or WRITE_ONCE(); null for others. */
export function storeIn(s: Stmt): { target: Expr; value: Expr } | null {
  if (s.kind !== 'expression') return null;
  if (s.expr.kind === 'assign' && s.expr.op === '=') return { target: s.expr.target, value: s.expr.value };
  const [target, value] = callIn(s) === 'WRITE_ONCE' && s.expr.kind === 'call' ? s.expr.args : [];
  return target && value && target.kind !== 'type' && value.kind !== 'type' ? { target, value } : null;
}

/** A store to memory that others may see. */
export function isSharedStore(s: Stmt): boolean {
  const kind = storeIn(s)?.target.kind;
  return kind === 'member' || kind === 'index' || kind === 'unary';
}

export const LOCK = /^(?:raw_)?(?:spin_lock|mutex_lock|local_lock)(?:_irqsave|_irq|_bh)?$/u;
export const UNLOCK = /^(?:raw_)?(?:spin_unlock|mutex_unlock|local_unlock)(?:_irqrestore|_irq|_bh)?$/u;

/** Text of the first argument of a call statement; '' for others. */
export function firstArgument(s: Stmt): string {
  const [first] = s.kind === 'expression' && s.expr.kind === 'call' ? s.expr.args : [];
  return first && first.kind !== 'type' ? printExpr(first) : '';
}

/** Leaves the function or the block here. */
export function jumps(s: Stmt): boolean {
  return s.kind === 'return' || s.kind === 'goto' || s.kind === 'break' || s.kind === 'continue';
}

/** Begins where control can come from elsewhere. */
export function isMark(s: Stmt): boolean {
  return s.kind === 'case' || s.kind === 'label';
}

/** Names that a statement, with all in it, reads or writes, and those it calls. */
export function namesIn(s: Stmt): Set<string> {
  const names = new Set<string>();
  walkStatement(s, (expr) => { if (expr.kind === 'name') names.add(expr.name); });
  if (s.kind === 'declaration') names.add(s.name);
  return names;
}

export function hasCall(s: Stmt): boolean {
  let found = false;
  walkStatement(s, (expr) => { found ||= expr.kind === 'call'; });
  return found;
}
