/**
 * @module Writes that came to nothing: another context wrote over them before anybody had read them. Where something is missing at
 * the end of an execution they are how it got lost, although neither context ever went another way because of the other.
 */
import type { Event } from './event.js';

export interface Overwritten {
  readonly write: Event;
  /** The write of another context that took its place. */
  readonly by: Event;
}

const isOther = (a: Event, b: Event): boolean => a.actor !== b.actor || a.activation !== b.activation;
const reads = ({ access, op }: Event): boolean => access === 'read' || access === 'rmw' || op === 'copy';

/** Such pairs, in the order of the execution; `events` are all of it, for who read what. */
export function overwrittenIn(events: readonly Event[]): Overwritten[] {
  const read = new Set(events.filter(reads).flatMap((e) => e.uses));
  const last = new Map<string, Event>();
  const found: Overwritten[] = [];
  for (const e of events) {
    if (e.location === null || e.setUp || (e.access !== 'write' && e.access !== 'rmw')) continue;
    const cell = `${e.location.object}+${e.location.offset}`;
    const write = last.get(cell);
    if (write && write.access === 'write' && e.access === 'write' && isOther(write, e) && !read.has(write.index) && write.newValue !== e.newValue) found.push({ write, by: e });
    last.set(cell, e);
  }
  return found;
}
