/**
 * @module The typed builder: a C file as a list of items in TypeScript. Names of parameters and locals are keys, so a
 * body that uses a name it does not have does not compile. See simulator/kcov for how it reads.
 *
 *   fn('kcov_get', { is: 'static', takes: { kcov: pointer(kcov) }, body: ({ kcov }) => [
 *     call('refcount_inc', ref(kcov.to('refcount'))),
 *   ] })
 */
import { argument, expr, name, void_ } from './build-expression.js';
import type { Actual, Operand, Term } from './build-expression.js';
import { NOWHERE, statements } from './build-statement.js';
import type { Code } from './build-statement.js';
import { printProgram } from './print.js';
import { printExpr } from './print-expression.js';
import { emptyProgram } from './program.js';
import type {
  CType, EnumDef, Field, FunctionDef, GlobalDef, MacroDef, Param, Program, Prototype, SourcePlace, Stmt, StructDef,
  TypedefDef,
} from './program.js';

export * from './build-expression.js';
export * from './build-statement.js';

/** A local: its type, or its type and first value, or either joined to the local before it (`int a, b;`). */
export type Local = CType | readonly [CType, Operand] | Joined;

interface Joined {
  readonly joined: CType;
}

/** `type` in one declaration with the local before. */
export function joined(type: CType): Joined {
  return { joined: type };
}

type Types = Readonly<Record<string, CType>>;
type Locals = Readonly<Record<string, Local>>;
type None = Readonly<Record<never, never>>;

/** What a function is, apart from its name. */
export interface FunctionSpec<P extends Types, L extends Locals> {
  /** Attributes before the return type: 'static inline'. */
  readonly is?: string;
  /** Attributes between the return type and the name: 'notrace'. */
  readonly afterType?: string;
  /** Default: void. */
  readonly returns?: CType;
  readonly takes?: P;
  readonly locals?: L;
  readonly body: (names: { readonly [K in keyof P | keyof L]: Term }) => readonly Code[];
  readonly exported?: true;
  /** As FunctionDef.ifdef. */
  readonly ifdef?: string;
}

/** An item at file scope, not yet placed. */
export type Item =
  | { readonly item: 'include'; readonly text: string }
  | { readonly item: 'macro'; readonly def: MacroDef }
  | { readonly item: 'typedef'; readonly def: TypedefDef }
  | { readonly item: 'enum'; readonly def: EnumDef }
  | { readonly item: 'struct'; readonly def: StructDef }
  | { readonly item: 'prototype'; readonly def: Prototype }
  | { readonly item: 'global'; readonly def: GlobalDef }
  | { readonly item: 'function'; readonly def: FunctionDef; readonly exported: boolean }
  | { readonly item: 'initcall'; readonly name: string };

function words(text: string | undefined): string[] {
  return (text ?? '').split(' ').filter((w) => w !== '');
}

function params(types: Types | undefined): Param[] {
  return Object.entries(types ?? {}).map(([name, type]) => ({ name, type }));
}

function declaration(name: string, local: Local): Stmt {
  const base = { kind: 'declaration', name, place: NOWHERE } as const;
  if ('joined' in local) return { ...base, type: local.joined, joined: true };
  if ('kind' in local) return { ...base, type: local };
  return { ...base, type: local[0], init: expr(local[1]) };
}

/** A function; the keys of `takes` and `locals` are the names its body may use. */
export function fn<const P extends Types = None, const L extends Locals = None>(
  name_: string, spec: FunctionSpec<P, L>,
): Item {
  const names = [...Object.keys(spec.takes ?? {}), ...Object.keys(spec.locals ?? {})];
  const terms = Object.fromEntries(names.map((n) => [n, name(n)])) as { [K in keyof P | keyof L]: Term };
  const before = words(spec.is);
  const after = words(spec.afterType);
  const def: FunctionDef = {
    name: name_, returns: spec.returns ?? void_, params: params(spec.takes), attributes: [...before, ...after],
    ...(after.length === 0 ? {} : { typeAt: before.length }),
    body: [
      ...Object.entries(spec.locals ?? {}).map(([n, local]) => declaration(n, local)), ...statements(spec.body(terms)),
    ],
    place: NOWHERE,
    ...(spec.ifdef === undefined ? {} : { ifdef: spec.ifdef }),
  };
  return { item: 'function', def, exported: spec.exported ?? false };
}

/** The declaration of a function: `returns name(takes);`. */
export function prototype(name: string, spec: { returns?: CType; takes?: Types; ifdef?: string }): Item {
  const { returns = void_, takes, ifdef } = spec;
  const ifdefPart = ifdef === undefined ? {} : { ifdef };
  return { item: 'prototype', def: { name, returns, params: params(takes), attributes: [], place: NOWHERE, ...ifdefPart } };
}

/** `#include text`, brackets or quotes included. */
export function include(text: string): Item {
  return { item: 'include', text };
}

/**
 * `#define head body`. `head` is a name, or a name with parameters as 'NAME(a, b)'. Give the meaning as a Term; where the
 * spelling differs from how it would be printed, as [spelling, meaning]; a string alone is text without a known meaning.
 */
export function define(head: string, body: Term | readonly [string, Term] | string, ifdef?: string): Item {
  const [, macro = head, list] = /^(\w+)(?:\((.*)\))?$/.exec(head) ?? [];
  const meaning = typeof body === 'string' ? undefined : 'expr' in body ? body.expr : body[1].expr;
  const spelling = typeof body === 'string' ? body : 'expr' in body ? printExpr(body.expr) : body[0];
  return {
    item: 'macro',
    def: {
      name: macro, params: list === undefined ? null : list.split(',').map((p) => p.trim()), body: spelling,
      ...(meaning === undefined ? {} : { expr: meaning }), place: NOWHERE, ...(ifdef === undefined ? {} : { ifdef }),
    },
  };
}

