/** @module Replays that analyses ask for more than once: of a violation found, and of one actor running alone. */
import { isLockProperty } from '../../simulator/explore/lock-graph.js';
import { replay } from '../../simulator/explore/replay.js';
import type { Replay } from '../../simulator/explore/replay.js';
import { Retracer } from '../../simulator/explore/retrace.js';
import type { IrqStep, Violated } from '../../simulator/explore/retrace.js';
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

/** Remembers what `make` gives for a Code and a scenario, as long as both are there. */
function perScenario<T>(make: (code: Code, scenario: KcovScenario) => T): (code: Code, scenario: KcovScenario) => T {
  const ofCodes = new WeakMap<Code, WeakMap<KcovScenario, T>>();
  return (code, scenario) => {
    const ofCode = ofCodes.get(code) ?? new WeakMap<KcovScenario, T>();
    const made = ofCode.get(scenario) ?? make(code, scenario);
    ofCodes.set(code, ofCode.set(scenario, made));
    return made;
  };
}

const retracerOf = perScenario((code, scenario) => new Retracer<Ghost>(code, scenario, contractOf(code)));

/** What the execution of a violation violates, lockdep's reports left out: replayOf() without all else that it records. */
export function violationsOf(code: Code, scenario: KcovScenario, found: Found): readonly Violated[] {
  const known = replays.get(found);
  if (known) return known.violations.filter((m) => !isLockProperty(m.violation.property));
  return retracerOf(code, scenario).violations(found.schedule);
}

/** Where an execution turns interrupts off and on, and gives locks back. */
export function irqStepsOf(code: Code, scenario: KcovScenario, moves: readonly Transition[]): readonly IrqStep[] {
  return retracerOf(code, scenario).irqSteps(moves);
}

/** The same of an actor that goes on alone behind an execution, to its end or to where it waits for others. */
export function irqStepsBehind(code: Code, scenario: KcovScenario, behind: { readonly moves: readonly Transition[]; readonly actor: number }): readonly IrqStep[] {
  return retracerOf(code, scenario).irqStepsBehind(behind.moves, behind.actor, ALONE_MAX);
}

/** Steps that an actor may take alone. */
const ALONE_MAX = 5_000;

/** What is known of actors that run alone, by actor. */
const alone = perScenario(() => ({ moves: new Map<number, readonly Transition[]>(), replays: new Map<number, Replay>() }));

/** Moves of one actor alone, to its end or to where it waits for others; interrupts arrive at once. */
export function movesAlone(code: Code, scenario: KcovScenario, actor: number): readonly Transition[] {
  const { moves } = alone(code, scenario);
  const made = moves.get(actor) ?? runAlone(code, scenario, actor);
  moves.set(actor, made);
  return made;
}

function runAlone(code: Code, scenario: KcovScenario, actor: number): Transition[] {
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

/** What one actor does when nobody disturbs it. */
export function replayAlone(code: Code, scenario: KcovScenario, actor: number): Replay {
  const { replays: known } = alone(code, scenario);
  const made = known.get(actor) ?? replay(code, scenario, contractOf(code), movesAlone(code, scenario, actor), {});
  known.set(actor, made);
  return made;
}
