/**
 * @module The scheduler: which thread may be put on a CPU, and what that costs of the scenario's bounds. A thread is a task,
 * or ksoftirqd with PREEMPT_RT. A CPU is free where its thread is over or waits for a lock that sleeps; it is taken away
 * (a preemption) where preempt_count is 0 and irqs are on, as with CONFIG_PREEMPT (kernel/sched/core.c
 * preempt_schedule_irq(), 6.1). A thread may go on on another CPU (a migration) where it could be preempted and migration is
 * not disabled. Transitions of the scheduler are apart from steps and interrupts: the actor is not on the CPU's stack.
 */
import { waysAt } from './begin.js';
import { atomicCount, MIGRATE_MASK } from '../kernel/preempt-count.js';
import type { Actor, Scenario } from '../scenario/scenario.js';
import type { Draft } from './draft.js';
import type { World } from './draft-memory.js';
import { beginSwitch, runPrivate } from './execute.js';
import type { Listener } from './execute.js';
import { waitsFor } from './locks.js';
import type { Transition } from './machine.js';
import { keepsInterruptsOut } from './orders.js';
import type { ContextState, CpuState, Remaining, State } from './state.js';
import { beginThread, isSuspended, mayBegin } from './softirq-threads.js';
import { runningOn } from './state.js';

/** From here on a transition's choice is where a thread goes on: this and the number of the CPU. */
export const ONTO_CPU = 32;

/** What the scheduler may do in a scenario. */
export function budgetOf(scenario: Pick<Scenario<never>, 'preemptions' | 'migrations'>): Remaining {
  return { preemptions: scenario.preemptions ?? 0, migrations: scenario.migrations ?? 0 };
}

/** True where another task has the same CPU. */
export function sharesCpu<G>(scenario: Scenario<G>, actor: Actor<G>): boolean {
  return scenario.actors.some((other) => other !== actor && other.kind === 'task' && other.cpu === actor.cpu);
}

/** True where there is anything to schedule: else each task has a CPU of its own for ever. */
export function needsScheduler<G>(scenario: Scenario<G>): boolean {
  return scenario.rt !== undefined || (scenario.migrations ?? 0) > 0 || scenario.actors.some((a) => a.kind === 'task' && sharesCpu(scenario, a));
}

/** True for a context that has something to do: a task that is over has nothing, an interrupt that is over still ends. */
export function hasStep<G>(world: World<G>, context: ContextState | undefined): context is ContextState {
  return context !== undefined && (context.frames.length > 0 || world.scenario.actors[context.actor]?.kind !== 'task' || waysAt(world, context) !== null);
}

/** A thread as it is or will be on a CPU. */
interface Thread {
  readonly context: ContextState;
  readonly irqsOn: boolean;
  readonly preemptCount: number;
  readonly above: readonly number[];
}

export class Scheduler<G> {
  private readonly rt: boolean;

  constructor(private readonly world: World<G>) {
    this.rt = world.scenario.rt !== undefined;
  }

  /** Threads that may be put on a CPU now. */
  transitionsOf(state: State<G>, index: number): Transition[] {
    const cpu = state.cpus[index];
    const remaining = state.scheduler.value;
    const price = cpu ? this.priceOf(state, cpu, index) : null;
    if (!cpu || price === null || price > remaining.preemptions) return [];
    return this.world.scenario.actors.flatMap((actor, a): Transition[] => {
      const context = state.contexts[a];
      if (!context || cpu.stack.includes(a)) return [];
      if (actor.kind !== 'task') return this.rt && actor.kind === 'softirq' && actor.cpu === index ? this.softirqTransitions(state, context, index) : [];
      if (context.cpu === index) return this.canGoOn(state, waiting(context), index) ? [{ cpu: index, actor: a, enter: false, choice: 0 }] : [];
      if (remaining.migrations === 0) return [];
      const thread = threadOf(state, context);
      // To go on elsewhere a CPU must have let be seen what it put off.
      const free = this.isPreemptible(thread) && (thread.preemptCount & MIGRATE_MASK) === 0 && !(this.world.reorders && keepsInterruptsOut(state.orders.value, context.cpu));
      return free && this.canGoOn(state, thread, index) ? [{ cpu: index, actor: a, enter: false, choice: ONTO_CPU + index }] : [];
    });
  }

