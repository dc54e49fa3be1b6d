/** @module Operators on what orders accesses: barriers, marked accesses, stores in a row. */
import { callStatements, callIn, isMark, isSharedStore, jumps, pairs, storeIn } from '../calls.js';
import { semantic } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import type { Source } from '../source.js';

const BARRIER = /^(?:barrier|smp_(?:r|w)?mb)$/u;

const isBarrier = (name: string | null): boolean => BARRIER.test(name ?? ' ');

/** Each marked access by `name`, with what stands in its parentheses, one text for each argument. */
function marked(source: Source, name: string, change: (args: readonly string[]) => string): Site[] {
  return source.functions.flatMap((def) => source.tokensIn(def.place.line, def.place.endLine).filter((t) => t.text === name).flatMap((token): Site[] => {
    const open = source.tokens.indexOf(token) + 1;
    const close = source.closing(open);
    const [from, to] = [source.tokens[open], source.tokens[close]];
    if (!from || !to) return [];
    const inside = source.text.slice(from.end, to.start);
    const comma = inside.lastIndexOf(', ');
    const args = name === 'WRITE_ONCE' ? [inside.slice(0, comma), inside.slice(comma + 2)] : [inside];
    return [{ function: def.name, line: source.lineOf(token.start), edits: [{ start: token.start, end: to.end, text: change(args) }] }];
  }));
}

/** The same value read once more: uses of a local behind the marked read that set it read the memory again. */
function readTwice(source: Source): Site[] {
  return pairs(source.siblings).flatMap(({ function: def, first, second }): Site[] => {
    const store = storeIn(first);
    if (store?.target.kind !== 'name' || store.value.kind !== 'call' || store.value.callee.kind !== 'name' || store.value.callee.name !== 'READ_ONCE') return [];
    const { name } = store.target;
    const read = /READ_ONCE\([\s\S]*\)/u.exec(source.linesOf(first).replace(/;\s*$/u, ''))?.[0] ?? '';
    const after = source.tokensIn(second.place.line, def.place.endLine);
    const use = after.find((t, i) => t.text === name && !/^(?:=|\+\+|--)$/u.test(after[i + 1]?.text ?? '') && !/^(?:\.|->)$/u.test(after[i - 1]?.text ?? ''));
    return use && read !== '' ? [{ function: def.name, line: source.lineOf(use.start), edits: [{ start: use.start, end: use.end, text: read }] }] : [];
  });
}

export const orders: readonly Operator[] = [
  semantic({
    id: 'drop-barrier', kind: 'barrier', does: 'takes a barrier away',
    sites: (source) => callStatements(source, BARRIER).map(({ function: def, statement }) => ({ function: def.name, line: statement.place.line, edits: [source.remove(statement)] })),
  }),
  semantic({
    id: 'lift-barrier', kind: 'barrier', does: 'moves a barrier before the statement in front of it',
    sites: (source) => pairs(source.siblings).filter(({ first, second }) => isBarrier(callIn(second)) && !isMark(first) && first.kind !== 'declaration')
      .map(({ function: def, first, second }) => ({ function: def.name, line: second.place.line, edits: source.swap(first, second) })),
  }),
  semantic({
    id: 'sink-barrier', kind: 'barrier', does: 'moves a barrier behind the statement after it',
    sites: (source) => pairs(source.siblings).filter(({ first, second }) => isBarrier(callIn(first)) && !isMark(second) && !jumps(second))
      .map(({ function: def, first, second }) => ({ function: def.name, line: first.place.line, edits: source.swap(first, second) })),
  }),
  semantic({ id: 'plain-read', kind: 'marked access', does: 'reads without READ_ONCE()', sites: (source) => marked(source, 'READ_ONCE', ([what = '']) => (what.startsWith('*') ? what : what.trim())) }),
  semantic({ id: 'plain-write', kind: 'marked access', does: 'writes without WRITE_ONCE()', sites: (source) => marked(source, 'WRITE_ONCE', ([what = '', value = '']) => `${what} = ${value}`) }),
  semantic({ id: 'read-twice', kind: 'marked access', does: 'reads shared memory again where the local that holds it was used', sites: readTwice }),
  semantic({
    id: 'swap-stores', kind: 'order of stores', does: 'lets two stores in a row change places',
    sites: (source) => pairs(source.siblings).filter(({ first, second }) => isSharedStore(first) && isSharedStore(second))
      .map(({ function: def, first, second }) => ({ function: def.name, line: first.place.line, edits: source.swap(first, second) })),
  }),
  semantic({
    id: 'delay-store', kind: 'order of stores', does: 'moves a store behind the next two statements',
    sites: (source) => source.siblings.flatMap(({ function: def, statements }) => statements.flatMap((s, i): Site[] => {
      const after = statements.slice(i + 1, i + 3);
      const last = after[1];
      if (!last || !isSharedStore(s) || after.some((o) => jumps(o) || isMark(o))) return [];
      return [{ function: def.name, line: s.place.line, edits: [source.remove(s), source.insert(last.place.endLine + 1, source.linesOf(s))] }];
    })),
  }),
];
