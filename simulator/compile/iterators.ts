/**
 * @module Kernel iterator macros as the loops they expand to: include/linux/list.h, hashtable.h, cpumask.h (v5.5, 6.1).
 * Each becomes a `for` over ordinary loads, so that an unprotected use shows.
 */
import type { Argument, Expr, Stmt } from '../ir/program.js';
import { UnknownName } from '../ir/types.js';

const name = (text: string): Expr => ({ kind: 'name', name: text });
const number = (value: number): Expr => ({ kind: 'number', value: BigInt(value), suffix: '' });
const arrow = (base: Expr, field: string): Expr => ({ kind: 'member', base, field, arrow: true });
const member = (base: Expr, field: string): Expr => ({ kind: 'member', base, field, arrow: false });
const assign = (target: Expr, value: Expr): Expr => ({ kind: 'assign', op: '=', target, value });
const comma = (left: Expr, right: Expr): Expr => ({ kind: 'binary', op: ',', left, right });
const differ = (left: Expr, right: Expr): Expr => ({ kind: 'binary', op: '!=', left, right });
const address = (arg: Expr): Expr => ({ kind: 'unary', op: '&', arg });
const call = (callee: string, ...args: Argument[]): Expr => ({ kind: 'call', callee: name(callee), args });
const typeofPos = (pos: Expr): Expr => call('typeof', { kind: 'unary', op: '*', arg: pos });
const entry = (pointer: Expr, pos: Expr, field: Expr): Expr => call('container_of', pointer, typeofPos(pos), field);
/** hlist_entry_safe(): NULL stays NULL. */
const entrySafe = (pointer: Expr, pos: Expr, field: Expr): Expr => call('hlist_entry_safe', pointer, typeofPos(pos), field);
const through = (pos: Expr, field: Expr, next: string): Expr => {
  if (field.kind !== 'name') throw new UnknownName('a list member that is no plain name');
  return member(arrow(pos, field.name), next);
};

/** The bucket of a key: the low bits, where the kernel hashes; the table is scaled and collisions stay possible. */
export function bucket(table: Expr, key: Expr): Expr {
  const size: Expr = { kind: 'binary', op: '-', left: call('HASH_SIZE', table), right: number(1) };
  return { kind: 'index', base: table, index: { kind: 'binary', op: '&', left: key, right: size } };
}

interface Loop {
  readonly init: Expr;
  readonly test: Expr;
  readonly step: Expr;
}

type Maker = (args: readonly Expr[]) => Loop;

const at = (args: readonly Expr[], index: number): Expr => {
  const arg = args[index];
  if (!arg) throw new UnknownName(`an iterator without argument ${index + 1}`);
  return arg;
};

/** A marked load, as the rcu forms have it. */
const once = (of: Expr): Expr => call('READ_ONCE', of);
const plain = (of: Expr): Expr => of;
const marked = (rcu: boolean): ((of: Expr) => Expr) => (rcu ? once : plain);

/** An iterator that begins elsewhere: `begin` is where, from the position it is given. */
interface Entries {
  readonly next: 'next' | 'prev';
  readonly safe?: boolean;
  readonly rcu?: boolean;
  /** 'first': at the head; 'here': at pos itself; 'after': behind pos. */
  readonly begin?: 'first' | 'here' | 'after';
}

/** list_for_each_entry() and all its kin. */
function entries({ next, safe = false, rcu = false, begin = 'first' }: Entries): Maker {
  const read = marked(rcu);
  return (args) => {
    const pos = at(args, 0);
    const [head, field] = safe ? [at(args, 2), at(args, 3)] : [at(args, 1), at(args, 2)];
    if (field.kind !== 'name') throw new UnknownName('a list member that is no plain name');
    const following = (of: Expr): Expr => entry(read(through(of, field, next)), pos, field);
    const start = begin === 'first' ? assign(pos, entry(read(arrow(head, next)), pos, field)) : begin === 'after' ? assign(pos, following(pos)) : pos;
    const test = differ(address(arrow(pos, field.name)), head);
    if (!safe) return { init: start, test, step: assign(pos, following(pos)) };
    const n = at(args, 1);
    return { init: comma(start, assign(n, following(pos))), test, step: comma(assign(pos, n), assign(n, following(n))) };
  };
}

