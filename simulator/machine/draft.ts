/**
 * @module A state being changed by one transition: copies what it touches, checks every access, and hands back a state of
 * interned components. It is the View that operations and the contract get.
 */
import { isSwitching, SWITCHING } from './context-switch.js';
import { taskOf } from './locks.js';
import { NO_ORDERS, overlap } from './orders.js';
import type { Orders } from './orders.js';
import { isAmong } from './held.js';
import type { HeldLock } from './held.js';
import type { Owner } from './irq-flags.js';
import { absent, IDLE_CPU } from './state.js';
import type { AtCall, ContextKind, ContextState, CpuState, Frame, Remaining, State } from './state.js';
import type { Scalar, Value } from './value.js';
import type { View } from './view.js';
import type { ContextRef, FrameRef, Violation } from './violation.js';
import { rawOf } from './spy.js';
import { DraftMemory } from './draft-memory.js';
import type { World } from './draft-memory.js';

export interface DraftFrame {
  functionIndex: number;
  pc: number;
  registers: Value[];
}

export interface DraftContext {
  actor: number;
  operation: number;
  frames: (Frame | DraftFrame)[];
  irqsOnAtEntry: boolean;
  preemptAtEntry: number;
  held: readonly HeldLock[];
  atCall: AtCall;
  left: number;
  cpu: number;
  above: readonly number[];
}

function contextOf<G>(state: State<G>, actor: number): ContextState {
  const found = state.contexts[actor];
  if (!found) throw new Error(`no actor ${actor}`);
  return found;
}

export class Draft<G> extends DraftMemory<G> implements View<G> {
  readonly violations: Violation[] = [];
  irqsOn: boolean;
  /** preempt_count, for the machine itself. */
  count: number;
  /** Actors of the contexts on this CPU, the running one last. */
  readonly stack: number[];
  private readonly moved = new Map<number, DraftContext>();
  /** What the scheduler may do after this; null where it did nothing. */
  remaining: Remaining | null = null;
  /** A CPU whose thread goes on on this one; null when none does. */
  vacated: number | null = null;
  private annotated: { ghost: G } | null = null;
  private reordered: Orders | null = null;
  /** Interrupts that ended: how many more activations they have. */
  private readonly ended: { actor: number; left: number }[] = [];

  constructor(world: World<G>, before: State<G>, readonly cpu: number) {
    super(world, before);
    const cpuState = before.cpus[cpu];
    if (!cpuState) throw new Error(`no CPU ${cpu}`);
    this.irqsOn = cpuState.irqsOn;
    this.count = cpuState.preemptCount;
    this.stack = [...cpuState.stack];
  }

  /** preempt_count, for code and contract: what it was when an interrupt came counts as read. */
  get preemptCount(): number {
    this.spy?.lookedAtCount();
    return this.count;
  }

  get orders(): Orders {
    return this.reordered ?? (this.world.reorders ? this.before.orders.value : NO_ORDERS);
  }

  set orders(orders: Orders) {
    if (orders !== this.orders) this.reordered = orders;
  }

  get ghost(): G {
    return this.annotated ? this.annotated.ghost : this.before.ghost.value;
  }

  // --- who runs

  /** The running context, ready to be changed. */
  top(): DraftContext {
    if (this.stack.length === 0) throw new Error('a CPU without a context');
    return this.changing(this.actor);
  }

  /** An actor's context, ready to be changed. */
  private changing(actor: number): DraftContext {
    const known = this.moved.get(actor);
    if (known) return known;
    const { operation, frames, irqsOnAtEntry, preemptAtEntry, held, atCall, left, cpu, above } = contextOf(this.before, actor);
    const made: DraftContext = { actor, operation, frames: [...frames], irqsOnAtEntry, preemptAtEntry, held, atCall, left, cpu, above };
    this.moved.set(actor, made);
    return made;
  }

  /** The contexts on this CPU, for telling where they stand: looking at those that do not run counts as no read of the state. */
  get contexts(): readonly (ContextState | DraftContext)[] {
    return this.stack.map((actor) => this.moved.get(actor) ?? contextOf(rawOf(this.before), actor));
  }

  get actor(): number {
    return this.stack[this.stack.length - 1] ?? -1;
  }

  /** The activation that runs; null during set-up. */
  owner(): Owner | null {
    if (this.stack.length === 0 || this.world.settingUp) return null;
    const { actor, left } = this.moved.get(this.actor) ?? contextOf(this.before, this.actor);
    return { actor, left };
  }

  /** Locks that the running context holds; a softirq with PREEMPT_RT is its thread's, with those that the thread held before. */
  heldByThread(): readonly HeldLock[] {
    const contexts = this.preemptRt && this.kind === 'softirq' ? this.stack : this.stack.slice(-1);
    return contexts.flatMap((actor) => (this.moved.get(actor) ?? contextOf(this.before, actor)).held);
  }

  /** The thread that runs has a lock, taken by itself or by an interrupt on top of it. */
  holds(address: Value): boolean {
    const held = this.stack.flatMap((actor) => (this.moved.get(actor) ?? contextOf(this.before, actor)).held);
    return isAmong(held, address);
  }

  get kind(): ContextKind {
    return this.kindOf(this.actor);
  }

