/**
 * @module Which of a state's moves need to be made for all violations to be found.
 *
 * Level 1: a step that touches nothing that a possibly concurrent context touches is made at once, and no state is kept
 * before the next one that is not so. Concurrent are the actors of other CPUs, and the interrupts that may arrive here and now.
 * Level 2: nor does it matter who else touches what, where a lock that all of them hold keeps them away; and a lock that is
 * held is released at once.
 * Level 3: where the next step of a CPU touches nothing that other CPUs touch, only this CPU moves: its step, and the
 * interrupts that may arrive before it (a persistent set; Godefroid 1996).
 *
 * What is relied on is noted in the footprints, which are checked when the search is over. It needs executions that end:
 * a context that comes back to where it was gives up (see `loops`).
 */
import type { ContextState, CpuState } from '../machine/state.js';
import type { Scenario } from '../scenario/scenario.js';
import { SOFTIRQ_MASK } from '../kernel/preempt-count.js';
import type { Memo, Moves, Outcome } from './memo.js';

export type Level = 0 | 1 | 2 | 3;

/** A move to make. */
export interface Chosen {
  readonly cpu: number;
  readonly outcome: Outcome;
}

export class Reduction<G> {
  /** By CPU: actors of other CPUs, one bit each. */
  private readonly others: readonly number[];
  private readonly isTask: readonly boolean[];
  /** Actors of which it was assumed that they do not read preempt_count. */
  private countAssumed = 0;

  constructor(private readonly memo: Memo<G>, scenario: Scenario<G>, private readonly level: Level) {
    const bits = (cpu: number): number => scenario.actors.reduce((mask, actor, i) => (actor.cpu === cpu ? mask : mask | (1 << i)), 0);
    this.isTask = scenario.actors.map((actor) => actor.kind === 'task');
    this.others = Array.from({ length: scenario.cpus }, (_, cpu) => bits(cpu));
  }

  /** Actors that may still do something, one bit each: tasks that are not over, interrupts that are there or may come. */
  private alive(values: Int32Array): number {
    const { memo, isTask } = this;
    let mask = 0;
    for (let actor = 0; actor < isTask.length; actor += 1) {
      const { frames, left } = memo.dictionaries[actor]?.components[values[actor] as number] as ContextState;
      if (frames.length > 0 || left > 0) mask |= 1 << actor;
    }
    for (let cpu = 0; cpu < memo.cpuRoots.length; cpu += 1) for (const actor of memo.cpuState(cpu, values).stack) if (!isTask[actor]) mask |= 1 << actor;
    return mask;
  }

  /** True if all that it relied on is so, as far as is known by now. */
  holds(): boolean {
    const { footprints } = this.memo;
    return footprints.holds() && (footprints.countReaders & this.countAssumed) === 0;
  }

  /** A step that is enough, alone: nobody else has a say in it. Null where there is none. */
  single(values: Int32Array): Chosen | null {
    const { memo } = this;
    const alive = this.alive(values);
    for (let cpu = 0; cpu < memo.cpuRoots.length; cpu += 1) {
      const moves = memo.moves(cpu, values);
      if (moves.step < 0) continue;
      const outcome = memo.outcome(moves.roots[moves.step] as number, moves.moves[moves.step] as Moves['moves'][number], values);
      if (!outcome.goesOn) continue;
      const concurrent = ((this.others[cpu] as number) & alive) | moves.arriving;
      if (this.touches(outcome, concurrent, moves.arriving) || !this.leavesArrivals(cpu, outcome, moves.arriving, values)) continue;
      outcome.touched.assumed |= concurrent;
      return { cpu, outcome };
    }
    return null;
  }

  /** True if some of the concurrent actors touch what an outcome touches. */
  private touches(outcome: Outcome, concurrent: number, _arriving: number): boolean {
    return (this.memo.footprints.conflicts(outcome.touched) & concurrent) !== 0;
  }

  /** True if interrupts that may arrive before a step may arrive behind it as well, and cannot tell the difference. */
  private leavesArrivals(cpu: number, outcome: Outcome, arriving: number, values: Int32Array): boolean {
    if (arriving === 0) return true;
    const { memo } = this;
    const before = memo.cpuState(cpu, values);
    const after = memo.cpuAfter(cpu, outcome, values);
    if (after === before) return true;
    if (loses(before, after) || (memo.footprints.countReaders & arriving) !== 0) return false;
    this.countAssumed |= arriving;
    return true;
  }

  /** Moves that are enough, those of one CPU; null where all are needed. */
  cpuOf(values: Int32Array): number | null {
    if (this.level < 3) return null;
    const alive = this.alive(values);
    const { memo } = this;
    for (let cpu = 0; cpu < memo.cpuRoots.length; cpu += 1) {
      const moves = memo.moves(cpu, values);
      if (!moves.steps) continue;
      const others = (this.others[cpu] as number) & alive;
      const outcomes = moves.moves.map((move, i) => memo.outcome(moves.roots[i] as number, move, values));
      if (!outcomes.every((outcome) => outcome.goesOn && !this.touches(outcome, others, 0))) continue;
      for (const outcome of outcomes) outcome.touched.assumed |= others;
      return cpu;
    }
    return null;
  }
}

/** True if an interrupt that may come before may not come after. */
function loses(before: CpuState, after: CpuState): boolean {
  return (before.irqsOn && !after.irqsOn) || ((before.preemptCount & SOFTIRQ_MASK) === 0 && (after.preemptCount & SOFTIRQ_MASK) !== 0);
}
