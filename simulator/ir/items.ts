/**
 * @module A Program item by item: what each function, type, variable, constant says, wherever it stands in the text, and which
 * others it names. A may analysis by names: what is not named here has no part in it.
 */
import type { Expr, FunctionDef, Program } from './program.js';

export interface Item {
  /** Equal for items that mean the same; places, spacing and parentheses without need are no part of it. */
  readonly text: string;
  /** Keys of the items that it may use. */
  readonly uses: readonly string[];
  /** It calls through pointers. */
  readonly callsPointers: boolean;
}

/** A function whose address stands in the initialiser of a variable; `field`: '' where it is not named. */
export interface Pointed {
  readonly field: string;
  readonly function: string;
}

export interface Items {
  /** By key: kind and name, such as `function kcov_open`. */
  readonly items: ReadonlyMap<string, Item>;
  /** Keys of what a name may mean. */
  keysOf(name: string): readonly string[];
  readonly pointed: readonly Pointed[];
}

/** What makes no difference to what runs. */
const LAYOUT: ReadonlySet<string> = new Set(['place', 'parens', 'joined', 'typeAt', 'ifdef']);

function textOf(node: unknown): string {
  return JSON.stringify(node, (key, value: unknown) => (LAYOUT.has(key) ? undefined : typeof value === 'bigint' ? `${value}n` : value));
}

function namesIn(text: string): Set<string> {
  return new Set(text.replace(/\\[a-z"\\]/gu, ' ').match(/[A-Za-z_]\w*/gu));
}

/** Visits every expression and declaration inside plain data. */
function walk(node: unknown, visit: (node: { readonly kind?: unknown }) => void): void {
  if (typeof node !== 'object' || node === null) return;
  visit(node as { kind?: unknown });
  for (const inner of Object.values(node)) walk(inner, visit);
}

/** True for a call of something that is no name, or the name of a local. */
function callsPointers(node: unknown, locals: ReadonlySet<string>): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.kind !== 'call') return;
    const { callee } = inner as Expr & { kind: 'call' };
    found ||= callee.kind !== 'name' || locals.has(callee.name);
  });
  return found;
}

function localsOf(def: FunctionDef): Set<string> {
  const names = new Set(def.params.map((p) => p.name));
  walk(def.body, (node) => { if (node.kind === 'declaration') names.add((node as { name?: string }).name ?? ''); });
  return names;
}

/** Functions whose addresses are in an initialiser. */
function pointedIn(init: unknown, functions: ReadonlySet<string>, field = ''): Pointed[] {
  if (typeof init !== 'object' || init === null) return [];
  const { kind, name, items } = init as { kind?: unknown; name?: unknown; items?: unknown };
  if (kind === 'name') return typeof name === 'string' && functions.has(name) ? [{ field, function: name }] : [];
  if (kind === 'initializer' && Array.isArray(items)) {
    return (items as { field?: string; value: unknown }[]).flatMap((item) => pointedIn(item.value, functions, item.field ?? ''));
  }
  return Object.values(init).flatMap((inner) => pointedIn(inner, functions, field));
}

interface Named {
  readonly key: string;
  readonly names: readonly string[];
  readonly node: unknown;
  readonly locals: ReadonlySet<string>;
}

const NO_LOCALS: ReadonlySet<string> = new Set();

function namedItems(program: Program, variables: ReadonlySet<string>): Named[] {
  const plain = (kind: string, of: readonly { readonly name: string }[]): Named[] => of.map((node) => ({ key: `${kind} ${node.name}`, names: [node.name], node, locals: NO_LOCALS }));
  return [
    ...plain('struct', program.structs), ...plain('typedef', program.typedefs), ...plain('variable', program.globals), ...plain('prototype', program.prototypes ?? []),
    ...program.macros.map((node) => ({ key: `macro ${node.name}`, names: [node.name], node, locals: new Set([...variables, ...(node.params ?? [])]) })),
    ...program.enums.map((node) => ({ key: `enum ${node.name} ${node.members[0]?.name ?? ''}`, names: [node.name, ...node.members.map((m) => m.name)], node, locals: NO_LOCALS })),
    ...program.functions.map((node) => ({ key: `function ${node.name}`, names: [node.name], node, locals: new Set([...variables, ...localsOf(node)]) })),
  ];
}

const known = new WeakMap<Program, Items>();

/** The items of a Program. */
export function itemsOf(program: Program): Items {
  const before = known.get(program);
  if (before) return before;
  const made = makeItems(program);
  known.set(program, made);
  return made;
}

function makeItems(program: Program): Items {
  const functions = new Set(program.functions.map((f) => f.name));
  const all = namedItems(program, new Set(program.globals.map((g) => g.name)));
  const byName = new Map<string, string[]>();
  for (const { key, names } of all) for (const name of names) byName.set(name, [...(byName.get(name) ?? []), key]);
  const items = new Map<string, Item>();
  for (const { key, node, locals } of all) {
    const text = `${items.get(key)?.text ?? ''}${textOf(node)}`;
    // Where the address of a function is kept is no call of it: who calls through pointers may call it.
    const names = [...namesIn(text)].filter((name) => !(key.startsWith('variable ') && functions.has(name)));
    items.set(key, { text, uses: names.flatMap((name) => byName.get(name) ?? []), callsPointers: (items.get(key)?.callsPointers ?? false) || callsPointers(node, locals) });
  }
  const pointed = program.globals.flatMap((global) => pointedIn(global.init, functions).concat(pointedIn(global.macroArgs, functions)));
  return { items, keysOf: (name) => byName.get(name) ?? [], pointed };
}
