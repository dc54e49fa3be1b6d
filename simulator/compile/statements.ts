/**
 * @module Statements to instructions. A statement that cannot be compiled becomes one `unmodelled` instruction with its
 * reason: an execution that reaches it ends there, and the search says so.
 */
import type { CType, Expr, Stmt } from '../ir/program.js';
import { printStatementHead } from '../ir/print.js';
import { UnknownName } from '../ir/types.js';
import type { Pure } from '../machine/code.js';
import { Label } from './emitter.js';
import type { Emitter, Exit, Operand } from './emitter.js';
import { cleanupOf } from './cleanup.js';
import { compileGuardStatement, compileScoped, isScopedMacro } from './guards.js';
import { structValue } from './struct-values.js';
import { settled } from './type-of.js';
import { completed } from '../ir/initializers.js';
import { S32, UNINITIALISED } from '../machine/value.js';
import { combine, compileCondition, compileExpr, convertTo, store } from './expressions.js';
import { storeWhole } from './whole-objects.js';
import { constant, register } from './pure.js';
import { expandIterator } from './iterators.js';

/** Deepest nesting of statements that is compiled. */
const DEPTH_MAX = 200;

const depths = new WeakMap<Emitter, number>();

export function compileBody(e: Emitter, body: readonly Stmt[]): void {
  const depth = (depths.get(e) ?? 0) + 1;
  if (depth > DEPTH_MAX) throw new UnknownName('statements nested too deeply');
  depths.set(e, depth);
  for (const statement of body) compileStatement(e, statement);
  depths.set(e, depth - 1);
}

/** Compiles one statement; what is not known is recorded and compiled to a stop. */
export function compileStatement(e: Emitter, statement: Stmt): void {
  const depth = e.depth;
  try {
    compileKnown(e, statement);
  } catch (error) {
    if (!(error instanceof UnknownName)) throw error;
    e.dropScopes(depth);
    if (statement.kind === 'declaration' && !e.local(statement.name)) e.declare(statement.name, { in: 'register', reg: e.register(statement.name), type: statement.type });
    e.begin(statement);
    e.emit({ op: 'unmodelled', why: error.message }, printStatementHead(statement));
  }
}

function compileKnown(e: Emitter, s: Stmt): void {
  switch (s.kind) {
    case 'empty': return;
    case 'block': {
      e.enterScope(s);
      compileBody(e, s.body);
      e.leaveScope();
      return;
    }
    case 'declaration': return compileDeclaration(e, s);
    case 'expression':
      if (s.expr.kind === 'call' && s.expr.callee.kind === 'name' && s.expr.callee.name === 'return_ptr') return compileReturn(e, returned(s, s.expr));
      e.begin(s);
      if (!compileGuardStatement(e, s.expr)) compileExpr(e, s.expr);
      return;
    case 'if': return compileIf(e, s);
    case 'while': return compileLoop(e, s, { test: s.test, body: s.body });
    case 'doWhile': return compileDoWhile(e, s);
    case 'for': return compileFor(e, s);
    case 'forEach': return compileForEach(e, s);
    case 'switch': return compileSwitch(e, s);
    case 'case': throw new UnknownName('a case label outside a switch');
    case 'goto':
      e.begin(s);
      jumpTo(e, s.label);
      return;
    case 'label':
      e.labelled(s.name);
      e.place(e.label(s.name));
      return;
    case 'return': return compileReturn(e, s);
    case 'break': return leave(e, s, e.breaks);
    case 'continue': return leave(e, s, e.continues);
    case 'ifdef': throw new UnknownName('an #ifdef that no configuration resolved');
    case 'unmodelled': throw new UnknownName(s.why);
  }
}

function leave(e: Emitter, s: Stmt, targets: readonly Exit[]): void {
  const target = targets[targets.length - 1];
  if (!target) throw new UnknownName(`${s.kind} outside a loop`);
  e.begin(s);
  e.unwind(target.depth);
  e.jump(target.label);
}

