/**
 * @module A linked Program to Code: objects for its globals, one list of instructions for each function. Never throws on
 * input: what is not known is an instruction that ends the execution with its reason, and is listed in Code.notModelled.
 */
import type { CType, Expr, FunctionDef, GlobalDef, MacroDef, NotModelled, Program, SourcePlace, Stmt } from '../ir/program.js';
import { completed } from '../ir/initializers.js';
import { printStatementHead } from '../ir/print.js';
import { TypeTable, UnknownName } from '../ir/types.js';
import { CPUS_MAX } from '../machine/address.js';
import type { AllocationSite, Code, FunctionCode, GlobalSlot, PreemptRt } from '../machine/code.js';
import type { Scalar } from '../machine/value.js';
import { Emitter } from './emitter.js';
import type { CompileContext } from './emitter.js';
import { substitute } from '../ir/substitute.js';
import { deadRegisters } from './liveness.js';
import { RT_FUNCTIONS, RT_GLOBALS } from './rt-lock-calls.js';
import { MEMORY_MODELS } from './memory-models.js';
import { SWITCH_MODELS } from './context-switch.js';
import { READER_MODEL } from './reader-model.js';
import { compileBody } from './statements.js';
import { unsetRegisters } from './unset.js';
import { isStruct, materialised } from './struct-values.js';
import { cleanupFunction } from './cleanup.js';

export interface CompileOptions {
  /** Constants that replace or add to those of the Program: scaled sizes, Kconfig values. */
  readonly constants: ReadonlyMap<string, bigint>;
  /** A kernel with PREEMPT_RT. */
  readonly rt?: PreemptRt;
  /** The context switch is looked into. */
  readonly contextSwitch?: boolean;
  /** Buckets of a hash table, where the kernel has more; a power of two. */
  readonly hashBuckets: number;
  /** A scenario reads as user space does. */
  readonly reader?: boolean;
}

const NOWHERE: SourcePlace = { path: '<model>', line: 0, endLine: 0 };

/** Compiles a Program whose #ifdefs are resolved. */
export function compile(program: Program, options: CompileOptions): Code {
  const { statics, globals: hoisted } = staticLocals(program.functions);
  const models = [...MEMORY_MODELS, ...(options.contextSwitch ? SWITCH_MODELS : []), ...(options.rt ? RT_FUNCTIONS : []), ...(options.reader ? READER_MODEL : [])];
  const whole: Program = { ...program, globals: [...program.globals, ...hoisted, ...(options.rt ? RT_GLOBALS : [])], functions: [...program.functions, ...models] };
  const types = new TypeTable(whole, options.constants);
  const globals = layGlobals(whole.globals.map((g) => scaleTable(g, options.hashBuckets)), types);
  const functions = latest(whole.functions);
  const functionIndex = new Map(functions.map((f, i) => [f.name, i]));
  const context: CompileContext = { program: whole, types, globals, functionIndex, sites: [], withoutEffect: new Set(), statics, rt: options.rt ?? null };
  const compiled = functions.map((def, index) => compileFunction(context, def, index));
  return {
    program: whole, types, globals, functions: compiled, functionsByName: new Map(compiled.map((f) => [f.name, f])),
    sites: context.sites as readonly AllocationSite[], notModelled: compiled.flatMap(listUnmodelled), withoutEffect: [...context.withoutEffect].sort(), rt: context.rt,
  };
}

function latest(functions: readonly FunctionDef[]): FunctionDef[] {
  return [...new Map(functions.map((f) => [f.name, f])).values()];
}

function scaleTable(global: GlobalDef, buckets: number): GlobalDef {
  if (!global.macro?.startsWith('DEFINE_HASHTABLE') && !global.macro?.startsWith('DECLARE_HASHTABLE')) return global;
  if (global.type.kind !== 'array') return global;
  return { ...global, type: { ...global.type, length: { kind: 'number', value: BigInt(buckets), suffix: '' } } };
}

/** The static locals as globals with names that no C text has. */
function staticLocals(functions: readonly FunctionDef[]): { statics: Map<Stmt, string>; globals: GlobalDef[] } {
  const statics = new Map<Stmt, string>();
  const globals: GlobalDef[] = [];
  for (const def of latest(functions)) {
    walkDeclarations(def.body, (s) => {
      if (!s.attributes?.some((a) => a.startsWith('static'))) return;
      const first = `${def.name}.${s.name}`;
      const name = globals.some((g) => g.name === first) ? `${first}.${globals.length}` : first;
      statics.set(s, name);
      globals.push({ name, type: s.type, ...(s.init ? { init: s.init } : {}), static: true, perCpu: false, place: s.place });
    });
  }
  return { statics, globals };
}

function walkDeclarations(node: unknown, found: (s: Stmt & { kind: 'declaration' }) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if ((node as { kind?: unknown }).kind === 'declaration') found(node as Stmt & { kind: 'declaration' });
  for (const inner of Object.values(node)) walkDeclarations(inner, found);
}

function layGlobals(globals: readonly GlobalDef[], types: TypeTable): Map<string, GlobalSlot> {
  const slots = new Map<string, GlobalSlot>();
  let object = 0;
  for (const { name, type, init, perCpu } of new Map(globals.map((g) => [g.name, g])).values()) {
    slots.set(name, { name, type: known(() => completed(type, init, types)) ?? type, perCpu, object });
    object += perCpu ? 1 + CPUS_MAX : 1;
  }
  return slots;
}

