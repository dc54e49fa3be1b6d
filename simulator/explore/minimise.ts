/**
 * @module Makes a counterexample simpler: fewest contexts, then fewest switches between them, then fewest steps. The search
 * gives a schedule with the fewest steps, in any order; here contexts are dropped and segments of one context are put
 * together, as in delta debugging (Zeller and Hildebrandt, 2002). What is accepted was run and shows the same violation.
 */
import { start } from '../machine/initial.js';
import { Machine } from '../machine/machine.js';
import type { Result, Transition } from '../machine/machine.js';
import type { Code } from '../machine/code.js';
import type { State } from '../machine/state.js';
import type { Contract } from '../machine/view.js';
import type { Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';
import { violationsAtEnd } from './at-end.js';
import type { Found } from './explore.js';
import { primed } from './lock-evidence.js';
import { isLockProperty } from './lock-graph.js';
import { Lockdep } from './lockdep.js';
import type { Move } from './schedule.js';
import { likeness, violationKey } from './violation-key.js';

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
interface Shown {
  readonly violation: Violation;
  readonly schedule: readonly Transition[];
  readonly segments: readonly Segment[];
}

/** Contexts, switches, steps: compared in this order. */
type Cost = readonly [number, number, number];

function costOf({ segments, schedule }: Shown): Cost {
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

/** Runs candidates from one initial state. */
class Runner<G> {
  private readonly machine: Machine<G>;
  private readonly initial: State<G> | null;
  private attempts = 0;

  constructor(private readonly code: Code, private readonly scenario: Scenario<G>, setting: { contract: Contract<G>; found: Found }) {
    const { violation, premises = [] } = setting.found;
    this.machine = new Machine(code, scenario, setting.contract);
    this.lockdep = isLockProperty(violation.property) ? new Lockdep(primed({ code, scenario, contract: setting.contract }, premises)) : null;
    this.initial = start(this.machine, this.lockdep).state;
    this.wanted = likeness(code, scenario, violation);
  }

  /** What lockdep knows when the set-up has run; null where it is not asked. */
  private readonly lockdep: Lockdep<G> | null;

  private readonly wanted: string;

  /** What the moves show; null when a move does not fit, the violation does not occur, or no attempts are left. */
  run(moves: readonly Move[], extension = 0): Shown | null {
    this.attempts += 1;
    if (!this.initial || this.attempts > ATTEMPTS_MAX) return null;
    const schedule: Transition[] = [];
    const lockdep = this.lockdep && new Lockdep(this.lockdep);
    let state: State<G> | null = this.initial;
    for (let i = 0; state && i < moves.length + extension; i += 1) {
      const from: State<G> = state;
      const transition = this.next(from, moves[i], schedule.at(-1)?.actor);
      if (!transition) break;
      const result: Result<G> = this.machine.apply(from, transition, lockdep);
      schedule.push(transition);
      const shown = this.shown(result.violations, schedule);
      if (shown) return shown;
      state = result.state;
    }
    const complete = state !== null && schedule.length >= moves.length;
    return complete && state ? this.shown(violationsAtEnd(this.machine, state), schedule) : null;
  }

  /** The transition of a move; behind the last move the context that moved last goes on, or else the first that can. */
  private next(state: State<G>, move: Move | undefined, last: number | undefined): Transition | undefined {
    const enabled = this.machine.transitions(state);
    if (move) return enabled.find((t) => t.actor === move.actor && t.choice === move.choice);
    const steps = enabled.filter((t) => !t.enter && t.choice === 0);
    return steps.find((t) => t.actor === last) ?? steps[0];
  }

  private shown(violations: readonly Violation[], schedule: readonly Transition[]): Shown | null {
    const violation = violations.find((v) => likeness(this.code, this.scenario, v) === this.wanted);
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
function improve<G>(runner: Runner<G>, now: Shown): Shown | null {
  const better = (moves: readonly Move[], extension: number): Shown | null => {
    const shown = runner.run(moves, extension);
    return shown && cheaper(costOf(shown), costOf(now)) ? shown : null;
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
 * The simplest counterexample that could be reached from `found` by dropping and joining; `found` itself when it is that, or
 * when its schedule does not show it. Deterministic; the number of candidates is bounded.
 */
export function minimise<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>, found: Found): Found {
  const runner = new Runner(code, scenario, { contract, found });
  let best = runner.run(found.schedule);
  if (!best || found.schedule.length === 0) return found;
  for (let next: Shown | null = best; next; next = improve(runner, best)) best = next;
  const unchanged = best.schedule.length === found.schedule.length && best.schedule.every((t, i) => t.actor === found.schedule[i]?.actor && t.choice === found.schedule[i]?.choice);
  return unchanged ? found : { ...found, key: violationKey(code, scenario, best.violation), violation: best.violation, schedule: best.schedule };
}