/** hlist_for_each_entry_from(pos, member) and _continue: no head is asked for. */
function hlistFrom(begin: 'here' | 'after', rcu: boolean): Maker {
  const read = marked(rcu);
  return (args) => {
    const [pos, field] = [at(args, 0), at(args, 1)];
    const next = assign(pos, entrySafe(read(through(pos, field, 'next')), pos, field));
    return { init: begin === 'after' ? next : pos, test: pos, step: next };
  };
}

/** hlist_for_each(pos, head) over links. */
function hlistLinks(safe: boolean): Maker {
  return (args) => {
    const [pos, head] = [at(args, 0), at(args, safe ? 2 : 1)];
    const start = assign(pos, arrow(head, 'first'));
    if (!safe) return { init: start, test: pos, step: assign(pos, arrow(pos, 'next')) };
    const n = at(args, 1);
    return { init: start, test: { kind: 'binary', op: '&&', left: pos, right: comma(assign(n, arrow(pos, 'next')), number(1)) }, step: assign(pos, n) };
  };
}

/** list_for_each_continue(pos, head). */
const listContinue: Maker = (args) => {
  const [pos, head] = [at(args, 0), at(args, 1)];
  return { init: assign(pos, arrow(pos, 'next')), test: differ(pos, head), step: assign(pos, arrow(pos, 'next')) };
};

/** list_for_each_rcu(pos, head). */
const listRcu: Maker = (args) => {
  const [pos, head] = [at(args, 0), at(args, 1)];
  return { init: assign(pos, once(arrow(head, 'next'))), test: differ(pos, head), step: assign(pos, once(arrow(pos, 'next'))) };
};

function list(next: string, safe: boolean): Maker {
  return (args) => {
    const [pos, head] = [at(args, 0), at(args, safe ? 2 : 1)];
    const start = assign(pos, arrow(head, next));
    if (!safe) return { init: start, test: differ(pos, head), step: assign(pos, arrow(pos, next)) };
    const n = at(args, 1);
    return { init: comma(start, assign(n, arrow(pos, next))), test: differ(pos, head), step: comma(assign(pos, n), assign(n, arrow(pos, next))) };
  };
}

function hlistEntry(safe: boolean, rcu = false): Maker {
  const read = marked(rcu);
  return (args) => {
    const pos = at(args, 0);
    const [head, field] = safe ? [at(args, 2), at(args, 3)] : [at(args, 1), at(args, 2)];
    const start = assign(pos, entrySafe(read(arrow(head, 'first')), pos, field));
    const next = read(through(pos, field, 'next'));
    if (!safe) return { init: start, test: pos, step: assign(pos, entrySafe(next, pos, field)) };
    const n = at(args, 1);
    const test: Expr = { kind: 'binary', op: '&&', left: pos, right: comma(assign(n, next), number(1)) };
    return { init: start, test, step: assign(pos, entrySafe(n, pos, field)) };
  };
}

const hlistPossible = (rcu: boolean): Maker => (args) => hlistEntry(false, rcu)([at(args, 1), address(bucket(at(args, 0), at(args, 3))), at(args, 2)]);
/** hash_for_each_possible_safe(table, obj, tmp, member, key). */
const hlistPossibleSafe: Maker = (args) => hlistEntry(true)([at(args, 1), at(args, 2), address(bucket(at(args, 0), at(args, 4))), at(args, 3)]);