/** goto: what the blocks left on the way have to clean up, then the jump. */
export function jumpTo(e: Emitter, label: string): void {
  if (e.hasCleanups(0)) {
    const def = e.context.program.functions.findLast((f) => f.name === e.functionName);
    e.unwindToLabel(label, blocksAround(def?.body ?? [], label));
  }
  e.jump(e.label(label));
}

/** The blocks that a label stands in; empty for one at the top of the function or nowhere. */
function blocksAround(body: readonly Stmt[], label: string): Set<object> {
  const walk = (node: unknown): object[] | null => {
    if (typeof node !== 'object' || node === null) return null;
    const { kind, name } = node as { kind?: unknown; name?: unknown };
    if (kind === 'label' && name === label) return [];
    for (const inner of Object.values(node)) {
      const found = walk(inner);
      if (found) return Array.isArray(node) ? found : [node, ...found];
    }
    return null;
  };
  return new Set(walk(body) ?? []);
}

function compileDeclaration(e: Emitter, s: Stmt & { kind: 'declaration' }): void {
  e.begin(s);
  const slot = e.context.statics.get(s);
  const type = settled(e, completed(s.type, s.init, e.types));
  if (s.attributes?.some((a) => a.startsWith('static'))) {
    if (slot === undefined) throw new UnknownName('a static local in a macro');
    e.declare(s.name, { in: 'global', slot, type });
    return;
  }
  const cleanup = cleanupOf(e, s);
  declareLocal(e, s, type);
  const local = e.local(s.name);
  if (cleanup && local) e.atScopeEnd(cleanup(local));
}

function declareLocal(e: Emitter, s: Stmt & { kind: 'declaration' }, type: CType): void {
  const reg = e.register(s.name);
  if (e.types.isScalar(type) && !e.addressTaken.has(s.name)) {
    // The name is known in its own value: p = kmalloc_obj(*p).
    e.declare(s.name, { in: 'register', reg, type });
    const value = s.init ? compileExpr(e, bareValue(s.init)) : null;
    if (value) store(e, { at: 'register', reg, type }, value, { marked: false, text: s.name });
    else e.emit({ op: 'set', dst: reg, value: constant(UNINITIALISED) });
    return;
  }
  const site = e.site('stack', s.name, type);
  e.emit({ op: 'alloc', dst: reg, size: constant(Math.max(4, e.types.sizeOf(type))), zero: false, site, mayFail: false }, s.name);
  e.stackObjects.push(reg);
  e.declare(s.name, { in: 'memory', reg, type });
  if (!s.init) return;
  if (!e.types.isScalar(type)) storeWhole(e, register(reg), { type, value: s.init, text: s.name });
  else store(e, { at: 'memory', address: register(reg), type }, compileExpr(e, bareValue(s.init)), { marked: false, text: s.name });
}

/** A scalar's initialiser may stand in braces: `int x = { 1 };`. */
function bareValue(init: Expr): Expr {
  const [only] = init.kind === 'initializer' ? init.items : [];
  return only && init.kind === 'initializer' && init.items.length === 1 ? only.value : init;
}

function compileIf(e: Emitter, s: Stmt & { kind: 'if' }): void {
  const [no, end] = [new Label(), new Label()];
  e.begin(s);
  compileCondition(e, s.test, no);
  compileStatement(e, s.then);
  if (s.else) e.jump(end);
  e.place(no);
  if (s.else) compileStatement(e, s.else);
  e.place(end);
}

function compileLoop(e: Emitter, s: Stmt, loop: { test?: Expr; step?: Expr; body: Stmt }): void {
  const [start, step, end] = [new Label(), new Label(), new Label()];
  e.begin(s);
  const index = e.statementIndex;
  e.place(start);
  if (loop.test) compileCondition(e, loop.test, end);
  e.breaks.push({ label: end, depth: e.depth });
  e.continues.push({ label: step, depth: e.depth });
  compileStatement(e, loop.body);
  e.breaks.pop();
  e.continues.pop();
  e.resume(index);
  e.place(step);
  if (loop.step) compileExpr(e, loop.step);
  e.jump(start);
  e.place(end);
}

