/**
 * @module Terms: what an instruction computes, as a function of the variables of the state before the step. A term is
 * evaluated with the machine's own arithmetic; its symbol only says how it may be printed, and that is tried on every
 * value before it is believed (./text.ts).
 */
import type { Environment, Pure } from '../machine/code.js';
import { binary, convert, unary } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import { Refused } from './refused.js';

export type Apply = (values: readonly Value[]) => Value;

export type Term =
  | { readonly k: 'const'; readonly value: Value; readonly variables: readonly string[] }
  | { readonly k: 'var'; readonly name: string; readonly variables: readonly string[] }
  | {
      readonly k: 'op';
      /** An operator of Promela, 'choose', or null for a function that only a table can print. */
      readonly symbol: string | null;
      readonly args: readonly Term[];
      readonly apply: Apply;
      readonly variables: readonly string[];
    };

const NONE: readonly string[] = [];

export function constant(value: Value): Term {
  return { k: 'const', value, variables: NONE };
}

export function variable(name: string): Term {
  return { k: 'var', name, variables: [name] };
}

/** A function of terms; folded when they are constants. */
export function apply(symbol: string | null, args: readonly Term[], run: Apply): Term {
  const values: Value[] = [];
  for (const arg of args) if (arg.k === 'const') values.push(arg.value);
  if (values.length === args.length) return constant(run(values));
  return { k: 'op', symbol, args, apply: run, variables: [...new Set(args.flatMap((a) => a.variables))] };
}

/** A function of one term that is mostly the identity. */
export function mapped(term: Term, run: (value: Value) => Value): Term {
  return apply(null, [term], ([value]) => run(value ?? 0));
}

/** Value of a term where each variable has the value that `of` gives. */
export function evaluate(term: Term, of: (name: string) => Value): Value {
  switch (term.k) {
    case 'const': return term.value;
    case 'var': return of(term.name);
    case 'op': return term.apply(term.args.map((arg) => evaluate(arg, of)));
  }
}

/** What an instruction's operands stand for. */
export interface Scope {
  readonly registers: readonly Term[];
  readonly environment: Readonly<Record<Environment, Term>>;
}

/** A Pure expression over registers as a term over variables. */
export function termOf(pure: Pure, scope: Scope): Term {
  switch (pure.k) {
    case 'const': return constant(pure.value);
    case 'reg': return scope.registers[pure.reg] ?? constant(0);
    case 'environment': return scope.environment[pure.what];
    case 'convert': {
      const { type } = pure;
      return mapped(termOf(pure.a, scope), (value) => convert(value, type));
    }
    case 'unary': {
      const { op, type } = pure;
      return apply(op, [termOf(pure.a, scope)], ([a]) => unary(op, a ?? 0, type));
    }
    case 'choose': return choose(termOf(pure.test, scope), termOf(pure.then, scope), termOf(pure.else, scope));
    case 'binary': {
      const { op, type } = pure;
      const [a, b] = [termOf(pure.a, scope), termOf(pure.b, scope)];
      return apply(op, [a, b], ([x, y]) => divided(binary(op, x ?? 0, y ?? 0, type)));
    }
  }
}

/** Paths are split at divisors before they divide; what is left is in the branch of a choice that is not taken. */
function divided(value: Value | null): Value {
  if (value === null) throw new Refused('a choice between divisions');
  return value;
}

/** What an expression always divides by. */
export function divisors(pure: Pure): Pure[] {
  switch (pure.k) {
    case 'binary': return [...divisors(pure.a), ...divisors(pure.b), ...(pure.op === '/' || pure.op === '%' ? [pure.b] : [])];
    case 'unary': case 'convert': return divisors(pure.a);
    case 'choose': return divisors(pure.test);
    default: return [];
  }
}

export function choose(test: Term, then: Term, other: Term): Term {
  if (test.k === 'const') return test.value !== 0 ? then : other;
  return apply('choose', [test, then, other], ([t, a, b]) => (t !== 0 ? a : b) ?? 0);
}

export function equal(a: Term, b: Term): Term {
  return apply('==', [a, b], ([x, y]) => (x === y ? 1 : 0));
}

export function not(term: Term): Term {
  return apply('!', [term], ([value]) => (value === 0 ? 1 : 0));
}

/** Adds a small number. */
export function plus(term: Term, delta: number): Term {
  return delta < 0 ? apply('-', [term, constant(-delta)], ([value]) => Number(value) + delta) : apply('+', [term, constant(delta)], ([value]) => Number(value) + delta);
}

/** 1 where the term has one of the values. */
export function isOneOf(term: Term, values: ReadonlySet<Value>): Term {
  return mapped(term, (value) => (values.has(value) ? 1 : 0));
}

export function both(a: Term, b: Term): Term {
  if (a.k === 'const') return a.value !== 0 ? b : a;
  if (b.k === 'const') return b.value !== 0 ? a : b;
  return apply('&&', [a, b], ([x, y]) => (x !== 0 && y !== 0 ? 1 : 0));
}
