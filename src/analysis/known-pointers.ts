/**
 * @module Tests of pointers whose result is known before they run: the pointer was used to reach memory on every way to the
 * test, or it is an address that something was computed from. Only locals and parameters whose address nobody takes; at labels
 * everything is forgotten. Calls cannot change such a pointer, so nothing is lost at them.
 */
import type { Argument, CType, Expr, FunctionDef, Program, Stmt } from '../../simulator/ir/program.js';
import { WITHOUT_EFFECT } from '../../simulator/kernel/calls.js';
import { calledName, statementsOf, walkStatement } from './walk.js';

export interface PointerFact {
  readonly kind: 'dereferenced' | 'address' | 'iterator';
  readonly statement: Stmt;
  /** The call that computed the address, '&' for the operator, the name of the loop's macro; '' for a dereference. */
  readonly by: string;
}

export interface KnownTest {
  readonly name: string;
  readonly fact: PointerFact;
  /** The statement with the test. */
  readonly statement: Stmt;
  /** The test is the whole condition of the statement; true when `name` being set makes it true. */
  readonly whole: boolean | null;
}

type Facts = Map<string, PointerFact>;

/** Macros that compute an address from an address. */
const ADDRESSES = new Set([
  'this_cpu_ptr', 'raw_cpu_ptr', 'per_cpu_ptr', 'get_cpu_ptr', 'container_of', 'list_entry', 'hlist_entry', 'list_first_entry', 'list_last_entry', 'list_next_entry', 'list_prev_entry',
]);
/** Loops, with the argument that is bound to an element: never NULL in their bodies. */
const ITERATORS: Readonly<Record<string, number>> = {
  list_for_each: 0, list_for_each_safe: 0, list_for_each_entry: 0, list_for_each_entry_safe: 0, list_for_each_entry_reverse: 0, list_for_each_entry_rcu: 0,
  hlist_for_each_entry: 0, hlist_for_each_entry_safe: 0, hash_for_each: 2, hash_for_each_safe: 3, hash_for_each_possible: 1,
};
/** Macros that assign to their first argument. */
const ASSIGNING = new Set(['get_user', '__get_user', 'unsafe_get_user', 'swap']);
/** Calls whose arguments are not evaluated. */
const UNEVALUATED = new Set(['container_of', 'list_entry', 'hlist_entry', 'offsetof', 'typeof', 'sizeof_field', 'typecheck', 'list_first_entry', 'list_last_entry']);

const nameOf = (e: Expr | Argument | undefined): string | null => (e?.kind === 'name' ? e.name : null);
const isNull = (e: Expr): boolean => (e.kind === 'name' && e.name === 'NULL') || (e.kind === 'number' && e.value === 0n);

/** The pointer that an expression tests, and whether the test is true when the pointer is set. */
function testedBy(e: Expr): { name: string; set: boolean } | null {
  if (e.kind === 'name') return { name: e.name, set: true };
  if (e.kind === 'unary' && e.op === '!') {
    const inner = testedBy(e.arg);
    return inner && { ...inner, set: !inner.set };
  }
  if (e.kind === 'call' && (calledName(e) === 'likely' || calledName(e) === 'unlikely') && e.args[0] && e.args[0].kind !== 'type') return testedBy(e.args[0]);
  if (e.kind !== 'binary' || (e.op !== '==' && e.op !== '!=')) return null;
  const name = isNull(e.right) ? nameOf(e.left) : isNull(e.left) ? nameOf(e.right) : null;
  return name === null ? null : { name, set: e.op === '!=' };
}

/** Names that a statement and all in it may assign. */
function assignedIn(statement: Stmt): Set<string> {
  const names = new Set<string>();
  const add = (name: string | null): void => void (name !== null && names.add(name));
  walkStatement(statement, (e, inner) => {
    if (e.kind === 'assign' || e.kind === 'update') add(nameOf(e.target));
    if (e.kind === 'call' && ASSIGNING.has(calledName(e) ?? '')) e.args.forEach((a) => add(nameOf(a)));
    if (inner.kind === 'forEach') inner.args.forEach((a) => add(nameOf(a)));
  });
  return names;
}

function hasLabel(statement: Stmt): boolean {
  return JSON.stringify(statement, (_, v: unknown) => (typeof v === 'bigint' ? '' : v)).includes('"kind":"label"');
}

