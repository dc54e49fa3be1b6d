/**
 * @module Makes a counterexample simpler without searching: contexts are dropped and segments of one context are put
 * together, as in delta debugging (Zeller and Hildebrandt, 2002), while the schedule becomes cheaper: contexts, then
 * switches, then steps. What is accepted was run and shows the same violation. Stands in where ./minimise.ts gives up.
 */
import type { Transition } from '../machine/machine.js';
import type { Violation } from '../machine/violation.js';
import type { Move } from './schedule.js';
import type { Space } from './space.js';

/** Candidates that are run at most for one counterexample. */
const ATTEMPTS_MAX = 600;
/** Moves that may be added when a context was dropped: what remains runs on without interleaving. */
const EXTENSION_MAX = 200;

/** Moves of one activation of a context in a row. */
interface Segment {
  /** Actor and activation: a task, or one arrival of an interrupt. */
  readonly context: string;
  readonly moves: readonly Move[];
}

/** A schedule that shows the violation. */
export interface Shown {
  readonly violation: Violation;
  readonly schedule: readonly Transition[];
  readonly segments: readonly Segment[];
}

/** What counts as the same violation, and the one that is wanted. */
export interface Wanted {
  readonly nameOf: (violation: Violation) => string;
  readonly violation: Violation;
}

/** Contexts, switches, steps: compared in this order. */
type Cost = readonly [number, number, number];

function costOf(schedule: readonly Transition[]): Cost {
  const segments = segmentsOf(schedule);
  return [new Set(segments.map((s) => s.context)).size, segments.length, schedule.length];
}

function cheaper(a: Cost, b: Cost): boolean {
  const at = a.findIndex((n, i) => n !== b[i]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}

function segmentsOf(schedule: readonly Transition[]): Segment[] {
  const arrivals = new Map<number, number>();
  const segments: { context: string; moves: Move[] }[] = [];
  for (const { actor, choice, enter } of schedule) {
    if (enter) arrivals.set(actor, (arrivals.get(actor) ?? 0) + 1);
    const context = `${actor}.${arrivals.get(actor) ?? 0}`;
    const last = segments.at(-1);
    if (last?.context === context) last.moves.push({ actor, choice });
    else segments.push({ context, moves: [{ actor, choice }] });
  }
  return segments;
}

/** Runs candidates from the initial state. */
class Runner<S> {
  private readonly name: string;
  private attempts = 0;

  constructor(private readonly space: Space<S>, private readonly wanted: Wanted) {
    this.name = wanted.nameOf(wanted.violation);
  }

  /** What the moves show; null when a move does not fit, the violation does not occur, or no attempts are left. */
  run(moves: readonly Move[], extension = 0): Shown | null {
    this.attempts += 1;
    if (this.attempts > ATTEMPTS_MAX) return null;
    const schedule: Transition[] = [];
    let state = this.space.initial;
    for (let i = 0; state !== null && i < moves.length + extension; i += 1) {
      const from: S = state;
      const transition = this.next(from, moves[i], schedule.at(-1)?.actor);
      if (!transition) break;
      const reached = this.space.apply(from, transition);
      schedule.push(transition);
      const shown = this.shown(reached.violations, schedule);
      if (shown) return shown;
      state = reached.state;
    }
    if (state === null || schedule.length < moves.length) return null;
    return this.shown(this.space.atEnd(state), schedule);
  }

  /** The transition of a move; behind the last move the context that moved last goes on, or else the first that can. */
  private next(state: S, move: Move | undefined, last: number | undefined): Transition | undefined {
    const enabled = this.space.transitions(state);
    if (move) return enabled.find((t) => t.actor === move.actor && t.choice === move.choice);
    const steps = enabled.filter((t) => !t.enter && t.choice === 0);
    return steps.find((t) => t.actor === last) ?? steps[0];
  }

  private shown(violations: readonly Violation[], schedule: readonly Transition[]): Shown | null {
    const violation = violations.find((v) => this.wanted.nameOf(v) === this.name);
    return violation ? { violation, schedule: [...schedule], segments: segmentsOf(schedule) } : null;
  }
}

const movesOf = (segments: readonly Segment[]): Move[] => segments.flatMap((s) => s.moves);

/** All segments but those of one context, for each context, the latest to appear first. */
function* withoutContext(segments: readonly Segment[]): Generator<Move[]> {
  const contexts = [...new Set(segments.map((s) => s.context))].reverse();
  for (const context of contexts) yield movesOf(segments.filter((s) => s.context !== context));
}

/** Two segments of one context put together, at the place of the earlier or of the later one. */
function* joined(segments: readonly Segment[]): Generator<Move[]> {
  for (const [i, first] of segments.entries()) {
    const j = segments.findIndex((s, at) => at > i && s.context === first.context);
    const second = segments[j];
    if (!second) continue;
    const between = segments.slice(i + 1, j);
    const [before, after] = [segments.slice(0, i), segments.slice(j + 1)];
    yield movesOf([...before, first, second, ...between, ...after]);
    yield movesOf([...before, ...between, first, second, ...after]);
  }
}

/** One segment left out. */
function* withoutSegment(segments: readonly Segment[]): Generator<Move[]> {
  for (const [i] of segments.entries()) yield movesOf(segments.filter((_, at) => at !== i));
}

/** The first cheaper schedule among the candidates; null when there is none. */
function improve<S>(runner: Runner<S>, now: Shown): Shown | null {
  const better = (moves: readonly Move[], extension: number): Shown | null => {
    const shown = runner.run(moves, extension);
    return shown && isSimpler(shown.schedule, now.schedule) ? shown : null;
  };
  for (const moves of withoutContext(now.segments)) {
    const shown = better(moves, 0) ?? better(moves, EXTENSION_MAX);
    if (shown) return shown;
  }
  for (const candidates of [joined, withoutSegment]) {
    for (const moves of candidates(now.segments)) {
      const shown = better(moves, 0);
      if (shown) return shown;
    }
  }
  return null;
}

/**
 * The cheapest schedule that could be reached from one by dropping and joining; null when it does not show what is wanted.
 * Deterministic; the number of candidates is bounded.
 */
export function reduce<S>(space: Space<S>, schedule: readonly Transition[], wanted: Wanted): Shown | null {
  const runner = new Runner(space, wanted);
  let best = runner.run(schedule);
  for (let next = best; next; next = improve(runner, next)) best = next;
  return best;
}

/** Whether the one schedule is cheaper than the other: contexts, then switches, then steps. */
export function isSimpler(a: readonly Transition[], b: readonly Transition[]): boolean {
  return cheaper(costOf(a), costOf(b));
}
