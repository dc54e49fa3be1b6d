/** @module Locals of a process: registers that are never live together share one, and hold 0 where nothing is live. */
import type { Place } from './places.js';
import { isRegister } from './places.js';

/** Registers of a place that must be kept: those that can have one value only are known by the place. */
export function storedRegisters(place: Place): string[] {
  return [...place.known].filter(([name, values]) => isRegister(name) && values.size > 1).map(([name]) => name);
}

/** For each register of the actor's places the number of its local. */
export function shareLocals(places: readonly Place[]): Map<string, number> {
  const together = new Map<string, Set<string>>();
  for (const place of places) {
    const live = storedRegisters(place);
    for (const name of live) {
      const others = together.get(name) ?? new Set();
      together.set(name, others);
      for (const other of live) others.add(other);
    }
  }
  const slots = new Map<string, number>();
  for (const [name, others] of together) {
    const taken = new Set([...others].flatMap((other) => slots.get(other) ?? []));
    let slot = 0;
    while (taken.has(slot)) slot += 1;
    slots.set(name, slot);
  }
  return slots;
}
