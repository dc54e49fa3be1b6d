/** @module Sections that begin with a literal zero as handle, which no device can register. */
import { printStatementHead } from '../../../simulator/ir/print-expression.js';
import type { Argument } from '../../../simulator/ir/program.js';
import type { Hazard } from '../rule.js';
import { spotOf } from '../spot.js';
import type { Subject } from '../subject.js';
import type { JudgedFunction, Site } from './judge-definition.js';

export interface ZeroHandle extends Hazard {
  readonly start: string;
}

/** Forms whose handle is that of no subsystem: kcov_remote_start_usb(0) is a bus like any other. */
const PLAIN = new Set(['kcov_remote_start', 'kcov_remote_start_common']);

/** One for each function. */
export function zeroHandles(subject: Subject): ZeroHandle[] {
  const { annotations } = subject;
  if (!annotations) return [];
  return annotations.functions.flatMap((f) => {
    const known = new Set(zerosOf(f.pre).map((s) => printStatementHead(s.statement)));
    const fresh = zerosOf(f.post).filter((s) => !known.has(printStatementHead(s.statement)));
    return fresh.slice(0, 1).map(({ statement, annotation }): ZeroHandle => ({
      property: 'zero-handle', status: 'new', severity: 'low', labels: [], cause: `zero handle ${f.path} ${f.name}`, start: annotation.name,
      spot: spotOf(annotations.post, statement.place, { function: f.name, text: printStatementHead(statement) }),
      support: [{ kind: 'static', text: 'The handle is the constant 0.' }],
    }));
  });
}

function zerosOf(judged: JudgedFunction | null): readonly Site[] {
  return judged?.sites.filter((s) => PLAIN.has(s.annotation.name) && isZero(s.annotation.args[0])) ?? [];
}

function isZero(arg: Argument | undefined): boolean {
  if (arg?.kind === 'cast') return isZero(arg.arg);
  return arg?.kind === 'number' && arg.value === 0n;
}