/** One walk over a function in the order of execution. */
class Walk {
  readonly found: KnownTest[] = [];
  private statement: Stmt | null = null;

  constructor(private readonly names: { pointers: ReadonlySet<string>; arrays: ReadonlySet<string>; macros: ReadonlySet<string> }) {}

  list(body: readonly Stmt[], facts: Facts): void {
    const entry = new Map(facts);
    for (const s of body) {
      if (s.kind === 'label') facts.clear();
      else if (s.kind === 'case') restore(facts, entry, body);
      else this.one(s, facts);
    }
  }

  private one(s: Stmt, facts: Facts): void {
    const before = this.statement;
    this.statement = s;
    if (s.kind === 'declaration' && s.init) this.assigned(s.name, s.init, facts);
    else if (s.kind === 'expression') this.evaluate(s.expr, facts);
    else if (s.kind === 'return' && s.value) this.evaluate(s.value, facts);
    else if (s.kind === 'if') this.test(s.test, facts);
    else if (s.kind === 'switch') this.evaluate(s.value, facts);
    this.nested(s, facts);
    this.statement = before;
  }

  private nested(s: Stmt, facts: Facts): void {
    const parts: readonly (readonly Stmt[])[] = s.kind === 'if' ? [[s.then], s.else ? [s.else] : []] : s.kind === 'switch' ? [s.body] : 'body' in s ? [Array.isArray(s.body) ? s.body : [s.body as Stmt]] : [];
    if (s.kind === 'block') return this.list(s.body, facts);
    if (parts.length === 0) return;
    const changed = assignedIn(s);
    const loops = ['while', 'doWhile', 'for', 'forEach', 'switch'].includes(s.kind);
    for (const part of parts) {
      const inside = new Map(facts);
      if (loops) changed.forEach((name) => inside.delete(name));
      if (s.kind === 'forEach') this.bind(s, inside);
      this.list(part, inside);
    }
    if (hasLabel(s)) facts.clear();
    changed.forEach((name) => facts.delete(name));
  }

  private bind(s: Stmt & { kind: 'forEach' }, facts: Facts): void {
    const at = Object.hasOwn(ITERATORS, s.macro) ? ITERATORS[s.macro] : undefined;
    const name = at === undefined ? null : nameOf(s.args[at]);
    const assigned = assignedIn(s.body);
    if (name !== null && !assigned.has(name)) this.learn(name, { kind: 'iterator', by: s.macro }, facts);
  }

  private learn(name: string, fact: Omit<PointerFact, 'statement'>, facts: Facts): void {
    if (this.statement && this.names.pointers.has(name) && !facts.has(name)) facts.set(name, { ...fact, statement: this.statement });
  }

  /** A condition: what it tests, then what it tells. */
  private test(e: Expr, facts: Facts): void {
    const tested = testedBy(e);
    if (tested) this.report(tested.name, facts, tested.set);
    else this.evaluate(e, facts);
  }

  private report(name: string, facts: Facts, whole: boolean | null): void {
    const fact = facts.get(name);
    if (fact && this.statement) this.found.push({ name, fact, statement: this.statement, whole });
  }

  private assigned(name: string, value: Expr, facts: Facts): void {
    this.evaluate(value, facts);
    facts.delete(name);
    const called = calledName(value);
    if (called !== null && ADDRESSES.has(called)) this.learn(name, { kind: 'address', by: called }, facts);
    if (value.kind === 'unary' && value.op === '&' && value.arg.kind === 'name') this.learn(name, { kind: 'address', by: '&' }, facts);
  }

  private evaluate(e: Expr, facts: Facts): void {
    switch (e.kind) {
      case 'member': return this.member(e, facts);
      case 'unary': return this.unary(e, facts);
      case 'index': this.reached(e.base, facts); this.evaluate(e.base, facts); return this.evaluate(e.index, facts);
      case 'binary': return this.binary(e, facts);
      case 'conditional': {
        this.atom(e.test, facts);
        return [e.then, e.else].forEach((side) => this.evaluate(side, new Map(facts)));
      }
      case 'assign': return this.assignment(e, facts);
      case 'update': return this.update(e, facts);
      case 'call': return this.call(e, facts);
      case 'cast': return this.evaluate(e.arg, facts);
      default:
    }
  }

