/**
 * @module Runs one schedule again and writes down all that happens. Every counterexample that is shown went through here; a
 * move that the state does not allow ends the replay with its number.
 */
import { start } from '../machine/initial.js';
import type { Start } from '../machine/initial.js';
import type { Listener } from '../machine/execute.js';
import { Machine } from '../machine/machine.js';
import type { Transition } from '../machine/machine.js';
import { ONTO_CPU } from '../machine/scheduler.js';
import type { Code } from '../machine/code.js';
import type { State } from '../machine/state.js';
import type { Contract } from '../machine/view.js';
import type { Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Event } from '../trace/event.js';
import { Recorder } from '../trace/recorder.js';
import type { OperationSpan, RecorderOptions } from '../trace/recorder.js';
import { violationsAtEnd } from './at-end.js';
import { primed } from './lock-evidence.js';
import { both, Lockdep } from './lockdep.js';
import type { Violated } from './retrace.js';
import type { Move } from './schedule.js';
import { violationKey } from './violation-key.js';

/** A violation met while replaying. */
export interface Met extends Violated {
  /** Index of the event it is marked at; null when no event is recorded of it. */
  readonly event: number | null;
}

export interface Replay {
  /** The move that could not be made and why; null when all were made. */
  readonly error: { readonly move: number; readonly why: string } | null;
  readonly violations: readonly Met[];
  readonly events: readonly Event[];
  /** In the order they began. */
  readonly operations: readonly OperationSpan[];
  /** The moves made, as transitions. */
  readonly transitions: readonly Transition[];
  /** Readable names of all objects that occur. */
  readonly nameOf: (object: number) => string;
}

export interface ReplayOptions extends RecorderOptions {
  /** Executions that come before, each from the initial state: what lockdep learns in them counts. */
  readonly premises?: readonly (readonly Move[])[];
}

/** What a transition is, after the name of who makes it. */
function said({ enter, choice }: Transition): string {
  if (choice >= ONTO_CPU) return `${enter ? ' begins' : ' goes on'} on CPU ${choice - ONTO_CPU}`;
  if (enter) return ' arrives';
  return choice === 0 ? ' steps' : ` takes choice ${choice}`;
}

const same = (move: Move) => (t: Transition): boolean => t.actor === move.actor && t.choice === move.choice;

/** A scenario whose set-up was run, and what was heard of it. */
interface Prologue<G> {
  readonly machine: Machine<G>;
  readonly began: Start<G>;
  readonly recorder: Recorder<G>;
  readonly lockdep: Lockdep<G>;
}

interface Setting<G> {
  readonly contract: Contract<G>;
  readonly options: ReplayOptions;
}

function prologueOf<G>(code: Code, scenario: Scenario<G>, { contract, options }: Setting<G>): Prologue<G> {
  const machine = new Machine(code, scenario, contract);
  const recorder = new Recorder(machine, options);
  const lockdep = new Lockdep(primed({ code, scenario, contract }, options.premises ?? []));
  // lockdep first: what it reports is marked at the event it is told of.
  const began = start(machine, both(lockdep, recorder));
  recorder.finish(began.violations, null);
  return { machine, began, recorder, lockdep };
}

/** By the Code, then the scenario: set-ups that were run with nothing before them, by contract and whether they are recorded. */
const prologues = new WeakMap<Code, WeakMap<object, Map<object, Prologue<never>[]>>>();

/** The set-up of a scenario, which is the same before all its schedules. */
function knownPrologue<G>(code: Code, scenario: Scenario<G>, setting: Setting<G>): Prologue<G> {
  const { contract, options } = setting;
  if (options.naming || (options.premises ?? []).length > 0) return prologueOf(code, scenario, setting);
  const ofCode = prologues.get(code) ?? new WeakMap<object, Map<object, Prologue<never>[]>>();
  const ofScenario = ofCode.get(scenario) ?? new Map<object, Prologue<never>[]>();
  const known = (ofScenario.get(contract) ?? []) as unknown as Prologue<G>[];
  prologues.set(code, ofCode.set(scenario, ofScenario.set(contract, known as unknown as Prologue<never>[])));
  return (known[options.setUp ? 1 : 0] ??= prologueOf(code, scenario, setting));
}

class Replayer<G> {
  private readonly machine: Machine<G>;
  private readonly recorder: Recorder<G>;
  private readonly listener: Listener<G>;
  private readonly began: Start<G>;
  private readonly met: Met[] = [];
  private readonly transitions: Transition[] = [];

  constructor(private readonly code: Code, private readonly scenario: Scenario<G>, setting: Setting<G>) {
    const prologue = knownPrologue(code, scenario, setting);
    this.machine = prologue.machine;
    this.began = prologue.began;
    this.recorder = prologue.recorder.fork();
    this.listener = both(new Lockdep(prologue.lockdep), this.recorder);
  }

  run(moves: readonly Move[]): Replay {
    const { began } = this;
    this.note(began.violations, 0, null);
    if (!began.state) return this.result({ move: 0, why: `the set-up cannot be run: ${began.why ?? 'unknown'}` });
    let state: State<G> | null = began.state;
    for (const [i, move] of moves.entries()) {
      const before: State<G> | null = state;
      if (!before) return this.result({ move: i + 1, why: 'the execution ended with the move before' });
      const transition = this.machine.transitions(before).find(same(move));
      if (!transition) return this.result({ move: i + 1, why: this.whyNot(before, move) });
      this.transitions.push(transition);
      this.recorder.begin(i + 1, transition);
      const result = this.machine.apply(before, transition, this.listener);
      this.note(result.violations, i + 1, before);
      if (result.notModelled !== null || result.bound !== null) return this.result({ move: i + 1, why: result.notModelled ?? result.bound ?? '' });
      state = result.state;
    }
    if (state) this.note(violationsAtEnd(this.machine, state), moves.length + 1, state);
    return this.result(null);
  }

  private note(violations: readonly Violation[], move: number, before: State<G> | null): void {
    this.recorder.finish(violations, before);
    for (const violation of violations) {
      const event = this.recorder.located.find((l) => l.violation === violation)?.event ?? null;
      this.met.push({ violation, key: violationKey(this.code, this.scenario, violation), event, move });
    }
  }

  private whyNot(state: State<G>, move: Move): string {
    const actor = this.scenario.actors[move.actor];
    if (!actor) return `there is no actor ${move.actor}`;
    const can = this.machine.transitions(state).map((t) => `${this.scenario.actors[t.actor]?.name ?? '?'}${said(t)}`);
    const what = move.choice > 0 && move.choice < ONTO_CPU ? `has no choice ${move.choice}` : 'cannot move';
    return `${actor.name} ${what} here; what can happen: ${can.length > 0 ? can.join(', ') : 'nothing'}`;
  }

  private result(error: Replay['error']): Replay {
    const { recorder, transitions, met } = this;
    return {
      error, violations: met, events: recorder.events, operations: recorder.operations, transitions,
      nameOf: (object) => recorder.names.name(object),
    };
  }
}

/** Replays moves from the initial state. Pure: the same arguments give the same result. Never throws on moves that do not fit. */
export function replay<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>, moves: readonly Move[], options: ReplayOptions = {}): Replay {
  return new Replayer(code, scenario, { contract, options }).run(moves);
}
