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
  private readonly readers: number[] = [];
  private readonly writers: number[] = [];
  private readonly all: Touched[] = [];

  /** The number of a unit of a field. */
  unit(field: number, part: number): number {
    const key = field * UNITS + part;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const made = this.readers.length;
    this.numbers.set(key, made);
    this.readers.push(0);
    this.writers.push(0);
    return made;
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
  note(actor: number, what: { read: readonly number[]; written: readonly number[]; countRead: boolean }): Touched {
    const bit = 1 << actor;
    const mark = (masks: number[], unit: number): void => {
      if (((masks[unit] ?? 0) & bit) !== 0) return;
      masks[unit] = (masks[unit] ?? 0) | bit;
      this.version += 1;
    };
    for (const unit of what.read) mark(this.readers, unit);
    for (const unit of what.written) mark(this.writers, unit);
    if (what.countRead && (this.countReaders & bit) === 0) {
      this.countReaders |= bit;
      this.version += 1;
    }
    const made: Touched = { actor, read: what.read, written: what.written, conflicts: 0, version: 0, assumed: 0 };
    this.all.push(made);
    return made;
  }

  /** Other actors that write what it reads, or touch what it writes. */
  conflicts(touched: Touched): number {
    if (touched.version === this.version) return touched.conflicts;
    let mask = 0;
    for (const unit of touched.read) mask |= this.writers[unit] ?? 0;
    for (const unit of touched.written) mask |= (this.writers[unit] ?? 0) | (this.readers[unit] ?? 0);
    touched.conflicts = mask & ~(1 << touched.actor);
    touched.version = this.version;
    return touched.conflicts;
  }

  /** True if what reductions assumed is so, as far as is known by now. */
  holds(): boolean {
    return this.all.every((touched) => touched.assumed === 0 || (this.conflicts(touched) & touched.assumed) === 0);
  }

  /** A search begins anew. */
  forget(): void {
    for (const touched of this.all) touched.assumed = 0;
  }
}
