/**
 * @module A space with its states numbered as they are met and each expanded at most once, whoever asks: searches of one
 * scenario that differ only in which contexts may move share all work of the machine.
 */
import type { Transition } from '../machine/machine.js';
import type { Violation } from '../machine/violation.js';
import type { Space } from './space.js';

/** A violation under a name by which it is looked for. */
export interface Shows {
  /** Number of the name, see Graph.wanted(). */
  readonly name: number;
  readonly violation: Violation;
}

export interface Edge {
  readonly move: Transition;
  /** Number of the state; -1 where the execution ends. */
  readonly to: number;
  readonly shows: readonly Shows[];
}

/** A state with what can follow. */
export interface Vertex {
  readonly edges: readonly Edge[];
  /** What is violated because nothing steps any more. */
  readonly atEnd: readonly Shows[];
}

export class Graph<S> {
  private readonly states: (S | null)[] = [];
  private readonly vertices: Vertex[] = [];
  private readonly arrivals: (readonly number[])[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly names = new Map<string, number>();

  /** `namesOf` gives a name in common to violations that count as the same; `actors` is how many actors there are. */
  constructor(private readonly space: Space<S>, private readonly namesOf: (violation: Violation) => readonly string[], readonly actors: number) {
    if (space.initial !== null) this.number(space.initial, new Array<number>(actors).fill(0));
  }

  /** The initial state has number 0; false when there is none. */
  get hasInitial(): boolean {
    return this.states.length > 0;
  }

  /** The numbers of a violation's names. */
  wanted(violation: Violation): number[] {
    return this.namesOf(violation).map((name) => {
      const number = this.names.get(name) ?? this.names.size;
      this.names.set(name, number);
      return number;
    });
  }

  /** How often each actor's interrupt has arrived before a state. */
  arrivedBefore(state: number): readonly number[] {
    return this.arrivals[state] ?? [];
  }

  vertex(state: number): Vertex {
    return (this.vertices[state] ??= this.expand(state));
  }

  private expand(state: number): Vertex {
    const from = this.states[state] ?? null;
    if (from === null) return { edges: [], atEnd: [] };
    // Its vertex is all that is asked of it from now on.
    this.states[state] = null;
    const moves = this.space.transitions(from);
    const edges = moves.map((move): Edge => {
      const { state: next, violations } = this.space.apply(from, move);
      const to = next === null ? -1 : this.number(next, this.arrivedAfter(state, move));
      return { move, to, shows: this.shown(violations) };
    });
    return { edges, atEnd: moves.some((move) => !move.enter) ? [] : this.shown(this.space.atEnd(from)) };
  }

  private shown(violations: readonly Violation[]): Shows[] {
    return violations.flatMap((violation) => this.wanted(violation).map((name) => ({ name, violation })));
  }

  private arrivedAfter(state: number, move: Transition): readonly number[] {
    const before = this.arrivedBefore(state);
    return move.enter ? before.map((count, actor) => (actor === move.actor ? count + 1 : count)) : before;
  }

  private number(state: S, arrivals: readonly number[]): number {
    const key = this.space.key(state);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const made = this.states.length;
    this.numbers.set(key, made);
    this.states.push(state);
    this.arrivals.push(arrivals);
    return made;
  }
}
