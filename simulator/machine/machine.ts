/**
 * @module The machine: which transitions a state has, and the state each leads to. Contexts nest as the kernel's do: a
 * softirq where irqs are on, bottom halves are on and no softirq or hardirq runs; a hardirq where irqs are on; an NMI
 * anywhere but in an NMI. Pure: the same state and transition give the same result.
 */
import type { Scenario } from '../scenario/scenario.js';
import { locate } from './address.js';
import { waysAt, waysOf } from './begin.js';
import { entryOffset, mayInterrupt } from './contexts.js';
import { Draft } from './draft.js';
import { taskOf } from './draft.js';
import type { World } from './draft.js';
import { runPrivate } from './execute.js';
import type { Listener } from './execute.js';
import { isOpen, keepsInterruptsOut, ordersAtStart } from './orders.js';
import { choicesOf, step } from './put-off.js';
import { prepare } from './prepare.js';
import type { Code } from './code.js';
import { Layout } from './layout.js';
import { Interner, runningOn } from './state.js';
import type { ContextState, State } from './state.js';
import { scalarOf } from './spy.js';
import { U32 } from './value.js';
import type { Contract } from './view.js';
import { BoundReached, FatalViolation, NotModelledReached } from './violation.js';
import type { Violation } from './violation.js';

/** One possible move. `enter`: the actor's interrupt arrives; otherwise its context makes a step. */
export interface Transition {
  readonly cpu: number;
  readonly actor: number;
  readonly enter: boolean;
  /** 0, or 1 for the failing outcome of an allocation or service; the way in which an operation begins; for the order of accesses see ./put-off.ts. */
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

  constructor(code: Code, readonly scenario: Scenario<G>, contract: Contract<G>) {
    this.world = {
      prepared: prepare(code), layout: new Layout(code, scenario), scenario, contract, interner: new Interner<G>(),
      reorders: isOpen(ordersAtStart(scenario.reorderings)), ways: waysOf(code, scenario),
    };
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
    if (top && this.hasStep(top)) {
      const plain = (): number => (this.blocked(state, top, index) ? 0 : this.choices(top));
      for (const choice of choicesOf(this.world, state, index, plain)) found.push({ cpu: index, actor: top.actor, enter: false, choice });
    }
    if (this.world.reorders && keepsInterruptsOut(state.orders.value, index)) return found;
    this.scenario.actors.forEach((actor, a) => {
      if (cpu && actor.cpu === index && actor.kind !== 'task' && mayInterrupt(cpu, actor.kind) && (state.contexts[a]?.left ?? 0) > 0) {
        found.push({ cpu: index, actor: a, enter: true, choice: 0 });
      }
    });
    return found;
  }

  /** True when every context has run to its end (interrupts that did not come do not count). */
  isQuiescent(state: State<G>): boolean {
    return state.cpus.every((cpu) => cpu.stack.every((actor) => !this.hasStep(state.contexts[actor])));
  }

  /** True where a context has a step: a task that is over has none, an interrupt that is over still ends. */
  hasStep(context: ContextState | undefined): boolean {
    return context !== undefined && (context.frames.length > 0 || this.scenario.actors[context.actor]?.kind !== 'task' || waysAt(this.world, context) !== null);
  }

  /** Contexts that wait for a lock held elsewhere cannot step; one that waits for its own CPU's lock steps into a violation. */
  private blocked(state: State<G>, context: ContextState, index: number): boolean {
    const frame = context.frames.at(-1);
    const cpu = state.cpus[index];
    const prepared = frame ? this.world.prepared.functions[frame.functionIndex]?.[frame.pc] : undefined;
    if (!cpu || !frame || prepared?.instruction.op !== 'lock') return false;
    const current = this.world.layout.addressOf(taskOf(this.scenario, cpu.stack[0], index));
    const environment = { current, cpu: index, preemptCount: cpu.preemptCount, irqsDisabled: cpu.irqsOn ? 0 : 1, returnAddress: 0 };
    const location = locate(prepared.evaluate[0]?.(frame.registers, environment) ?? 0);
    const object = location ? state.objects[location.object] : undefined;
    if (!location || !object || object.freed || location.offset + U32.bytes > object.size) return false;
    const held = scalarOf(object, location.offset, U32);
    // A value that is no CPU is not waited for: the step reports it.
    return typeof held === 'number' && held > 0 && held <= state.cpus.length && held !== index + 1;
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
      if (transition.enter) this.enter(draft, transition.actor, listener);
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
    if (!early) draft.count += entryOffset(kind);
    if (kind !== 'softirq') draft.irqsOn = false;
    this.world.contract.entered(draft);
    runPrivate(draft, context, listener);
  }
}
