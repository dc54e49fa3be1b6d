/**
 * @module Calls to instructions. Functions of the Program are called; kernel functions and macros are compiled by what
 * they mean (the tables here and in the files that end in -calls); the file's own macros are expanded; what is on the list of
 * calls without effect compiles to nothing and is recorded; everything else is not modelled.
 */
import type { Argument, CType, Expr, MacroDef } from '../ir/program.js';
import { printExpr } from '../ir/print.js';
import { substitute } from '../ir/substitute.js';
import { INT, ULONG, UnknownName } from '../ir/types.js';
import { HARDIRQ_MASK, NMI_MASK, SOFTIRQ_MASK, SOFTIRQ_OFFSET } from '../kernel/preempt-count.js';
import { CALL_CONTRACTS, contractOfCall, GFP_DIRECT_RECLAIM, SLEEPS_ON_RT, WITHOUT_EFFECT } from '../kernel/calls.js';
import type { Environment, Pure } from '../machine/code.js';
import { S32 } from '../machine/value.js';
import type { Emitter, Operand } from './emitter.js';
import { compileExpr, convertTo } from './expressions.js';
import { constant, not, register } from './pure.js';
import type { Target } from './targets.js';
import { ASSERT_CALLS } from './assert-calls.js';
import { ATOMIC_CALLS } from './atomic-calls.js';
import { compileIndirect } from './indirect-calls.js';
import { LOCK_CALLS } from './lock-calls.js';
import { OBJECT_CALLS } from './object-calls.js';
import { OVERFLOW_CALLS } from './overflow-calls.js';
import { RT_LOCK_CALLS } from './rt-lock-calls.js';
import { REWRITTEN_CALLS } from './rewritten-calls.js';
import { MEMORY_CALLS } from './memory-calls.js';
import { PER_CPU_CALLS } from './per-cpu-calls.js';
import { USER_CALLS } from './user-calls.js';
import { isStruct, structValue } from './struct-values.js';
import { settled } from './type-of.js';
import { VALUE_CALLS } from './value-calls.js';

/** The result of a call; `target` when it is an lvalue such as get_cpu_var(x). */
export type CallResult = Operand & { readonly target?: Target };
export type CallCompiler = (e: Emitter, call: Call) => CallResult;

/** One call, with access to its arguments as expressions or types. */
export class Call {
  constructor(readonly name: string, readonly args: readonly Argument[], readonly text: string) {}

  expr(index: number): Expr {
    const arg = this.args[index];
    if (!arg || arg.kind === 'type') throw new UnknownName(`${this.name}() without argument ${index + 1}`);
    return arg;
  }

  argument(index: number): Argument {
    const arg = this.args[index];
    if (!arg) throw new UnknownName(`${this.name}() without argument ${index + 1}`);
    return arg;
  }

  /** A type argument; producers give plain identifiers as names where they cannot know. */
  type(index: number): CType {
    const arg = this.args[index];
    if (arg?.kind === 'type') return arg.type;
    if (arg?.kind === 'name') return { kind: 'named', name: arg.name };
    throw new UnknownName(`${this.name}() without a type as argument ${index + 1}`);
  }
}

export const VOID_RESULT: CallResult = { pure: constant(0), type: INT };

export const environment = (what: Environment): Pure => ({ k: 'environment', what });

export const bits = (mask: number): Pure => ({ k: 'binary', op: '&', a: environment('preemptCount'), b: constant(mask), type: S32 });
const truth = (pure: Pure): CallResult => ({ pure: not(not(pure)), type: INT });

const CONTEXT_CALLS: Readonly<Record<string, CallCompiler>> = {
  in_nmi: () => truth(bits(NMI_MASK)),
  in_hardirq: () => truth(bits(HARDIRQ_MASK)),
  in_irq: () => truth(bits(HARDIRQ_MASK)),
  in_serving_softirq: () => truth(bits(SOFTIRQ_OFFSET)),
  in_softirq: () => truth(bits(SOFTIRQ_MASK)),
  in_interrupt: () => truth(bits(NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK)),
  irq_count: () => ({ pure: bits(NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK), type: INT }),
  in_task: () => ({ pure: not(bits(NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)), type: INT }),
  preempt_count: () => ({ pure: environment('atomicCount'), type: INT }),
  in_atomic: () => truth(environment('atomicCount')),
  preemptible: () => ({
    pure: { k: 'binary', op: '&&', a: not(environment('atomicCount')), b: not(environment('irqsDisabled')), type: S32 }, type: INT,
  }),
  irqs_disabled: () => ({ pure: environment('irqsDisabled'), type: INT }),
  smp_processor_id: () => ({ pure: environment('cpu'), type: INT }),
  raw_smp_processor_id: () => ({ pure: environment('cpu'), type: INT }),
  get_cpu: (e) => {
    e.emit({ op: 'preempt', delta: 1 });
    return { pure: environment('cpu'), type: INT };
  },
  num_possible_cpus: (e) => compileExpr(e, { kind: 'name', name: 'nr_cpu_ids' }),
  num_online_cpus: (e) => compileExpr(e, { kind: 'name', name: 'nr_cpu_ids' }),
  cpu_to_node: () => ({ pure: constant(0), type: INT }),
  numa_node_id: () => ({ pure: constant(0), type: INT }),
  kaslr_offset: () => ({ pure: constant(0), type: ULONG }),
  get_current: (e) => compileExpr(e, { kind: 'name', name: 'current' }),
};

