/**
 * @module A state being changed by one transition: copies what it touches, checks every access, and hands back a state of
 * interned components. It is the View that operations and the contract get.
 */
import { addressOf, functionAt, locate, NULL_SPAN, OBJECT_SPAN } from './address.js';
import type { Location } from './address.js';
import { copyCells, isWithinCells, readCells, writeCells } from './cells.js';
import { isSwitching, SWITCHING } from './context-switch.js';
import { taskOf } from './locks.js';
import type { Layout } from './layout.js';
import { unreachableObjects } from './reachable.js';
import { NO_ORDERS, overlap } from './orders.js';
import type { Orders } from './orders.js';
import type { PreparedCode } from './prepare.js';
import type { HeldLock } from './held.js';
import type { Owner } from './irq-flags.js';
import { absent, IDLE_CPU } from './state.js';
import type { AtCall, ContextKind, ContextState, CpuState, Frame, Interner, MemoryObject, Remaining, State } from './state.js';
import type { Scenario } from '../scenario/scenario.js';
import { convert, UNINITIALISED } from './value.js';
import type { Scalar, Value } from './value.js';
import type { Contract, View } from './view.js';
import { BoundReached, FatalViolation, NotModelledReached } from './violation.js';
import type { ContextRef, FrameRef, Violation } from './violation.js';
import { ALL, LIFE, rawOf, scalarOf, spyOf } from './spy.js';
import type { Part, Spy, Write } from './spy.js';

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

interface DraftObject {
  freed: boolean;
  size: number;
  cells: Value[];
}

/** What does not change during an exploration. */
export interface World<G> {
  readonly prepared: PreparedCode;
  readonly layout: Layout;
  readonly scenario: Scenario<G>;
  readonly contract: Contract<G>;
  readonly interner: Interner<G>;
  /** Index of the function that switches tasks, where the scenario looks into it; null elsewhere. */
  readonly switchFunction: number | null;
  /** Accesses may be put off. */
  readonly reorders: boolean;
  /** Initcalls and set-up run, with a scenario of their own. */
  readonly settingUp?: boolean;
}

/** What kmalloc(0) returns: include/linux/slab.h ZERO_SIZE_PTR. It may be freed and must not be dereferenced. */
export const ZERO_SIZE = 16;

/** Largest object that is given out, in bytes: sizes are scaled, and a hostile one must not take memory. */
export const OBJECT_MAX = 1 << 14;

function contextOf<G>(state: State<G>, actor: number): ContextState {
  const found = state.contexts[actor];
  if (!found) throw new Error(`no actor ${actor}`);
  return found;
}

export class Draft<G> implements View<G> {
  readonly violations: Violation[] = [];
  irqsOn: boolean;
  /** preempt_count, for the machine itself. */
  count: number;
  /** Actors of the contexts on this CPU, the running one last. */
  readonly stack: number[];
  private readonly moved = new Map<number, DraftContext>();
  private readonly changed = new Map<number, DraftObject>();
  /** What the scheduler may do after this; null where it did nothing. */
  remaining: Remaining | null = null;
  /** A CPU whose thread goes on on this one; null when none does. */
  vacated: number | null = null;
  private readonly spy: Spy<G> | null;
  private annotated: { ghost: G } | null = null;
  private reordered: Orders | null = null;
  /** What was written to objects, where that is noted. */
  private readonly writes = new Map<number, Write[]>();
  /** Interrupts that ended: how many more activations they have. */
  private readonly ended: { actor: number; left: number }[] = [];