const LOOPS: Readonly<Record<string, Maker>> = {
  list_for_each: list('next', false), list_for_each_prev: list('prev', false), list_for_each_safe: list('next', true),
  list_for_each_prev_safe: list('prev', true), list_for_each_rcu: listRcu, list_for_each_continue: listContinue,
  list_for_each_entry: entries({ next: 'next' }), list_for_each_entry_reverse: entries({ next: 'prev' }),
  list_for_each_entry_safe: entries({ next: 'next', safe: true }), list_for_each_entry_safe_reverse: entries({ next: 'prev', safe: true }),
  list_for_each_entry_continue: entries({ next: 'next', begin: 'after' }), list_for_each_entry_continue_reverse: entries({ next: 'prev', begin: 'after' }),
  list_for_each_entry_from: entries({ next: 'next', begin: 'here' }), list_for_each_entry_from_reverse: entries({ next: 'prev', begin: 'here' }),
  list_for_each_entry_safe_continue: entries({ next: 'next', safe: true, begin: 'after' }),
  list_for_each_entry_safe_from: entries({ next: 'next', safe: true, begin: 'here' }),
  list_for_each_entry_rcu: entries({ next: 'next', rcu: true }), list_for_each_entry_srcu: entries({ next: 'next', rcu: true }),
  list_for_each_entry_lockless: entries({ next: 'next', rcu: true }),
  list_for_each_entry_continue_rcu: entries({ next: 'next', rcu: true, begin: 'after' }),
  list_for_each_entry_from_rcu: entries({ next: 'next', rcu: true, begin: 'here' }),
  hlist_for_each: hlistLinks(false), hlist_for_each_safe: hlistLinks(true),
  hlist_for_each_entry: hlistEntry(false), hlist_for_each_entry_safe: hlistEntry(true), hlist_for_each_entry_rcu: hlistEntry(false, true),
  hlist_for_each_entry_rcu_notrace: hlistEntry(false, true), hlist_for_each_entry_rcu_bh: hlistEntry(false, true),
  hlist_for_each_entry_from: hlistFrom('here', false), hlist_for_each_entry_continue: hlistFrom('after', false),
  hlist_for_each_entry_from_rcu: hlistFrom('here', true), hlist_for_each_entry_continue_rcu: hlistFrom('after', true),
  hash_for_each_possible: hlistPossible(false), hash_for_each_possible_rcu: hlistPossible(true), hash_for_each_possible_rcu_notrace: hlistPossible(true),
  hash_for_each_possible_safe: hlistPossibleSafe,
};

/** Number of CPUs an iterator runs over, as a name the compiler resolves. */
const CPU_LOOPS = new Set(['for_each_possible_cpu', 'for_each_online_cpu', 'for_each_present_cpu']);

/** A loop with the statement it repeats. */
export interface ExpandedLoop extends Loop {
  readonly body: Stmt;
}

function counted(index: Expr, below: Expr, body: Stmt): ExpandedLoop {
  return {
    init: assign(index, number(0)), test: { kind: 'binary', op: '<', left: index, right: below },
    step: { kind: 'update', op: '++', prefix: false, target: index }, body,
  };
}

/** hash_for_each*: the buckets, and the list of each. */
function hashLoop(statement: Stmt & { kind: 'forEach' }, args: readonly Expr[]): ExpandedLoop | null {
  const safe = statement.macro === 'hash_for_each_safe';
  const rcu = statement.macro === 'hash_for_each_rcu';
  if (!safe && !rcu && statement.macro !== 'hash_for_each') return null;
  const [table, index] = [at(args, 0), at(args, 1)];
  const head = address({ kind: 'index', base: table, index });
  const inner = safe ? [at(args, 3), at(args, 2), head, at(args, 4)] : [at(args, 2), head, at(args, 3)];
  const { init, test, step } = hlistEntry(safe, rcu)(inner);
  const place = statement.place;
  const loop: Stmt = { kind: 'for', init: { kind: 'expression', expr: init, place }, test, step, body: statement.body, place };
  return counted(index, call('HASH_SIZE', table), loop);
}

/** The loop an iterator stands for. Throws UnknownName for iterators that are not known. */
export function expandIterator(statement: Stmt & { kind: 'forEach' }): ExpandedLoop {
  const args = statement.args.map((arg) => {
    if (arg.kind === 'type') throw new UnknownName(`a type in ${statement.macro}()`);
    return arg;
  });
  if (CPU_LOOPS.has(statement.macro)) return counted(at(args, 0), name('nr_cpu_ids'), statement.body);
  const hash = hashLoop(statement, args);
  if (hash) return hash;
  const maker = LOOPS[statement.macro];
  if (!maker) throw new UnknownName(`the iterator ${statement.macro}() is not known`);
  return { ...maker(args), body: statement.body };
}

/** Names of the iterators that are known. */
export function iteratorNames(): string[] {
  return [...Object.keys(LOOPS), ...CPU_LOOPS, 'hash_for_each', 'hash_for_each_safe', 'hash_for_each_rcu'].sort();
}
