/**
 * @module Names that a Program uses and nothing declares, as far as that can be known: a base may lack what the kernel has, so
 * each comes with the name in scope that it differs from by one letter, if there is one. Text that declares a name in a
 * way that the front end does not know counts as a declaration.
 */
import type { CType, Expr, FunctionDef, Program, Stmt, StructDef } from '../../simulator/ir/program.js';
import { calledName, statementsOf, walkStatement } from './walk.js';

export interface Unresolved {
  readonly what: 'variable' | 'function' | 'field' | 'label';
  readonly name: string;
  /** `struct task_struct` for a field; '' otherwise. */
  readonly owner: string;
  readonly function: FunctionDef;
  readonly statement: Stmt;
  /** A name in scope that may be meant. */
  readonly near: string | null;
  /** It is assigned or its address is taken: no constant or function of the kernel. */
  readonly written: boolean;
}

/** Names that are declared for all functions. */
interface Scope {
  readonly names: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly structs: ReadonlyMap<string, StructDef>;
  readonly globals: ReadonlyMap<string, CType>;
}

/** Flags that these calls write. */
const WRITES_FLAGS = /_irqsave$|^local_irq_save$/u;

function scopeOf(p: Program): Scope {
  const functions = [...p.functions, ...(p.prototypes ?? [])].map((f) => f.name);
  const fields = p.structs.flatMap((s) => s.fields.map((f) => f.name));
  const names = new Set([
    ...functions, ...fields, ...p.globals.map((g) => g.name), ...p.macros.flatMap((m) => [m.name, ...(m.params ?? [])]),
    ...p.enums.flatMap((e) => e.members.map((m) => m.name)), ...p.typedefs.map((t) => t.name), ...p.structs.map((s) => s.name),
  ]);
  return { names, functions: new Set(p.functions.map((f) => f.name)), structs: new Map(p.structs.map((s) => [s.name, s])), globals: new Map(p.globals.map((g) => [g.name, g.type])) };
}

/** One letter more, less or other, or two neighbours exchanged; a last s or a digit is a name of its own. */
export function differsByOne(a: string, b: string): boolean {
  if (a === b || Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const rest = (s: string, n: number): string => s.slice(i + n);
  if (/\d/u.test(`${a[i] ?? ''}${b[i] ?? ''}`) || (a.length !== b.length && i >= Math.min(a.length, b.length) && `${a}${b}`.endsWith('s'))) return false;
  const exchanged = a[i] === b[i + 1] && a[i + 1] === b[i] && rest(a, 2) === rest(b, 2);
  return exchanged || rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1);
}

const nearest = (name: string, among: Iterable<string>): string | null => [...among].find((other) => differsByOne(name, other)) ?? null;

/** `text` declares `name` in some way: a type before it, or a macro that declares. */
function declaredInText(text: string, name: string): boolean {
  const typed = new RegExp(`(?:^|[;{(,])\\s*(?!return\\b|goto\\b|else\\b|case\\b)(?:\\w+[\\s*]+)+\\**${name}\\s*(?:;|=[^=]|,|\\[|\\))`, 'mu');
  return typed.test(text) || new RegExp(`\\b(?:DEFINE|DECLARE|CLASS)\\w*\\([^;]*\\b${name}\\b|,\\s*\\**${name}\\s*[;=,\\[]`, 'u').test(text);
}

/** Types of parameters and locals by name. */
function localsOf(def: FunctionDef): Map<string, CType> {
  const locals = statementsOf(def).flatMap((s): [string, CType][] => (s.kind === 'declaration' ? [[s.name, s.type]] : []));
  return new Map([...def.params.map((p): [string, CType] => [p.name, p.type]), ...locals]);
}

function structOf(type: CType | undefined, scope: Scope): StructDef | null {
  const bare = type?.kind === 'pointer' ? type.to : type;
  const def = bare?.kind === 'struct' ? scope.structs.get(bare.name) : undefined;
  return def && !def.union && def.fields.every((f) => f.name !== '' && !f.name.startsWith('<')) ? def : null;
}

/** A field of a named struct that the struct does not have. */
function missingField(e: Expr, types: ReadonlyMap<string, CType>, scope: Scope): Pick<Unresolved, 'what' | 'name' | 'owner' | 'near' | 'written'> | null {
  if (e.kind !== 'member' || e.base.kind !== 'name') return null;
  const def = structOf(types.get(e.base.name) ?? scope.globals.get(e.base.name), scope);
  if (!def || def.fields.some((f) => f.name === e.field)) return null;
  return { what: 'field', name: e.field, owner: `struct ${def.name}`, near: nearest(e.field, def.fields.map((f) => f.name)), written: false };
}

/** What one function uses; `text` is its text in the image. */
function unresolvedIn(def: FunctionDef, text: string, scope: Scope): Unresolved[] {
  const types = localsOf(def);
  const labels = new Set(statementsOf(def).flatMap((s) => (s.kind === 'label' ? [s.name] : [])));
  const written = new Set<Expr>();
  const called = new Set<Expr>();
  const found: Unresolved[] = [];
  const add = (statement: Stmt, what: Pick<Unresolved, 'what' | 'name' | 'near' | 'written'> & { owner?: string }): void => void found.push({ owner: '', ...what, function: def, statement });
  const isLocal = (name: string): boolean => types.has(name) || labels.has(name);
  const visit = (e: Expr, statement: Stmt): void => {
    if (e.kind === 'assign' || e.kind === 'update') written.add(e.target);
    if (e.kind === 'unary' && e.op === '&') written.add(e.arg);
    const name = calledName(e);
    if (e.kind === 'call') called.add(e.callee);
    if (e.kind === 'call' && name !== null && WRITES_FLAGS.test(name)) for (const arg of e.args.slice(-1)) if (arg.kind === 'name') written.add(arg);
    const field = missingField(e, types, scope);
    if (field) add(statement, field);
    if (name !== null && !scope.names.has(name) && !isLocal(name)) add(statement, { what: 'function', name, near: nearest(name, scope.functions), written: false });
    if (e.kind !== 'name' || called.has(e) || scope.names.has(e.name) || isLocal(e.name) || !/^[a-z]\w*$/u.test(e.name) || declaredInText(text, e.name)) return;
    add(statement, { what: 'variable', name: e.name, near: nearest(e.name, types.keys()), written: written.has(e) });
  };
  for (const top of def.body) walkStatement(top, visit);
  for (const s of statementsOf(def)) if (s.kind === 'goto' && !labels.has(s.label)) add(s, { what: 'label', name: s.label, near: nearest(s.label, labels), written: false });
  return found;
}

/** Everything in functions of the files that `textOf` knows. */
export function unresolvedNames(program: Program, textOf: (def: FunctionDef) => string | null): Unresolved[] {
  const scope = scopeOf(program);
  return program.functions.flatMap((def) => {
    const text = textOf(def);
    return text === null ? [] : unresolvedIn(def, text, scope);
  });
}
