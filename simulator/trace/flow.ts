/**
 * @module What flowed where: for each register of each frame and each cell of memory the events that its value comes from.
 * Private computation is transparent: what a temporary holds comes from what went into it.
 */
import { addressOf, locate } from '../machine/address.js';
import type { Location } from '../machine/address.js';
import type { Value } from '../machine/value.js';

/** Indices of events, ascending, without duplicates. */
export type Sources = readonly number[];

/** Merges lists of sources. */
export function merge(...lists: readonly Sources[]): number[] {
  const all = lists.length === 1 ? (lists[0] ?? []) : lists.flat();
  return all.length < 2 ? [...all] : [...new Set(all)].sort((a, b) => a - b);
}

/** A frame as the flow knows it. */
export class ShadowFrame {
  /** The instruction that runs, or the call under way. */
  pc = 0;
  private readonly registers = new Map<number, Sources>();
  private tests: { statement: number; sources: number[] } = { statement: -1, sources: [] };

  constructor(readonly functionIndex: number) {}

  fork(): ShadowFrame {
    const made = new ShadowFrame(this.functionIndex);
    made.pc = this.pc;
    made.tests = { ...this.tests, sources: [...this.tests.sources] };
    for (const [register, sources] of this.registers) made.registers.set(register, sources);
    return made;
  }

  get(register: number): Sources {
    return this.registers.get(register) ?? [];
  }

  set(register: number, sources: Sources): void {
    this.registers.set(register, sources);
  }

  /** Conditions evaluated so far in the statement under way: `a && b` as a value comes from its branches. */
  testsOf(statement: number): Sources {
    return this.tests.statement === statement ? this.tests.sources : [];
  }

  addTest(statement: number, event: number): void {
    if (this.tests.statement !== statement) this.tests = { statement, sources: [] };
    this.tests.sources.push(event);
  }

  /** Another statement runs: the conditions of the one before no longer flow. */
  at(pc: number, statement: number): void {
    this.pc = pc;
    if (this.tests.statement !== statement) this.tests = { statement: -1, sources: [] };
  }
}

/** An int and an unsigned int of the same cell. */
function sameBits(a: Value, b: Value): boolean {
  return a === b || BigInt.asUintN(32, BigInt(a)) === BigInt.asUintN(32, BigInt(b));
}

interface Written {
  readonly event: number;
  /** To see whether somebody outside the Program, such as an operation's arguments, wrote since; null when not known. */
  readonly value: Value | null;
  /** Bytes written at once. */
  readonly bytes: number;
}

/** Last writers of memory, byte by byte. */
export class MemoryFlow {
  private readonly written: Map<number, Written>;
  private readonly freed: Map<number, number>;

  constructor(from?: MemoryFlow) {
    this.written = new Map(from?.written);
    this.freed = new Map(from?.freed);
  }

  /** Notes a write of `bytes` bytes; `value` null when they are not one value. */
  write(location: Location, bytes: number, by: { event: number; value: Value | null }): void {
    const start = addressOf(location.object, location.offset);
    const made: Written = { ...by, bytes };
    for (let i = 0; i < bytes; i += 1) this.written.set(start + i, made);
  }

  /** The events that wrote what is read; none for initial memory and for what was written from outside. */
  read(location: Location, bytes: number, value: Value | null): Sources {
    const start = addressOf(location.object, location.offset);
    const found: number[] = [];
    for (let i = 0; i < bytes; i += 1) {
      const by = this.written.get(start + i);
      if (by && by.event >= 0 && !(by.value !== null && value !== null && by.bytes === bytes && !sameBits(by.value, value))) found.push(by.event);
    }
    return merge(found);
  }

  readRange(address: Value, bytes: number): Sources {
    const location = locate(address);
    return location ? this.read(location, bytes, null) : [];
  }

  free(object: number, event: number): void {
    this.freed.set(object, event);
  }

  allocated(object: number): void {
    this.freed.delete(object);
  }

  /** The event that freed an object. */
  freedBy(object: number): Sources {
    const found = this.freed.get(object);
    return found === undefined || found < 0 ? [] : [found];
  }
}
