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
import type { PreparedCode } from './prepare.js';
import { absent, IDLE } from './state.js';
import type { ContextKind, ContextState, CpuState, Frame, Interner, MemoryObject, Remaining, State } from './state.js';
import type { Scenario } from '../scenario/scenario.js';
import { convert, UNINITIALISED } from './value.js';
import type { Scalar, Value } from './value.js';
import type { Contract, View } from './view.js';
import { BoundReached, FatalViolation, NotModelledReached } from './violation.js';
import type { ContextRef, FrameRef, Violation } from './violation.js';

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
  /** Initcalls and set-up run, with a scenario of their own. */
  readonly settingUp?: boolean;
}

/** What kmalloc(0) returns: include/linux/slab.h ZERO_SIZE_PTR. It may be freed and must not be dereferenced. */
export const ZERO_SIZE = 16;

/** Largest object that is given out, in bytes: sizes are scaled, and a hostile one must not take memory. */
const OBJECT_MAX = 1 << 14;

function contextOf<G>(state: State<G>, actor: number): ContextState {
  const found = state.contexts[actor];
  if (!found) throw new Error(`no actor ${actor}`);
  return found;
}

export class Draft<G> implements View<G> {
  readonly violations: Violation[] = [];
  ghost: G;
  irqsOn: boolean;
  preemptCount: number;
  contexts: (ContextState | DraftContext)[];
  private readonly objects: (MemoryObject | undefined)[];
  private readonly changed = new Map<number, DraftObject>();
  /** What the scheduler may do after this; null where it did nothing. */
  remaining: Remaining | null = null;
  /** A CPU whose thread goes on on this one; null when none does. */
  vacated: number | null = null;
  /** Contexts that left the CPU: interrupts that ended, threads that wait. */
  private readonly off: (Omit<ContextState, 'id'> | DraftContext)[] = [];

  constructor(readonly world: World<G>, readonly before: State<G>, readonly cpu: number) {
    const cpuState = before.cpus[cpu];
    if (!cpuState) throw new Error(`no CPU ${cpu}`);
    this.ghost = before.ghost.value;
    this.irqsOn = cpuState.irqsOn;
    this.preemptCount = cpuState.preemptCount;
    this.contexts = cpuState.stack.map((actor) => contextOf(before, actor));
    this.objects = [...before.objects];
  }

  // --- who runs

  /** The running context, ready to be changed. */
  top(): DraftContext {
    const last = this.contexts.length - 1;
    const context = this.contexts[last];
    if (!context) throw new Error('a CPU without a context');
    const { actor, operation, irqsOnAtEntry, preemptAtEntry, left, cpu, above } = context;
    const made: DraftContext = { actor, operation, frames: [...context.frames], irqsOnAtEntry, preemptAtEntry, left, cpu, above };
    this.contexts[last] = made;
    return made;
  }

  get actor(): number {
    return this.contexts[this.contexts.length - 1]?.actor ?? -1;
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
    return taskOf(this.world.scenario, this.contexts[0]?.actor, this.cpu);
  }

  get operation(): string {
    const top = this.contexts[this.contexts.length - 1];
    if (isSwitching(this.world, top)) return SWITCHING;
    return (top ? this.world.scenario.actors[top.actor]?.operations[top.operation]?.label : undefined) ?? '';
  }

  setGhost(ghost: G): void {
    this.ghost = ghost;
  }

  /** An interrupt's context begins on top of what runs. */
  push(actor: number): DraftContext {
    const context: DraftContext = {
      actor, operation: 0, frames: [], irqsOnAtEntry: this.irqsOn, preemptAtEntry: this.preemptCount, left: contextOf(this.before, actor).left - 1,
      cpu: this.cpu, above: [],
    };
    this.contexts.push(context);
    return context;
  }

  /** The running interrupt's context ends. */
  pop(): void {
    const context = this.contexts.pop();
    if (context) this.off.push(absent(context.actor, context.left, this.cpu));
  }

  /** The thread on the CPU waits from now on, with what is on top of it; the CPU idles. */
  park(): void {
    const [bottom, ...above] = this.contexts;
    if (bottom) this.off.push({ ...bottom, irqsOnAtEntry: this.irqsOn, preemptAtEntry: this.preemptCount, cpu: this.cpu, above: above.map((c) => c.actor) }, ...above);
    this.contexts = [];
    this.irqsOn = true;
    this.preemptCount = 0;
  }