function compileFunction(context: CompileContext, def: FunctionDef, index: number): FunctionCode {
  const e = new Emitter(context, def.name);
  const lead: Stmt = { kind: 'empty', place: def.place };
  e.begin(lead);
  e.addressTaken = addressTaken(def.body, context.program.macros);
  try {
    declareParams(e, def);
    compileBody(e, def.body);
    e.unwind(0);
  } catch (error) {
    if (!(error instanceof UnknownName)) throw error;
    e.emit({ op: 'unmodelled', why: error.message }, def.name);
  }
  e.emit({ op: 'return', value: null });
  const instructions = e.finish();
  const registers = e.registerNames.length;
  return {
    index, name: def.name, path: def.place.path, params: def.params.length, registers, registerNames: e.registerNames, instructions,
    paramScalars: def.params.map((param) => scalarOf(context.types, param.type)), statements: e.statements, dead: deadRegisters(instructions, { registers, stackObjects: e.stackObjects }), unset: unsetRegisters(instructions), stackObjects: e.stackObjects,
  };
}

/** What a parameter converts its argument to; null for structs and unknown types. */
function scalarOf(types: TypeTable, type: CType): Scalar | null {
  return known(() => types.scalar(type));
}

/** What `find` gives, null where a name in it is not known. */
function known<T>(find: () => T): T | null {
  try {
    return find();
  } catch (error) {
    if (error instanceof UnknownName) return null;
    throw error;
  }
}

function declareParams(e: Emitter, def: FunctionDef): void {
  for (const param of def.params) e.declare(param.name, { in: 'register', reg: e.register(param.name), type: param.type });
  for (const param of def.params) {
    const local = e.local(param.name);
    if (local?.in === 'register' && isStruct(e, param.type)) {
      const target = materialised(e, { pure: { k: 'reg', reg: local.reg }, type: param.type }, param.name);
      const reg = e.stackObjects.at(-1);
      if (target.at === 'memory' && reg !== undefined) e.declare(param.name, { in: 'memory', reg, type: param.type });
      continue;
    }
    if (!e.addressTaken.has(param.name) || local?.in !== 'register') continue;
    const reg = e.register(param.name);
    const size = { k: 'const', value: Math.max(4, e.types.scalar(param.type).bytes) } as const;
    e.emit({ op: 'alloc', dst: reg, size, zero: false, site: e.site('stack', param.name), mayFail: false }, param.name);
    e.emit({ op: 'store', address: { k: 'reg', reg }, value: { k: 'reg', reg: local.reg }, type: e.types.scalar(param.type), marked: false }, param.name, param.type);
    e.stackObjects.push(reg);
    e.declare(param.name, { in: 'memory', reg, type: param.type });
  }
}

/** Levels of the file's macros that are looked into for an & on their arguments. */
const MACRO_DEPTH_MAX = 4;

/** Kernel macros that take &x for an lvalue of their own accord do not make x live in memory; macros of the file do. */
function addressTaken(body: readonly Stmt[], macros: readonly MacroDef[]): Set<string> {
  const found = new Set<string>();
  const walk = (node: unknown, depth: number): void => {
    if (Array.isArray(node)) return node.forEach((inner) => walk(inner, depth));
    if (typeof node !== 'object' || node === null) return;
    const expr = node as Expr;
    const declared = node as Stmt;
    if (declared.kind === 'declaration' && cleanupFunction(declared) !== null) found.add(declared.name);
    if (expr.kind === 'unary' && expr.op === '&') {
      const root = rootName(expr.arg);
      if (root !== null) found.add(root);
    }
    const macro = expr.kind === 'call' && depth < MACRO_DEPTH_MAX ? expanded(expr, macros) : null;
    if (macro) walk(macro, depth + 1);
    Object.values(node).forEach((inner) => walk(inner, depth));
  };
  walk(body, 0);
  return found;
}

/** What a call of a macro of the file stands for; null for other calls. */
function expanded(call: Expr & { kind: 'call' }, macros: readonly MacroDef[]): Expr | null {
  const { callee } = call;
  const macro = callee.kind === 'name' ? macros.find((m) => m.name === callee.name && m.params !== null) : undefined;
  if (!macro?.expr) return null;
  const given = (macro.params ?? []).flatMap((param, i) => {
    const arg = call.args[i];
    return arg && arg.kind !== 'type' ? [[param, arg] as const] : [];
  });
  return substitute(macro.expr, new Map(given));
}

/** The variable whose own storage an lvalue is part of; null when a pointer is followed on the way. */
function rootName(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind === 'member' && !expr.arrow) return rootName(expr.base);
  return null;
}

function listUnmodelled(code: FunctionCode): NotModelled[] {
  return code.instructions.flatMap((instruction) => {
    if (instruction.op !== 'unmodelled' || instruction.atRunTime) return [];
    const statement = code.statements[instruction.statement];
    return [{ place: statement?.place ?? NOWHERE, text: statement ? printStatementHead(statement) : code.name, why: instruction.why }];
  });
}