  /** A softirq in ksoftirqd that begins, as an arrival, or goes on. */
  private softirqTransitions(state: State<G>, context: ContextState, index: number): Transition[] {
    const { actor } = context;
    if (isSuspended(this.world, state, context)) return this.canGoOn(state, waiting(context), index) ? [{ cpu: index, actor, enter: false, choice: 0 }] : [];
    return mayBegin(this.world, state, actor, index) ? [{ cpu: index, actor, enter: true, choice: ONTO_CPU + index }] : [];
  }

  /** Puts a thread on the draft's CPU, or lets the thread on it begin the switch to it. */
  schedule(draft: Draft<G>, actor: number, listener: Listener<G> | null): void {
    const { before, cpu: index } = draft;
    const [cpu, context] = [before.cpus[index], before.contexts[actor]];
    if (!cpu || !context) throw new Error(`no thread ${actor} for CPU ${index}`);
    const price = this.priceOf(before, cpu, index) ?? 0;
    const migrates = context.cpu !== index;
    const thread = migrates ? threadOf(before, context) : waiting(context);
    if (migrates && before.cpus[context.cpu]?.stack[0] === actor) draft.vacated = context.cpu;
    if (price > 0 || migrates) {
      const { preemptions, migrations } = before.scheduler.value;
      draft.remaining = { preemptions: preemptions - price, migrations: migrations - (migrates ? 1 : 0) };
    }
    if (this.world.switchFunction !== null && hasStep(this.world, runningOn(before, index))) return beginSwitch(draft, actor, listener);
    draft.park();
    if (this.rt && this.world.scenario.actors[actor]?.kind === 'softirq' && context.preemptAtEntry === 0) {
      beginThread(draft, actor);
      this.world.contract.entered(draft);
      return runPrivate(draft, draft.top(), listener);
    }
    draft.mount(actor, thread);
    if (this.world.switchFunction !== null) runPrivate(draft, draft.top(), listener);
  }

  /** Preemptions it takes to have the CPU: none where it is free; null where it cannot be had. */
  private priceOf(state: State<G>, cpu: CpuState, index: number): 0 | 1 | null {
    const top = runningOn(state, index);
    if (!top) return 0;
    const on = { cpu: index, bottom: cpu.stack[0], preemptCount: cpu.preemptCount, irqsOn: cpu.irqsOn };
    const kinds = cpu.stack.map((actor) => this.world.scenario.actors[actor]?.kind);
    const isThread = kinds.every((kind) => kind === 'task' || (this.rt && kind === 'softirq'));
    if (isThread && (!hasStep(this.world, top) || (!this.putsOff(state, top) && waitsFor(this.world, state, top, on) === 'sleeps'))) return 0;
    return this.isPreemptible(cpu) ? 1 : null;
  }

  /** True for a context that has to perform something before it waits for a lock. */
  private putsOff(state: State<G>, { actor }: ContextState): boolean {
    return this.world.reorders && state.orders.value.putOff.some((p) => p.actor === actor);
  }

  private isPreemptible({ irqsOn, preemptCount }: Pick<CpuState, 'irqsOn' | 'preemptCount'>): boolean {
    return irqsOn && atomicCount(preemptCount, this.rt) === 0;
  }

  /** True where a thread would have a step on a CPU. */
  private canGoOn(state: State<G>, thread: Thread, index: number): boolean {
    const top = thread.above.length === 0 ? thread.context : state.contexts[thread.above.at(-1) ?? -1];
    const at = { cpu: index, bottom: thread.context.actor, preemptCount: thread.preemptCount, irqsOn: thread.irqsOn, switched: true as const };
    return hasStep(this.world, top) && waitsFor(this.world, state, top, at) === null;
  }
}

/** A thread that is on no CPU. */
function waiting(context: ContextState): Thread {
  return { context, irqsOn: context.irqsOnAtEntry, preemptCount: context.preemptAtEntry, above: context.above };
}

/** A thread wherever it is. */
function threadOf<G>(state: State<G>, context: ContextState): Thread {
  const cpu = state.cpus[context.cpu];
  if (cpu?.stack[0] !== context.actor) return waiting(context);
  return { context, irqsOn: cpu.irqsOn, preemptCount: cpu.preemptCount, above: cpu.stack.slice(1) };
}
