/**
 * @module The locks a context holds, as lockdep's held_locks (kernel/locking/lockdep.c, Linux 6.1): a part of the context, in
 * canonical order, so that they tell apart no states that the lock words and the context's place do not tell apart already.
 */
import { addressOf, locate } from './address.js';
import type { Location } from './address.js';
import type { InstructionBody, LockKind } from './code.js';
import type { Value } from './value.js';
import { FatalViolation } from './violation.js';

export interface HeldLock {
  /** Of the lock word. */
  readonly address: number;
  readonly kind: LockKind;
  /** Nest level of spin_lock_nested() and the like; 0 elsewhere. */
  readonly subclass: number;
}

/** Equal for equal lists; '' for none. */
export function heldText(held: readonly HeldLock[]): string {
  return held.map(({ address, kind, subclass }) => `${address}${kind}${subclass}`).join();
}

/** What an instruction takes once it has run; null for those that take nothing, and for a trylock that failed. */
export function acquired(i: InstructionBody, done: { location: Location | null; old: Value | null }): HeldLock | null {
  const { location } = done;
  if (!location) return null;
  const address = addressOf(location.object, location.offset);
  if (i.op === 'lock') return { address, kind: i.kind, subclass: i.subclass ?? 0 };
  if (i.op === 'hold' && i.taken) return { address, kind: i.kind, subclass: 0 };
  if (i.op === 'rmw' && i.trylock !== undefined && done.old === 0) return { address, kind: i.trylock, subclass: 0 };
  return null;
}

/** The locks held after an instruction. */
export function noteHeld(held: readonly HeldLock[], i: InstructionBody, done: { location: Location | null; old: Value | null }): readonly HeldLock[] {
  const taken = acquired(i, done);
  if (taken) return [...held, taken].sort((a, b) => a.address - b.address);
  const { location } = done;
  const released = i.op === 'unlock' || (i.op === 'hold' && !i.taken);
  return released && location ? without(held, addressOf(location.object, location.offset)) : held;
}

function without(held: readonly HeldLock[], address: number): readonly HeldLock[] {
  const at = held.findIndex((lock) => lock.address === address);
  return at < 0 ? held : held.filter((_, i) => i !== at);
}

/** Whether a lock is among those held. */
export function isAmong(held: readonly HeldLock[], address: Value): boolean {
  const location = locate(address);
  return location !== null && held.some((lock) => lock.address === addressOf(location.object, location.offset));
}

/** A context gives back its own locks only: print_unlock_imbalance_bug(). That the CPU has the lock is not enough. */
export function requireHeld(held: readonly HeldLock[], address: Value): void {
  if (isAmong(held, address)) return;
  throw new FatalViolation('unlock-not-held', 'the lock is held by another context of this CPU');
}
