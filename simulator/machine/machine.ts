/**
 * @module The machine: which transitions a state has, and the state each leads to. Contexts nest as the kernel's do: a
 * softirq where irqs are on, bottom halves are on and no softirq or hardirq runs; a hardirq where irqs are on; an NMI
 * anywhere but in an NMI. Pure: the same state and transition give the same result.
 */
import { HARDIRQ_MASK, HARDIRQ_OFFSET, NMI_MASK, NMI_OFFSET, SOFTIRQ_MASK, SOFTIRQ_OFFSET } from '../kernel/preempt-count.js';
import type { Scenario } from '../scenario/scenario.js';
import { locate } from './address.js';
import { readCells } from './cells.js';
import { Draft } from './draft.js';
import { taskOf } from './draft.js';
import type { DraftContext, World } from './draft.js';
import { runPrivate } from './execute.js';
import type { Listener } from './execute.js';
import { keepsInterruptsOut } from './orders.js';
import { choicesOf, step } from './put-off.js';
import { prepare } from './prepare.js';
import type { Code } from './code.js';
import { Layout } from './layout.js';
import { Interner } from './state.js';
import type { ContextKind, CpuState, State } from './state.js';
import { U32 } from './value.js';
import type { Contract } from './view.js';
import { BoundReached, FatalViolation, NotModelledReached } from './violation.js';
import type { Violation } from './violation.js';

/** One possible move. `enter`: the actor's interrupt arrives; otherwise its context makes a step. */
export interface Transition {
  readonly cpu: number;
  readonly actor: number;
  readonly enter: boolean;
  /** 0, or 1 for the failing outcome of an allocation or service; for the order of accesses see ./put-off.ts. */
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
    this.world = { prepared: prepare(code), layout: new Layout(code, scenario), scenario, contract, interner: new Interner<G>() };
  }

  /** Turns on failing allocations, after set-up. */
  allowFailures(): void {
    this.failures = this.scenario.allocationsFail;
  }

  transitions(state: State<G>): Transition[] {
    const found: Transition[] = [];
    state.cpus.forEach((cpu, index) => {
      const top = cpu.contexts[cpu.contexts.length - 1];
      if (top && top.frames.length > 0) {
        const plain = (): number => (this.blocked(state, cpu, index) ? 0 : this.choices(cpu));
        for (const choice of choicesOf(this.world, state, index, plain)) found.push({ cpu: index, actor: top.actor, enter: false, choice });
      }
      if (keepsInterruptsOut(state.orders.value, index)) return;
      this.scenario.actors.forEach((actor, a) => {
        if (actor.cpu === index && actor.kind !== 'task' && (state.budgets.value[a] ?? 0) > 0 && mayInterrupt(cpu, actor.kind)) {
          found.push({ cpu: index, actor: a, enter: true, choice: 0 });
        }
      });
    });
    return found;
  }

  /** True when every context has run to its end (interrupts that did not come do not count). */
  isQuiescent(state: State<G>): boolean {
    return state.cpus.every((cpu) => cpu.contexts.every((c) => c.frames.length === 0));
  }

  /** Contexts that wait for a lock held elsewhere cannot step; one that waits for its own CPU's lock steps into a violation. */
  private blocked(state: State<G>, cpu: CpuState, index: number): boolean {
    const frame = cpu.contexts[cpu.contexts.length - 1]?.frames.at(-1);
    const prepared = frame ? this.world.prepared.functions[frame.functionIndex]?.[frame.pc] : undefined;
    if (!frame || prepared?.instruction.op !== 'lock') return false;
    const current = this.world.layout.addressOf(taskOf(this.scenario, cpu.contexts, index));
    const environment = { current, cpu: index, preemptCount: cpu.preemptCount, irqsDisabled: cpu.irqsOn ? 0 : 1, returnAddress: 0 };
    const location = locate(prepared.evaluate[0]?.(frame.registers, environment) ?? 0);
    const object = location ? state.objects[location.object] : undefined;
    if (!location || !object || object.freed || location.offset + U32.bytes > object.size) return false;
    const held = readCells(object.cells, location.offset, U32);
    // A value that is no CPU is not waited for: the step reports it.
    return typeof held === 'number' && held > 0 && held <= state.cpus.length && held !== index + 1;
  }

  private choices(cpu: CpuState): number {
    if (!this.failures) return 1;
    const frame = cpu.contexts[cpu.contexts.length - 1]?.frames.at(-1);
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
    const kind = this.scenario.actors[actor]?.kind ?? 'task';
    const context: DraftContext = { actor, operation: 0, frames: [], irqsOnAtEntry: draft.irqsOn, preemptAtEntry: draft.preemptCount };
    draft.contexts.push(context);
    draft.spendBudget(actor);
    draft.preemptCount += entryOffset(kind);
    if (kind !== 'softirq') draft.irqsOn = false;
    this.world.contract.entered(draft);
    runPrivate(draft, context, listener);
  }
}

/** What the entry of a context adds to preempt_count: include/linux/hardirq.h, kernel/softirq.c. */
export function entryOffset(kind: ContextKind): number {
  switch (kind) {
    case 'task': return 0;
    case 'softirq': return SOFTIRQ_OFFSET;
    case 'hardirq': return HARDIRQ_OFFSET;
    case 'nmi': return NMI_OFFSET + HARDIRQ_OFFSET;
  }
}

function mayInterrupt(cpu: Pick<CpuState, 'irqsOn' | 'preemptCount'>, kind: ContextKind): boolean {
  switch (kind) {
    case 'task': return false;
    case 'softirq': return cpu.irqsOn && (cpu.preemptCount & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK)) === 0;
    case 'hardirq': return cpu.irqsOn && (cpu.preemptCount & (NMI_MASK | HARDIRQ_MASK)) === 0;
    case 'nmi': return (cpu.preemptCount & NMI_MASK) === 0;
  }
}
