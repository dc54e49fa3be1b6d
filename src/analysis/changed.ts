/** @module What the patch added, as statements and globals of the patched Program. */
import type { FunctionDef, GlobalDef, SourcePlace, Stmt } from '../../simulator/ir/program.js';
import { printStatementHead } from '../../simulator/ir/print.js';
import { spotOf } from './spot.js';
import type { Spot } from './spot.js';
import type { Subject } from './subject.js';
import { statementsOf } from './walk.js';

export interface PlacedStatement {
  readonly function: FunctionDef;
  readonly statement: Stmt;
  readonly spot: Spot;
}

/** All statements of the patched Program that a hunk shows, in the order of the text. */
export function statementsInDiff(subject: Subject): PlacedStatement[] {
  return subject.post.program.functions.flatMap((def) => statementsOf(def).map((statement) => ({
    function: def, statement, spot: statementSpot(subject, def.name, statement),
  }))).filter(({ spot }) => spot.inDiff);
}

/** Where to ask about a patch as a whole: the first statement that it added, else the first that its hunks show. */
export function firstChanged(subject: Subject, patch: number): Spot | undefined {
  const own = statementsInDiff(subject).filter(({ spot }) => spot.patch === patch);
  return (own.find(({ spot }) => spot.added) ?? own[0])?.spot;
}

/** The place of a statement's head. */
export function statementSpot(subject: Subject, functionName: string, statement: Stmt): Spot {
  const compound = 'body' in statement || statement.kind === 'if';
  const place: SourcePlace = compound ? { ...statement.place, endLine: statement.place.line } : statement.place;
  return spotOf(subject.post.images, place, { function: functionName, text: printStatementHead(statement) });
}

/** The line of a function's head that has its name. */
export function headSpot(subject: Subject, def: FunctionDef): Spot {
  const { path, line, endLine } = def.place;
  const lines = subject.post.images.get(path)?.lines.slice(line - 1, endLine) ?? [];
  const at = line + Math.max(0, lines.findIndex((text) => new RegExp(`\\b${def.name}\\s*\\(`, 'u').test(text)));
  return spotOf(subject.post.images, { path, line: at, endLine: at }, { function: def.name, text: `${def.name}()` });
}

/** Globals whose definition the patch added. */
export function addedGlobals(subject: Subject): { global: GlobalDef; spot: Spot }[] {
  const known = new Set(subject.pre.program.globals.map((g) => g.name));
  return subject.post.program.globals.filter((g) => !known.has(g.name))
    .map((global) => ({ global, spot: spotOf(subject.post.images, global.place, { function: '', text: global.macro ? `${global.macro}(${global.name})` : global.name }) }));
}
