/**
 * @module An interleaving as data to draw: lanes, and from top to bottom what happens in them. No sizes and no markup: those are
 * ./layout.ts and ./svg.ts.
 */
import type { Evidence, TraceRow } from '../../review/review.js';
import { briefRows } from '../trace-brief.js';
import { inWords } from '../trace-row.js';
import { shortNote } from '../note.js';
import { clean } from '../line.js';
import { holdsIn, type Hold } from './holds.js';
import { lanesIn, laneOf, type Lane } from './lane.js';
import { Turns, type Turn } from './turns.js';
import { codeOf, valueOf, type Piece } from './words.js';

/** One step, as a reader counts them. */
export interface Step {
  /** From 1, without gaps: the 12 of #step-12. */
  readonly number: number;
  readonly lane: number;
  /** What changed before it; null when the same lane goes on. */
  readonly turn: Turn | null;
  /** The function that it is in, where the lane has come to another one; null where it is known. */
  readonly heading: string | null;
  /** The statement on one line. */
  readonly code: string;
  /** What it accesses, with the values. */
  readonly value: readonly Piece[];
  readonly mark: 'write' | 'read' | 'call' | 'lock';
  /** What is violated here, in few words; '' otherwise. */
  readonly note: string;
  readonly remark: string;
  /** Number of the step that wrote what is read here, or that freed what is accessed; null when none in view did. */
  readonly from: number | null;
  readonly row: TraceRow;
}

/** A stretch of steps in a lane, both ends included. */
export interface Stretch {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
  readonly state: 'runs' | 'waits';
}

export interface LanesPicture {
  readonly lanes: readonly Lane[];
  readonly steps: readonly Step[];
  readonly stretches: readonly Stretch[];
  readonly holds: readonly Hold[];
}

export interface LanesOptions {
  /** The rows are all there are, as a replay has them: each gets a step, none is joined with its neighbour. */
  readonly all?: boolean;
}

function markOf(row: TraceRow): Step['mark'] {
  if (row.access === 'write' || row.access === 'rmw') return 'write';
  return row.access === 'read' || row.access === 'lock' ? row.access : 'call';
}

/** Names functions where a lane comes to another one without a call in view. */
class Functions {
  private readonly current = new Map<number, string>();

  headingOf(row: TraceRow, lane: number): string | null {
    const known = this.current.get(lane);
    this.current.set(lane, row.function);
    return row.access === 'enter' || row.access === 'leave' || row.function === '' || row.function === known ? null : `in ${inWords(row.function)}()`;
  }
}

/** Joins neighbours: one state of one lane, step by step. */
class Stretches {
  readonly found: { lane: number; from: number; to: number; state: Stretch['state'] }[] = [];

  at(step: number, turns: Turns): void {
    for (const lane of turns.running()) this.add(step, lane, 'runs');
    for (const lane of turns.waiting()) this.add(step, lane, 'waits');
  }

  /** The lane waited for as long as the other one was there. */
  below(lane: number, other: number, step: number): void {
    const from = this.found.findLast((one) => one.lane === other)?.from ?? step;
    if (from < step) this.found.push({ lane, from, to: step - 1, state: 'waits' });
  }

  private add(step: number, lane: number, state: Stretch['state']): void {
    const last = this.found.findLast((one) => one.lane === lane);
    if (last?.state === state && last.to === step - 1) last.to = step;
    else this.found.push({ lane, from: step, to: step, state });
  }
}

/** A lane ends with its last step where that is the return from what the lane was told to run. */
function cut(stretch: Stretch, steps: readonly Step[]): Stretch {
  const last = steps.findLastIndex((step) => step.lane === stretch.lane);
  const row = steps[last]?.row;
  const isOver = row?.access === 'leave' && stretch.state === 'runs' && steps.some(({ lane, row: entered }) => lane === stretch.lane && entered.access === 'enter' && entered.text === '' && entered.function === row.function);
  return isOver && stretch.to > last ? { ...stretch, to: Math.max(last, stretch.from) } : stretch;
}

/** The picture of a counterexample; without lanes and steps where it has no rows. */
export function lanesOf(evidence: Pick<Evidence, 'trace'>, { all = false }: LanesOptions = {}): LanesPicture {
  const rows = all ? evidence.trace : briefRows(evidence.trace).map(({ row }) => row);
  const lanes = lanesIn(rows);
  const titles = lanes.map(({ title }) => title);
  const [turns, functions, stretches] = [new Turns(lanes), new Functions(), new Stretches()];
  const numberOf = (row: number | undefined): number | null => {
    const source = row === undefined ? undefined : evidence.trace[row];
    return source && rows.includes(source) ? rows.indexOf(source) + 1 : null;
  };
  const steps = rows.map((row, i): Step => {
    const lane = titles.indexOf(laneOf(row).title);
    const turn = turns.move(lane);
    if (turn?.unseen && turn.from !== null) stretches.below(lane, turn.from, i);
    stretches.at(i, turns);
    return {
      number: i + 1, lane, turn, heading: functions.headingOf(row, lane), code: codeOf(row), value: valueOf(row), mark: markOf(row),
      note: shortNote(row.note), remark: clean(row.remark ?? ''), from: numberOf(row.from), row,
    };
  });
  const holds = holdsIn(rows, (row) => steps[row]?.lane ?? -1, all);
  return { lanes, steps, stretches: stretches.found.map((one) => cut(one, steps)), holds };
}
