/** @module Judges one annotated function, or says why it is not judged. */
import type { FunctionDef, Stmt } from '../../../simulator/ir/program.js';
import { statementsOf } from '../walk.js';
import { annotationIn, countIn, isAnnotationName } from './annotation.js';
import type { Annotation } from './annotation.js';
import { flowOf } from './flow.js';
import { judge } from './paths.js';
import type { Flaw } from './paths.js';
import type { ShownFunction } from './shown-functions.js';

/** A call that begins or ends a section. */
export interface Site {
  readonly statement: Stmt;
  readonly annotation: Annotation;
}

export interface JudgedFunction {
  readonly def: FunctionDef | null;
  readonly whole: boolean;
  readonly sites: readonly Site[];
  readonly flaws: readonly Flaw[];
  /** Why its paths were not judged; null when they were. */
  readonly unclear: string | null;
}

/** Null for a function without annotations. `all`: the functions seen of its file, on the same side. */
export function judgeDefinition(shown: ShownFunction, all: readonly ShownFunction[]): JudgedFunction | null {
  const { def, whole } = shown;
  if (!def) return { def, whole, sites: [], flaws: [], unclear: shown.unclear };
  const counted = { start: count(def, 'start'), stop: count(def, 'stop') };
  if (counted.start + counted.stop === 0) return usesHandles(def) ? { def, whole, sites: [], flaws: [], unclear: null } : null;
  const sites = sitesOf(def);
  const half = halfOf(shown.name, counted, all);
  if (half) return { def, whole, sites, flaws: [], unclear: half };
  const { flaws, unclear } = judge(flowOf(def), { neutral: shown.neutral });
  return { def, whole, sites, flaws, unclear };
}

function count(def: FunctionDef, kind: 'start' | 'stop'): number {
  return def.body.reduce((sum, s) => sum + countIn(s, kind), 0);
}

function usesHandles(def: FunctionDef): boolean {
  return /"kcov_common_handle"/u.test(JSON.stringify(def.body, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
}

function sitesOf(def: FunctionDef): Site[] {
  return statementsOf(def).flatMap((statement): Site[] => {
    const expr = statement.kind === 'expression' ? statement.expr : statement.kind === 'declaration' ? statement.init : undefined;
    const annotation = annotationIn(expr);
    return annotation ? [{ statement, annotation }] : [];
  });
}

const BEGINS = /(?:^|_)(?:start|begin|enter|open|get|setup|prepare|resume)(?:_|$)/u;
const ENDS = /(?:^|_)(?:stop|end|leave|exit|close|put|finish|done|teardown|complete)(?:_|$)/u;

/** A function that only begins sections, or only ends them, may have its other half elsewhere. */
function halfOf(name: string, own: { start: number; stop: number }, all: readonly ShownFunction[]): string | null {
  if (isAnnotationName(name)) return 'it is a form of kcov_remote_start() or kcov_remote_stop() itself';
  if (own.start > 0 && own.stop > 0) return null;
  const kind = own.start > 0 ? 'stop' : 'start';
  const other = all.some((f) => f.name !== name && f.def !== null && count(f.def, kind) > 0 && count(f.def, kind === 'stop' ? 'start' : 'stop') === 0);
  if (other || (own.start > 0 ? BEGINS : ENDS).test(name)) return `its section may ${kind === 'stop' ? 'end' : 'begin'} in another function`;
  return null;
}
