/**
 * @module What a truncated patch does not show. Hunks come in the order of the file: functions behind the last hunk that
 * is here may be changed by what was cut off. No finding may rest on running them; and what the seen part reads and only
 * unseen code can have set up is assumed to be set up, and said.
 */
import type { Submission } from '../mail/submission.js';
import { SCALED_AREA_WORDS } from '../../simulator/kcov/operations.js';
import type { CType, Expr, FunctionDef, GlobalDef, Program, SourcePlace, Stmt } from '../../simulator/ir/program.js';
import type { Images } from './base.js';

const NOWHERE: SourcePlace = { path: '<assumed>', line: 0, endLine: 0 };
/** The initcall that stands for what unseen code sets up. */
const ASSUMED = '__kcovet_assumed';

/** Code that a cut-off part of the patch may change: a function, or its lines behind the last hunk that is here. */
export interface Unseen {
  readonly function: string;
  /** 1-based line of the image behind which it begins; 0 for the whole function. */
  readonly after: number;
}

/** In the order of the file. */
export function unseenCode(submission: Submission, after: Images, post: Program): Unseen[] {
  return submission.patches.flatMap((patch) => {
    const last = patch.diff.files.findLast((file) => file.hunks.length > 0);
    const image = last ? after.get(last.path) : undefined;
    if (!patch.diff.truncated || !last || !image) return [];
    const end = image.origins.findLastIndex((o) => o.patch === patch.n && o.image === 'diff') + 1;
    const behind = post.functions.filter((f) => f.place.path === last.path && f.place.endLine > end);
    return behind.map((f) => ({ function: f.name, after: f.place.line <= end ? end : 0 }));
  });
}

/** Pointers that the patch adds, that seen code reads, and that no seen code ever writes. */
function unset(pre: Program, post: Program): GlobalDef[] {
  const known = new Set(pre.globals.map((g) => g.name));
  const written = writtenNames(post);
  return post.globals.filter((g) => !known.has(g.name) && g.type.kind === 'pointer' && g.init === undefined && !written.has(g.name));
}

function writtenNames(program: Program): Set<string> {
  const names = new Set<string>();
  const note = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(note);
    if (typeof node !== 'object' || node === null) return;
    if ((node as { kind?: unknown }).kind === 'name') names.add((node as { name: string }).name);
    Object.values(node).forEach(note);
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    const expr = node as Expr;
    if (expr.kind === 'assign') note(expr.target);
    Object.values(node).forEach(walk);
  };
  walk(program.functions);
  return names;
}

export interface Assumed {
  readonly program: Program;
  /** Sentences for the review. */
  readonly assumptions: readonly string[];
}

/** The Program with buffers for pointers that only unseen code can set. */
export function assumeSetUp(pre: Program, post: Program): Assumed {
  const pointers = unset(pre, post);
  if (pointers.length === 0) return { program: post, assumptions: [] };
  const body = pointers.map((g) => (g.perCpu ? onEachCpu(g) : assign({ kind: 'name', name: g.name })));
  const int: CType = { kind: 'int', name: 'int', bytes: 4, signed: true };
  const initcall: FunctionDef = {
    name: ASSUMED, returns: int, params: [], attributes: ['static'], place: NOWHERE,
    body: [{ kind: 'declaration', name: 'cpu', type: int, place: NOWHERE }, ...body, { kind: 'return', value: number(0), place: NOWHERE }],
  };
  return {
    program: { ...post, functions: [...post.functions, initcall], initcalls: [ASSUMED, ...post.initcalls] },
    assumptions: pointers.map((g) => `${g.name} is set up by a part of the patch that is not here`),
  };
}

const number = (value: number): Expr => ({ kind: 'number', value: BigInt(value), suffix: '' });
const call = (name: string, ...args: Expr[]): Expr => ({ kind: 'call', callee: { kind: 'name', name }, args });

function assign(target: Expr): Stmt {
  return { kind: 'expression', expr: { kind: 'assign', op: '=', target, value: call('vmalloc', number(SCALED_AREA_WORDS * 8)) }, place: NOWHERE };
}

function onEachCpu(global: GlobalDef): Stmt {
  const instance = call('per_cpu_ptr', { kind: 'unary', op: '&', arg: { kind: 'name', name: global.name } }, { kind: 'name', name: 'cpu' });
  return { kind: 'forEach', macro: 'for_each_possible_cpu', args: [{ kind: 'name', name: 'cpu' }], body: assign({ kind: 'unary', op: '*', arg: instance }), place: NOWHERE };
}
