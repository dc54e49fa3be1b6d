/**
 * @module The machine: which transitions a state has, and the state each leads to. Contexts nest as the kernel's do: a
 * softirq where irqs are on, bottom halves are on and no softirq or hardirq runs; a hardirq where irqs are on; an NMI
 * anywhere but in an NMI. Who gets a CPU is the scheduler's (./scheduler.ts). Pure: the same state and transition give the
 * same result.
 */
import type { Scenario } from '../scenario/scenario.js';
import { CONTEXT_SWITCH } from '../compile/context-switch.js';
import { waysAt, waysOf } from './begin.js';
import { entryOffset, mayInterrupt } from './contexts.js';
import { Draft } from './draft.js';
import type { World } from './draft-memory.js';
import { runPrivate } from './execute.js';
import type { Listener } from './execute.js';
import { isOpen, keepsInterruptsOut, ordersAtStart } from './orders.js';
import { choicesOf, step } from './put-off.js';
import { prepare } from './prepare.js';
import type { Code } from './code.js';
import { Layout } from './layout.js';
import { waitsFor } from './locks.js';
import { hasStep, needsScheduler, ONTO_CPU, Scheduler } from './scheduler.js';
import { servingIn, turnsBottomHalvesOn } from './softirq-threads.js';
import { Interner, runningOn } from './state.js';
import type { ContextKind, ContextState, State } from './state.js';
import type { Contract } from './view.js';
import { BoundReached, FatalViolation, NotModelledReached } from './violation.js';
import type { Violation } from './violation.js';

/** One possible move. `enter`: the actor's interrupt arrives. Otherwise its context makes a step, or the scheduler puts it on the CPU, where it is not on it. */
export interface Transition {
  readonly cpu: number;
  readonly actor: number;
  readonly enter: boolean;
  /** 0, or 1 for the failing outcome of an allocation or service; the way in which an operation begins; for the order of accesses see ./put-off.ts; from ONTO_CPU on the CPU that a thread goes to. */
  readonly choice: number;
}

export interface Result<G> {
  /** Null where the execution cannot go on. */
  readonly state: State<G> | null;
  readonly violations: readonly Violation[];
  /** Why it ended, when not by a violation: what is not modelled, or a bound. */
  readonly notModelled: string | null;
  readonly bound: string | null;
}

export class Machine<G> {
  readonly world: World<G>;
  /** Allocations may fail; off during set-up. */
  private failures = false;
  /** Null where each task has a CPU of its own for ever. */
  private readonly scheduler: Scheduler<G> | null;

  constructor(code: Code, readonly scenario: Scenario<G>, contract: Contract<G>) {
    if ((scenario.rt ?? null) !== code.rt) throw new Error(`a scenario ${scenario.rt ?? 'without PREEMPT_RT'} on Code ${code.rt ?? 'without'}`);
    const scheduled = needsScheduler(scenario);
    this.world = {
      prepared: prepare(code, { preemption: scheduled, migration: (scenario.migrations ?? 0) > 0 }), layout: new Layout(code, scenario), scenario, contract,
      interner: new Interner<G>(), switchFunction: switchFunctionOf(code, scenario), reorders: isOpen(ordersAtStart(scenario.reorderings)), ways: waysOf(code, scenario),
    };
    this.scheduler = scheduled ? new Scheduler(this.world) : null;
  }

  /** Turns on failing allocations, after set-up. */
  allowFailures(): void {
    this.failures = this.scenario.allocationsFail;
  }

  transitions(state: State<G>): Transition[] {
    return state.cpus.flatMap((_, cpu) => this.transitionsOf(state, cpu));
  }

