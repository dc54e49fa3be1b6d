/** @module Operators on what statements do: stores of state, checks, references, lists, calls. */
import type { Stmt } from '../../../simulator/ir/program.js';
import { printExpr } from '../../../simulator/ir/print-expression.js';
import { callIn, callStatements, isSharedStore, jumps, listed, LOCK, pairs, storeIn, UNLOCK } from '../calls.js';
import { semantic } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import type { Placed, Source } from '../source.js';

const dropped = (source: Source, placed: readonly Placed[]): Site[] =>
  placed.map(({ function: def, statement }) => ({ function: def.name, line: statement.place.line, edits: [source.remove(statement)] }));

/** A store to a field of a structure. */
const isFieldStore = (s: Stmt): boolean => isSharedStore(s) && storeIn(s)?.target.kind === 'member';

/** Offsets of the value of a store: behind its =, up to its semicolon, or the last argument of WRITE_ONCE(). */
function valueRange(source: Source, s: Stmt): { start: number; end: number } | null {
  const tokens = source.tokensIn(s.place.line, s.place.endLine);
  const at = callIn(s) === 'WRITE_ONCE' ? tokens.map((t) => t.text).lastIndexOf(',') : tokens.findIndex((t) => t.text === '=');
  const last = tokens.at(callIn(s) === 'WRITE_ONCE' ? -2 : -1);
  const first = tokens[at + 1];
  return at >= 0 && first && last ? { start: first.start, end: last.start } : null;
}

function otherValue(source: Source, { function: def, statement }: Placed, value: string): Site[] {
  const range = valueRange(source, statement);
  return range && source.text.slice(range.start, range.end) !== value ? [{ function: def.name, line: statement.place.line, edits: [{ ...range, text: value }] }] : [];
}

const isZero = (text: string): boolean => /^(?:0|NULL|false|KCOV_MODE_DISABLED)$/u.test(text);

/** If statements whose only business is to leave. */
function checks(source: Source): Placed[] {
  return listed(source).filter(({ statement: s }) => s.kind === 'if' && s.else === undefined && leaves(s.then));
}

function leaves(s: Stmt): boolean {
  const last = s.kind === 'block' ? s.body.at(-1) : s;
  return last !== undefined && jumps(last);
}

/** Offsets inside the parentheses of an if. */
function testRange(source: Source, s: Stmt): { open: number; close: number } {
  const from = source.startOf(s.place.line);
  const open = source.tokens.findIndex((t) => t.start >= from && t.text === '(');
  return { open, close: source.closing(open) };
}

function negated(source: Source, { function: def, statement }: Placed): Site[] {
  const { open, close } = testRange(source, statement);
  const [from, to] = [source.tokens[open], source.tokens[close]];
  if (!from || !to) return [];
  const test = source.text.slice(from.end, to.start);
  return [{ function: def.name, line: statement.place.line, edits: [{ start: from.end, end: to.start, text: `!(${test})` }] }];
}

/** One operand of && or || in a test is left out: the one behind the last such operator at the outermost level. */
function withoutConjunct(source: Source, { function: def, statement }: Placed): Site[] {
  const { open, close } = testRange(source, statement);
  let depth = 0;
  let at = -1;
  for (let i = open + 1; i < close; i += 1) {
    const text = source.tokens[i]?.text ?? '';
    if (/^[([]$/u.test(text)) depth += 1;
    else if (/^[)\]]$/u.test(text)) depth -= 1;
    else if (depth === 0 && /^(?:&&|\|\|)$/u.test(text)) at = i;
  }
  const [from, to] = [source.tokens[at - 1], source.tokens[close]];
  return at > 0 && from && to ? [{ function: def.name, line: statement.place.line, edits: [{ start: from.end, end: to.start, text: '' }] }] : [];
}

export const PUT = /(?:_put|_free|^kfree|^vfree)$/u;
export const GET = /(?:_get|^refcount_inc|^kref_get)$/u;
const LIST = /^(?:list_(?:add|del|add_tail|del_init)|hlist_(?:add_head|del)|hash_(?:add|del)|INIT_LIST_HEAD)$/u;
const OTHERWISE = /^(?:barrier|smp_\w+|WARN\w*|BUILD_BUG_ON|pr_\w+|\w*debug\w*|kmsan_\w+|READ_ONCE|WRITE_ONCE)$/u;

export const statements: readonly Operator[] = [
  semantic({ id: 'drop-store', kind: 'field', does: 'does not set, save or restore a field', sites: (source) => dropped(source, listed(source).filter(({ statement }) => isFieldStore(statement))) }),
  semantic({
    id: 'clear-field', kind: 'field', does: 'sets a field to 0 and not to its value',
    sites: (source) => listed(source).filter(({ statement: s }) => isFieldStore(s) && !isZero(printExpr(storeIn(s)?.value ?? { kind: 'name', name: '0' }))).flatMap((placed) => otherValue(source, placed, '0')),
  }),
  semantic({
    id: 'value-of-neighbour', kind: 'field', does: 'stores the value of the statement after it',
    sites: (source) => pairs(source.siblings).filter(({ first, second }) => isFieldStore(first) && isFieldStore(second)).flatMap(({ function: def, first, second }) => {
      const range = valueRange(source, second);
      const value = range ? source.text.slice(range.start, range.end) : '0';
      return isZero(value) ? [] : otherValue(source, { function: def, statement: first }, value);
    }),
  }),
  semantic({ id: 'drop-check', kind: 'check', does: 'takes a check away', sites: (source) => dropped(source, checks(source)) }),
  semantic({ id: 'negate-check', kind: 'check', does: 'leaves where it went on, and goes on where it left', sites: (source) => checks(source).flatMap((placed) => negated(source, placed)) }),
  semantic({ id: 'drop-condition', kind: 'check', does: 'leaves out the last of several conditions of a check', sites: (source) => checks(source).flatMap((placed) => withoutConjunct(source, placed)) }),
  semantic({ id: 'drop-put', kind: 'reference', does: 'does not free something or put a reference', sites: (source) => dropped(source, callStatements(source, PUT)) }),
  semantic({
    id: 'put-twice', kind: 'reference', does: 'frees something, or puts a reference, twice',
    sites: (source) => callStatements(source, PUT).map(({ function: def, statement: s }) => ({ function: def.name, line: s.place.line, edits: [source.insert(s.place.line, source.linesOf(s))] })),
  }),
  semantic({ id: 'drop-get', kind: 'reference', does: 'does not take a reference', sites: (source) => dropped(source, callStatements(source, GET)) }),
  semantic({ id: 'drop-list-call', kind: 'list', does: 'does not put something into a list or take it out', sites: (source) => dropped(source, callStatements(source, LIST)) }),
  semantic({
    id: 'drop-call', kind: 'call', does: 'leaves a call out',
    sites: (source) => dropped(source, callStatements(source, /^\w/u).filter(({ statement }) => {
      const name = callIn(statement) ?? '';
      return ![LOCK, UNLOCK, PUT, GET, LIST, OTHERWISE].some((one) => one.test(name));
    })),
  }),
];
