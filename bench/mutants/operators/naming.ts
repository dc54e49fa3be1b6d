/** @module Neutral operators on names, order and functions: renamed, reordered, extracted, inlined. */
import type { FunctionDef, Stmt } from '../../../simulator/ir/program.js';
import { printType } from '../../../simulator/ir/print-expression.js';
import { statementsOf, walkStatement } from '../../../src/analysis/walk.js';
import { callIn, hasCall, isMark, jumps, listed, namesIn, pairs, storeIn } from '../calls.js';
import { neutral } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import type { Edit, Source } from '../source.js';

/** Replaces a word in a range of lines, but not where it names a field. */
function renamed(source: Source, { from, to, name, by }: { from: number; to: number; name: string; by: string }): Edit[] {
  const tokens = source.tokensIn(from, to);
  return tokens.flatMap((t, i) => {
    const before = tokens[i - 1]?.text ?? '';
    if (t.text !== name || /^(?:\.|->|struct|enum|union)$/u.test(before)) return [];
    return [{ start: t.start, end: t.end, text: by }];
  });
}

const isWordOf = (source: Source, name: string): boolean => source.tokens.some((t) => t.text === name);

/** Where a name means only the variable in its function: no field, macro argument or label of the same name is near. */
function isClear(source: Source, def: FunctionDef, name: string): boolean {
  const tokens = source.tokensIn(def.place.line, def.place.endLine);
  return !tokens.some((t, i) => t.text === name && (/^(?:struct|enum|union|goto)$/u.test(tokens[i - 1]?.text ?? '') || (tokens[i - 1]?.text === ',' && /^offsetof|^list_entry/u.test(tokens.slice(Math.max(0, i - 8), i).map((o) => o.text).join(' ')))));
}

function variableSites(source: Source, namesOf: (def: FunctionDef) => { name: string; line: number }[]): Site[] {
  return source.functions.flatMap((def) => namesOf(def).filter(({ name }) => isClear(source, def, name) && !isWordOf(source, `${name}_val`)).map(({ name, line }) => ({
    function: def.name, line, edits: renamed(source, { from: def.place.line, to: def.place.endLine, name, by: `${name}_val` }),
  })));
}

/** Declarations without a value, or with one that reads nothing that others of them declare. */
function declarationPairs(source: Source): Site[] {
  return pairs(source.siblings).filter(({ first, second }) => first.kind === 'declaration' && second.kind === 'declaration' && !namesIn(second).has(first.name) && !namesIn(first).has(second.name) && !hasCall(first) && !hasCall(second))
    .filter(({ first, second }) => !isJoined(source, first) && !isJoined(source, second))
    .map(({ function: def, first, second }) => ({ function: def.name, line: first.place.line, edits: source.swap(first, second) }));
}

/** `int a, b;` is one statement for each name, all in one line. */
function isJoined(source: Source, s: Stmt): boolean {
  return source.statements.some(({ statement }) => statement !== s && statement.kind === 'declaration' && statement.place.line === s.place.line);
}

/** Assignments of locals from locals, or from fields of what nobody else can reach. */
function isPrivate(def: FunctionDef, s: Stmt): boolean {
  const locals = new Set([...def.params.map((p) => p.name), ...statementsOf(def).flatMap((o) => (o.kind === 'declaration' ? [o.name] : []))]);
  const store = storeIn(s);
  if (store?.target.kind !== 'name' || callIn(s) !== null || hasCall(s)) return false;
  let memory = false;
  walkStatement(s, (e) => { memory ||= e.kind === 'member' || e.kind === 'index' || (e.kind === 'unary' && (e.op === '*' || e.op === '&')); });
  return !memory && [...namesIn(s)].every((name) => locals.has(name) || /^[A-Z_0-9]+$/u.test(name));
}

