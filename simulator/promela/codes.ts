/** @module Values as Promela's 32-bit ints: small numbers stand for themselves, addresses and all others for codes above them. */
import type { Value } from '../machine/value.js';
import { isNumber } from './analysis.js';
import { Refused } from './refused.js';

export class Codes {
  private readonly codes = new Map<Value, number>();

  /** Gives a code to each of `values` that is no small number. */
  constructor(values: Iterable<Value>) {
    const all = [...new Set(values)];
    const first = Math.max(15, ...all.filter(isNumber)) + 1;
    const others = all.filter((value) => !isNumber(value)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    others.forEach((value, i) => this.codes.set(value, first + i));
  }

  /** The int that stands for a value; null for values that no variable has. */
  find(value: Value): number | null {
    return isNumber(value) ? value : (this.codes.get(value) ?? null);
  }

  of(value: Value): number {
    const found = this.find(value);
    if (found === null) throw new Refused(`the value ${value} cannot be expressed`);
    return found;
  }
}

/** The smallest type of Promela that holds all of the ints. */
export function typeFor(ints: readonly number[]): 'bit' | 'byte' | 'short' | 'int' {
  const [least, most] = [Math.min(...ints), Math.max(...ints)];
  if (least >= 0) return most <= 1 ? 'bit' : most <= 255 ? 'byte' : most <= 32767 ? 'short' : 'int';
  return least >= -32768 && most <= 32767 ? 'short' : 'int';
}
