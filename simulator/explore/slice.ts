/** @module Backward slices: from which events a result comes, through registers, calls and memory, over all contexts. */
import type { Event } from '../trace/event.js';

/**
 * Indices of the events whose results flowed into event `from`, itself left out: nearest first, breadth first, and among
 * equally near ones the latest first. Data dependencies only; conditions count where their outcome is a value.
 */
export function backwardSlice(events: readonly Event[], from: number): number[] {
  const seen = new Set([from]);
  const found: number[] = [];
  let level = [from];
  while (level.length > 0) {
    const sources = level.flatMap((index) => events[index]?.uses ?? []);
    level = [...new Set(sources)].filter((index) => !seen.has(index)).sort((a, b) => b - a);
    for (const index of level) seen.add(index);
    found.push(...level);
  }
  return found;
}
