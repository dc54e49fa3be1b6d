/**
 * @module Statements that a patch writes in another way or in another function. A violation at one of those is the base's own where
 * the base violates the same in what the patch took away for it: who renames a local brings nothing new.
 */
import { printStatementHead } from '../../simulator/ir/print.js';
import type { Found } from '../../simulator/explore/explore.js';
import type { Program } from '../../simulator/ir/program.js';
import type { Code } from '../../simulator/machine/code.js';
import type { FrameRef } from '../../simulator/machine/violation.js';
import type { Subject } from './subject.js';
import { statementsOf } from './walk.js';

/** Where a violation stands. */
interface Stand {
  readonly found: Found;
  /** Functions that were under way, the one that it stands in last. */
  readonly functions: readonly string[];
  readonly text: string;
}

/** A violation of the base with the keys it goes by. */
export interface BaseViolation {
  readonly code: Code;
  readonly found: Found;
  readonly keys: readonly string[];
}

/** For a violation of the patched image, the keys of those of the base that it is, in other words or another place. */
export type Rewritten = (code: Code, found: Found) => readonly string[];

export function rewritten(subject: Subject, ofBase: readonly BaseViolation[]): Rewritten {
  const [before, after] = [textsOf(subject.pre.program), textsOf(subject.post.program)];
  const gone = (functionName: string, text: string): boolean => after.get(functionName)?.has(text) !== true;
  const known = ofBase.flatMap(({ code, found, keys }) => standOf(code, found).map((stand) => ({ ...stand, keys })));
  return (code, found) => standOf(code, found).flatMap((own) => {
    const within = own.functions.at(-1) ?? '';
    if (before.get(within)?.has(own.text) === true) return [];
    return known.filter((base) => {
      const place = base.functions.at(-1) ?? '';
      if (base.found.violation.property !== found.violation.property || base.found.violation.at.kind !== found.violation.at.kind) return false;
      return gone(place, base.text) ? place === within || base.text === own.text : base.text === own.text && base.functions.includes(within);
    }).flatMap((base) => base.keys);
  });
}

/** Heads of all statements by function. */
function textsOf(program: Program): Map<string, Set<string>> {
  return new Map(program.functions.map((def) => [def.name, new Set(statementsOf(def).map(printStatementHead))]));
}

/** Nothing where it stands in no function: at the end of an operation, or of an execution. */
function standOf(code: Code, found: Found): Stand[] {
  const { frames } = found.violation.at;
  const text = textAt(code, frames.at(-1));
  return text === null ? [] : [{ found, functions: frames.map((frame) => code.functions[frame.functionIndex]?.name ?? ''), text }];
}

function textAt(code: Code, frame: FrameRef | undefined): string | null {
  const f = frame ? code.functions[frame.functionIndex] : undefined;
  const statement = f?.statements[f.instructions[frame?.pc ?? 0]?.statement ?? 0];
  return statement ? printStatementHead(statement) : null;
}