  private assignment(e: Expr & { kind: 'assign' }, facts: Facts): void {
    const name = e.op === '=' ? nameOf(e.target) : null;
    if (name !== null) return this.assigned(name, e.value, facts);
    this.evaluate(e.value, facts);
    const changed = nameOf(e.target);
    if (changed !== null) facts.delete(changed);
    else this.evaluate(e.target, facts);
  }

  private update(e: Expr & { kind: 'update' }, facts: Facts): void {
    const name = nameOf(e.target);
    if (name === null) this.evaluate(e.target, facts);
    else facts.delete(name);
  }

  private member(e: Expr & { kind: 'member' }, facts: Facts): void {
    this.evaluate(e.base, facts);
    if (e.arrow && !this.names.arrays.has(e.field)) this.reached(e.base, facts);
  }

  private unary(e: Expr & { kind: 'unary' }, facts: Facts): void {
    if (e.op === '&') return;
    if (e.op === '!') return this.atom(e, facts);
    this.evaluate(e.arg, facts);
    if (e.op === '*') this.reached(e.arg, facts);
  }

  private binary(e: Expr & { kind: 'binary' }, facts: Facts): void {
    if (e.op === '&&' || e.op === '||') {
      this.atom(e.left, facts);
      return this.atom(e.right, new Map(facts));
    }
    if (testedBy(e)) return this.atom(e, facts);
    this.evaluate(e.left, facts);
    this.evaluate(e.right, facts);
  }

  /** A part of a condition. */
  private atom(e: Expr, facts: Facts): void {
    const tested = testedBy(e);
    if (tested) this.report(tested.name, facts, null);
    else if (e.kind === 'unary' && e.op === '!') this.evaluate(e.arg, facts);
    else this.evaluate(e, facts);
  }

  private call(e: Expr & { kind: 'call' }, facts: Facts): void {
    const name = calledName(e) ?? '';
    if (UNEVALUATED.has(name)) return;
    // What prints or is a macro may leave its arguments alone: nothing is learnt from them.
    const own = WITHOUT_EFFECT.has(name) || this.names.macros.has(name) ? new Map(facts) : facts;
    for (const arg of e.args) {
      if (arg.kind === 'type') continue;
      if (/^(un)?likely$/u.test(name)) this.atom(arg, own);
      // An assertion says what must hold; it is no branch.
      else if (!/^(WARN|BUG)_ON/u.test(name) || !testedBy(arg)) this.evaluate(arg, own);
      const assigned = ASSIGNING.has(name) ? nameOf(arg) : null;
      if (assigned !== null) facts.delete(assigned);
    }
  }

  /** Memory is reached through `e`. */
  private reached(e: Expr, facts: Facts): void {
    const name = nameOf(e);
    if (name !== null) this.learn(name, { kind: 'dereferenced', by: '' }, facts);
  }
}

/** What holds at a case label: what held before the switch, but for what its body assigns. */
function restore(facts: Facts, entry: Facts, body: readonly Stmt[]): void {
  facts.clear();
  for (const [name, fact] of entry) facts.set(name, fact);
  for (const s of body) assignedIn(s).forEach((name) => facts.delete(name));
}

/** Locals and parameters of pointer type, declared once, whose address is taken nowhere in the function. */
function pointersOf(def: FunctionDef): Set<string> {
  const declared = [...def.params, ...statementsOf(def).filter((s) => s.kind === 'declaration' && !s.attributes?.length)] as readonly { name: string; type: CType }[];
  const taken = new Set<string>();
  for (const top of def.body) walkStatement(top, (e) => {
    if (e.kind === 'unary' && e.op === '&' && e.arg.kind === 'name') taken.add(e.arg.name);
  });
  const once = declared.filter(({ name, type }) => type.kind === 'pointer' && declared.filter((d) => d.name === name).length === 1);
  return new Set(once.map((d) => d.name).filter((name) => !taken.has(name)));
}

/** All tests of a function whose result is known, in the order of the text. */
export function knownTests(program: Program, def: FunctionDef): KnownTest[] {
  const arrays = new Set(program.structs.flatMap((s) => s.fields).filter((f) => f.type.kind === 'array').map((f) => f.name));
  const macros = new Set(program.macros.filter((m) => m.params !== null).map((m) => m.name));
  const walk = new Walk({ pointers: pointersOf(def), arrays, macros });
  walk.list(def.body, new Map());
  return walk.found;
}
