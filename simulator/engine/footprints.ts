/**
 * @module Who touches what: for each unit of memory the actors that have read it and those that have written it, as the
 * search has seen them so far. A reduction that relies on nobody touching a unit is checked at the end of the search
 * against what was seen until then; if it was wrong, the search is done again with what is known by then.
 *
 * That is sound although footprints are seen and not computed: take the first access of any full execution that no reduced
 * search has seen. All before it respected the footprints, so the reduced search has an execution of the same steps in
 * which the same context comes to the same place, and where a context accesses follows from where it stands.
 */
import type { Part, Write } from '../machine/spy.js';

/** What one outcome touches. */
export interface Touched {
  readonly actor: number;
  readonly read: readonly number[];
  readonly written: readonly number[];
  /** Other actors that touch one of these in a way that matters, as of `version`. */
  conflicts: number;
  version: number;
  /** Actors of which a reduction assumed that they do not. */
  assumed: number;
  /** The same where locks keep others away: what is touched under a lock that everybody holds who touches it, or is the lock given back. */
  unprotected: number;
  assumedUnprotected: number;
  /** Addresses of the locks held. */
  readonly held: readonly number[];
  /** It takes or gives back a lock, and touches nothing else. */
  readonly lock: 'takes' | 'gives' | null;
}

/** Units of one object: its life, then its cells of four bytes. */
const UNITS = 8192;
const CELL = 4;

export class Footprints {
  /** Goes up when somebody touches what they had not touched before. */
  version = 1;
  /** Actors that read preempt_count. */
  countReaders = 0;
  private readonly numbers = new Map<number, number>();
  private readonly lives = new Set<number>();
  private readonly readers: number[] = [];
  private readonly writers: number[] = [];
  /** By unit: the locks that everybody held who touched it; undefined where nobody has. */
  private readonly locks: (readonly number[] | undefined)[] = [];
  /** By unit: somebody did something else to it than taking and giving back a lock. */
  private readonly isData: boolean[] = [];
  private readonly all: Touched[] = [];

  /** The number of a unit of a field. */
  unit(field: number, part: number): number {
    const key = field * UNITS + part;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const made = this.readers.length;
    this.numbers.set(key, made);
    if (part === 0) this.lives.add(made);
    this.readers.push(0);
    this.writers.push(0);
    return made;
  }

  /** True for the unit of an object's life. */
  isLife(unit: number): boolean {
    return this.lives.has(unit);
  }

  private cells(field: number, offset: number, bytes: number): number[] {
    const units: number[] = [];
    for (let cell = Math.floor(offset / CELL); cell * CELL < offset + bytes; cell += 1) units.push(this.unit(field, 1 + cell));
    return units;
  }

  /** Units of a part of an object of `size` bytes. */
  unitsOf(field: number, part: Part, size: number): number[] {
    switch (part.part) {
      case 'life': return [this.unit(field, 0)];
      case 'bytes': return this.cells(field, part.offset, part.bytes);
      case 'all': return [this.unit(field, 0), ...this.cells(field, 0, size)];
    }
  }

  unitsWritten(field: number, write: Write, size: number): number[] {
    switch (write.op) {
      case 'store': return this.cells(field, write.offset, write.bytes);
      case 'free': return [this.unit(field, 0)];
      case 'replace': return [this.unit(field, 0), ...this.cells(field, 0, size)];
    }
  }

  /** An outcome touches these. */
  note(actor: number, what: Pick<Touched, 'read' | 'written' | 'held' | 'lock'> & { countRead: boolean }): Touched {
    const bit = 1 << actor;
    const mark = (masks: number[], unit: number): void => {
      if (((masks[unit] ?? 0) & bit) !== 0) return;
      masks[unit] = (masks[unit] ?? 0) | bit;
      this.version += 1;
    };
    for (const unit of what.read) mark(this.readers, unit);
    for (const unit of what.written) mark(this.writers, unit);
    for (const unit of [...what.read, ...what.written]) this.noteLocks(unit, what);
    if (what.countRead && (this.countReaders & bit) === 0) {
      this.countReaders |= bit;
      this.version += 1;
    }
    const { read, written, held, lock } = what;
    const made: Touched = { actor, read, written, held, lock, conflicts: 0, unprotected: 0, version: 0, assumed: 0, assumedUnprotected: 0 };
    this.all.push(made);
    return made;
  }

  private noteLocks(unit: number, { held, lock }: Pick<Touched, 'held' | 'lock'>): void {
    if (lock !== null) return;
    const before = this.locks[unit];
    const now = before ? before.filter((address) => held.includes(address)) : held;
    if (this.isData[unit] && now.length === before?.length) return;
    this.isData[unit] = true;
    this.locks[unit] = now;
    this.version += 1;
  }

  /** Other actors that write what it reads, or touch what it writes. */
  conflicts(touched: Touched): number {
    if (touched.version !== this.version) this.update(touched);
    return touched.conflicts;
  }

  /** Of these the ones that no lock keeps away. */
  unprotected(touched: Touched): number {
    if (touched.version !== this.version) this.update(touched);
    return touched.unprotected;
  }

  private update(touched: Touched): void {
    let [all, open] = [0, 0];
    const add = (unit: number, mask: number): void => {
      all |= mask;
      if (!this.isProtected(unit, touched)) open |= mask;
    };
    for (const unit of touched.read) add(unit, this.writers[unit] ?? 0);
    for (const unit of touched.written) add(unit, (this.writers[unit] ?? 0) | (this.readers[unit] ?? 0));
    touched.conflicts = all & ~(1 << touched.actor);
    touched.unprotected = open & ~(1 << touched.actor);
    touched.version = this.version;
  }

  /** Nobody on another CPU can touch the unit before: they wait for a lock that is held. */
  private isProtected(unit: number, { held, lock }: Touched): boolean {
    if (!this.isData[unit]) return lock === 'gives';
    return (this.locks[unit] ?? []).some((address) => held.includes(address));
  }

  /** True if what reductions assumed is so, as far as is known by now. */
  holds(): boolean {
    return this.all.every((touched) =>
      (touched.assumed === 0 || (this.conflicts(touched) & touched.assumed) === 0)
      && (touched.assumedUnprotected === 0 || (this.unprotected(touched) & touched.assumedUnprotected) === 0));
  }

  /** A search begins anew. */
  forget(): void {
    for (const touched of this.all) touched.assumed = touched.assumedUnprotected = 0;
  }
}
