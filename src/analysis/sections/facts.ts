/**
 * @module What a path knows about conditions: the outcome of each decision, under a key that negations and comparisons
 * with nothing share, and the truth of variables that were assigned constants. Two tests of the same text are taken to
 * have the same outcome unless the path writes a name of them in between: in doubt, no path is made up.
 */
import { printExpr } from '../../../simulator/ir/print-expression.js';
import type { Expr } from '../../../simulator/ir/program.js';

/** Keys of conditions and whether they hold. */
export type Facts = ReadonlyMap<string, boolean>;

export interface Outcome {
  readonly key: string;
  readonly holds: boolean;
}

/** What is known when `condition` has the outcome `holds`: one entry, or one for each part of a conjunction. */
export function outcomesOf(condition: Expr, holds: boolean): Outcome[] {
  if (condition.kind === 'unary' && condition.op === '!') return outcomesOf(condition.arg, !holds);
  if (condition.kind === 'binary' && isNothing(condition.right) && (condition.op === '==' || condition.op === '!=')) {
    return outcomesOf(condition.left, (condition.op === '!=') === holds);
  }
  if (condition.kind === 'binary' && condition.op === (holds ? '&&' : '||')) {
    return [...outcomesOf(condition.left, holds), ...outcomesOf(condition.right, holds)];
  }
  const hinted = condition.kind === 'call' && condition.callee.kind === 'name' && /^(un)?likely$/u.test(condition.callee.name) ? condition.args[0] : undefined;
  if (hinted && hinted.kind !== 'type') return outcomesOf(hinted, holds);
  return [{ key: printExpr(condition), holds }];
}

function isNothing(expr: Expr): boolean {
  return (expr.kind === 'number' && expr.value === 0n) || (expr.kind === 'name' && (expr.name === 'NULL' || expr.name === 'false'));
}

/** Truth of a constant; null for what is not known without running. */
export function truthOf(expr: Expr): boolean | null {
  if (expr.kind === 'number') return expr.value !== 0n;
  if (expr.kind === 'name') return expr.name === 'true' ? true : isNothing(expr) ? false : null;
  if (expr.kind === 'unary' && expr.op === '!') return negated(truthOf(expr.arg));
  if (expr.kind === 'unary' && expr.op === '-' && expr.arg.kind === 'name' && /^E[A-Z0-9]+$/u.test(expr.arg.name)) return true;
  if (expr.kind === 'unary' && expr.op === '-') return truthOf(expr.arg);
  return null;
}

function negated(truth: boolean | null): boolean | null {
  return truth === null ? null : !truth;
}

/** True if no outcome contradicts a fact. */
export function agrees(facts: Facts, outcomes: readonly Outcome[]): boolean {
  return outcomes.every(({ key, holds }) => (facts.get(key) ?? holds) === holds);
}

/** Facts after a write to `target`, as printed: what mentions it is forgotten. */
export function forget(facts: Facts, target: string): Facts {
  const word = new RegExp(`(?<![\\w.>])${target.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&')}(?!\\w)`, 'u');
  const kept = [...facts].filter(([key]) => !word.test(key));
  return kept.length === facts.size ? facts : new Map(kept);
}

/** Names in a condition's key. */
export function namesIn(key: string): string[] {
  return (key.match(/[A-Za-z_]\w*/gu) ?? []).filter((name) => !/^(?:NULL|true|false|[A-Z][A-Z0-9_]*)$/u.test(name));
}