  /** A thread is put on the CPU, with what is on top of it. */
  mount(actor: number, as: { irqsOn: boolean; preemptCount: number; above: readonly number[] }): void {
    const { operation, frames, left } = contextOf(this.before, actor);
    const bottom: DraftContext = { actor, operation, frames: [...frames], irqsOnAtEntry: true, preemptAtEntry: 0, left, cpu: this.cpu, above: [] };
    this.contexts = [bottom, ...as.above.map((a) => contextOf(this.before, a))];
    this.irqsOn = as.irqsOn;
    this.preemptCount = as.preemptCount;
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

  object(index: number): MemoryObject | DraftObject | undefined {
    return this.changed.get(index) ?? this.objects[index];
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
    const found = location ? this.object(location.object) : undefined;
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
    if (!location || location.offset < OBJECT_SPAN / 2 || !this.object(location.object + 1)) return location;
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
    return readCells(this.object(location.object)?.cells ?? [], location.offset, type);
  }

  storeAt(location: Location, type: Scalar, value: Value): void {
    writeCells(this.change(location.object).cells, location.offset, type, value);
    if (this.world.contract.isLabel(value)) this.world.contract.labelStored(this, location, Number(value));
  }

  read(address: Value, type: Scalar): Value | null {
    const location = locate(address);
    const found = location ? this.object(location.object) : undefined;
    if (!location || !found || found.freed || location.offset + type.bytes > found.size) return null;
    return readCells(found.cells, location.offset, type);
  }

  write(address: Value, type: Scalar, value: Value): void {
    const location = locate(address);
    if (!location || this.read(address, type) === null) throw new Error('a scenario writes where nothing is');
    writeCells(this.change(location.object).cells, location.offset, type, convert(value, type));
  }

  copyCell(from: number, to: number): void {
    this.copy(to, from, 4);
  }

  private change(index: number): DraftObject {
    const known = this.changed.get(index);
    if (known) return known;
    const base = this.objects[index];
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
      const known = this.object(index);
      if (known && !(onStack && known.freed)) continue;
      const cells = new Array<Value>(Math.ceil(size / 4)).fill(zero ? 0 : UNINITIALISED);
      this.changed.set(index, { freed: false, size, cells });
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
    const found = location ? this.object(location.object) : undefined;
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
  }

  /** Copies whole cells; both ranges are checked. */
  copy(to: Value, from: Value, bytes: number): void {
    if (bytes === 0) return;
    const [target, source] = [this.check(to, bytes), this.check(from, bytes)];
    if (((target.offset | source.offset) & 3) !== 0) throw new NotModelledReached('a copy that is not aligned');
    const cells = this.object(source.object)?.cells ?? [];
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
    for (const [index, draft] of this.changed) this.objects[index] = interner.object(draft.freed, draft.size, draft.cells);
    const contexts = [...this.before.contexts];
    for (const context of this.off) contexts[context.actor] = this.settled(context);
    for (const context of this.contexts) if (!('id' in context)) contexts[context.actor] = this.settled(context);
    const cpu: CpuState = interner.cpu({ irqsOn: this.irqsOn, preemptCount: this.preemptCount, stack: this.contexts.map((c) => c.actor) });
    const cpus = this.before.cpus.map((c, i) => (i === this.cpu ? cpu : i === this.vacated ? interner.cpu(IDLE) : c));
    const ghost = this.ghost === this.before.ghost.value ? this.before.ghost : interner.ghost(this.ghost);
    return { objects: this.objects, contexts, cpus, ghost, scheduler: this.remaining ? interner.scheduler(this.remaining) : this.before.scheduler };
  }

  private settled({ actor, operation, frames, irqsOnAtEntry, preemptAtEntry, left, cpu, above }: Omit<ContextState, 'id'> | DraftContext): ContextState {
    const made = frames.map((frame) => ('id' in frame ? frame : this.settle(frame)));
    return this.world.interner.context({ actor, operation, frames: made, irqsOnAtEntry, preemptAtEntry, left, cpu, above });
  }

  private settle(frame: DraftFrame): Frame {
    const dead = this.world.prepared.code.functions[frame.functionIndex]?.dead[frame.pc] ?? [];
    for (const reg of dead) frame.registers[reg] = 0;
    return this.world.interner.frame(frame.functionIndex, frame.pc, frame.registers);
  }
}
