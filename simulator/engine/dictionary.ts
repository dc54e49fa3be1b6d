/**
 * @module The components that one field of a state has had, numbered from 0, the initial one, in the order in which they
 * appeared; and for each part of them that some transition reads, which of its values a component has.
 */
import { readCells } from '../machine/cells.js';
import type { Part } from '../machine/spy.js';
import type { MemoryObject } from '../machine/state.js';
import type { Value } from '../machine/value.js';

/** Slot of a part that is the component as a whole: its number is the value. */
export const WHOLE = -1;

interface Slot {
  readonly part: Part;
  /** Values by what they are; numbered in the order of their appearance. */
  readonly values: Map<Value | string, number>;
}

export class Dictionary {
  /** By number; undefined is an object that was not allocated. */
  readonly components: unknown[] = [];
  /** Row of a component: for each slot the number of its value plus one, 0 where nobody asked yet. */
  table = new Int32Array(0);
  /** Entries of a row. */
  stride = 0;
  private readonly numbers = new Map<unknown, number>();
  private readonly slots: Slot[] = [];
  private readonly slotNumbers = new Map<string, number>();

  /** The number of a component; a new one for one that was not there before. */
  number(component: unknown): number {
    const known = this.numbers.get(component);
    if (known !== undefined) return known;
    const made = this.components.length;
    this.components.push(component);
    this.numbers.set(component, made);
    if (this.components.length * this.stride > this.table.length) this.resize(this.stride);
    return made;
  }

  /** The slot of a part. */
  slot(part: Part): number {
    if (part.part === 'all') return WHOLE;
    const key = part.part === 'life' ? 'life' : `${part.offset}:${part.bytes}`;
    const known = this.slotNumbers.get(key);
    if (known !== undefined) return known;
    const made = this.slots.length;
    this.slots.push({ part, values: new Map() });
    this.slotNumbers.set(key, made);
    if (made >= this.stride) this.resize(Math.max(4, this.stride * 2));
    return made;
  }

  /** The part that a slot is of. */
  part(slot: number): Part {
    return this.slots[slot]?.part ?? { part: 'all' };
  }

  private resize(stride: number): void {
    const rows = Math.max(16, 2 ** Math.ceil(Math.log2(this.components.length + 1)));
    const table = new Int32Array(rows * stride);
    const old = this.stride;
    for (let row = 0; row * old < this.table.length && row < rows; row += 1) {
      for (let i = 0; i < old; i += 1) table[row * stride + i] = this.table[row * old + i] ?? 0;
    }
    this.table = table;
    this.stride = stride;
  }

  /** Which of its values the part of component `number` has; fills the table. */
  value(number: number, slot: number): number {
    if (slot === WHOLE) return number;
    const at = number * this.stride + slot;
    const known = this.table[at] ?? 0;
    if (known !== 0) return known - 1;
    const { part, values } = this.slots[slot] as Slot;
    const value = valueOf(this.components[number] as MemoryObject | undefined, part);
    const before = values.get(value);
    const made = before ?? values.size;
    if (before === undefined) values.set(value, made);
    this.table[at] = made + 1;
    return made;
  }
}

function valueOf(object: MemoryObject | undefined, part: Part): Value | string {
  if (part.part === 'bytes') return object ? readCells(object.cells, part.offset, { bytes: part.bytes, signed: false }) : 'none';
  return object ? `${object.freed ? 'freed' : 'live'} ${object.size}` : 'none';
}
