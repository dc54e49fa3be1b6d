/**
 * @module Addresses of the model: each object has a range of its own, far from the others, so that a pointer is a
 * number as in C and still says which object it points into.
 */
import type { Value } from './value.js';

/** Address of object 0. Below it nothing is mapped; the first page is what NULL pointers reach. */
const BASE = 0x7f00_0000_0000;
/** Bytes from one object to the next; the largest object there can be. */
export const OBJECT_SPAN = 0x10_0000;
/** Offsets from NULL that are reported as a NULL dereference. */
export const NULL_SPAN = 4096;
const FUNCTION_BASE = 0x6f00_0000_0000;
const FUNCTION_SPAN = 16;

export const CPUS_MAX = 4;

/** Address of a byte of an object. */
export function addressOf(object: number, offset = 0): number {
  return BASE + object * OBJECT_SPAN + offset;
}

export interface Location {
  readonly object: number;
  readonly offset: number;
}

/** The object and offset an address points to; null for addresses that no object can have. */
export function locate(address: Value): Location | null {
  if (typeof address !== 'number' || address < BASE) return null;
  const distance = address - BASE;
  const object = Math.floor(distance / OBJECT_SPAN);
  return { object, offset: distance - object * OBJECT_SPAN };
}

/** The address a function has as a value. */
export function functionAddress(index: number): number {
  return FUNCTION_BASE + index * FUNCTION_SPAN;
}

/** Index of the function at an address, null when there is none. */
export function functionAt(address: Value): number | null {
  if (typeof address !== 'number' || address < FUNCTION_BASE || address >= BASE) return null;
  return (address - FUNCTION_BASE) / FUNCTION_SPAN;
}
