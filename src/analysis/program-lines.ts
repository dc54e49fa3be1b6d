/**
 * @module Programs as comparable lines: each part of a file (a function, a struct, a macro …) by its name, as lines of canonical
 * text that say where they stand. Gone are the differences without meaning: layout, places, parentheses and braces
 * without need, spelling of numbers, `unsigned` for `unsigned int`, texts of messages, arguments of debug prints, the order of
 * declarations that do not depend on each other. What is left is what the file does and in which order.
 */
import { canonicalStatement, expressionText } from '../c/canonical.js';
import { printType } from '../../simulator/ir/print.js';
import type {
  CType, Expr, FunctionDef, GlobalDef, MacroDef, Program, Prototype, SourcePlace, Stmt, StructDef,
} from '../../simulator/ir/program.js';
import { inCanonicalOrder } from './declaration-order.js';
import { plain } from './plain-form.js';

/** One comparable line. */
export interface ComparedLine {
  /** Canonical text, with a tab for each level; equal keys mean the same. */
  readonly key: string;
  readonly place: SourcePlace;
}

/** A part of a file with a name. */
export interface Part {
  /** Such as "function kcov_start" or "struct kcov"; unique in its file. */
  readonly name: string;
  readonly place: SourcePlace;
  readonly lines: readonly ComparedLine[];
}

function line(key: string, place: SourcePlace, depth = 0): ComparedLine {
  return { key: '\t'.repeat(depth) + key, place };
}

const typeText = (type: CType, name = ''): string => printType(plain(type), name);
const exprText = (e: Expr): string => expressionText(plain(e));

/** Statements in a row at `depth`; empty ones mean nothing. */
function rowLines(body: readonly Stmt[], depth: number): ComparedLine[] {
  return inCanonicalOrder(body).flatMap((s) => statementLines(s, depth));
}

/** What an if or a loop governs: braces make no difference. */
function governed(s: Stmt, depth: number): ComparedLine[] {
  return s.kind === 'block' ? rowLines(s.body, depth) : rowLines([s], depth);
}

/** A statement and all it contains; depth tells what belongs to what, so that a moved brace shows. */
function statementLines(s: Stmt, depth: number): ComparedLine[] {
  if (s.kind === 'empty') return [];
  const head = line(canonicalStatement(plain(s)), s.place, depth);
  switch (s.kind) {
    case 'if': {
      const otherwise = s.else ? [line('else', s.else.place, depth), ...governed(s.else, depth + 1)] : [];
      return [head, ...governed(s.then, depth + 1), ...otherwise];
    }
    case 'while': case 'doWhile': case 'for': case 'forEach': return [head, ...governed(s.body, depth + 1)];
    case 'switch': case 'block': return [head, ...rowLines(s.body, depth + 1)];
    case 'ifdef': {
      const otherwise = s.else.length > 0 ? [line('#else', s.place), ...rowLines(s.else, depth)] : [];
      return [line(`#ifdef ${s.symbol}`, s.place), ...rowLines(s.then, depth), ...otherwise, line('#endif', s.place)];
    }
    default: return [head];
  }
}

