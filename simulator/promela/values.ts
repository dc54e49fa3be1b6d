/**
 * @module Sets of values that variables may have, and questions about terms over them, answered by trying every
 * combination. What is computed exactly where it is small is over-approximated where it is not.
 */
import type { Value } from '../machine/value.js';
import { Refused } from './refused.js';
import { evaluate } from './term.js';
import type { Term } from './term.js';

export type Values = ReadonlySet<Value>;
/** The values a variable may have. */
export type Domain = (name: string) => Values;

/** Combinations of values that are tried for one question. */
const COMBINATIONS_MAX = 30_000;

export function combinations(variables: readonly string[], domain: Domain): number {
  return variables.reduce((product, name) => product * domain(name).size, 1);
}

/** Calls `visit` for each combination of values of the variables. */
export function forEachCombination(variables: readonly string[], domain: Domain, visit: (of: (name: string) => Value) => void): void {
  const values = new Map<string, Value>();
  const of = (name: string): Value => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${name} has no value`);
    return value;
  };
  const descend = (at: number): void => {
    const name = variables[at];
    if (name === undefined) return visit(of);
    for (const value of domain(name)) {
      values.set(name, value);
      descend(at + 1);
    }
  };
  descend(0);
}

/** The values a term may have; a superset where there are too many combinations. */
export function valuesOf(term: Term, domain: Domain): Set<Value> {
  if (term.k === 'const') return new Set([term.value]);
  if (term.k === 'var') return new Set(domain(term.name));
  const found = new Set<Value>();
  if (combinations(term.variables, domain) <= COMBINATIONS_MAX) {
    forEachCombination(term.variables, domain, (of) => found.add(evaluate(term, of)));
    return found;
  }
  const args = term.args.map((arg) => valuesOf(arg, domain));
  const names = args.map((_, i) => String(i));
  const argument: Domain = (name) => args[Number(name)] ?? new Set();
  if (combinations(names, argument) > COMBINATIONS_MAX) throw new Refused('an expression has too many values');
  forEachCombination(names, argument, (of) => found.add(term.apply(names.map(of))));
  return found;
}

/** The term as a constant where it can have only one value. */
export function folded(term: Term, domain: Domain): Term {
  if (term.k === 'const') return term;
  if (combinations(term.variables, domain) > COMBINATIONS_MAX) return term;
  const values = valuesOf(term, domain);
  const [value] = values;
  return values.size === 1 && value !== undefined ? { k: 'const', value, variables: [] } : term;
}

/**
 * What is left of the variables' values where the term is true (not 0) or false; null where it never is. Nothing is
 * narrowed where there are too many combinations.
 */
export function narrowing(term: Term, truth: boolean, domain: Domain): Map<string, Set<Value>> | null {
  const left = new Map<string, Set<Value>>();
  if (term.k === 'const') return (term.value !== 0) === truth ? left : null;
  if (combinations(term.variables, domain) > COMBINATIONS_MAX) return left;
  for (const name of term.variables) left.set(name, new Set());
  let any = false;
  forEachCombination(term.variables, domain, (of) => {
    if ((evaluate(term, of) !== 0) !== truth) return;
    any = true;
    for (const name of term.variables) left.get(name)?.add(of(name));
  });
  return any ? left : null;
}
