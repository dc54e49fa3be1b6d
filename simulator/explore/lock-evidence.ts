/**
 * @module An execution that shows what lockdep concluded from many: one in which all the facts are learnt, so that its replay
 * alone reports it. Where no execution is found that does, what was learnt in others comes before it as its premises, as in
 * a kernel that goes on.
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
import { factKey } from './lock-facts.js';
import { LockGraph } from './lock-graph.js';
import type { LockReport } from './lock-graph.js';
import { LockCollector, Lockdep } from './lockdep.js';
import type { Move } from './schedule.js';

/** States that are looked at behind one schedule for the rest of the facts. */
const STATES_MAX = 4_000;

export interface Shown {
  readonly violation: Violation;
  readonly schedule: readonly Transition[];
  /** Executions that were before it. */
  readonly premises: readonly (readonly Transition[])[];
}

/** What is run: the parts of a search. */
export interface Setting<G> {
  readonly code: Code;
  readonly scenario: Scenario<G>;
  readonly contract: Contract<G>;
}

/** What lockdep knows when executions ran one after the other, each from the initial state. */
export function primed<G>({ code, scenario, contract }: Setting<G>, executions: readonly (readonly Move[])[]): Lockdep<G> {
  let lockdep = new Lockdep<G>();
  for (const moves of executions) {
    const machine = new Machine(code, scenario, contract);
    lockdep = new Lockdep(lockdep);
    let { state } = start(machine, lockdep);
    for (const move of moves) {
      const transition = state && machine.transitions(state).find((t) => t.actor === move.actor && t.choice === move.choice);
      state = state && transition ? machine.apply(state, transition, lockdep).state : null;
    }
  }
  return lockdep;
}

/** Shows reports of one search. */
export class LockEvidence<G> {
  constructor(private readonly setting: Setting<G>) {}

  /** `first`: for each fact the first schedule on which the search learnt it, in the order learnt. Null where the set-up cannot be run. */
  show(report: LockReport, first: ReadonlyMap<string, readonly Transition[]>): Shown | null {
    const needed = [...first].filter(([key]) => report.facts.some((fact) => factKey(fact) === key)).map(([, schedule]) => schedule).reverse();
    for (const schedule of [[], ...needed]) {
      const shown = this.run(report, schedule, []);
      if (shown) return shown;
    }
    for (const schedule of needed) {
      const longer = this.extended(report, schedule);
      const shown = longer && this.run(report, longer, []);
      if (shown) return shown;
    }
    const [last = [], ...others] = needed;
    return this.run(report, last, others.reverse());
  }

  /** The execution up to the event that completes the report; null where it does not. */
  private run(report: LockReport, moves: readonly Transition[], premises: Shown['premises']): Shown | null {
    const { code, scenario, contract } = this.setting;
    const machine = new Machine(code, scenario, contract);
    const lockdep = new Lockdep(primed(this.setting, premises));
    const isIt = (violation: Violation): boolean => violation.property === report.property && violation.detail === report.detail;
    const began = start(machine, lockdep);
    let { state } = began;
    let violation = began.violations.find(isIt);
    const schedule: Transition[] = [];
    for (let i = 0; state && !violation && i < moves.length; i += 1) {
      const move = moves[i];
      if (!move) break;
      const result = machine.apply(state, move, lockdep);
      schedule.push(move);
      violation = result.violations.find(isIt);
      ({ state } = result);
    }
    return violation ? { violation, schedule, premises } : null;
  }

  /** The schedule with what leads on to the rest of the facts, breadth first; null where that is not near. */
  private extended(report: LockReport, moves: readonly Transition[]): Transition[] | null {
    const { code, scenario, contract } = this.setting;
    const machine = new Machine(code, scenario, contract);
    const wanted = report.facts.map(factKey);
    let mask = 0;
    const listener = new LockCollector<G>(new Forgetful(), (fact) => {
      const at = wanted.indexOf(factKey(fact));
      if (at >= 0) mask |= 1 << at;
    });
    let { state } = start(machine, listener);
    for (const move of moves) if (state) ({ state } = machine.apply(state, move, listener));
    if (!state) return null;
    const nodes: { state: State<G>; mask: number; from: number; move: Transition | null }[] = [{ state, mask, from: -1, move: null }];
    const seen = new Set([`${mask} ${stateKey(state)}`]);
    for (let index = 0; index < nodes.length && nodes.length < STATES_MAX; index += 1) {
      const node = nodes[index];
      for (const move of node ? machine.transitions(node.state) : []) {
        if (!node) break;
        ({ mask } = node);
        const next = machine.apply(node.state, move, listener).state;
        if (mask === 2 ** wanted.length - 1) return [...moves, ...pathTo(nodes, index), move];
        const key = next && `${mask} ${stateKey(next)}`;
        if (!next || key === null || seen.has(key)) continue;
        seen.add(key);
        nodes.push({ state: next, mask, from: index, move });
      }
    }
    return null;
  }
}

/** Every fact is new to it. */
class Forgetful extends LockGraph {
  override learn(): boolean {
    return true;
  }
}

function pathTo(nodes: readonly { from: number; move: Transition | null }[], index: number): Transition[] {
  const path: Transition[] = [];
  for (let at = index; at >= 0; at = nodes[at]?.from ?? -1) {
    const move = nodes[at]?.move;
    if (move) path.push(move);
  }
  return path.reverse();
}