  get apparent(): { kind: ContextKind; actor: number } {
    // As with preempt_count: whom an interrupt came upon counts as read.
    this.spy?.lookedAtCount();
    const actor = this.stack.findLast((one) => this.world.scenario.actors[one]?.early !== true) ?? -1;
    return { kind: this.kindOf(actor), actor };
  }

  private kindOf(actor: number): ContextKind {
    return this.world.scenario.actors[actor]?.kind ?? 'task';
  }

  get preemptRt(): boolean {
    return this.world.scenario.rt !== undefined;
  }

  get task(): string {
    return taskOf(this.world.scenario, this.stack[0], this.cpu);
  }

  get operation(): string {
    const running = this.stack.length > 0 ? (this.moved.get(this.actor) ?? contextOf(this.before, this.actor)) : undefined;
    if (isSwitching(this.world, running)) return SWITCHING;
    return (running ? this.world.scenario.actors[running.actor]?.operations[running.operation]?.label : undefined) ?? '';
  }

  setGhost(ghost: G): void {
    this.annotated = { ghost };
  }

  /** An interrupt's context begins on top of what runs. */
  push(actor: number): DraftContext {
    const context: DraftContext = {
      ...absent(actor, contextOf(this.before, actor).left - 1, this.cpu), frames: [], irqsOnAtEntry: this.irqsOn, preemptAtEntry: this.count,
    };
    this.moved.set(actor, context);
    this.stack.push(actor);
    return context;
  }

  /** The running interrupt's context ends. */
  pop(): void {
    const actor = this.actor;
    this.ended.push({ actor, left: this.top().left });
    this.moved.delete(actor);
    this.stack.pop();
  }

  /** The thread on the CPU waits from now on, with what is on top of it; the CPU idles. */
  park(): void {
    const [bottom, ...above] = this.stack;
    if (bottom !== undefined) Object.assign(this.changing(bottom), { irqsOnAtEntry: this.irqsOn, preemptAtEntry: this.count, cpu: this.cpu, above });
    this.stack.length = 0;
    this.irqsOn = true;
    this.count = 0;
  }

  /** A thread is put on the CPU, with what is on top of it. */
  mount(actor: number, as: { irqsOn: boolean; preemptCount: number; above: readonly number[] }): void {
    Object.assign(this.changing(actor), { irqsOnAtEntry: true, preemptAtEntry: 0, cpu: this.cpu, above: [] });
    // Who stands where on top of it is part of what is reported from here on.
    for (const other of as.above) contextOf(this.before, other);
    this.stack.splice(0, this.stack.length, actor, ...as.above);
    this.irqsOn = as.irqsOn;
    this.count = as.preemptCount;
  }

  isPutOff(address: Value, { bytes }: Scalar): boolean {
    return this.orders.putOff.some((p) => p.value !== null && overlap(p, { address, bytes }));
  }

  protected view(): View<G> {
    return this;
  }

  // --- violations

  report(property: string, detail: string): void {
    this.violations.push(this.violation(property, detail, false));
  }

  violation(property: string, detail: string, fatal: boolean): Violation {
    const refs = this.contexts.map((context, i) => this.reference(context, i === this.contexts.length - 1));
    const at = refs[refs.length - 1] ?? { actor: -1, kind: 'task', operation: 0, frames: [] };
    return { property, detail, cpu: this.cpu, at, interrupted: refs.slice(0, -1), fatal };
  }

  private reference(context: ContextState | DraftContext, running: boolean): ContextRef {
    const frames: FrameRef[] = context.frames.map((frame, i) => {
      const innermost = i === context.frames.length - 1;
      return { functionIndex: frame.functionIndex, pc: innermost && running ? frame.pc : innermost ? frame.pc : frame.pc - 1 };
    });
    return { actor: this.world.settingUp ? -1 : context.actor, kind: this.kindOf(context.actor), operation: context.operation, frames };
  }

  // --- the result

  finish(): State<G> {
    const { interner } = this.world;
    const before = rawOf(this.before);
    const objects = [...before.objects];
    for (const [index, draft] of this.changed) objects[index] = interner.object(draft.freed, draft.size, draft.cells);
    const contexts = [...before.contexts];
    for (const { actor, left } of this.ended) contexts[actor] = interner.context(absent(actor, left, this.cpu));
    for (const context of this.moved.values()) {
      const frames = context.frames.map((frame) => ('id' in frame ? frame : this.settle(frame)));
      contexts[context.actor] = interner.context({ ...context, frames });
    }
    const cpu: CpuState = interner.cpu({ irqsOn: this.irqsOn, preemptCount: this.count, stack: [...this.stack] });
    const cpus = before.cpus.map((c, i) => (i === this.cpu ? cpu : i === this.vacated ? interner.cpu(IDLE_CPU) : c));
    if (this.spy) this.spy.writes = this.writes;
    return {
      objects, contexts, cpus, ghost: this.annotated ? interner.ghost(this.annotated.ghost) : before.ghost,
      orders: this.reordered ? interner.orders(this.reordered) : before.orders,
      scheduler: this.remaining ? interner.scheduler(this.remaining) : before.scheduler,
    };
  }

  private settle(frame: DraftFrame): Frame {
    const dead = this.world.prepared.code.functions[frame.functionIndex]?.dead[frame.pc] ?? [];
    for (const reg of dead) frame.registers[reg] = 0;
    return this.world.interner.frame(frame.functionIndex, frame.pc, frame.registers);
  }
}
