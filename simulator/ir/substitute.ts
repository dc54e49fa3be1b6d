/** @module Macro expansion on trees: names replaced by arguments. */
import type { Argument, Expr } from './program.js';

/** Replaces names by arguments throughout an expression; a type may stand wherever the tree has an Argument. */
export function substitute(expr: Expr, by: ReadonlyMap<string, Argument>): Expr {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const { kind, name } = node as { kind?: unknown; name?: unknown };
    if ((kind === 'name' || kind === 'named') && typeof name === 'string' && by.has(name)) return by.get(name);
    const entries = Object.entries(node).map(([key, value]) => [key, walk(value)] as const);
    return flatten(Object.fromEntries(entries));
  };
  return walk(expr) as Expr;
}

/** A type argument whose type became an argument itself: { type: { kind: 'type', type } } is one level too deep. */
function flatten(node: Record<string, unknown>): unknown {
  const inner = node['type'];
  if (node['kind'] !== 'type' || typeof inner !== 'object' || inner === null) return node;
  const { kind } = inner as { kind?: unknown };
  return kind === 'type' || kind === 'name' ? inner : node;
}
