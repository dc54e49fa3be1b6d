/**
 * @module Stretches of a trace during which a context holds a lock, or has interrupts off. Of a trace that leaves rows out only
 * those that are sure: with both ends in view, or named by the violation.
 */
import type { TraceRow } from '../../review/review.js';
import { inWords, statementOf, switchesInterrupts } from '../trace-row.js';

export interface Hold {
  /** "kcov->lock held" or "interrupts off". */
  readonly what: string;
  readonly kind: 'lock' | 'irqs';
  /** Row that begins it; its lane has it. */
  readonly from: number;
  /** Row that ends it; the last row when none does. */
  readonly to: number;
}

/** What a row takes or gives back; null for other rows. */
export function heldBy(row: TraceRow): { readonly what: string; readonly kind: Hold['kind']; readonly takes: boolean } | null {
  if (switchesInterrupts(row)) return row.old === row.new ? null : { what: 'interrupts off', kind: 'irqs', takes: row.new === 'off' };
  if (row.access !== 'lock' || row.target === null) return null;
  return { what: `${inWords(row.target)} held`, kind: 'lock', takes: !/unlock/u.test(statementOf(row)) };
}

/** Whether the violating row says by itself that it was so until then. */
function isNamed(what: string, kind: Hold['kind'], violating: TraceRow | undefined): boolean {
  if (violating === undefined) return false;
  return kind === 'irqs' ? violating.note.startsWith('interrupts were on') : violating.note.includes('held') && heldBy(violating)?.what === what;
}

/** All stretches, by their beginning. `complete`: no row is left out. */
export function holdsIn(rows: readonly TraceRow[], laneAt: (row: number) => number, complete: boolean): Hold[] {
  const holds: Hold[] = [];
  const violating = rows.findLast((row) => row.note !== '');
  rows.forEach((row, from) => {
    const held = heldBy(row);
    if (!held?.takes || row.note !== '') return;
    const own = rows.findIndex((later, i) => i > from && laneAt(i) === laneAt(from) && heldBy(later)?.what === held.what);
    const ended = own >= 0 && heldBy(rows[own] ?? row)?.takes === false;
    if (ended || complete || isNamed(held.what, held.kind, violating)) holds.push({ what: held.what, kind: held.kind, from, to: ended ? own : rows.length - 1 });
  });
  return holds;
}