  /** The transitions of one CPU, which follow from its own component, the contexts on it or waiting for it, and the lock it stands at. */
  transitionsOf(state: State<G>, index: number): Transition[] {
    const found: Transition[] = [];
    const cpu = state.cpus[index];
    const top = runningOn(state, index);
    if (hasStep(this.world, top)) {
      const on = { cpu: index, bottom: cpu?.stack[0], preemptCount: cpu?.preemptCount ?? 0, irqsOn: cpu?.irqsOn ?? true };
      const plain = (): number => (waitsFor(this.world, state, top, on) === null ? this.choices(top) : 0);
      for (const choice of choicesOf(this.world, state, index, plain)) found.push({ cpu: index, actor: top.actor, enter: false, choice });
    }
    if (this.world.reorders && keepsInterruptsOut(state.orders.value, index)) return found;
    this.scenario.actors.forEach((actor, a) => {
      if (cpu && actor.cpu === index && actor.kind !== 'task' && this.mayInterrupt(state, index, actor.kind) && (state.contexts[a]?.left ?? 0) > 0) {
        found.push({ cpu: index, actor: a, enter: true, choice: 0 });
      }
    });
    if (this.scheduler) found.push(...this.scheduler.transitionsOf(state, index));
    return found;
  }

  hasStep(context: ContextState): boolean {
    return hasStep(this.world, context);
  }

  /** True when every context has run to its end (interrupts that did not come do not count). */
  isQuiescent(state: State<G>): boolean {
    const over = state.cpus.every((cpu) => cpu.stack.every((actor) => !hasStep(this.world, state.contexts[actor])));
    return over && (!this.scheduler || state.contexts.every((context) => this.isOver(context)));
  }

  /** Of a context that is on no CPU. */
  private isOver(context: ContextState): boolean {
    const { actor, frames, above, preemptAtEntry } = context;
    return frames.length === 0 && above.length === 0 && (this.scenario.actors[actor]?.kind === 'task' ? waysAt(this.world, context) === null : preemptAtEntry === 0);
  }

  private mayInterrupt(state: State<G>, index: number, kind: ContextKind): boolean {
    const cpu = state.cpus[index];
    if (kind === 'softirq' && this.scenario.rt !== undefined) return turnsBottomHalvesOn(this.world, state, index);
    return cpu !== undefined && mayInterrupt(cpu, kind);
  }

  private choices(context: ContextState): number {
    const ways = waysAt(this.world, context);
    if (ways) return ways.length;
    if (!this.failures) return 1;
    const frame = context.frames.at(-1);
    const instruction = frame ? this.world.prepared.functions[frame.functionIndex]?.[frame.pc]?.instruction : undefined;
    return (instruction?.op === 'alloc' || instruction?.op === 'service') && instruction.mayFail ? 2 : 1;
  }

  apply(state: State<G>, transition: Transition, listener: Listener<G> | null = null): Result<G> {
    const draft = new Draft(this.world, state, transition.cpu);
    return this.guard(draft, () => {
      if (transition.enter && transition.choice < ONTO_CPU) this.enter(draft, transition.actor, listener);
      else if (this.scheduler && !draft.stack.includes(transition.actor)) this.scheduler.schedule(draft, transition.actor, listener);
      else step(draft, transition.choice, listener);
      return draft.finish();
    });
  }

  /** Runs `run` and turns what ends an execution into data. */
  guard(draft: Draft<G>, run: () => State<G>): Result<G> {
    try {
      return { state: run(), violations: draft.violations, notModelled: null, bound: null };
    } catch (error) {
      const base = { state: null, violations: draft.violations, notModelled: null, bound: null };
      if (error instanceof FatalViolation) return { ...base, violations: [...draft.violations, draft.violation(error.property, error.detail, true)] };
      if (error instanceof NotModelledReached) return { ...base, notModelled: error.message };
      if (error instanceof BoundReached) return { ...base, bound: error.message };
      throw error;
    }
  }

  private enter(draft: Draft<G>, actor: number, listener: Listener<G> | null): void {
    const { kind = 'task', early = false } = this.scenario.actors[actor] ?? {};
    const context = draft.push(actor);
    if (!early) draft.count = kind === 'softirq' && this.scenario.rt !== undefined ? servingIn(draft.count) : draft.count + entryOffset(kind);
    if (kind !== 'softirq') draft.irqsOn = false;
    this.world.contract.entered(draft);
    runPrivate(draft, context, listener);
  }
}

function switchFunctionOf<G>(code: Code, { switchReturnAddress, migrations = 0, rt }: Scenario<G>): number | null {
  if (switchReturnAddress === undefined) return null;
  const found = code.functionsByName.get(CONTEXT_SWITCH);
  if (!found || migrations > 0 || rt) throw new Error('the context switch is not compiled, or is looked into with migrations or PREEMPT_RT');
  return found.index;
}
