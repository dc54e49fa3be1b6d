/** @module Operators on where control goes: branches, loops, cases, ways out. */
import type { Expr, FunctionDef, Stmt } from '../../../simulator/ir/program.js';
import { statementsOf } from '../../../src/analysis/walk.js';
import { callIn, jumps, listed, pairs, storeIn } from '../calls.js';
import { at, branched, testOf } from '../heads.js';
import { semantic } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import type { Source } from '../source.js';

const ALLOCATES = /^(?:k[mz]alloc|kcalloc|vmalloc|vzalloc|kmem_cache_alloc)\w*$/u;

const calls = (expr: Expr | undefined, name: RegExp): boolean => expr?.kind === 'call' && expr.callee.kind === 'name' && name.test(expr.callee.name);

/** The arms of a ?: in another order. */
function swappedArms(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const tokens = source.tokensIn(s.place.line, s.place.endLine);
    const [question, colon] = [tokens.findIndex((t) => t.text === '?'), tokens.findIndex((t) => t.text === ':')];
    const end = tokens.findIndex((t, i) => i > colon && /^(?:;|,|\))$/u.test(t.text));
    const [a, b, c, d] = [tokens[question + 1], tokens[colon - 1], tokens[colon + 1], tokens[end - 1]];
    if ((s.kind !== 'expression' && s.kind !== 'return') || question < 0 || !a || !b || !c || !d || end < 0) return [];
    return [at(placed, [{ start: a.start, end: b.end, text: source.text.slice(c.start, d.end) }, { start: c.start, end: d.end, text: source.text.slice(a.start, b.end) }])];
  });
}

/** Loops without their last round. */
function shortLoops(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const head = testOf(source, s);
    if (s.kind === 'while' && head && /^\w+--$/u.test(head.text)) return [at(placed, [{ start: head.start, end: head.end, text: `--${head.text.slice(0, -2)}` }])];
    if (s.kind !== 'for' || !head) return [];
    const [init = '', test = '', step = ''] = head.text.split(';');
    const by = /^\s*\w+ \+= (\w+)$/u.exec(step)?.[1] ?? '1';
    const less = test.replace(/^(\s*\w+)( <=? )/u, `$1 + ${by}$2`);
    return less === test ? [] : [at(placed, [{ start: head.start, end: head.end, text: [init, less, step].join(';') }])];
  });
}

/** Whether an if without else only leaves, on one condition: that one is negated by another operator. */
function isSimpleCheck(source: Source, s: Stmt): boolean {
  if (s.kind !== 'if' || s.else) return false;
  const head = testOf(source, s);
  const last = s.then.kind === 'block' ? s.then.body.at(-1) : s.then;
  return last !== undefined && jumps(last) && !/&&|\|\|/u.test(head?.text ?? '');
}

/** One ! less, or == for != and the other way round. */
function lostNegations(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const head = s.kind === 'if' || s.kind === 'while' ? testOf(source, s) : null;
    if ((s.kind !== 'return' && !head) || isSimpleCheck(source, s)) return [];
    const tokens = head ? source.tokens.slice(head.open + 1, head.close) : source.tokensIn(s.place.line, s.place.endLine);
    const other: Readonly<Record<string, string>> = { '!': '', '==': '!=', '!=': '==' };
    return tokens.filter((t) => t.text in other).map((t) => at(placed, [{ start: t.start, end: t.end, text: other[t.text] ?? '' }]));
  });
}

/** What a function returns at its end, as text. */
function lastReturn(source: Source, def: FunctionDef): string | null {
  const last = def.body.at(-1);
  return last?.kind === 'return' ? source.linesOf(last).trim() : def.returns.kind === 'void' ? 'return;' : null;
}

