/**
 * @module What stands for names that a version of a patch may change: a local is known by its kind of type, what the patch
 * itself brings by its place in the program. A function is known by who calls it and what it takes, a field by its struct
 * and its kind, so that a part that was answered does not shift the rest. Names that the base has stand for themselves.
 */
import { calledName, occurrences, statementsOf } from '../analysis/walk.js';
import type { CType, FunctionDef, Program } from '../../simulator/ir/program.js';

/** How deep callers of callers are followed; new functions that only new ones call lie below. */
const CALLERS_MAX = 4;

/** Names of a Program to what they are called by role; those not in it are kept. */
export interface RoleNames {
  /** Functions, variables, structs, macros, constants. */
  readonly global: ReadonlyMap<string, string>;
  /** Fields behind a dot or an arrow. */
  readonly field: ReadonlyMap<string, string>;
  /** Parameters and locals of a function: the kind of their type. */
  readonly localsOf: (functionName: string) => ReadonlyMap<string, string>;
}

/** Roles of what `program` has and `base` has not. */
export function roleNames(program: Program, base: Program): RoleNames {
  const known = namesOf(base);
  const structs = new Map(program.structs.filter((s) => !known.has(s.name)).map((s) => [s.name, `new ${s.union ? 'union' : 'struct'}`]));
  const kind = (type: CType): string => kindOf(type, structs, program);
  const functions = functionRoles(program, known, kind);
  const variables = program.globals.filter((g) => !known.has(g.name)).map((g): [string, string] => [g.name, `new ${g.perCpu ? 'per-CPU ' : ''}${kind(g.type)}`]);
  const constants = [...program.macros.map((m) => m.name), ...program.enums.flatMap((e) => e.members.map((m) => m.name))].filter((name) => !known.has(name)).map((name): [string, string] => [name, 'new constant']);
  const locals = new Map(program.functions.map((f) => [f.name, f]));
  return {
    global: new Map([...structs, ...functions, ...numbered(variables), ...constants]),
    field: fieldRoles(program, base, { structs, kind }),
    localsOf: (name) => localsIn(locals.get(name), kind),
  };
}

/** All names at file scope. */
function namesOf(p: Program): Set<string> {
  return new Set([
    ...p.functions.map((f) => f.name), ...(p.prototypes ?? []).map((f) => f.name), ...p.globals.map((g) => g.name), ...p.structs.map((s) => s.name),
    ...p.macros.map((m) => m.name), ...p.enums.flatMap((e) => e.members.map((m) => m.name)), ...p.typedefs.map((t) => t.name),
  ]);
}

/** A type as far as rewriting leaves it alone: widths and qualifiers change with a version, what it points to does not. */
function kindOf(type: CType, structs: ReadonlyMap<string, string>, program: Program): string {
  switch (type.kind) {
    case 'bool': case 'int': case 'enum': return 'number';
    case 'named': {
      const meant = program.typedefs.find((t) => t.name === type.name)?.type;
      return meant && meant.kind !== 'named' ? kindOf(meant, structs, program) : 'number';
    }
    case 'struct': case 'union': return structs.get(type.name) ?? type.name;
    case 'pointer': case 'array': {
      const to = type.kind === 'pointer' ? type.to : type.of;
      return to.kind === 'void' || to.kind === 'function' ? 'pointer' : `${kindOf(to, structs, program)}*`;
    }
    case 'void': case 'function': case 'typeof': return type.kind;
  }
}

/** The second and later of one role get a number, in the order of the file. */
function numbered(roles: readonly (readonly [string, string])[]): [string, string][] {
  const seen = new Map<string, number>();
  return roles.map(([name, role]) => {
    const n = (seen.get(role) ?? 0) + 1;
    seen.set(role, n);
    return [name, n === 1 ? role : `${role} ${n}`];
  });
}

function functionRoles(program: Program, known: ReadonlySet<string>, kind: (type: CType) => string): [string, string][] {
  const callers = new Map<string, Set<string>>();
  for (const { function: def, expr } of occurrences(program)) {
    const called = calledName(expr);
    if (called !== null) callers.set(called, (callers.get(called) ?? new Set()).add(def.name));
  }
  const byName = new Map(program.functions.map((f) => [f.name, f]));
  const role = (name: string, depth: number): string => {
    const def = byName.get(name);
    if (known.has(name) || !def || depth === 0) return known.has(name) ? name : '';
    const from = [...new Set([...callers.get(name) ?? []].filter((one) => one !== name).map((one) => role(one, depth - 1)))].sort();
    return `new function(${def.params.map((p) => kind(p.type)).join()}) called by ${from.join('|')}`;
  };
  return numbered(program.functions.filter((f) => !known.has(f.name)).map((f) => [f.name, role(f.name, CALLERS_MAX)]));
}

function fieldRoles(program: Program, base: Program, of: { structs: ReadonlyMap<string, string>; kind: (type: CType) => string }): Map<string, string> {
  const known = new Set(base.structs.flatMap((s) => s.fields.map((f) => f.name)));
  const fresh = program.structs.flatMap((s) => s.fields.filter((f) => !known.has(f.name)).map((f): [string, string] => [f.name, `new ${of.kind(f.type)} in ${of.structs.get(s.name) ?? s.name}`]));
  return new Map(numbered(fresh.filter(([name], i) => fresh.findIndex(([other]) => other === name) === i)));
}

function localsIn(def: FunctionDef | undefined, kind: (type: CType) => string): Map<string, string> {
  if (!def) return new Map();
  const declared = statementsOf(def).flatMap((s) => (s.kind === 'declaration' ? [{ name: s.name, type: s.type }] : []));
  return new Map([...def.params, ...declared].map(({ name, type }) => [name, kind(type)]));
}
