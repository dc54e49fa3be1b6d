/**
 * @module The memory of a state that is being changed by one transition: objects are copied when they are written to first,
 * every access is checked, and where a spy watches, what is read and written is noted.
 */
import { addressOf, functionAt, locate, NULL_SPAN, OBJECT_SPAN } from './address.js';
import type { Location } from './address.js';
import { copyCells, isWithinCells, readCells, writeCells } from './cells.js';
import type { Layout } from './layout.js';
import { unreachableObjects } from './reachable.js';
import type { PreparedCode } from './prepare.js';
import type { Interner, MemoryObject, State } from './state.js';
import type { Scenario, Way } from '../scenario/scenario.js';
import { convert, UNINITIALISED } from './value.js';
import type { Scalar, Value } from './value.js';
import type { Contract, View } from './view.js';
import { BoundReached, FatalViolation, NotModelledReached } from './violation.js';
import { ALL, LIFE, rawOf, scalarOf, spyOf } from './spy.js';
import type { Part, Spy, Write } from './spy.js';

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
  /** By actor and operation; null where the beginning is no choice. */
  readonly ways: readonly (readonly (readonly Way<G>[] | null)[])[];
  /** Initcalls and set-up run, with a scenario of their own. */
  readonly settingUp?: boolean;
}

/** What kmalloc(0) returns: include/linux/slab.h ZERO_SIZE_PTR. It may be freed and must not be dereferenced. */
export const ZERO_SIZE = 16;

/** Largest object that is given out, in bytes: sizes are scaled, and a hostile one must not take memory. */
export const OBJECT_MAX = 1 << 14;

export abstract class DraftMemory<G> {
  protected readonly changed = new Map<number, DraftObject>();
  protected readonly spy: Spy<G> | null;
  /** What was written to objects, where that is noted. */
  protected readonly writes = new Map<number, Write[]>();

  constructor(readonly world: World<G>, readonly before: State<G>) {
    this.spy = spyOf(before);
  }

  /** Itself, for the contract. */
  protected abstract view(): View<G>;

  /** A violation after which the execution goes on. */
  abstract report(property: string, detail: string): void;

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
  protected life(index: number): { readonly freed: boolean; readonly size: number } | undefined {
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

  protected put({ object, offset }: Location, type: Scalar, value: Value): void {
    writeCells(this.change(object).cells, offset, type, value);
    this.noteWrite(object, { op: 'store', offset, bytes: type.bytes, value });
  }

  storeAt(location: Location, type: Scalar, value: Value): void {
    this.put(location, type, value);
    if (this.world.contract.isLabel(value)) this.world.contract.labelStored(this.view(), location, Number(value));
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
}