const TABLES: readonly Readonly<Record<string, CallCompiler>>[] = [
  CONTEXT_CALLS, VALUE_CALLS, LOCK_CALLS, MEMORY_CALLS, ATOMIC_CALLS, USER_CALLS, PER_CPU_CALLS,
  OBJECT_CALLS, OVERFLOW_CALLS, REWRITTEN_CALLS, ASSERT_CALLS];

/** Names of all kernel calls that have a meaning of their own here. */
export function kernelCallNames(): string[] {
  return TABLES.flatMap((table) => Object.keys(table)).sort();
}

export function compileCall(e: Emitter, expr: Expr & { kind: 'call' }): CallResult {
  if (expr.callee.kind !== 'name' || e.local(expr.callee.name) || (e.context.globals.has(expr.callee.name) && !e.context.functionIndex.has(expr.callee.name))) return compileIndirect(e, expr);
  const name = expr.callee.name;
  const args = expr.args.map((arg): Argument => (arg.kind === 'type' ? { kind: 'type', type: settled(e, arg.type) } : arg));
  const call = new Call(name, args, printExpr(expr));
  if (e.context.functionIndex.has(name)) return callFunction(e, call);
  const macro = e.context.program.macros.find((m) => m.name === name && m.params !== null);
  if (macro) return expand(e, macro, call);
  if (WITHOUT_EFFECT.has(name)) {
    e.context.withoutEffect.add(name);
    return VOID_RESULT;
  }
  const tables = e.context.rt ? [RT_LOCK_CALLS, ...TABLES] : TABLES;
  const compiler = tables.find((table) => Object.hasOwn(table, name))?.[name];
  if (!compiler || !contractOfCall(name)) throw new UnknownName(`${name}() has no contract in the table of kernel calls`);
  checkContract(e, call);
  return compiler(e, call);
}

/** A call that may sleep is checked against its context before it does anything. */
function checkContract(e: Emitter, call: Call): void {
  const contract = CALL_CONTRACTS[call.name];
  if (e.context.rt && SLEEPS_ON_RT.has(call.name)) return e.emit({ op: 'contract', call: `${call.name}(may sleep)` }, call.text);
  if (!contract) return;
  if (contract.sleeps === true) e.emit({ op: 'contract', call: call.name }, call.text);
  else if (contract.sleeps === 'gfp') {
    // The *_obj forms may leave the flags out, and mean GFP_KERNEL then.
    const given = contract.gfpArgument !== undefined && call.args.length > contract.gfpArgument;
    const may = !given || (BigInt(e.types.constant(call.expr(contract.gfpArgument ?? 1))) & GFP_DIRECT_RECLAIM) !== 0n;
    e.emit({ op: 'contract', call: may ? `${call.name}(may sleep)` : call.name }, call.text);
  } else e.emit({ op: 'contract', call: call.name }, call.text);
}

function callFunction(e: Emitter, call: Call): CallResult {
  const def = e.context.program.functions.findLast((f) => f.name === call.name);
  if (!def) throw new UnknownName(`${call.name} is not defined`);
  if (call.args.length !== def.params.length) throw new UnknownName(`${call.name}() with ${call.args.length} arguments, defined with ${def.params.length}`);
  const args = def.params.map((param, i) => {
    const value = isStruct(e, param.type) ? structValue(e, call.expr(i), param.type) : convertTo(e, compileExpr(e, call.expr(i)), param.type);
    const held = e.temporary();
    e.emit({ op: 'set', dst: held, value });
    return register(held);
  });
  if (e.types.resolve(def.returns).kind === 'void') {
    e.emit({ op: 'call', name: call.name, args, dst: null }, call.text);
    return VOID_RESULT;
  }
  const dst = e.temporary();
  e.emit({ op: 'call', name: call.name, args, dst }, call.text);
  return { pure: register(dst), type: def.returns };
}

/** Most levels of the file's macros inside macros. */
const MACRO_DEPTH_MAX = 20;
let depth = 0;

/** The body of a variadic macro with `rest` put for its name among the arguments of calls. */
function spliced(body: Expr, name: string, rest: readonly Argument[]): Expr {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.flatMap((inner: unknown): unknown[] => (isNamed(inner, name) ? [...rest] : [walk(inner)]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
  };
  return walk(body) as Expr;
}

function isNamed(node: unknown, name: string): boolean {
  return typeof node === 'object' && node !== null && (node as { kind?: unknown }).kind === 'name' && (node as { name?: unknown }).name === name;
}

function expand(e: Emitter, macro: MacroDef, call: Call): CallResult {
  const onlyPrints = /^\s*(\w+)\s*\(/.exec(macro.body)?.[1];
  if (onlyPrints !== undefined && WITHOUT_EFFECT.has(onlyPrints)) {
    e.context.withoutEffect.add(`${macro.name} (${onlyPrints})`);
    return VOID_RESULT;
  }
  if (macro.body.trim() === '') return VOID_RESULT;
  if (!macro.expr) throw new UnknownName(`the macro ${macro.name} is no expression`);
  if (depth >= MACRO_DEPTH_MAX) throw new UnknownName(`the macro ${macro.name} expands into itself`);
  const variadic = macro.params?.at(-1)?.endsWith('...') ? macro.params.length - 1 : -1;
  const fixed = variadic < 0 ? macro.params ?? [] : (macro.params ?? []).slice(0, variadic);
  const params = new Map(fixed.map((param, i) => [param, call.argument(i)] as const));
  const rest = variadic < 0 ? '' : macro.params?.[variadic]?.replace(/\.\.\.$/, '') || '__VA_ARGS__';
  const body = variadic < 0 ? macro.expr : spliced(macro.expr, rest, call.args.slice(variadic));
  depth += 1;
  try {
    return compileExpr(e, substitute(body, params));
  } finally {
    depth -= 1;
  }
}
