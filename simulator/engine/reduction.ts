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

export class Reduction<G> {
  /** By CPU: actors of other CPUs, one bit each. */
  private readonly others: readonly number[];
  private readonly isTask: readonly boolean[];
  /** By field of a context or CPU, then by component: the actors that it says are alive. */
  private readonly aliveOf: number[][] = [];
  /** Actors of which it was assumed that they do not read preempt_count. */
  private countAssumed = 0;

  constructor(private readonly memo: Memo<G>, scenario: Scenario<G>, private readonly level: Level) {
    const bits = (cpu: number): number => scenario.actors.reduce((mask, actor, i) => (actor.cpu === cpu ? mask : mask | (1 << i)), 0);
    this.isTask = scenario.actors.map((actor) => actor.kind === 'task');
    this.others = Array.from({ length: scenario.cpus }, (_, cpu) => bits(cpu));
  }

  /** Actors that may still do something, one bit each: tasks that are not over, interrupts that are there or may come. */
  private alive(values: Int32Array): number {
    let mask = 0;
    for (let field = 0; field < this.memo.ghostField; field += 1) {
      const known = this.aliveOf[field]?.[values[field] as number];
      mask |= known ?? this.aliveBy(field, values);
    }
    return mask;
  }

  private aliveBy(field: number, values: Int32Array): number {
    const { memo, isTask, aliveOf } = this;
    const component = memo.dictionaries[field]?.components[values[field] as number];
    let mask = 0;
    if (field < isTask.length) {
      const context = component as ContextState;
      if (isTask[field] ? memo.machine.hasStep(context) : context.frames.length > 0 || context.left > 0) mask = 1 << field;
    } else for (const actor of (component as CpuState).stack) if (!isTask[actor]) mask |= 1 << actor;
    (aliveOf[field] ??= [])[values[field] as number] = mask;
    return mask;
  }

  /** True if all that it relied on is so, as far as is known by now. */
  holds(): boolean {
    const { footprints } = this.memo;
    return footprints.holds() && (footprints.countReaders & this.countAssumed) === 0;
  }

  /** A step that is enough, alone: nobody else has a say in it. Null where there is none. */
  single(values: Int32Array): Outcome | null {
    const { memo } = this;
    const alive = this.alive(values);
    for (let cpu = 0; cpu < memo.cpuRoots.length; cpu += 1) {
      const moves = memo.moves(cpu, values);
      if (moves.step < 0) continue;
      const outcome = memo.outcomeOf(moves, moves.step, values);
      if (!outcome.goesOn) continue;
      const others = (this.others[cpu] as number) & alive;
      if (this.touches(outcome, moves.arriving) || this.touchesOthers(outcome, others) || !this.leavesArrivals(cpu, outcome, moves.arriving, values)) continue;
      outcome.touched.assumed |= moves.arriving;
      this.assume(outcome, others);
      return outcome;
    }
    return null;
  }

  /** True if some of the concurrent actors touch what an outcome touches. */
  private touches(outcome: Outcome, concurrent: number): boolean {
    return (this.memo.footprints.conflicts(outcome.touched) & concurrent) !== 0;
  }

  /** The same for actors of other CPUs, whom locks may keep away. */
  private touchesOthers(outcome: Outcome, others: number): boolean {
    const { footprints } = this.memo;
    return ((this.level >= 2 ? footprints.unprotected(outcome.touched) : footprints.conflicts(outcome.touched)) & others) !== 0;
  }

  private assume({ touched }: Outcome, others: number): void {
    if (this.level >= 2) touched.assumedUnprotected |= others;
    else touched.assumed |= others;
  }

  /** True if interrupts that may arrive before a step may arrive behind it as well, and cannot tell the difference. */
  private leavesArrivals(cpu: number, outcome: Outcome, arriving: number, values: Int32Array): boolean {
    if (arriving === 0) return true;
    const { memo } = this;
    if (!memo.changesCpu(cpu, outcome)) return true;
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
      if (!this.nobodyElse(moves, others, values)) continue;
      for (let i = 0; i < moves.moves.length; i += 1) this.assume(memo.outcomeOf(moves, i, values), others);
      return cpu;
    }
    return null;
  }

  /** True if nothing that moves come to is touched by others. All of them are looked at: what they touch is learnt by it. */
  private nobodyElse(moves: Moves, others: number, values: Int32Array): boolean {
    for (let i = 0; i < moves.moves.length; i += 1) this.memo.outcomeOf(moves, i, values);
    for (let i = 0; i < moves.moves.length; i += 1) {
      const outcome = this.memo.outcomeOf(moves, i, values);
      if (!outcome.goesOn || this.touchesOthers(outcome, others)) return false;
    }
    return true;
  }
}

/** True if an interrupt that may come before may not come after. */
function loses(before: CpuState, after: CpuState): boolean {
  return (before.irqsOn && !after.irqsOn) || ((before.preemptCount & SOFTIRQ_MASK) === 0 && (after.preemptCount & SOFTIRQ_MASK) !== 0);
}