  constructor(readonly world: World<G>, readonly before: State<G>, readonly cpu: number) {
    const cpuState = before.cpus[cpu];
    if (!cpuState) throw new Error(`no CPU ${cpu}`);
    this.spy = spyOf(before);
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
    const { id: _, frames, ...rest } = contextOf(this.before, actor);
    const made: DraftContext = { ...rest, frames: [...frames] };
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

  get kind(): ContextKind {
    return this.kindOf(this.actor);
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

  // --- memory

  addressOf(name: string): number {
    return this.world.layout.addressOf(name);
  }

  offsetOf(struct: string, field: string): number | null {
    try {
      return this.world.prepared.code.types.layout(struct).fields.get(field)?.offset ?? null;
    } catch {
      return null;
    }
  }

  addressOfObject(object: number): number {
    return addressOf(object);
  }

  nameOf(object: number): string {
    return this.world.layout.names[object] ?? '?';
  }

  functionAt(address: Value): string | null {
    const index = functionAt(address);
    return index === null ? null : (this.world.prepared.code.functions[index]?.name ?? null);
  }

  constant(name: string): Value | null {
    const { types } = this.world.prepared.code;
    return types.isConstant(name) ? types.constant({ kind: 'name', name }) : null;
  }

  unreachable(): string[] {
    return unreachableObjects(this.world.layout, (index) => this.object(index)).map((index) => this.nameOf(index));
  }

  /** A part of an object is read although the transition has written to the object already. */
  private readWritten(index: number, part: Part): void {
    if (this.spy && this.writes.get(index)?.[0]?.op !== 'replace') this.spy.readObject(index, part);
  }

  private noteWrite(index: number, write: Write): void {
    if (!this.spy) return;
    const known = this.writes.get(index);
    if (!known || write.op === 'replace') this.writes.set(index, [write]);
    else if (known[0]?.op !== 'replace') known.push(write);
  }

  /** Its cells are to be read by peek() where some of them are enough: all of them count as read here. */
  object(index: number): MemoryObject | DraftObject | undefined {
    const changed = this.changed.get(index);
    if (changed) this.readWritten(index, ALL);
    return changed ?? this.before.objects[index];
  }

  /** Whether an object is there and alive, and how large. */
  private life(index: number): { readonly freed: boolean; readonly size: number } | undefined {
    const changed = this.changed.get(index);
    if (changed) this.readWritten(index, LIFE);
    return changed ?? this.before.objects[index];
  }

  objectAt(address: Value): MemoryObject | null {
    const location = locate(address);
    const found = location ? this.object(location.object) : undefined;
    return found ? { id: 0, freed: found.freed, size: found.size, cells: found.cells } : null;
  }

  /** Where an access goes; throws a FatalViolation where it may not. */
  check(address: Value, bytes: number): Location {
    if (typeof address === 'number' && address >= 0 && address < NULL_SPAN) throw new FatalViolation('null-dereference', address === 0 ? 'NULL' : `NULL + ${address}`);
    const location = this.locateNear(address);
    const found = location ? this.life(location.object) : undefined;
    if (!location || !found) {
      if (address === UNINITIALISED) throw new FatalViolation('uninitialised-pointer', 'a pointer that nobody wrote');
      throw new FatalViolation('wild-access', 'an address that is no object');
    }
    const name = this.world.layout.names[location.object] ?? '?';
    if (found.freed) throw new FatalViolation('use-after-free', name);
    if (location.offset < 0 || location.offset + bytes > found.size) throw new FatalViolation('out-of-bounds', `${name}: ${bytes} bytes at ${location.offset} of ${found.size}`);
    return location;
  }

  /** As locate(), but an address closely below an object belongs to that object, at a negative offset. */
  private locateNear(address: Value): Location | null {
    const location = locate(address);
    if (!location || location.offset < OBJECT_SPAN / 2 || !this.life(location.object + 1)) return location;
    return { object: location.object + 1, offset: location.offset - OBJECT_SPAN };
  }

  /** Where a load or store of a scalar goes. */
  checkScalar(address: Value, type: Scalar): Location {
    const location = this.check(address, type.bytes);
    if (!isWithinCells(location.offset, type.bytes)) throw new NotModelledReached('an access that is not aligned');
    return location;
  }

  /** Value at a checked location. */
  loadAt(location: Location, type: Scalar): Value {
    const value = this.peek(location, type);
    if (value !== UNINITIALISED) return value;
    this.report('uninitialised-read', this.world.layout.names[location.object] ?? '?');
    return 0;
  }

  /** Value at a checked location, UNINITIALISED where nobody wrote: for showing what a store replaces. */
  peek(location: Location, type: Scalar): Value {
    const changed = this.changed.get(location.object);
    if (changed) {
      this.readWritten(location.object, { part: 'bytes', offset: location.offset, bytes: type.bytes });
      return readCells(changed.cells, location.offset, type);
    }
    const found = this.before.objects[location.object];
    return found ? scalarOf(found, location.offset, type) : 0;
  }

  /** What a store replaces, for showing it; not looked at where what is read counts. */
  replaced(location: Location, type: Scalar): Value | null {
    return this.spy ? null : this.peek(location, type);
  }

  private put({ object, offset }: Location, type: Scalar, value: Value): void {
    writeCells(this.change(object).cells, offset, type, value);
    this.noteWrite(object, { op: 'store', offset, bytes: type.bytes, value });
  }

  storeAt(location: Location, type: Scalar, value: Value): void {
    this.put(location, type, value);
    if (this.world.contract.isLabel(value)) this.world.contract.labelStored(this, location, Number(value));
  }

  read(address: Value, type: Scalar): Value | null {
    const location = locate(address);
    const found = location ? this.life(location.object) : undefined;
    if (!location || !found || found.freed || location.offset + type.bytes > found.size) return null;
    return this.peek(location, type);
  }

  write(address: Value, type: Scalar, value: Value): void {
    const location = locate(address);
    const found = location ? this.life(location.object) : undefined;
    if (!location || !found || found.freed || location.offset + type.bytes > found.size) throw new Error('a scenario writes where nothing is');
    this.put(location, type, convert(value, type));
  }

  isPutOff(address: Value, { bytes }: Scalar): boolean {
    return this.orders.putOff.some((p) => p.value !== null && overlap(p, { address, bytes }));
  }

  copyCell(from: number, to: number): void {
    this.copy(to, from, 4);
  }

  private change(index: number): DraftObject {
    const known = this.changed.get(index);
    if (known) return known;
    const base = rawOf(this.before).objects[index];
    if (!base) throw new Error(`object ${index} is not allocated`);
    const made: DraftObject = { freed: base.freed, size: base.size, cells: [...base.cells] };
    this.changed.set(index, made);
    return made;
  }

  /** Takes an object of a site's pool; its index, or null when the size is more than is ever given out. */
  allocate(site: number, size: number, zero: boolean): number | null {
    if (!Number.isSafeInteger(size) || size > OBJECT_MAX) return null;
    const first = this.world.layout.poolOf(site);
    const end = first + this.poolSize();
    const onStack = this.world.prepared.code.sites[site]?.api === 'stack';
    for (let index = first; index < end; index += 1) {
      const known = this.life(index);
      if (known && !(onStack && known.freed)) continue;
      const cells = new Array<Value>(Math.ceil(size / 4)).fill(zero ? 0 : UNINITIALISED);
      this.changed.set(index, { freed: false, size, cells });
      this.noteWrite(index, { op: 'replace' });
      return index;
    }
    throw new BoundReached(`more than ${this.poolSize()} objects allocated by one statement`);
  }

  private poolSize(): number {
    return this.world.layout.poolOf(1) - this.world.layout.poolOf(0);
  }

  /** Places an object that is there from the beginning. */
  install(index: number, size: number): void {
    this.changed.set(index, { freed: false, size, cells: new Array<Value>(Math.ceil(size / 4)).fill(0) });
  }

  free(address: Value, api: string): void {
    if (address === 0 || address === ZERO_SIZE) return;
    const location = locate(address);
    const found = location ? this.life(location.object) : undefined;
    const site = location ? this.world.layout.siteOf(location.object) : null;
    if (!location || !found || site === null) throw new FatalViolation('invalid-free', 'no allocated object');
    const name = this.world.layout.names[location.object] ?? '?';
    if (location.offset !== 0) throw new FatalViolation('invalid-free', `${name} + ${location.offset}`);
    if (found.freed) throw new FatalViolation('double-free', name);
    const made = this.world.prepared.code.sites[site]?.api ?? '';
    if (made === 'stack' && api !== 'stack') throw new FatalViolation('invalid-free', `${name} is on the stack, given to ${api}()`);
    if (api !== 'stack' && api !== 'kvfree' && made.startsWith('v') !== api.startsWith('v')) throw new FatalViolation('invalid-free', `${name} is from ${made}(), given to ${api}()`);
    const object = this.change(location.object);
    object.freed = true;
    // Nothing can see what a dead local held: states that differ only in that are one state.
    if (api === 'stack') object.cells = [];
    this.noteWrite(location.object, { op: 'free', drop: api === 'stack' });
  }

  /** Copies whole cells; both ranges are checked. */
  copy(to: Value, from: Value, bytes: number): void {
    if (bytes === 0) return;
    const [target, source] = [this.check(to, bytes), this.check(from, bytes)];
    if (((target.offset | source.offset) & 3) !== 0) throw new NotModelledReached('a copy that is not aligned');
    const cells = this.object(source.object)?.cells ?? [];
    this.readWritten(target.object, ALL);
    this.noteWrite(target.object, { op: 'replace' });
    copyCells({ cells: this.change(target.object).cells, offset: target.offset }, { cells, offset: source.offset }, bytes);
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
