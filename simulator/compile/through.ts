/** @module Arguments that point to what a call accesses: `&x` stands for x, so that traces show x and not an address. */
import { printExpr } from '../ir/print.js';
import { UnknownName } from '../ir/types.js';
import type { Pure } from '../machine/code.js';
import type { Call } from './calls.js';
import type { Emitter } from './emitter.js';
import { compileTarget } from './targets.js';
import type { Target } from './targets.js';

/** A pointer argument as something to access: &x gives x. */
export function through(e: Emitter, call: Call, index: number): { target: Target; text: string } {
  const arg = call.expr(index);
  const text = arg.kind === 'unary' && arg.op === '&' ? printExpr(arg.arg) : `*${printExpr(arg)}`;
  return { target: compileTarget(e, { kind: 'unary', op: '*', arg }), text };
}

/** The address of a target. Throws UnknownName for a value in a register. */
export function memory(target: Target): Pure {
  if (target.at !== 'memory') throw new UnknownName('an access to a value in a register');
  return target.address;
}