/** `typedef type name;` */
export function typedef(name: string, type: CType, ifdef?: string): Item {
  return { item: 'typedef', def: { name, type, ...(ifdef === undefined ? {} : { ifdef }) } };
}

/** A field: its type, or its type under an #ifdef. */
export type FieldSpec = CType | { readonly type: CType; readonly ifdef: string };

/** `struct name { … };` with the fields in the order of the keys. */
export function struct(name: string, fields: Readonly<Record<string, FieldSpec>>): Item {
  const list = Object.entries(fields).map(([field, spec]): Field => (
    'ifdef' in spec ? { name: field, type: spec.type, ifdef: spec.ifdef, place: NOWHERE } : { name: field, type: spec, place: NOWHERE }
  ));
  return { item: 'struct', def: { name, union: false, fields: list, place: NOWHERE } };
}

/** `enum name { A = 0, … };`; `name` '' for an anonymous one. */
export function enumeration(name: string, values: Readonly<Record<string, number>>, ifdef?: string): Item {
  const members = Object.entries(values).map(([member, value]) => ({ name: member, value: BigInt(value) }));
  return { item: 'enum', def: { name, members, place: NOWHERE, ...(ifdef === undefined ? {} : { ifdef }) } };
}

/** What a global is, apart from its name and type. */
export interface GlobalSpec {
  readonly init?: Operand;
  readonly static?: true;
  /** 'const' and the like. */
  readonly is?: string;
}

/** `type name = init;` */
export function global(name: string, type: CType, spec: GlobalSpec = {}): Item {
  return {
    item: 'global',
    def: {
      name, type, static: spec.static ?? false, perCpu: false, place: NOWHERE,
      ...(spec.init === undefined ? {} : { init: expr(spec.init) }),
      ...(spec.is === undefined ? {} : { attributes: words(spec.is) }),
    },
  };
}

/** What a defining macro makes: DEFINE_SPINLOCK(name) and the like. */
export interface DefinedSpec {
  readonly type: CType;
  /** All arguments of the macro, the name among them. */
  readonly args: readonly Actual[];
  readonly init?: Operand;
  readonly static?: true;
  readonly perCpu?: true;
}

/** `MACRO(args);` that defines the global `name`. */
export function defined(macro: string, name: string, spec: DefinedSpec): Item {
  return {
    item: 'global',
    def: {
      name, type: spec.type, static: spec.static ?? false, perCpu: spec.perCpu ?? false, macro,
      macroArgs: spec.args.map(argument), ...(spec.init === undefined ? {} : { init: expr(spec.init) }), place: NOWHERE,
    },
  };
}

/** `device_initcall(name);` */
export function initcall(name: string): Item {
  return { item: 'initcall', name };
}

/** A copy of plain data in which no object occurs twice, so that each statement can have a place of its own. */
function copy(node: unknown, replace: (node: object) => object | undefined): unknown {
  if (Array.isArray(node)) return node.map((n: unknown) => copy(n, replace));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, copy(value, replace)]);
  return { ...Object.fromEntries(entries), ...replace(node) };
}

function unshared<T>(node: T): T {
  return copy(node, () => undefined) as T;
}

/** The same Program, each node placed at the lines that printProgram() gives it. */
export function placeAsPrinted(program: Program): Program {
  const { places } = printProgram(program);
  return copy(program, (node) => {
    const place = places.get(node);
    return place === undefined ? undefined : { place };
  }) as Program;
}

/** A Program of `items` in this order, placed as printProgram() prints them. */
export function file(path: string, items: readonly Item[]): Program {
  const placed = items.map((item, index) => ({ item, place: { path, line: index + 1, endLine: index + 1 } }));
  const pick = <K extends Item['item']>(kind: K): { item: Extract<Item, { item: K }>; place: SourcePlace }[] =>
    placed.filter((p): p is { item: Extract<Item, { item: K }>; place: SourcePlace } => p.item.item === kind);
  const defs = <T>(list: readonly { item: { def: T }; place: SourcePlace }[]): (T & { place: SourcePlace })[] =>
    list.map(({ item, place }) => ({ ...unshared(item.def), place }));
  return placeAsPrinted({
    ...emptyProgram(path),
    includes: pick('include').map(({ item, place }) => ({ text: item.text, place })),
    macros: defs(pick('macro')), typedefs: defs(pick('typedef')), enums: defs(pick('enum')), structs: defs(pick('struct')),
    prototypes: defs(pick('prototype')), globals: defs(pick('global')), functions: defs(pick('function')),
    exports: pick('function').filter(({ item }) => item.exported).map(({ item }) => item.def.name),
    initcalls: pick('initcall').map(({ item }) => item.name),
  });
}

/** Name of a function, struct or global; null for items that others do not name. */
function nameOf(item: Item): string | null {
  return item.item === 'function' || item.item === 'struct' || item.item === 'global' ? item.def.name : null;
}

/** Items of one version of a file with those of another in the place of the same name; every one of `others` has such a place. */
export function withItems(items: readonly Item[], others: readonly Item[]): Item[] {
  const byName = new Map(others.map((item) => [nameOf(item), item]));
  const missing = [...byName.keys()].filter((name) => !items.some((item) => nameOf(item) === name));
  if (missing.length > 0) throw new Error(`no item to stand for: ${missing.join(', ')}`);
  return items.map((item) => (nameOf(item) === null ? item : (byName.get(nameOf(item)) ?? item)));
}
