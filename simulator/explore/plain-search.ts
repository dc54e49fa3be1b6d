/**
 * @module The plain search: states as they are, the machine asked for every move. Slow and simple; what the packed engine
 * finds is held against it.
 */
import { Machine } from '../machine/machine.js';
import type { Transition } from '../machine/machine.js';
import type { Code } from '../machine/code.js';
import type { Listener } from '../machine/execute.js';
import { Draft } from '../machine/draft.js';
import { start } from '../machine/initial.js';
import { stateKey } from '../machine/state.js';
import type { State } from '../machine/state.js';
import type { Contract } from '../machine/view.js';
import type { Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';
import { violationsAtEnd } from './at-end.js';
import type { Exploration, ExploreOptions, Found, Verdict } from './explore.js';
import { LockEvidence } from './lock-evidence.js';
import { factKey } from './lock-facts.js';
import { LockGraph } from './lock-graph.js';
import { both, LockCollector } from './lockdep.js';
import { Observations } from './observations.js';
import { violationKey } from './violation-key.js';

class Search<G> {
  private readonly states: State<G>[] = [];
  private readonly parents: number[] = [];
  private readonly moves: (Transition | null)[] = [];
  private readonly seen = new Set<string>();
  private readonly found = new Map<string, { violation: Violation; from: number; move: Transition | null }>();
  private readonly notModelled = new Set<string>();
  private readonly observations: Observations;
  private readonly machine: Machine<G>;
  private readonly locks = new LockGraph();
  /** Where each fact about locks was learnt first. */
  private readonly learnt = new Map<string, { from: number; move: Transition | null }>();
  private now: { from: number; move: Transition | null } = { from: -1, move: null };
  private taken = 0;

  constructor(private readonly code: Code, private readonly scenario: Scenario<G>, private readonly contract: Contract<G>) {
    this.machine = new Machine(code, scenario, contract);
    this.observations = new Observations(code);
  }

  run(options: ExploreOptions): Exploration {
    const collector = new LockCollector<G>(this.locks, (fact) => this.learnt.set(factKey(fact), this.now));
    const listener = both(this.observations.listener<G>(this.machine.world.layout), collector);
    const began = start(this.machine, listener);
    for (const violation of began.violations) this.note(violation, -1, null);
    if (!began.state) return this.result(`the set-up cannot be run: ${began.why ?? 'unknown'}`);
    this.observations.concurrent = true;
    this.add(began.state, -1, null);
    const gaveUp = this.visit(options, listener);
    return this.result(gaveUp);
  }

  private visit(options: ExploreOptions, listener: Listener<G>): string | null {
    let bound: string | null = null;
    for (let index = 0; index < this.states.length; index += 1) {
      if (this.states.length > options.statesMax) return `more than ${options.statesMax} states`;
      const state = this.states[index];
      if (state) bound = this.expand(state, index, listener) ?? bound;
    }
    return bound;
  }

  private expand(state: State<G>, index: number, listener: Listener<G>): string | null {
    let bound: string | null = null;
    const transitions = this.machine.transitions(state);
    if (!transitions.some((t) => !t.enter)) this.end(state, index);
    for (const move of transitions) {
      this.taken += 1;
      this.now = { from: index, move };
      const result = this.machine.apply(state, move, listener);
      for (const violation of result.violations) this.note(violation, index, move);
      if (result.notModelled !== null) this.notModelled.add(result.notModelled);
      bound = result.bound ?? bound;
      if (result.state) this.add(result.state, index, move);
    }
    return bound;
  }

  private end(state: State<G>, index: number): void {
    for (const violation of violationsAtEnd(this.machine, state)) this.note(violation, index, null);
    const outcome = this.machine.world.contract.outcome?.(new Draft(this.machine.world, state, 0));
    if (outcome !== undefined) this.observations.endings.add(outcome);
  }

  private add(state: State<G>, parent: number, move: Transition | null): void {
    const key = stateKey(state);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.states.push(state);
    this.parents.push(parent);
    this.moves.push(move);
  }

  private note(violation: Violation, from: number, move: Transition | null): void {
    const key = violationKey(this.code, this.scenario, violation);
    if (!this.found.has(key)) this.found.set(key, { violation, from, move });
  }

  private scheduleTo(index: number, last: Transition | null): Transition[] {
    const moves: Transition[] = last ? [last] : [];
    for (let at = index; at > 0; at = this.parents[at] ?? -1) {
      const move = this.moves[at];
      if (move) moves.push(move);
    }
    return moves.reverse();
  }

  /** What lockdep concludes, each with an execution that shows it. */
  private lockReports(): Found[] {
    const reports = this.locks.reports();
    if (reports.length === 0) return [];
    const first = new Map([...this.learnt].map(([key, { from, move }]) => [key, this.scheduleTo(from, move)]));
    const evidence = new LockEvidence<G>({ code: this.code, scenario: this.scenario, contract: this.contract });
    return reports.flatMap((report): Found[] => {
      const shown = evidence.show(report, first);
      if (!shown) return [];
      const { violation, schedule, premises } = shown;
      return [{ key: violationKey(this.code, this.scenario, violation), violation, schedule, ...(premises.length > 0 ? { premises } : {}) }];
    });
  }

  private result(gaveUp: string | null): Exploration {
    const own = [...this.found].map(([key, { violation, from, move }]) => ({ key, violation, schedule: this.scheduleTo(from, move) }));
    const found: Found[] = [...own, ...this.lockReports()];
    const verdict: Verdict = found.length > 0 ? 'violated' : gaveUp !== null || this.notModelled.size > 0 ? 'gaveUp' : 'holdsWithinBound';
    return {
      scenario: this.scenario.name, verdict, level: 0, states: this.states.length, transitions: this.taken, gaveUp, stopped: false, found,
      notModelled: [...this.notModelled].sort(), observations: this.observations,
    };
  }
}

/** Searches one scenario with the plain interpreter. */
export function explorePlainly<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>, options: ExploreOptions): Exploration {
  return new Search(code, scenario, contract).run(options);
}
