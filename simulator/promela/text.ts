/**
 * @module Terms as expressions of Promela. An operator is printed only where its result was tried on every combination of
 * values that its operands may have; everything else becomes a table of conditional expressions.
 */
import type { Value } from '../machine/value.js';
import type { Codes } from './codes.js';
import { Refused } from './refused.js';
import { evaluate, mapped } from './term.js';
import type { Term } from './term.js';
import { combinations, forEachCombination, valuesOf } from './values.js';
import type { Domain } from './values.js';

/** Combinations that are tried for one operator, and leaves of one table. */
const COMBINATIONS_MAX = 30_000;
const LEAVES_MAX = 400;

type Op = Term & { readonly k: 'op' };

const truth = (yes: boolean): number => (yes ? 1 : 0);

/** What pan computes for an operator; null for those that are not printed. */
function computed(symbol: string, [a = 0, b = 0, c = 0]: readonly number[], unary: boolean): number | null {
  switch (symbol) {
    case '+': return unary ? a : a + b;
    case '-': return unary ? -a : a - b;
    case '*': return a * b;
    case '/': return b === 0 ? null : Math.trunc(a / b);
    case '%': return b === 0 ? null : a % b;
    case '&': return a & b;
    case '|': return a | b;
    case '^': return a ^ b;
    case '==': return truth(a === b);
    case '!=': return truth(a !== b);
    case '<': return truth(a < b);
    case '<=': return truth(a <= b);
    case '>': return truth(a > b);
    case '>=': return truth(a >= b);
    case '&&': return truth(a !== 0 && b !== 0);
    case '||': return truth(a !== 0 || b !== 0);
    case '!': return truth(a === 0);
    case 'choose': return a !== 0 ? b : c;
    default: return null;
  }
}

export class Printer {
  constructor(private readonly codes: Codes, private readonly nameOf: (variable: string) => string) {}

  /** The term as an expression that is right for all values in `domain`; in parentheses where it is no single word. */
  print(term: Term, domain: Domain): string {
    if (term.k === 'const') return String(this.codes.of(term.value));
    if (term.k === 'var') return this.single(term.name, domain) ?? this.nameOf(term.name);
    if (combinations(term.variables, domain) > COMBINATIONS_MAX) throw new Refused('an expression of too many values');
    const values = valuesOf(term, domain);
    const [value] = values;
    if (values.size === 1 && value !== undefined) return String(this.codes.of(value));
    return this.sameAsArgument(term, domain) ?? this.operator(term, domain) ?? this.table(term, domain, { leaves: LEAVES_MAX });
  }

  /** An expression that is not 0 where the term is not. */
  condition(term: Term, domain: Domain): string {
    const expressible = [...valuesOf(term, domain)].every((value) => this.codes.find(value) !== null);
    return this.print(expressible ? term : mapped(term, (value) => (value === 0 ? 0 : 1)), domain);
  }

  private single(name: string, domain: Domain): string | null {
    const [value, ...more] = domain(name);
    return value !== undefined && more.length === 0 ? String(this.codes.of(value)) : null;
  }

  private holds(term: Term, domain: Domain, test: (of: (name: string) => Value) => boolean): boolean {
    let all = true;
    forEachCombination(term.variables, domain, (of) => {
      all &&= test(of);
    });
    return all;
  }

  private sameAsArgument(term: Op, domain: Domain): string | null {
    const same = term.args.find((arg) => arg.k !== 'const' && this.holds(term, domain, (of) => evaluate(term, of) === evaluate(arg, of)));
    return same ? this.print(same, domain) : null;
  }

  private operator(term: Op, domain: Domain): string | null {
    const { symbol, args } = term;
    if (symbol === null) return null;
    const right = this.holds(term, domain, (of) => {
      const ints = args.map((arg) => this.codes.find(evaluate(arg, of)));
      const known = ints.filter((int) => int !== null);
      return known.length === args.length && computed(symbol, known, args.length === 1) === this.codes.find(evaluate(term, of));
    });
    if (!right) return null;
    const [a = '', b = '', c = ''] = args.map((arg) => this.print(arg, domain));
    if (symbol === 'choose') return `(${a} -> ${b} : ${c})`;
    return args.length === 1 ? `(${symbol}${a})` : `(${a} ${symbol} ${b})`;
  }

  /** One conditional expression for each group of values of a variable. */
  private table(term: Term, domain: Domain, budget: { leaves: number }): string {
    const values = valuesOf(term, domain);
    const [only] = values;
    if (values.size === 1 && only !== undefined) return String(this.codes.of(only));
    const same = term.variables.find((name) => this.holds(term, domain, (of) => evaluate(term, of) === of(name)));
    if (same !== undefined) return this.nameOf(same);
    const [name = ''] = [...term.variables].filter((v) => domain(v).size > 1).sort((a, b) => domain(a).size - domain(b).size);
    const groups = new Map<string, Value[]>();
    for (const value of domain(name)) {
      if ((budget.leaves -= 1) < 0) throw new Refused('an expression that only a long table can state');
      const text = this.table(term, (asked) => (asked === name ? new Set([value]) : domain(asked)), budget);
      groups.set(text, [...(groups.get(text) ?? []), value]);
    }
    const ordered = [...groups].sort((a, b) => a[1].length - b[1].length);
    const last = ordered.pop();
    if (ordered.length === 1 && ordered[0] && last) {
      if (ordered[0][0] === '1' && last[0] === '0') return this.member(name, ordered[0][1], domain);
      if (ordered[0][0] === '0' && last[0] === '1') return this.member(name, last[1], domain);
    }
    return ordered.reduceRight((rest, [text, group]) => `(${this.member(name, group, domain)} -> ${text} : ${rest})`, last?.[0] ?? '0');
  }

  /** True where a variable has one of some of its values. */
  private member(name: string, group: readonly Value[], domain: Domain): string {
    const all = [...domain(name)].map((value) => this.codes.of(value)).sort((a, b) => a - b);
    const wanted = new Set(group.map((value) => this.codes.of(value)));
    const variable = this.nameOf(name);
    const [least, most] = [Math.min(...wanted), Math.max(...wanted)];
    if (wanted.size === 1) return `(${variable} == ${least})`;
    const rest = all.filter((int) => !wanted.has(int));
    if (rest.length === 1) return `(${variable} != ${rest[0]})`;
    if (all.indexOf(most) - all.indexOf(least) + 1 === wanted.size) {
      const low = least === all[0] ? '' : `${variable} >= ${least}`;
      const high = most === all.at(-1) ? '' : `${variable} <= ${most}`;
      return `(${[low, high].filter((part) => part !== '').join(' && ')})`;
    }
    return `(${[...wanted].map((int) => `${variable} == ${int}`).join(' || ')})`;
  }
}