function compileDoWhile(e: Emitter, s: Stmt & { kind: 'doWhile' }): void {
  const [start, test, end] = [new Label(), new Label(), new Label()];
  e.place(start);
  e.breaks.push({ label: end, depth: e.depth });
  e.continues.push({ label: test, depth: e.depth });
  compileStatement(e, s.body);
  e.breaks.pop();
  e.continues.pop();
  e.place(test);
  e.begin(s);
  compileCondition(e, s.test, end);
  e.jump(start);
  e.place(end);
}

function compileFor(e: Emitter, s: Stmt & { kind: 'for' }): void {
  e.enterScope(s);
  if (s.init) compileStatement(e, s.init);
  compileLoop(e, s, { test: s.test, step: s.step, body: s.body });
  e.leaveScope();
}

/** The loop an iterator stands for; its parts belong to the iterator's statement. */
function compileForEach(e: Emitter, s: Stmt & { kind: 'forEach' }): void {
  if (isScopedMacro(s.macro)) return compileScoped(e, s);
  const loop = expandIterator(s);
  e.begin(s);
  compileExpr(e, loop.init);
  compileLoop(e, s, loop);
}

function compileSwitch(e: Emitter, s: Stmt & { kind: 'switch' }): void {
  e.begin(s);
  const value = compileExpr(e, s.value);
  const held = e.register('');
  e.emit({ op: 'set', dst: held, value: value.pure });
  const end = new Label();
  const labels = s.body.map((inner) => (inner.kind === 'case' ? new Label() : null));
  let fallback: Label = end;
  s.body.forEach((inner, i) => {
    const label = labels[i];
    if (inner.kind !== 'case' || !label) return;
    if (inner.value === null) fallback = label;
    else {
      e.branch(misses(e, { pure: register(held), type: value.type }, inner), label);
    }
  });
  e.jump(fallback);
  e.breaks.push({ label: end, depth: e.depth });
  e.enterScope(s);
  s.body.forEach((inner, i) => {
    const label = labels[i];
    if (label) e.place(label);
    else compileStatement(e, inner);
  });
  e.leaveScope();
  e.breaks.pop();
  e.place(end);
}

/** True where a value is not that of a case label, or not in its range. */
function misses(e: Emitter, value: Operand, label: Stmt & { kind: 'case' }): Pure {
  if (label.value === null) return constant(1);
  if (!label.to) return combine(e, '!=', value, compileExpr(e, label.value)).pure;
  const below = combine(e, '<', value, compileExpr(e, label.value)).pure;
  return { k: 'binary', op: '||', a: below, b: combine(e, '>', value, compileExpr(e, label.to)).pure, type: S32 };
}

/** return_ptr(p) is `return no_free_ptr(p)`: include/linux/cleanup.h. */
function returned(s: Stmt, call: Expr & { kind: 'call' }): Stmt & { kind: 'return' } {
  return { kind: 'return', place: s.place, value: { ...call, callee: { kind: 'name', name: 'no_free_ptr' } } };
}

function compileReturn(e: Emitter, s: Stmt & { kind: 'return' }): void {
  e.begin(s);
  const def = e.context.program.functions.findLast((f) => f.name === e.functionName);
  if (!s.value || !def || e.types.resolve(def.returns).kind === 'void') {
    if (s.value) compileExpr(e, s.value);
    e.unwind(0);
    e.emit({ op: 'return', value: null });
    return;
  }
  const value = asResult(e, s.value, def.returns);
  if (!e.hasCleanups(0)) {
    e.emit({ op: 'return', value });
    return;
  }
  const held = e.register('');
  e.emit({ op: 'set', dst: held, value });
  e.unwind(0);
  e.emit({ op: 'return', value: register(held) });
}

/** The value of a return; a struct of one scalar is that scalar. */
function asResult(e: Emitter, value: Expr, returns: CType): Pure {
  const type = e.types.resolve(returns);
  if (type.kind !== 'struct' && type.kind !== 'union') return convertTo(e, compileExpr(e, value), returns);
  return structValue(e, value, returns);
}
