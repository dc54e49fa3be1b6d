/** @module What stands beside accesses that are not performed in their place: who may order them so. */
import type { Axis } from '../machine/orders.js';

/** Beside an access in its place in the program, which is performed later. */
export function putOffRemark(axis: Axis, isStore: boolean): string {
  if (axis === 'compiler') return 'the compiler may do this later';
  return isStore ? 'other CPUs may see this later' : 'the CPU may read this later';
}

/** Beside an access that was put off, where it is performed. */
export function lateRemark(axis: Axis, isStore: boolean): string {
  if (axis === 'compiler') return 'done only now, as the compiler may';
  return isStore ? 'other CPUs see it only now' : 'read only now, as the CPU may';
}
