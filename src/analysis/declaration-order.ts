/**
 * @module The order of declarations, where it has no meaning: locals without a first value, or with one that neither reads memory
 * nor depends on a local beside it, may stand in any order. The others keep theirs.
 */
import type { Expr, Stmt } from '../../simulator/ir/program.js';

type Declaration = Extract<Stmt, { kind: 'declaration' }>;

/** Names, numbers and operators on them; no call, no access through a pointer. */
function isPrivate(e: Expr): boolean {
  switch (e.kind) {
    case 'number': case 'string': case 'name': case 'sizeof': return true;
    case 'unary': return e.op !== '*' && isPrivate(e.arg);
    case 'binary': return isPrivate(e.left) && isPrivate(e.right);
    case 'cast': return isPrivate(e.arg);
    default: return false;
  }
}

function mentions(node: unknown, names: ReadonlySet<string>): boolean {
  if (Array.isArray(node)) return node.some((n) => mentions(n, names));
  if (typeof node !== 'object' || node === null) return false;
  if ('kind' in node && node.kind === 'name' && 'name' in node && typeof node.name === 'string' && names.has(node.name)) return true;
  return Object.values(node).some((n) => mentions(n, names));
}

/** The declarations of a row that come first, by name: those whose place among their neighbours has no meaning. */
function sorted(run: readonly Declaration[]): Declaration[] {
  const names = new Set(run.map((d) => d.name));
  const isFree = (d: Declaration): boolean => d.attributes === undefined
    && (d.init === undefined || (isPrivate(d.init) && !mentions(d.init, names)));
  const free = run.filter(isFree).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...free, ...run.filter((d) => !isFree(d))];
}

/** Statements in a row, each run of declarations in it in its canonical order. */
export function inCanonicalOrder(body: readonly Stmt[]): Stmt[] {
  const out: Stmt[] = [];
  let run: Declaration[] = [];
  for (const s of body) {
    if (s.kind === 'declaration') run.push(s);
    else {
      out.push(...sorted(run), s);
      run = [];
    }
  }
  return [...out, ...sorted(run)];
}
