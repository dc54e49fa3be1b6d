/**
 * @module The schedules with the fewest switches, and of those the fewest steps, to everything that is violated while only
 * certain contexts move: Dijkstra's search over pairs of a state and the actor that moved last. A switch is a move of
 * another context than the one before; an interrupt's arrival is one, and so is the return to what it interrupted. Equally
 * cheap ones are told apart by the order of moves. The search goes on where it stopped when something else is asked.
 */
import type { Transition } from '../machine/machine.js';
import type { Violation } from '../machine/violation.js';
import type { Edge, Graph, Shows } from './graph.js';

export interface Cost {
  readonly switches: number;
  readonly steps: number;
}

/** Whether the one is less than the other: switches first. */
export function isCheaper(a: Cost, b: Cost): boolean {
  return a.switches !== b.switches ? a.switches < b.switches : a.steps < b.steps;
}

/** A violation with the cheapest moves to it. */
export interface Reached {
  readonly cost: Cost;
  readonly violation: Violation;
  readonly schedule: readonly Transition[];
}

/** `absent`: no execution shows it; `dearer`: none that is cheaper than asked for; `gaveUp`: not known within the budget. */
export type Answer = { readonly kind: 'found'; readonly reached: Reached } | { readonly kind: 'absent' | 'dearer' | 'gaveUp' };

/** A violation met, not yet known to be reached in the cheapest way. */
interface Met {
  readonly cost: Cost;
  readonly violation: Violation;
  readonly entry: number;
  /** Null for what is violated at the end. */
  readonly move: Transition | null;
}

/** Entries of equal cost, first in first out. */
interface Bucket {
  readonly entries: number[];
  taken: number;
}

export class Cheapest<S> {
  /** Entries of the queue: the pair as one number, the entry before and the move from there. */
  private readonly pairs: number[] = [];
  private readonly before: number[] = [];
  private readonly moves: (Transition | null)[] = [];
  private readonly settled = new Set<number>();
  private readonly met = new Map<number, Met>();
  /** Buckets by steps, for the switches under way and for one more. */
  private buckets: Bucket[] = [];
  private dearer: Bucket[] = [];
  private cost = { switches: 0, steps: 0 };
  private state: 'open' | 'exhausted' | 'gaveUp' = 'open';

  /** `limits`: for each actor how many of its contexts may move, 0 for none. `pairsMax`: pairs to settle at most. */
  constructor(private readonly graph: Graph<S>, private readonly limits: readonly number[], private readonly pairsMax: number) {
    if (graph.hasInitial) this.push(this.buckets, 0, { pair: 0, before: -1, move: null });
  }

  /** The cheapest way to a violation; schedules that are not cheaper than `below` are of no interest. */
  find(name: number, below: Cost | null = null): Answer {
    for (;;) {
      const met = this.met.get(name);
      const isFinal = met !== undefined && (this.state === 'exhausted' || !isCheaper(this.cost, met.cost));
      if (met && isFinal) return below && !isCheaper(met.cost, below) ? { kind: 'dearer' } : { kind: 'found', reached: this.reached(met) };
      if (this.state !== 'open') return { kind: this.state === 'exhausted' ? 'absent' : 'gaveUp' };
      if (below && !isCheaper(this.cost, below)) return { kind: 'dearer' };
      this.settleNext();
    }
  }

  /** A way to a violation, maybe not the cheapest; null when none was met. */
  best(name: number): Reached | null {
    const met = this.met.get(name);
    return met ? this.reached(met) : null;
  }

  private push(buckets: Bucket[], steps: number, what: { pair: number; before: number; move: Transition | null }): void {
    const bucket = (buckets[steps] ??= { entries: [], taken: 0 });
    bucket.entries.push(this.pairs.length);
    this.pairs.push(what.pair);
    this.before.push(what.before);
    this.moves.push(what.move);
  }

  /** Settles the next pair, or goes on to the next cost. */
  private settleNext(): void {
    const bucket = this.buckets[this.cost.steps];
    if (!bucket || bucket.taken >= bucket.entries.length) return this.nextCost();
    const entry = bucket.entries[bucket.taken] ?? 0;
    bucket.taken += 1;
    const pair = this.pairs[entry] ?? 0;
    if (this.settled.has(pair)) return;
    if (this.settled.size >= this.pairsMax) {
      this.state = 'gaveUp';
      return;
    }
    this.settled.add(pair);
    this.follow(entry, pair);
  }

  private nextCost(): void {
    if (this.cost.steps + 1 < this.buckets.length) this.cost = { ...this.cost, steps: this.cost.steps + 1 };
    else if (this.dearer.length > 0) {
      this.cost = { switches: this.cost.switches + 1, steps: 0 };
      [this.buckets, this.dearer] = [this.dearer, []];
    } else this.state = 'exhausted';
  }

  private follow(entry: number, pair: number): void {
    const width = this.graph.actors + 1;
    const [state, last] = [Math.floor(pair / width), (pair % width) - 1];
    const vertex = this.graph.vertex(state);
    const arrived = this.graph.arrivedBefore(state);
    this.meet(vertex.atEnd, this.cost, { entry, move: null });
    for (const edge of vertex.edges) {
      const { actor, enter } = edge.move;
      if ((enter ? arrived[actor] ?? 0 : 0) >= (this.limits[actor] ?? 0)) continue;
      this.take(edge, { entry, isSwitch: last >= 0 && (enter || actor !== last), width });
    }
  }

  private take(edge: Edge, from: { entry: number; isSwitch: boolean; width: number }): void {
    const cost = { switches: this.cost.switches + (from.isSwitch ? 1 : 0), steps: this.cost.steps + 1 };
    this.meet(edge.shows, cost, { entry: from.entry, move: edge.move });
    if (edge.to < 0) return;
    const pair = edge.to * from.width + edge.move.actor + 1;
    if (!this.settled.has(pair)) this.push(from.isSwitch ? this.dearer : this.buckets, cost.steps, { pair, before: from.entry, move: edge.move });
  }

  private meet(shows: readonly Shows[], cost: Cost, at: { entry: number; move: Transition | null }): void {
    for (const { name, violation } of shows) {
      const known = this.met.get(name);
      if (!known || isCheaper(cost, known.cost)) this.met.set(name, { cost, violation, ...at });
    }
  }

  private reached({ cost, violation, entry, move }: Met): Reached {
    const schedule: Transition[] = move ? [move] : [];
    for (let at = entry; at >= 0; at = this.before[at] ?? -1) {
      const made = this.moves[at];
      if (made) schedule.push(made);
    }
    return { cost, violation, schedule: schedule.reverse() };
  }
}
