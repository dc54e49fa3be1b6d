/** @module Lanes of an interleaving picture: one for each context that moves, by CPU, the one that interrupts right of the interrupted. */
import type { TraceRow } from '../../review/review.js';
import { titleOf } from '../trace-row.js';

/** What runs in a lane; its colour and its place follow from it. */
export type LaneKind = 'task' | 'user' | 'softirq' | 'early' | 'hardirq' | 'nmi';

export interface Lane {
  /** As traces in text have it: "CPU0 softirq". */
  readonly title: string;
  /** Without the CPU: "softirq". */
  readonly label: string;
  readonly cpu: number;
  readonly kind: LaneKind;
  /** Where several tasks share CPUs, the one that it is part of; hardirqs and NMIs are of none. */
  readonly task: string | null;
}

/** A higher one interrupts a lower one. */
const RANK: Readonly<Record<LaneKind, number>> = { task: 0, user: 0, softirq: 1, early: 2, hardirq: 2, nmi: 3 };

/** How far up a lane is in the order of interrupting. */
export function rankOf({ kind }: Lane): number {
  return RANK[kind];
}

function kindOf({ context, by }: TraceRow): LaneKind {
  return by === undefined ? context : by === 'user' ? 'user' : 'early';
}

/** The lane that a row is in. */
export function laneOf(row: TraceRow): Lane {
  const title = titleOf(row);
  return { title, label: title.replace(/^CPU\d+ /u, ''), cpu: row.cpu, kind: kindOf(row), task: row.task ?? null };
}

/** All lanes of some rows: by CPU, then by rank, then in the order of their appearance. */
export function lanesIn(rows: readonly TraceRow[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const row of rows) {
    const lane = laneOf(row);
    if (!lanes.has(lane.title)) lanes.set(lane.title, lane);
  }
  return [...lanes.values()].sort((a, b) => a.cpu - b.cpu || rankOf(a) - rankOf(b));
}