/** Statements on private memory, each without the name that the other one sets. */
function independent(source: Source): Site[] {
  return pairs(source.siblings).filter(({ function: def, first, second }) => {
    const [a, b] = [storeIn(first)?.target, storeIn(second)?.target];
    if (a?.kind !== 'name' || b?.kind !== 'name' || !isPrivate(def, first)) return false;
    return !namesIn(second).has(a.name) && !namesIn(first).has(b.name) && callIn(second) === null && !hasCall(second);
  }).map(({ function: def, first, second }) => ({ function: def.name, line: first.place.line, edits: source.swap(first, second) }));
}

/** Two statements that only use parameters and locals by value, as a function of their own. */
function extracted(source: Source): Site[] {
  return pairs(source.siblings).flatMap(({ function: def, first, second }): Site[] => {
    const types = new Map([...def.params, ...statementsOf(def).flatMap((s) => (s.kind === 'declaration' ? [s] : []))].map((v) => [v.name, v.type]));
    const both = [first, second];
    if (both.some((s) => s.kind !== 'expression' || isMark(s) || jumps(s) || storeIn(s)?.target.kind === 'name')) return [];
    const text = source.lines(first.place.line, second.place.endLine);
    if (/\b(?:flags|_RET_IP_|__func__|barrier|WARN|debug|pr_\w+)\b|&\s*\w+\b(?!->)|\+\+|--/u.test(text) || both.some((s) => /lock/u.test(callIn(s) ?? ''))) return [];
    const used = [...new Set(both.flatMap((s) => [...namesIn(s)]))].filter((name) => types.has(name));
    const name = `${def.name}_part`;
    if (isWordOf(source, name) || used.length === 0) return [];
    const params = used.map((one) => printType(types.get(one) ?? { kind: 'void' }, one)).join(', ');
    // What the callback runs must not be traced itself: such a function is part of its caller.
    const inline = def.attributes.some((a) => /^(?:notrace|__always_inline|noinstr)$/u.test(a)) ? '__always_inline' : 'inline';
    const body = text.replace(new RegExp(`^${source.indentOf(first.place.line)}`, 'gmu'), '\t');
    return [{ function: def.name, line: first.place.line, edits: [
      source.insert(def.place.line, `static ${inline} void ${name}(${params})\n{\n${body}}\n\n`),
      { start: source.startOf(first.place.line), end: source.startOf(second.place.endLine + 1), text: `${source.indentOf(first.place.line)}${name}(${used.join(', ')});\n` },
    ] }];
  });
}

