/**
 * @module Runs a litmus test on the machine: all executions, counted as the paths through the graph of states. Counting is by
 * dynamic programming and so exact however many there are. An end is a state in which every context is done (an interrupt
 * that has not come by then need not come, and may), a fatal violation, or contexts that wait for each other.
 */
import { Machine } from '../../simulator/machine/machine.js';
import { start } from '../../simulator/machine/initial.js';
import { stateKey } from '../../simulator/machine/state.js';
import type { State } from '../../simulator/machine/state.js';
import type { Code } from '../../simulator/machine/code.js';
import { mayBeKilled } from '../../simulator/scenario/choices.js';
import type { Operation, Scenario } from '../../simulator/scenario/scenario.js';
import { globalIn, runs, scenarioOf, silentContract } from '../simulator/bench.js';
import type { Returned } from '../simulator/bench.js';
import type { Atom, Litmus, Result } from './litmus-file.js';

export interface Ran {
  readonly result: Result;
  readonly executions: bigint;
  /** End states in the words of the exists clause, with how many executions end there: herd's histogram. */
  readonly histogram: ReadonlyMap<string, bigint>;
  /** States reached, for comparing with the search. */
  readonly states: number;
}

/** What an actor runs: one function, or parts of which the last one is the exit. */
function operationsOf(functions: readonly string[]): Operation<Returned>[] {
  return functions.length === 1 ? functions.map(runs) : mayBeKilled(functions.slice(0, -1).map(runs), functions.slice(-1).map(runs));
}

/** The scenario of a litmus test. */
export function scenarioOfLitmus(litmus: Litmus): Scenario<Returned> {
  const made = scenarioOf(litmus.processes.map(({ name, functions = [name], ...place }) => ({ ...place, operations: operationsOf(functions) })));
  const threads = litmus.axes.rt === undefined ? made : withSoftirqThreads(made);
  return { ...threads, ...litmus.axes, name: litmus.name };
}

/** Softirqs have a task of their own to run in. */
function withSoftirqThreads(scenario: Scenario<Returned>): Scenario<Returned> {
  const actors = scenario.actors.map((actor) => (actor.kind === 'softirq' ? { ...actor, task: `ksoftirqd${actor.cpu}` } : actor));
  return { ...scenario, actors, tasks: [...scenario.tasks, ...new Set(actors.flatMap((a) => (a.kind === 'softirq' && a.task !== undefined ? [a.task] : [])))] };
}

type Ends = Map<string, bigint>;

class Walk {
  private readonly known = new Map<string, Ends>();
  private readonly open = new Set<string>();
  private readonly globals: readonly string[];

  constructor(readonly machine: Machine<Returned>, readonly litmus: Litmus) {
    this.globals = [...new Set(litmus.exists.flat().flatMap((atom) => ('global' in atom ? [atom.global] : [])))];
  }

  get states(): number {
    return this.known.size;
  }

  /** How many executions from `state` end where. */
  ends(state: State<Returned>): Ends {
    const key = stateKey(state);
    const before = this.known.get(key);
    if (before) return before;
    if (this.open.has(key)) throw new Error(`${this.litmus.name}: executions without end`);
    this.open.add(key);
    const ends: Ends = new Map();
    const moves = this.machine.transitions(state);
    if (this.machine.isQuiescent(state)) add(ends, this.describe(state), 1n);
    else if (!moves.some((move) => !move.enter)) add(ends, 'deadlock', 1n);
    for (const move of moves) {
      const { state: next, violations, notModelled, bound } = this.machine.apply(state, move);
      if (notModelled !== null || bound !== null) throw new Error(`${this.litmus.name}: ${notModelled ?? bound ?? ''}`);
      const fatal = violations.find((v) => v.fatal);
      if (fatal) add(ends, fatal.property, 1n);
      if (next) for (const [end, count] of this.ends(next)) add(ends, end, count);
    }
    this.open.delete(key);
    this.known.set(key, ends);
    return ends;
  }

  private describe(state: State<Returned>): string {
    return this.globals.map((name) => `${name}=${String(globalIn(this.machine, state, name))}`).join(' ');
  }
}

function add(ends: Ends, end: string, count: bigint): void {
  ends.set(end, (ends.get(end) ?? 0n) + count);
}

function satisfies(end: string, exists: readonly (readonly Atom[])[], reported: ReadonlySet<string>): boolean {
  const words = end.split(' ');
  const holds = (atom: Atom): boolean => ('reports' in atom ? reported.has(atom.reports) : 'property' in atom ? end === atom.property : words.includes(`${atom.global}=${atom.value}`));
  return exists.some((all) => all.every(holds));
}

/** What the clauses ask the search for. */
export function askedReports(litmus: Litmus): string[] {
  return [...new Set(litmus.exists.flat().flatMap((atom) => ('reports' in atom ? [atom.reports] : [])))].sort();
}

/** Runs every execution of a litmus test; `reported`: what its search reports. Throws on what is not modelled and on executions without end. */
export function runLitmus(code: Code, litmus: Litmus, reported: ReadonlySet<string>): Ran {
  if (code.notModelled.length > 0) throw new Error(`${litmus.name}: ${code.notModelled.map((n) => n.why).join()}`);
  const machine = new Machine(code, scenarioOfLitmus(litmus), silentContract);
  const began = start(machine);
  if (!began.state) throw new Error(`${litmus.name}: ${began.why ?? 'no start'}`);
  const walk = new Walk(machine, litmus);
  const histogram = new Map([...walk.ends(began.state)].sort(([a], [b]) => (a < b ? -1 : 1)));
  const total = [...histogram.values()].reduce((a, b) => a + b, 0n);
  const hits = [...histogram].reduce((sum, [end, count]) => (satisfies(end, litmus.exists, reported) ? sum + count : sum), 0n);
  return { result: hits === 0n ? 'Never' : hits === total ? 'Always' : 'Sometimes', executions: total, histogram, states: walk.states };
}