/** Attributes in an order of their own: static first, the others by name. */
function words(attributes: readonly string[]): string[] {
  const rank = (word: string): string => `${word === 'static' ? 0 : 1}${word}`;
  return [...attributes].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function signature(def: Prototype | FunctionDef): string {
  const params = def.params.map((p) => typeText(p.type, p.name)).join(', ');
  return [...words(def.attributes), typeText(def.returns, `${def.name}(${params === '' ? 'void' : params})`)].join(' ');
}

function functionPart(def: FunctionDef): Part {
  const head = { path: def.place.path, line: def.place.line, endLine: def.place.line };
  return { name: `function ${def.name}`, place: def.place, lines: [line(signature(def), head), ...rowLines(def.body, 1)] };
}

function structPart(def: StructDef): Part {
  const kind = def.union ? 'union' : 'struct';
  const fields = def.fields.map((f) => line(`${typeText(f.type, f.name)};`, f.place, 1));
  return { name: `${kind} ${def.name}`, place: def.place, lines: fields };
}

/** The macro that made it with its arguments, else the type; then the first value. */
function globalText(def: GlobalDef): string {
  const storage = words([...(def.static ? ['static'] : []), ...(def.attributes ?? [])]);
  const args = (def.macroArgs ?? []).map((a) => (a.kind === 'type' ? typeText(a.type) : exprText(a))).join(', ');
  const what = def.macro === undefined ? typeText(def.type, def.name) : `${def.macro}(${args})`;
  return [...storage, ...(def.perCpu && def.macro === undefined ? ['per-CPU'] : []), what].join(' ');
}

function globalPart(def: GlobalDef): Part {
  const head = line(`${globalText(def)}${def.init ? ' =' : ';'}`, def.place);
  const value = def.init === undefined ? [] : def.init.kind === 'initializer'
    ? def.init.items.map((item) => line(exprText({ kind: 'initializer', items: [item] }).slice(2, -2), def.place, 1))
    : [line(exprText(def.init), def.place, 1)];
  return { name: `variable ${def.name}`, place: def.place, lines: [head, ...value] };
}

/** A string literal in C text. */
const STRING = /"(?:[^"\\]|\\.)*"/gu;

/** The meaning where it is an expression; of macros that make messages the text, without the message. */
function macroPart(def: MacroDef): Part {
  const head = def.params === null ? def.name : `${def.name}(${def.params.join(', ')})`;
  const text = def.body.replace(STRING, '""').replace(/\s+/gu, ' ').trim();
  const body = def.expr && text === def.body.replace(/\s+/gu, ' ').trim() ? exprText(def.expr) : text;
  return { name: `macro ${def.name}`, place: def.place, lines: [line(`#define ${head} ${body}`.trim(), def.place)] };
}

/** A macro that only keeps a header from being read twice. */
function isIncludeGuard(def: MacroDef): boolean {
  return def.params === null && def.body === '' && def.place.path.endsWith('.h') && /_H_*$/u.test(def.name);
}

/** Where something of the file stands that has no place of its own. */
function somewhere(p: Program): SourcePlace {
  return { path: p.path, line: 1, endLine: 1 };
}

/** Names in a list of their own, such as exports: their order has no meaning unless `ordered`. */
function namesPart(p: Program, name: string, list: { texts: readonly string[]; ordered: boolean }): Part[] {
  const texts = list.ordered ? list.texts : [...list.texts].sort();
  return texts.length === 0 ? [] : [{ name, place: somewhere(p), lines: texts.map((text) => line(text, placeOfName(p, text))) }];
}

/** Where a function that is exported or called at boot stands. */
function placeOfName(p: Program, text: string): SourcePlace {
  const name = /\((\w+)\)/u.exec(text)?.[1];
  const include = p.includes.find((i) => `#include ${i.text}` === text);
  return include?.place ?? p.functions.find((f) => f.name === name)?.place ?? somewhere(p);
}

/** The parts of one file, in the order of their kinds and then as they stand in it. */
export function partsOf(p: Program): Part[] {
  return [
    ...namesPart(p, 'includes', { texts: p.includes.map((i) => `#include ${i.text}`), ordered: false }),
    ...p.macros.filter((m) => !isIncludeGuard(m)).map(macroPart),
    ...p.typedefs.map((t) => {
      const place = t.place ?? somewhere(p);
      return { name: `typedef ${t.name}`, place, lines: [line(`typedef ${typeText(t.type, t.name)};`, place)] };
    }),
    ...p.enums.map((e) => ({
      name: `enum ${e.name || (e.members[0]?.name ?? '')}`, place: e.place, lines: e.members.map((m) => line(`${m.name} = ${m.value}`, e.place, 1)),
    })),
    ...p.structs.map(structPart),
    ...(p.prototypes ?? []).map((f) => ({ name: `prototype ${f.name}`, place: f.place, lines: [line(`${signature(f)};`, f.place)] })),
    ...p.globals.map(globalPart),
    ...p.functions.map(functionPart),
    ...namesPart(p, 'exports', { texts: p.exports.map((e) => `EXPORT_SYMBOL(${e})`), ordered: false }),
    ...namesPart(p, 'initcalls', { texts: p.initcalls.map((i) => `initcall(${i})`), ordered: true }),
  ];
}
