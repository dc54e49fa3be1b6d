/**
 * @module Expressions and types without what has no meaning for a comparison: places are kept, texts of messages and arguments
 * of debug prints go, numbers are spelled in decimal, `unsigned` is `unsigned int`.
 */
import type { Argument, Expr } from '../../simulator/ir/program.js';

/** Prints of which only that they happen matters: their arguments are looked at when somebody debugs (include/linux/printk.h). */
const DEBUG_PRINT = /^(pr_debug\w*|pr_devel\w*|dev_dbg\w*|no_printk|trace_printk|\w+_(debug|dbg))$/u;
/** Other prints, and warnings that print: include/linux/printk.h, dev_printk.h, asm-generic/bug.h. */
const PRINT = /^(printk\w*|pr_\w+|dev_(info|notice|warn|err|crit|alert|emerg)\w*|panic|WARN|WARN_ONCE|WARN_RATELIMIT|WARN_TAINT\w*)$/u;

const NO_TEXT: Expr = { kind: 'string', value: '' };

/** The arguments of a call that a comparison looks at. */
function argumentsOf(callee: Expr, args: readonly Argument[]): readonly Argument[] {
  if (callee.kind !== 'name') return args;
  if (DEBUG_PRINT.test(callee.name)) return [];
  return PRINT.test(callee.name) ? args.map((a) => (a.kind === 'string' ? NO_TEXT : a)) : args;
}

/** One spelling for each integer type. */
function integerName(name: string): string {
  return name === 'unsigned' ? 'unsigned int' : name;
}

/** A node in plain form, its parts not yet. */
function plainNode(node: object): object {
  if (!('kind' in node)) return node;
  const e = node as Expr | { readonly kind: 'int'; readonly name: string };
  switch (e.kind) {
    case 'call': return { ...e, args: argumentsOf(e.callee, e.args) };
    case 'number': return { kind: 'number', value: e.value, suffix: e.suffix };
    case 'int': return { ...e, name: integerName(e.name) };
    default: return node;
  }
}

/** A copy of a statement, an expression or a type in plain form; the input stays as it is. */
export function plain<T>(node: T): T {
  if (Array.isArray(node)) return node.map((n: unknown) => plain(n)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(plainNode(node)).map(([key, value]: [string, unknown]) => [key, plain(value)]);
  return Object.fromEntries(entries) as T;
}
