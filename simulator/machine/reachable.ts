/** @module Leaks: live allocated objects that nothing leads to, as kmemleak finds them, but exact. */
import { locate } from './address.js';
import type { Layout } from './layout.js';
import type { Value } from './value.js';

interface Cells {
  readonly freed: boolean;
  readonly cells: readonly Value[];
}

/** Indices of live pool objects that are not reachable from the objects that are always there. */
export function unreachableObjects(layout: Layout, object: (index: number) => Cells | undefined): number[] {
  const reached = new Set<number>();
  const queue: number[] = [];
  for (let index = 0; index < layout.firstPool; index += 1) queue.push(index);
  while (queue.length > 0) {
    const index = queue.pop() ?? 0;
    if (reached.has(index)) continue;
    reached.add(index);
    for (const value of object(index)?.cells ?? []) {
      const location = locate(value);
      if (location && !reached.has(location.object)) queue.push(location.object);
    }
  }
  const lost: number[] = [];
  for (let index = layout.firstPool; index < layout.count; index += 1) {
    const found = object(index);
    if (found && !found.freed && !reached.has(index)) lost.push(index);
  }
  return lost;
}
