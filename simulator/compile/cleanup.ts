/**
 * @module Locals with a cleanup: __free(name), __cleanup(function) and the attribute (include/linux/cleanup.h, v6.5 to v6.18).
 * What they do at the end of their block is compiled as C with the local's own name for `_T`.
 */
import type { Expr, Stmt } from '../ir/program.js';
import { UnknownName } from '../ir/types.js';
import type { Emitter, Local } from './emitter.js';
import { compileExpr } from './expressions.js';

type Declaration = Stmt & { readonly kind: 'declaration' };

const name = (text: string): Expr => ({ kind: 'name', name: text });
const call = (callee: string, ...args: Expr[]): Expr => ({ kind: 'call', callee: name(callee), args });

/** DEFINE_FREE()s of the kernel's headers whose function takes the pointer, and not if it is an error: slab.h, vmalloc.h. */
const FREES: ReadonlySet<string> = new Set(['kfree', 'kvfree', 'vfree', 'kfree_sensitive']);

const FREE = /^__free\((\w+)\)$/;
const CLEANUP = /^(?:__cleanup\((\w+)\)|__attribute(?:__)?\(\(\s*(?:__)?cleanup(?:__)?\s*\((\w+)\)\s*\)\))$/;

/** The function that a declaration's cleanup attribute names; null where it has none. */
export function cleanupFunction(s: Declaration): string | null {
  const found = s.attributes?.map((a) => CLEANUP.exec(a)).find((m) => m !== null && m !== undefined);
  return found?.[1] ?? found?.[2] ?? null;
}

/** What a local's attributes have done when its block is left, as C; null where they say nothing. Throws UnknownName. */
function cleanupExpr(e: Emitter, s: Declaration): Expr | null {
  const wanted = s.attributes?.map((a) => FREE.exec(a)?.[1]).find((n) => n !== undefined);
  const destructor = cleanupFunction(s);
  if (destructor !== null) return call(destructor, { kind: 'unary', op: '&', arg: name(s.name) });
  if (wanted === undefined) return null;
  const macro = e.context.program.macros.find((m) => m.name === `__free_${wanted}`);
  if (macro?.expr) return macro.expr;
  if (!FREES.has(wanted)) throw new UnknownName(`__free(${wanted}) is not known`);
  const test: Expr = { kind: 'unary', op: '!', arg: call('IS_ERR_OR_NULL', name(s.name)) };
  return { kind: 'conditional', test, then: call(wanted, name(s.name)), else: { kind: 'number', value: 0n, suffix: '' } };
}

/** What to emit at the end of the block for a declared local; null where nothing. */
export function cleanupOf(e: Emitter, s: Declaration): ((local: Local) => () => void) | null {
  const what = cleanupExpr(e, s);
  if (what === null) return null;
  const statement = e.statementIndex;
  return (local) => () => {
    e.resume(statement);
    e.enterScope();
    e.declare(s.name, local);
    e.declare('_T', local);
    compileExpr(e, what);
    e.leaveScope();
  };
}
