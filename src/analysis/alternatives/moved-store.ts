/**
 * @module Windows closed by order alone: the statement that opens a window goes behind the one that ends it, or the one that
 * ends it goes before the one that opens it. Which two these are is read from the executions that show the window.
 */
import type { EventFrame } from '../../../simulator/trace/event.js';
import type { Program, Stmt } from '../../../simulator/ir/program.js';
import { printStatementHead } from '../../../simulator/ir/print.js';
import { statementsOf } from '../walk.js';
import type { Window } from '../windows.js';
import { diffOf, headOf, holds, withFunction } from './edit.js';
import type { Edit, Rewrite } from './edit.js';

/** A statement in a function of the Program. */
interface At {
  readonly function: string;
  readonly statement: Stmt;
}

/** At most four edits, the smallest first; one that moves an assignment before one that moves a call. */
export function movedStores(program: Program, window: Window): Edit[] {
  const closed = window.closed.flatMap((frame) => statementAt(program, frame) ?? []);
  if (closed.length !== window.closed.length) return [];
  // The last access that leaves the window open may be the first of the statement that ends it.
  const paths = [closed, ...endOf(program, closed)];
  const edits = paths.flatMap((path) => between(program, meeting(program, window.opened, path)));
  return edits.filter((edit, i) => edits.findIndex((other) => other.says === edit.says) === i);
}

function between(program: Program, pair: { function: string; opens: Stmt; ends: Stmt } | null): Edit[] {
  if (!pair) return [];
  const [first, last] = [headOf(pair.opens), headOf(pair.ends)];
  const later = edited(program, pair.function, { move: pair.opens, to: pair.ends, after: true }, `${first} after ${last}`);
  const earlier = edited(program, pair.function, { move: pair.ends, to: pair.opens, after: false }, `${last} before ${first}`);
  return (isAssignment(pair.ends) && !isAssignment(pair.opens) ? [earlier, later] : [later, earlier]).flatMap((edit) => edit ?? []);
}

function isAssignment(s: Stmt): boolean {
  return s.kind === 'expression' && (s.expr.kind === 'assign' || s.expr.kind === 'update');
}

/** The statement of a frame. */
function statementAt(program: Program, frame: EventFrame): At | null {
  const def = program.functions.find((d) => d.name === frame.function);
  const statement = def && statementsOf(def).find((s) => s.place.line === frame.place.line && s.place.path === frame.place.path && printStatementHead(s) === frame.text);
  return def && statement ? { function: def.name, statement } : null;
}

/** The path to the statement that follows the last one in which the window is open: in its function, else in a caller. */
function endOf(program: Program, closed: readonly At[]): (readonly At[])[] {
  for (let depth = closed.length - 1; depth >= 0; depth -= 1) {
    const at = closed[depth];
    const next = at && following(program, at);
    if (at && next) return [[...closed.slice(0, depth), { function: at.function, statement: next }]];
  }
  return [];
}

/** The next expression in the list that holds the statement, or a list around it. */
function following(program: Program, at: At): Stmt | null {
  let found: Stmt | null = null;
  withFunction(program, at.function, (list) => {
    const index = list.findIndex((s) => holds(s, at.statement));
    if (index >= 0) found ??= list.slice(index + 1).find((s) => s.kind === 'expression') ?? null;
    return list;
  });
  return found;
}

/** Where both paths are in one function, at different statements. */
function meeting(program: Program, opened: readonly EventFrame[], ends: readonly At[]): { function: string; opens: Stmt; ends: Stmt } | null {
  for (const [depth, end] of ends.entries()) {
    const frame = opened[depth];
    const opens = frame && statementAt(program, frame);
    if (!opens || opens.function !== end.function) return null;
    if (opens.statement !== end.statement) return { function: end.function, opens: opens.statement, ends: end.statement };
  }
  return null;
}

function edited(program: Program, name: string, of: { move: Stmt; to: Stmt; after: boolean }, says: string): Edit | null {
  if (of.move.kind !== 'expression') return null;
  const moved = withFunction(program, name, moving(of));
  return moved ? { program: moved, says, diff: diffOf(program, moved) } : null;
}

/** Moves a statement beside another one of its own list, or of a block in it. */
function moving({ move, to, after }: { move: Stmt; to: Stmt; after: boolean }): Rewrite {
  return (list) => {
    const target = list.findIndex((s) => s !== move && holds(s, to));
    if (target < 0 || !list.includes(move)) return list;
    return list.flatMap((s, i) => (s === move ? [] : i !== target ? [s] : after ? [s, move] : [move, s]));
  };
}
