/**
 * @module Lost state that is kept: the field is saved and restored where its siblings are, in the same way. Where that is, is
 * read from the code: assignments between fields of the task and fields of another struct, in both directions.
 */
import type { CType, Expr, FunctionDef, Program, Stmt, StructDef } from '../../../simulator/ir/program.js';
import { calledName, statementsOf } from '../walk.js';
import { diffOf, rewriteLists } from './edit.js';
import type { Edit } from './edit.js';

type Member = Expr & { readonly kind: 'member' };

/** A statement that copies between a field of the task and one of the struct that keeps it. */
interface Copy {
  readonly function: string;
  readonly statement: Stmt;
  readonly struct: string;
  readonly task: Member;
  readonly kept: Member;
  /** xchg() does both. */
  readonly saves: boolean;
  readonly restores: boolean;
}

/** One edit, or none where nothing else is both saved and restored. `lost` as C: "t->kcov_sequence". */
export function keptFields(program: Program, lost: string): Edit[] {
  const [, base, field] = /^(\w+)->(\w+)$/u.exec(lost) ?? [];
  if (base === undefined || field === undefined) return [];
  const all = program.functions.flatMap((def) => statementsOf(def).flatMap((s) => copyIn(program, def, { statement: s, base }) ?? []));
  const structs = [...new Set(all.map((c) => c.struct))].filter((name) => all.some((c) => c.struct === name && c.saves) && all.some((c) => c.struct === name && c.restores));
  return structs.flatMap((struct) => keep(program, field, all.filter((c) => c.struct === struct)));
}

/** Copies the way of a sibling: after the last that is saved, before the first that is restored. */
function keep(program: Program, field: string, copies: readonly Copy[]): Edit[] {
  const own = copies.filter((c) => c.task.field === field);
  const siblings = copies.filter((c) => c.task.field !== field);
  const model = siblings.findLast((c) => c.restores) ?? siblings.at(-1);
  const type = program.structs.flatMap((s) => s.fields).find((f) => f.name === field)?.type;
  if (!model || !type) return [];
  const name = own[0]?.kept.field ?? nameLike(model, field);
  const twin = (c: Copy): Stmt => renamed(c.statement, c, { field, name });
  const missing = [...new Set(siblings.map((c) => c.function))].flatMap((fn) => {
    const [here, done] = [siblings.filter((c) => c.function === fn), own.filter((c) => c.function === fn)];
    const restore = here.find((c) => c.restores);
    const save = here.findLast((c) => c.saves && !c.restores);
    if (restore && !done.some((c) => c.restores)) return [{ function: fn, at: restore.statement, before: true, statement: twin(restore) }];
    return save && !done.some((c) => c.saves) ? [{ function: fn, at: save.statement, before: false, statement: twin(save) }] : [];
  });
  if (missing.length === 0) return [];
  const functions = program.functions.map((def) => missing.filter((m) => m.function === def.name).reduce(inserted, def));
  const edited = { ...program, functions, structs: program.structs.map((s) => (s.name === model.struct ? withField(s, { name, type, like: model.kept.field }) : s)) };
  const verb = own.some((c) => c.saves) ? 'restored' : own.length > 0 ? 'saved' : 'saved and restored';
  return [{ program: edited, says: `${nameOf(model.task.base)}->${field} ${verb} beside ${nameOf(model.task.base)}->${model.task.field}`, diff: diffOf(program, edited) }];
}

function nameOf(e: Expr): string {
  return e.kind === 'name' ? e.name : '';
}

function inserted(def: FunctionDef, of: { at: Stmt; before: boolean; statement: Stmt }): FunctionDef {
  const body = rewriteLists(def.body, (list) => list.flatMap((s) => (s !== of.at ? [s] : of.before ? [of.statement, s] : [s, of.statement])));
  return { ...def, body };
}

/** saved_mode for kcov_mode makes saved_sequence of kcov_sequence. */
function nameLike({ task, kept }: Copy, field: string): string {
  const stem = (name: string): string => name.replace(/^[a-z]+_/u, '');
  return kept.field.includes(stem(task.field)) ? kept.field.replace(stem(task.field), stem(field)) : field;
}

function withField(s: StructDef, of: { name: string; type: CType; like: string }): StructDef {
  if (s.fields.some((f) => f.name === of.name)) return s;
  return { ...s, fields: s.fields.flatMap((f) => (f.name === of.like ? [f, { name: of.name, type: of.type, place: f.place }] : [f])) };
}

/** The statement with both fields replaced. */
function renamed(s: Stmt, { task, kept }: Copy, to: { field: string; name: string }): Stmt {
  const replace = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(replace);
    if (typeof node !== 'object' || node === null) return node;
    if (sameMember(node as Expr, task)) return { ...node, field: to.field };
    if (sameMember(node as Expr, kept)) return { ...node, field: to.name };
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === 'place' ? value : replace(value)]));
  };
  return replace(s) as Stmt;
}

function sameMember(e: Expr, m: Member): boolean {
  return e.kind === 'member' && e.field === m.field && nameOf(e.base) === nameOf(m.base);
}

/** `t->f = saved->g`, the reverse, or t->f = xchg(&saved->g, t->f). */
function copyIn(program: Program, def: FunctionDef, { statement, base }: { statement: Stmt; base: string }): Copy | null {
  if (statement.kind !== 'expression' || statement.expr.kind !== 'assign' || statement.expr.op !== '=') return null;
  const { target, value } = statement.expr;
  const swapped = calledName(value) === 'xchg' && value.kind === 'call' && value.args[0]?.kind === 'unary' ? value.args[0].arg : null;
  const other = swapped ?? value;
  if (target.kind !== 'member' || other.kind !== 'member') return null;
  const restores = nameOf(target.base) === base;
  const [task, kept] = restores ? [target, other] : [other, target];
  const struct = structOf(program, def, kept.base);
  if (nameOf(task.base) !== base || struct === null) return null;
  return { function: def.name, statement, struct, task, kept, saves: !restores || swapped !== null, restores };
}

/** The struct that a local or a parameter points to; null for others. */
function structOf(program: Program, def: FunctionDef, e: Expr): string | null {
  if (e.kind !== 'name') return null;
  const declared = statementsOf(def).find((s) => s.kind === 'declaration' && s.name === e.name);
  const type = declared?.kind === 'declaration' ? declared.type : def.params.find((p) => p.name === e.name)?.type;
  const to = type?.kind === 'pointer' ? type.to : null;
  return to?.kind === 'struct' && program.structs.some((s) => s.name === to.name) ? to.name : null;
}