/** A way out that does not clean up: only the return of a block of calls, and a return for a goto. */
function skippedCleanups(source: Source): Site[] {
  const gotos = listed(source).flatMap((placed): Site[] => {
    const { function: def, statement: s } = placed;
    const back = lastReturn(source, def);
    return s.kind === 'goto' && back ? [at(placed, [source.replace(s, `${source.indentOf(s.place.line)}${back}\n`)])] : [];
  });
  const blocks = source.statements.flatMap((placed): Site[] => {
    const { statement: s } = placed;
    if (s.kind !== 'if' || s.then.kind !== 'block') return [];
    const cleanup = s.then.body.slice(0, -1);
    const only = cleanup.every((one) => callIn(one) !== null && storeIn(one) === null) && s.then.body.at(-1)?.kind === 'return';
    return only && cleanup.filter((one) => !/debug|^pr_/u.test(callIn(one) ?? '')).length > 1 ? [at(placed, cleanup.map((one) => source.remove(one)))] : [];
  });
  return [...gotos, ...blocks];
}

/** Results of calls that are not passed on. */
function lostResults(source: Source): Site[] {
  return listed(source).filter(({ function: def, statement: s }) => {
    if (def.returns.kind !== 'int' || !def.returns.signed || s.kind !== 'return' || s.place.line !== s.place.endLine) return false;
    const locals = statementsOf(def).flatMap((o) => (o.kind === 'declaration' ? [o.name] : []));
    return s.value?.kind === 'call' || (s.value?.kind === 'name' && locals.includes(s.value.name));
  }).map((placed) => at(placed, [source.replace(placed.statement, `${source.indentOf(placed.statement.place.line)}return 0;\n`)]));
}

/** IS_ERR() where NULL is what tells an error, and the other way round. */
function mixedErrors(source: Source): Site[] {
  const nulls = listed(source).flatMap((placed): Site[] => {
    const head = placed.statement.kind === 'if' ? testOf(source, placed.statement) : null;
    const name = /^IS_ERR\((\w+)\)$/u.exec(head?.text ?? '')?.[1];
    return head && name ? [at(placed, [{ start: head.start, end: head.end, text: `!${name}` }])] : [];
  });
  const errors = pairs(source.siblings).flatMap(({ function: def, first, second }): Site[] => {
    const head = second.kind === 'if' ? testOf(source, second) : null;
    const name = /^!(\w+)$/u.exec(head?.text ?? '')?.[1] ?? /^(\w+) == NULL$/u.exec(head?.text ?? '')?.[1];
    const store = storeIn(first);
    const made = first.kind === 'declaration' ? { name: first.name, value: first.init } : { name: store?.target.kind === 'name' ? store.target.name : '', value: store?.value };
    return head && made.name === name && calls(made.value, ALLOCATES) ? [at({ function: def, statement: second }, [{ start: head.start, end: head.end, text: `IS_ERR(${name})` }])] : [];
  });
  return [...nulls, ...errors];
}

export const flow: readonly Operator[] = [
  semantic({ id: 'swapped-arms', kind: 'path', does: 'does in one case what belongs to the other one', held: true, sites: (source) => [...swappedArms(source), ...branched(source, (test) => test)] }),
  semantic({
    id: 'fall-through', kind: 'path', does: 'goes on in the next case of a switch', held: true,
    sites: (source) => pairs(source.siblings).filter(({ first, second }) => jumps(first) && second.kind === 'case')
      .map(({ function: def, first }) => ({ function: def.name, line: first.place.line, edits: [source.remove(first)] })),
  }),
  semantic({ id: 'skip-cleanup', kind: 'path', does: 'returns without what has to be undone before', held: true, sites: skippedCleanups }),
  semantic({ id: 'short-loop', kind: 'loop', does: 'ends a loop one round too early', held: true, sites: shortLoops }),
  semantic({ id: 'lost-negation', kind: 'check', does: 'forgets a negation inside a test or a result', held: true, sites: lostNegations }),
  semantic({ id: 'null-for-error', kind: 'errno', does: 'takes NULL for an error pointer, or the other way round', held: true, sites: mixedErrors }),
  semantic({ id: 'lost-result', kind: 'errno', does: 'returns 0 and not what a call has returned', held: true, sites: lostResults }),
];
