/** @module Operators on when something is done: references, checks and reads, too early or too late; locks of others. */
import type { FunctionDef, Stmt } from '../../../simulator/ir/program.js';
import { statementsOf } from '../../../src/analysis/walk.js';
import { callIn, callStatements, firstArgument, hasCall, isMark, jumps, LOCK, namesIn, pairs, storeIn, UNLOCK } from '../calls.js';
import { semantic } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import { argumentOf, rewritten, SPIN, spinRegions } from '../regions.js';
import type { Region } from '../regions.js';
import type { Source } from '../source.js';
import { GET, PUT } from './statements.js';

const locksOrUnlocks = (s: Stmt): boolean => LOCK.test(callIn(s) ?? ' ') || UNLOCK.test(callIn(s) ?? ' ');

/** Variables of a function that a statement has to do with. */
function variablesIn(def: FunctionDef, s: Stmt): Set<string> {
  const all = new Set([...def.params.map((p) => p.name), ...statementsOf(def).flatMap((o) => (o.kind === 'declaration' ? [o.name] : []))]);
  return new Set([...namesIn(s)].filter((name) => all.has(name)));
}

const share = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some((one) => b.has(one));

/** The name that a statement gives a value. */
function setBy(s: Stmt): string | null {
  const target = storeIn(s)?.target;
  return s.kind === 'declaration' ? s.name : target?.kind === 'name' ? target.name : null;
}

/** A put before the last statement that uses the same thing. */
function earlyPuts(source: Source): Site[] {
  return source.siblings.flatMap(({ function: def, statements }) => statements.flatMap((s, i): Site[] => {
    if (!PUT.test(callIn(s) ?? ' ')) return [];
    const used = variablesIn(def, s);
    const from = statements.slice(0, i).findLastIndex((o) => isMark(o) || o.kind === 'declaration' || [...used].some((name) => setBy(o) === name || new RegExp(`\\b${name} = `, 'u').test(source.linesOf(o))));
    const before = statements.slice(from + 1, i).findLast((o) => !locksOrUnlocks(o) && !jumps(o) && share(used, variablesIn(def, o)));
    return before ? [{ function: def.name, line: s.place.line, edits: [source.remove(s), source.insert(before.place.line, source.linesOf(s))] }] : [];
  }));
}

/** A get behind the unlock that comes later. */
function lateGets(source: Source): Site[] {
  return source.siblings.flatMap(({ function: def, statements }) => statements.flatMap((s, i): Site[] => {
    const unlock = statements.slice(i + 1).find((o) => UNLOCK.test(callIn(o) ?? ' ') || isMark(o) || jumps(o));
    if (!GET.test(callIn(s) ?? ' ') || !unlock || !UNLOCK.test(callIn(unlock) ?? ' ') || unlock === statements[i + 1]) return [];
    return [{ function: def.name, line: s.place.line, edits: [source.remove(s), source.insert(unlock.place.endLine + 1, source.linesOf(s))] }];
  }));
}

const leaves = (s: Stmt): boolean => {
  const last = s.kind === 'block' ? s.body.at(-1) : s;
  return last !== undefined && jumps(last);
};

/** A check behind the statement that it guards. */
function lateChecks(source: Source): Site[] {
  const reads = (s: Stmt): boolean => hasCall(s) || (storeIn(s) !== null && storeIn(s)?.target.kind !== 'name');
  return pairs(source.siblings).filter(({ function: def, first, second }) => first.kind === 'if' && !first.else && leaves(first.then) && second.kind === 'expression'
    && !locksOrUnlocks(second) && reads(second) && share(variablesIn(def, first), variablesIn(def, second)))
    .map(({ function: def, first, second }) => ({ function: def.name, line: first.place.line, edits: source.swap(first, second) }));
}

/** A local that is read from memory behind the next call, which does not need it. */
function lateReads(source: Source): Site[] {
  return source.siblings.flatMap(({ function: def, statements }) => statements.flatMap((s, i): Site[] => {
    const store = storeIn(s);
    if (store?.target.kind !== 'name' || store.value.kind !== 'member') return [];
    const { name } = store.target;
    const call = statements.slice(i + 1).find((o) => callIn(o) !== null);
    const past = statements.slice(i + 1, call ? statements.indexOf(call) + 1 : 0);
    const isNext = past.length === 1 && past.some((o) => UNLOCK.test(callIn(o) ?? ' '));
    if (!call || isNext || past.some((o) => isMark(o) || jumps(o) || namesIn(o).has(name) || variablesIn(def, s).has(setBy(o) ?? ''))) return [];
    return [{ function: def.name, line: s.place.line, edits: [source.remove(s), source.insert(call.place.endLine + 1, source.linesOf(s))] }];
  }));
}

/** Whether a lock can be named where a region begins: it is global, or in what a variable already points to. */
function isKnownAt(source: Source, { calls: [first] }: Region, lock: string): boolean {
  const root = /^&(\w+)/u.exec(lock)?.[1] ?? '';
  if (source.program.globals.some((g) => g.name === root)) return true;
  const def = first?.function;
  if (!def || !first) return false;
  return def.params.some((p) => p.name === root) || statementsOf(def).some((s) => s.place.endLine < first.statement.place.line && setBy(s) === root && (s.kind !== 'declaration' || s.init !== undefined));
}

/** The other lock of the file, in all calls of a region. */
function otherLocks(source: Source): Site[] {
  const all = [...new Set(callStatements(source, SPIN).map(({ statement }) => firstArgument(statement)))];
  return spinRegions(source).flatMap((region): Site[] => {
    const lock = argumentOf(region);
    const other = all.find((one) => one !== lock && isKnownAt(source, region, one));
    return other ? [{ function: region.function, line: region.line, edits: region.calls.map((call) => rewritten(source, call, (text) => text.replace(lock, other))) }] : [];
  });
}

/** A lock inside another one that saves flags: it saves its own in the same variable. */
function flagsTwice(source: Source): Site[] {
  return spinRegions(source).flatMap((region): Site[] => {
    const [inner] = region.calls;
    if (!inner || region.calls.some(({ statement }) => /_irq/u.test(callIn(statement) ?? ''))) return [];
    const outer = callStatements(source, /_irqsave$/u).some(({ function: def, statement }) => def === inner.function && statement.place.line < region.line && /, flags\)/u.test(source.linesOf(statement)));
    const change = (text: string): string => text.replace('spin_lock(', 'spin_lock_irqsave(').replace('spin_unlock(', 'spin_unlock_irqrestore(').replace(');', ', flags);');
    return outer ? [{ function: region.function, line: region.line, edits: region.calls.map((call) => rewritten(source, call, change)) }] : [];
  });
}

export const moves: readonly Operator[] = [
  semantic({ id: 'put-early', kind: 'reference', does: 'puts or frees something before its last use', held: true, sites: earlyPuts }),
  semantic({ id: 'get-late', kind: 'reference', does: 'takes a reference only when the lock is given back', held: true, sites: lateGets }),
  semantic({ id: 'check-late', kind: 'check', does: 'checks something behind its use', held: true, sites: lateChecks }),
  semantic({ id: 'read-late', kind: 'late read', does: 'reads a field behind the next call', held: true, sites: lateReads }),
  semantic({ id: 'other-lock', kind: 'lock', does: 'takes another lock and gives that one back', held: true, sites: otherLocks }),
  semantic({ id: 'flags-twice', kind: 'irq flags', does: 'saves flags a second time in the same variable', held: true, sites: flagsTwice }),
];
