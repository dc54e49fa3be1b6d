/** @module Rows of invented traces, written as one line each: who, where, what. */
import type { TraceRow } from '../../../src/review/review.js';

/** What of a row matters to a test; the rest is filled in. */
export type RowParts = Partial<Omit<TraceRow, 'place'>> & Pick<TraceRow, 'context'>;

/** A row of CPU0 that reads nothing, unless the parts say otherwise. */
export function row(parts: RowParts): TraceRow {
  const whole = { step: 0, cpu: 0, function: 'f', text: 'x;', access: 'read' as const, target: null, old: null, new: null, marked: false, note: '', ...parts };
  return { ...whole, place: { path: 'kernel/kcov.c', image: 'model', side: 'RIGHT', line: null, endLine: null, inDiff: false, hunk: null, function: whole.function, text: whole.text } };
}
