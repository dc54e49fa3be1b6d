/**
 * @module Executions again, for nothing but what they violate and when they turn interrupts off: no events, no lockdep. What
 * two schedules of a scenario begin with in common is run once. For who asks about many violations and shows few; ./replay.ts
 * is for those.
 */
import type { Code } from '../machine/code.js';
import type { Draft } from '../machine/draft.js';
import type { Executed } from '../machine/execute.js';
import { start } from '../machine/initial.js';
import { Machine } from '../machine/machine.js';
import { ONTO_CPU } from '../machine/scheduler.js';
import type { State } from '../machine/state.js';
import type { Contract } from '../machine/view.js';
import type { FrameRef, Violation } from '../machine/violation.js';
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

/** A statement that turned interrupts off or on, or gave a lock back. */
export interface IrqStep {
  readonly op: 'irq' | 'unlock';
  readonly actor: number;
  /** Outermost first. */
  readonly frames: readonly FrameRef[];
}

/** A state on the way, with what came up in the move that led to it. */
interface Reached<G> {
  /** Null where the execution ended. */
  readonly state: State<G> | null;
  readonly violations: readonly Violated[];
  readonly irqs: readonly IrqStep[];
  /** It ended in something that is not modelled, or at a bound. */
  readonly cut: boolean;
  /** By move; null for one that does not fit. */
  readonly next: Map<string, Reached<G> | null>;
  /** What is wrong with it as an end, once asked for. */
  atEnd: readonly Violated[] | null;
}

export class Retracer<G> {
  private readonly machine: Machine<G>;
  private readonly root: Reached<G>;

  constructor(private readonly code: Code, private readonly scenario: Scenario<G>, contract: Contract<G>) {
    this.machine = new Machine(code, scenario, contract);
    const began = start(this.machine);
    this.root = { state: began.state, violations: this.named(began.violations, 0), irqs: [], cut: false, next: new Map(), atEnd: null };
  }

  /** All that an execution violates but what lockdep would report, in order; up to the first move that does not fit. */
  violations(moves: readonly Move[]): Violated[] {
    const way = this.walk(moves);
    const met = way.flatMap((reached) => reached.violations);
    const last = way.at(-1);
    if (!last?.state || last.cut || way.length <= moves.length) return met;
    last.atEnd ??= this.named(violationsAtEnd(this.machine, last.state), moves.length + 1);
    return [...met, ...last.atEnd];
  }

  /** Where an execution turns interrupts off and on, and gives locks back; up to the first move that does not fit. */
  irqSteps(moves: readonly Move[]): IrqStep[] {
    return this.walk(moves).flatMap((reached) => reached.irqs);
  }

  /** The same of what an actor does alone behind an execution, at most `stepsMax` moves. */
  irqStepsBehind(moves: readonly Move[], actor: number, stepsMax: number): IrqStep[] {
    const irqs: IrqStep[] = [];
    let at = this.walk(moves)[moves.length];
    for (let steps = 0; at?.state && !at.cut && steps < stepsMax; steps += 1) {
      const move = this.machine.transitions(at.state).find((t) => t.actor === actor && !t.enter && (t.choice === 0 || t.choice >= ONTO_CPU));
      at = move ? (this.next(at, move, moves.length + steps + 1) ?? undefined) : undefined;
      irqs.push(...(at?.irqs ?? []));
    }
    return irqs;
  }

  /** What moves lead through, the initial state first. */
  private walk(moves: readonly Move[]): Reached<G>[] {
    const way = [this.root];
    for (const [i, move] of moves.entries()) {
      const reached = this.next(way[i] as Reached<G>, move, i + 1);
      if (!reached) break;
      way.push(reached);
    }
    return way;
  }

  private next(from: Reached<G>, move: Move, number: number): Reached<G> | null {
    const key = `${move.actor} ${move.choice}`;
    const known = from.next.get(key);
    const reached = known === undefined ? this.make(from, move, number) : known;
    if (known === undefined) from.next.set(key, reached);
    return reached;
  }

  private make({ state, cut }: Reached<G>, { actor, choice }: Move, number: number): Reached<G> | null {
    const move = state && !cut ? this.machine.transitions(state).find((t) => t.actor === actor && t.choice === choice) : undefined;
    if (!state || !move) return null;
    const irqs: IrqStep[] = [];
    const result = this.machine.apply(state, move, { executed: (draft, what) => irqs.push(...irqStep(draft, what)) });
    const cutOff = result.notModelled !== null || result.bound !== null;
    return { state: result.state, violations: this.named(result.violations, number), irqs, cut: cutOff, next: new Map(), atEnd: null };
  }

  private named(violations: readonly Violation[], move: number): Violated[] {
    return violations.map((violation) => ({ violation, key: violationKey(this.code, this.scenario, violation), move }));
  }
}

function irqStep<G>(draft: Draft<G>, { prepared: { instruction: { op } }, old, value }: Executed): IrqStep[] {
  if (op !== 'unlock' && (op !== 'irq' || old === value)) return [];
  const { actor, frames } = draft.violation('', '', false).at;
  return frames.length > 0 ? [{ op, actor, frames }] : [];
}
