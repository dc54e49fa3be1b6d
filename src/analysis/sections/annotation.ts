/**
 * @module The calls that annotate other code for kcov: beginnings and ends of remote sections, and handles. Facts from
 * include/linux/kcov.h, v5.5 to v6.12: kcov_remote_start(), its forms for common and USB handles, and the pair that acts
 * in softirqs only.
 */
import type { Argument, Expr, Stmt } from '../../../simulator/ir/program.js';
import { walkStatement } from '../walk.js';

export interface Annotation {
  readonly kind: 'start' | 'stop';
  readonly name: string;
  /** Acts in softirqs only: kcov_remote_start_usb_softirq() and kcov_remote_stop_softirq(). */
  readonly softirqOnly: boolean;
  readonly args: readonly Argument[];
}

/** Wrappers of a subsystem, such as usbip_kcov_remote_start(), are named after what they wrap. */
const NAMED = /^(?:\w+_)?kcov_remote_(start|stop)(?:_\w+)?$/u;

/** Text that may hold an annotation; also calls of kcov_common_handle(). */
export const ANNOTATION_TEXT = /kcov_(?:remote_(?:start|stop)(?:_\w+)?|common_handle)\s*\(/u;

/** Text that begins or ends a section. */
export const SECTION_TEXT = /kcov_remote_(?:start|stop)(?:_\w+)?\s*\(/u;

/** True for a function that is itself a form of kcov_remote_start() or kcov_remote_stop(). */
export function isAnnotationName(name: string): boolean {
  return NAMED.test(name);
}

/** The annotation that an expression is, itself. */
export function annotationOf(expr: Expr): Annotation | null {
  if (expr.kind !== 'call' || expr.callee.kind !== 'name') return null;
  const { name } = expr.callee;
  const kind = NAMED.exec(name)?.[1];
  if (kind !== 'start' && kind !== 'stop') return null;
  return { kind, name, softirqOnly: name.endsWith('_softirq'), args: expr.args };
}

/** The annotation that a simple statement runs as a whole: a call, or an assignment or declaration of its result. */
export function annotationIn(expr: Expr | undefined): Annotation | null {
  if (!expr) return null;
  return annotationOf(expr.kind === 'assign' && expr.op === '=' ? expr.value : expr);
}

/** How many annotations of a kind a statement holds, those of nested statements too. */
export function countIn(statement: Stmt, kind: 'start' | 'stop'): number {
  let count = 0;
  walkStatement(statement, (expr) => {
    if (annotationOf(expr)?.kind === kind) count++;
  });
  return count;
}
