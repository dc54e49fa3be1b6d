/** @module Replays that analyses ask for more than once: of a violation found, and of one actor running alone. */
import { isLockProperty } from '../../simulator/explore/lock-graph.js';
import { replay } from '../../simulator/explore/replay.js';
import type { Replay } from '../../simulator/explore/replay.js';
import { Retracer } from '../../simulator/explore/retrace.js';
import type { Violated } from '../../simulator/explore/retrace.js';
import type { Found } from '../../simulator/explore/explore.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import { contractOf } from './contract-of.js';
import type { Code } from '../../simulator/machine/code.js';
import { start } from '../../simulator/machine/initial.js';
import { Machine } from '../../simulator/machine/machine.js';
import type { Transition } from '../../simulator/machine/machine.js';
import { ONTO_CPU } from '../../simulator/machine/scheduler.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';

const replays = new WeakMap<Found, Replay>();

/** The execution of a violation with everything recorded, the set-up too. */
export function replayOf(code: Code, scenario: KcovScenario, found: Found): Replay {
  const known = replays.get(found);
  if (known) return known;
  const made = replay(code, scenario, contractOf(code), found.schedule, { setUp: true, premises: found.premises });
  replays.set(found, made);
  return made;
}

/** By the Code, then the scenario: what makes its executions again. */
const retracers = new WeakMap<Code, WeakMap<KcovScenario, Retracer<Ghost>>>();

/** What the execution of a violation violates, lockdep's reports left out: replayOf() without all else that it records. */
export function violationsOf(code: Code, scenario: KcovScenario, found: Found): readonly Violated[] {
  const known = replays.get(found);
  if (known) return known.violations.filter((m) => !isLockProperty(m.violation.property));
  const ofCode = retracers.get(code) ?? new WeakMap<KcovScenario, Retracer<Ghost>>();
  retracers.set(code, ofCode);
  const retracer = ofCode.get(scenario) ?? new Retracer(code, scenario, contractOf(code));
  ofCode.set(scenario, retracer);
  return retracer.violations(found.schedule);
}

/** Steps that an actor may take alone. */
const ALONE_MAX = 5_000;

/** Moves of one actor alone, to its end or to where it waits for others; interrupts arrive at once. */
export function movesAlone(code: Code, scenario: KcovScenario, actor: number): Transition[] {
  const machine = new Machine(code, scenario, contractOf(code));
  let state = start(machine).state;
  const moves: Transition[] = [];
  while (state && moves.length < ALONE_MAX) {
    const move = machine.transitions(state).find((t) => t.actor === actor && (t.choice === 0 || t.choice >= ONTO_CPU));
    if (!move) break;
    moves.push(move);
    state = machine.apply(state, move).state;
  }
  return moves;
}

/** By the Code, then the scenario: for each actor its run alone. */
const alone = new WeakMap<Code, WeakMap<KcovScenario, Map<number, Replay>>>();

/** What one actor does when nobody disturbs it. */
export function replayAlone(code: Code, scenario: KcovScenario, actor: number): Replay {
  const ofCode = alone.get(code) ?? new WeakMap<KcovScenario, Map<number, Replay>>();
  const ofScenario = ofCode.get(scenario) ?? new Map<number, Replay>();
  alone.set(code, ofCode.set(scenario, ofScenario));
  const made = ofScenario.get(actor) ?? replay(code, scenario, contractOf(code), movesAlone(code, scenario, actor), {});
  ofScenario.set(actor, made);
  return made;
}
