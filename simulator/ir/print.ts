/**
 * @module A Program as C in the kernel's dialect (Documentation/process/coding-style.rst): tabs, K&R braces, stars at the
 * names, joined declarators on one line, functions with their EXPORT_SYMBOL(), initcalls last. Items stand in the order of
 * their places. Deterministic; says where it put every item and statement. Comments do not exist in a Program.
 */
import type {
  CType, EnumDef, Field, FunctionDef, GlobalDef, InitializerItem, Param, Program, Prototype, SourcePlace, StructDef,
} from './program.js';
import { declare, printArgument, printExpr, printIfdef, printType } from './print-expression.js';
import { Page, writeBody } from './print-statement.js';

export { printArgument, printExpr, printStatementHead, printType } from './print-expression.js';

/** A printed Program. */
export interface PrintedProgram {
  /** Without newlines at their ends. */
  readonly lines: readonly string[];
  /** Where each statement, field and top-level item of the Program (by identity) stands in `lines`. */
  readonly places: ReadonlyMap<object, SourcePlace>;
}

/** One thing at file scope. */
interface Item {
  readonly kind: 'include' | 'macro' | 'typedef' | 'enum' | 'struct' | 'prototype' | 'global' | 'function';
  readonly node: object;
  readonly place: SourcePlace | undefined;
  readonly ifdef: string | undefined;
  readonly write: (page: Page) => void;
}

/** Kinds that follow each other without a blank line. */
const DENSE: ReadonlySet<Item['kind']> = new Set(['include', 'macro', 'typedef', 'prototype', 'global']);

type Structs = ReadonlyMap<string, StructDef>;

function isAnonymous(name: string): boolean {
  return name.startsWith('<');
}

/** The struct or union without a name that `type` is, whose fields stand inside its owner. */
function inner(type: CType, structs: Structs): StructDef | undefined {
  return (type.kind === 'struct' || type.kind === 'union') && isAnonymous(type.name) ? structs.get(type.name) : undefined;
}

function writeField(page: Page, field: Field, structs: Structs, depth: number): void {
  const nested = inner(field.type, structs);
  if (nested === undefined) {
    const bits = field.bits === undefined ? '' : ` : ${field.bits}`;
    page.line(depth, `${printType(field.type, field.name.startsWith('<') ? '' : field.name)}${bits};`);
    return;
  }
  page.line(depth, `${nested.union ? 'union' : 'struct'} {`);
  writeFields(page, nested.fields, structs, depth + 1);
  page.line(depth, isAnonymous(field.name) || field.name === '' ? '};' : `} ${field.name};`);
}

function writeFields(page: Page, fields: readonly Field[], structs: Structs, depth: number): void {
  let open: string | undefined;
  for (const field of fields) {
    open = turn(page, open, field.ifdef);
    page.note([field], () => { writeField(page, field, structs, depth); });
  }
  turn(page, open, undefined);
}

/** Writes the directives between code under `from` and code under `to`; returns `to`. */
function turn(page: Page, from: string | undefined, to: string | undefined): string | undefined {
  if (from === to) return to;
  if (from !== undefined && (to === `!${from}` || from === `!${to}`)) {
    page.flush('#else');
    return to;
  }
  if (from !== undefined) page.flush('#endif');
  if (to !== undefined) page.flush(printIfdef(to));
  return to;
}

function writeStruct(page: Page, def: StructDef, structs: Structs): void {
  page.line(0, `${def.union ? 'union' : 'struct'} ${def.name} {`);
  writeFields(page, def.fields, structs, 1);
  page.line(0, '};');
}

