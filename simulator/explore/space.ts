/**
 * @module A scenario as a graph of states, as far as searches for schedules need it: what one engine of the machine gives
 * and another can give as well. States are opaque; what is asked of them is here.
 */
import { start } from '../machine/initial.js';
import { Machine } from '../machine/machine.js';
import type { Transition } from '../machine/machine.js';
import type { Code } from '../machine/code.js';
import { stateKey } from '../machine/state.js';
import type { State } from '../machine/state.js';
import type { Contract } from '../machine/view.js';
import type { Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';
import { violationsAtEnd } from './at-end.js';

/** Where a move leads. */
export interface Reached<S> {
  /** Null where the execution cannot go on. */
  readonly state: S | null;
  readonly violations: readonly Violation[];
}

export interface Space<S> {
  /** Null when the set-up cannot be run. */
  readonly initial: S | null;
  /** The moves of a state, always in the same order. */
  transitions(state: S): readonly Transition[];
  apply(state: S, move: Transition): Reached<S>;
  /** What is violated where only interrupts could still arrive. */
  atEnd(state: S): readonly Violation[];
  /** Equal for equal states only. Equal states have seen equally many arrivals of each interrupt. */
  key(state: S): string;
}

/** The plain machine's space. */
export function spaceOf<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>): Space<State<G>> {
  const machine = new Machine(code, scenario, contract);
  return {
    initial: start(machine).state,
    transitions: (state) => machine.transitions(state),
    apply: (state, move) => machine.apply(state, move),
    atEnd: (state) => violationsAtEnd(machine, state),
    key: (state) => stateKey(state),
  };
}
