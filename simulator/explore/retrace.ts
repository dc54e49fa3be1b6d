/**
 * @module Executions again, for nothing but what they violate: no events, no lockdep. The set-up is run once for all
 * schedules of a scenario. For who asks about many violations and shows few; ./replay.ts is for those.
 */
import type { Code } from '../machine/code.js';
import { start } from '../machine/initial.js';
import { Machine } from '../machine/machine.js';
import type { State } from '../machine/state.js';
import type { Contract } from '../machine/view.js';
import type { Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';
import { violationsAtEnd } from './at-end.js';
import type { Move } from './schedule.js';
import { violationKey } from './violation-key.js';

/** A violation of an execution. */
export interface Violated {
  readonly violation: Violation;
  /** As in Found.key. */
  readonly key: string;
  /** Number of the move, from 1; 0 for the set-up. One more than there are moves for what is wrong with the end. */
  readonly move: number;
}

export class Retracer<G> {
  private readonly machine: Machine<G>;
  private readonly atStart: readonly Violated[];
  private readonly initial: State<G> | null;

  constructor(private readonly code: Code, private readonly scenario: Scenario<G>, contract: Contract<G>) {
    this.machine = new Machine(code, scenario, contract);
    const began = start(this.machine);
    this.initial = began.state;
    this.atStart = this.named(began.violations, 0);
  }

  /** All that an execution violates but what lockdep would report, in order; up to the first move that does not fit. */
  violations(moves: readonly Move[]): Violated[] {
    const met = [...this.atStart];
    let state = this.initial;
    for (const [i, { actor, choice }] of moves.entries()) {
      const move = state && this.machine.transitions(state).find((t) => t.actor === actor && t.choice === choice);
      if (!state || !move) return met;
      const result = this.machine.apply(state, move);
      met.push(...this.named(result.violations, i + 1));
      if (result.notModelled !== null || result.bound !== null) return met;
      state = result.state;
    }
    if (state) met.push(...this.named(violationsAtEnd(this.machine, state), moves.length + 1));
    return met;
  }

  private named(violations: readonly Violation[], move: number): Violated[] {
    return violations.map((violation) => ({ violation, key: violationKey(this.code, this.scenario, violation), move }));
  }
}