function writeEnum(page: Page, def: EnumDef): void {
  page.line(0, def.name === '' || isAnonymous(def.name) ? 'enum {' : `enum ${def.name} {`);
  for (const member of def.members) page.line(1, `${member.name} = ${member.value},`);
  page.line(0, '};');
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function initializerItem(item: InitializerItem): string {
  const value = printExpr(item.value);
  if (item.field !== undefined) return `.${item.field} = ${value},`;
  return item.index === undefined ? `${value},` : `[${printExpr(item.index)}] = ${value},`;
}

/** What defines the global, up to its initialiser: a declaration, or the macro it was written with. */
function globalHead(def: GlobalDef): string {
  const storage = words(def.static ? 'static' : '', ...(def.attributes ?? []));
  if (def.macro !== undefined) {
    const args = def.macroArgs ?? [{ kind: 'name', name: def.name }];
    return words(storage, `${def.macro}(${args.map(printArgument).join(', ')})`);
  }
  return words(storage, def.perCpu ? `DEFINE_PER_CPU(${printType(def.type)}, ${def.name})` : printType(def.type, def.name));
}

function writeGlobal(page: Page, def: GlobalDef): void {
  const head = globalHead(def);
  if (def.init?.kind === 'initializer' && def.init.type === undefined && def.init.items.length > 0) {
    page.line(0, `${head} = {`);
    for (const item of def.init.items) page.line(1, initializerItem(item));
    page.line(0, '};');
    return;
  }
  page.line(0, def.init === undefined ? `${head};` : `${head} = ${printExpr(def.init)};`);
}

/** Everything of a function before its body. `typeAt`: how many attributes stand before the return type. */
function signature(def: Prototype & { readonly typeAt?: number }): string {
  const at = def.typeAt ?? def.attributes.length;
  const params = def.params.map((p: Param) => printType(p.type, p.name)).join(', ');
  const name = `${def.name}(${params === '' ? 'void' : params})`;
  const { base, declarator } = declare(def.returns, words(...def.attributes.slice(at), name));
  return words(...def.attributes.slice(0, at), base, declarator);
}

function writeFunction(page: Page, def: FunctionDef, exported: boolean): void {
  page.note([def], () => {
    page.line(0, signature(def));
    page.line(0, '{');
    writeBody(page, def.body, 1);
    page.line(0, '}');
  });
  if (exported) page.line(0, `EXPORT_SYMBOL(${def.name});`);
}

/** `null` params: an object-like macro. */
function macroText(name: string, params: readonly string[] | null, body: string): string {
  const head = `#define ${name}${params === null ? '' : `(${params.join(', ')})`}`;
  return body === '' ? head : `${head} ${body}`;
}

/** A list of definitions as items; `write` prints one of them. */
function itemsOf<T extends object>(kind: Item['kind'], defs: readonly T[], write: (page: Page, def: T) => void): Item[] {
  return defs.map((node) => {
    const { place, ifdef } = node as { place?: SourcePlace; ifdef?: string };
    return { kind, node, place, ifdef, write: (page: Page) => { write(page, node); } };
  });
}

/** All items at file scope: other files' first, as they came, then by line; items without a place as their kind stands. */
function itemsInOrder(p: Program): Item[] {
  const structs: Structs = new Map(p.structs.map((s) => [s.name, s]));
  const exports = new Set(p.exports);
  const items = [
    ...itemsOf('include', p.includes, (page, d) => { page.flush(`#include ${d.text}`); }),
    ...itemsOf('macro', p.macros, (page, d) => { page.flush(macroText(d.name, d.params, d.body)); }),
    ...itemsOf('typedef', p.typedefs, (page, d) => { page.line(0, `typedef ${printType(d.type, d.name)};`); }),
    ...itemsOf('enum', p.enums, writeEnum),
    ...itemsOf('struct', p.structs.filter((s) => !isAnonymous(s.name)), (page, d) => { writeStruct(page, d, structs); }),
    ...itemsOf('prototype', p.prototypes ?? [], (page, d) => { page.line(0, `${signature(d)};`); }),
    ...itemsOf('global', p.globals, writeGlobal),
    ...itemsOf('function', p.functions, (page, d) => { writeFunction(page, d, exports.has(d.name)); }),
  ];
  const paths = [...new Set(items.map((i) => i.place?.path ?? p.path))].filter((path) => path !== p.path).concat(p.path);
  const rank = (i: Item): number => paths.indexOf(i.place?.path ?? p.path);
  return items.sort((a, b) => rank(a) - rank(b) || (a.place?.line ?? 0) - (b.place?.line ?? 0));
}

/** `p` as C, and where its nodes stand in it. Never throws; what is not modelled is written as its text. */
export function printProgram(p: Program): PrintedProgram {
  const page = new Page(p.path);
  let last: Item | undefined;
  for (const item of itemsInOrder(p)) {
    const dense = last !== undefined && last.kind === item.kind && DENSE.has(item.kind);
    if (!dense || last?.ifdef !== item.ifdef) page.blank();
    turn(page, last?.ifdef, item.ifdef);
    page.note([item.node], () => { item.write(page); });
    last = item;
  }
  turn(page, last?.ifdef, undefined);
  const defined = new Set(p.functions.map((f) => f.name));
  const elsewhere = p.exports.filter((name) => !defined.has(name));
  if (elsewhere.length + p.initcalls.length > 0) page.blank();
  for (const name of elsewhere) page.line(0, `EXPORT_SYMBOL(${name});`);
  for (const name of p.initcalls) page.line(0, `device_initcall(${name});`);
  return { lines: page.lines, places: page.places };
}
