/**
 * @module irq flags as values: whether interrupts were on, and whose flags they are, so that flags that another context left in
 * shared memory are known when they are restored. In a register the owner is the context itself, so that only flags in
 * memory tell states apart by it.
 */
import { convert, S32 } from './value.js';
import type { Value } from './value.js';

/** Flags are numbers from here on, an int: no other computation of the kernel's code that is modelled yields them. */
const FIRST = 0x5f00_0000;
const OWNERS = 0x8_0000;
/** Activations of one actor that are told apart. */
const ACTIVATIONS = 16;

/** An activation of an actor: a task, or one arrival of an interrupt. */
export interface Owner {
  readonly actor: number;
  /** Activations that may still come behind it. */
  readonly left: number;
}

/** What local_irq_save() puts into its variable; without an owner plain 1 or 0. */
export function savedFlags(irqsOn: boolean, owner: Owner | null): Value {
  const on = irqsOn ? 1 : 0;
  return owner === null ? on : FIRST + (owner.actor * ACTIVATIONS + (owner.left % ACTIVATIONS)) * 2 + on;
}

/** Whose flags a value is; null for what nobody saved: a constant, or a copy that lost it. */
export function ownerOfFlags(value: Value): Owner | null {
  const code = typeof value === 'number' && value >= FIRST && value < FIRST + OWNERS ? (value - FIRST) >> 1 : -1;
  return code < 0 ? null : { actor: Math.floor(code / ACTIVATIONS), left: code % ACTIVATIONS };
}

/** True for flags of a time when interrupts were on. */
export function flagsSayOn(value: Value): boolean {
  return ownerOfFlags(value) === null ? value !== 0 : Number(convert(value, S32)) % 2 === 1;
}

/** Flags as people read them: 1 or 0, whoever saved them; other values as they are. */
export function shownFlags(value: Value): Value {
  return ownerOfFlags(value) === null ? value : flagsSayOn(value) ? 1 : 0;
}