/** Calls of functions of the file that return nothing and never leave early, with plain names as arguments. */
function inlined(source: Source): Site[] {
  return listed(source).flatMap(({ function: def, statement: s }): Site[] => {
    const callee = source.functions.find((f) => f.name === callIn(s));
    if (!callee || callee.returns.kind !== 'void' || s.kind !== 'expression' || s.expr.kind !== 'call') return [];
    const args = s.expr.args.map((a) => (a.kind === 'name' ? a.name : null));
    const inner = statementsOf(callee);
    if (inner.some((o) => o.kind === 'declaration' || o.kind === 'return' || o.kind === 'label') || args.some((a) => a === null)) return [];
    const [from, to] = [callee.body[0]?.place.line ?? 0, callee.body.at(-1)?.place.endLine ?? 0];
    if (from === 0 || /#/u.test(source.lines(from, to))) return [];
    const names = new Map(callee.params.map((p, i) => [p.name, args[i] ?? p.name]));
    const tokens = source.tokensIn(from, to);
    const edits = tokens.flatMap((t, i) => (names.has(t.text) && !/^(?:\.|->)$/u.test(tokens[i - 1]?.text ?? '') ? [{ start: t.start - source.startOf(from), end: t.end - source.startOf(from), text: names.get(t.text) ?? '' }] : []));
    const body = [...edits].reverse().reduce((all, e) => all.slice(0, e.start) + e.text + all.slice(e.end), source.lines(from, to));
    const indent = source.indentOf(s.place.line);
    return [{ function: def.name, line: s.place.line, edits: [source.replace(s, body.replace(/^\t/gmu, indent))] }];
  });
}

/** The value of a return kept in a local first. */
function returnedLocal(source: Source): Site[] {
  return source.functions.flatMap((def): Site[] => {
    const last = def.body.at(-1);
    const [first] = def.body;
    if (last?.kind !== 'return' || !last.value || !first || last.value.kind === 'number' || last.place.line !== last.place.endLine || isWordOf(source, 'retval')) return [];
    const text = source.linesOf(last);
    const value = /^\s*return ([^;]+);/u.exec(text)?.[1] ?? '';
    const afterDeclarations = def.body.find((s) => s.kind !== 'declaration') ?? last;
    return [{ function: def.name, line: last.place.line, edits: [
      source.insert(def.body[0]?.kind === 'declaration' ? first.place.line : afterDeclarations.place.line, `\t${printType(def.returns, 'retval')};\n`),
      source.replace(last, `\tretval = ${value};\n\treturn retval;\n`),
    ] }];
  });
}

/** The value of a declaration given in an assignment of its own. */
function laterValues(source: Source): Site[] {
  return source.functions.flatMap((def): Site[] => def.body.flatMap((s, i): Site[] => {
    const rest = def.body.slice(i + 1);
    const end = rest.find((o) => o.kind !== 'declaration');
    const others = rest.slice(0, end ? rest.indexOf(end) : 0);
    if (s.kind !== 'declaration' || !s.init || !end || s.place.line !== s.place.endLine || s.attributes?.length || isJoined(source, s) || others.some((o) => o.kind === 'declaration' && o.init)) return [];
    const text = source.linesOf(s);
    const split = /^(\s*)([^=]+?)(\w+) = (.+);\n$/u.exec(text);
    return split ? [{ function: def.name, line: s.place.line, edits: [
      source.replace(s, `${split[1] ?? ''}${split[2] ?? ''}${split[3] ?? ''};\n`), source.insert(end.place.line, `${split[1] ?? ''}${split[3] ?? ''} = ${split[4] ?? ''};\n`),
    ] }] : [];
  }));
}

export const naming: readonly Operator[] = [
  neutral({
    id: 'rename-local', kind: 'name', does: 'gives a local another name',
    sites: (source) => variableSites(source, (def) => statementsOf(def).flatMap((s) => (s.kind === 'declaration' ? [{ name: s.name, line: s.place.line }] : []))),
  }),
  neutral({ id: 'rename-parameter', kind: 'name', does: 'gives a parameter another name', sites: (source) => variableSites(source, (def) => def.params.filter((p) => p.name !== '').map((p) => ({ name: p.name, line: def.place.line }))) }),
  neutral({
    id: 'rename-function', kind: 'name', does: 'gives a function of the file another name',
    sites: (source) => source.functions.filter((f) => f.attributes.includes('static') && !source.program.initcalls.includes(f.name)).map((f) => ({
      function: f.name, line: f.place.line, edits: renamed(source, { from: 1, to: source.lineOf(source.text.length), name: f.name, by: `${f.name}_now` }),
    })),
  }),
  neutral({ id: 'swap-declarations', kind: 'order', does: 'lets two declarations change places', sites: declarationPairs }),
  neutral({ id: 'swap-independent', kind: 'order', does: 'lets two statements on private variables change places', sites: independent }),
  neutral({ id: 'later-value', kind: 'order', does: 'gives a local its value behind the declarations', sites: laterValues }),
  neutral({ id: 'extract-function', kind: 'function', does: 'makes two statements a function of their own', sites: extracted }),
  neutral({ id: 'inline-function', kind: 'function', does: 'writes the body of a function where it is called', sites: inlined }),
  neutral({ id: 'returned-local', kind: 'function', does: 'keeps what is returned in a local first', sites: returnedLocal }),
];
