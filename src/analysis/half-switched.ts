/**
 * @module What an interrupter found half switched: of the fields it read last, one that the interrupted operation has written
 * for the last time and one that it writes later. Fields are told apart by where they are, not by name.
 */
import type { Event } from '../../simulator/trace/event.js';
import type { Incident } from './incidents.js';
import { replayAlone, replayOf } from './replays.js';

/** A field as the interrupter read it: "t->kcov_area" and "NULL". */
export interface FieldRead {
  readonly field: string;
  readonly value: string;
}

export interface HalfSwitched {
  readonly already: FieldRead;
  readonly still: FieldRead;
}

/** The two fields; null where the reads do not show both. */
export function halfSwitched(incident: Incident): HalfSwitched | null {
  const { violation, code, scenario } = incident;
  const below = violation.interrupted.at(-1);
  if (!below || below.actor < 0) return null;
  const { events } = replayOf(code, scenario, incident.found);
  const operation = scenario.actors[below.actor]?.operations[below.operation]?.label;
  const writes = (list: readonly Event[]): Map<string, number> => counted(list.filter((e) => e.actor === below.actor && !e.setUp && e.operation === operation && (e.access === 'write' || e.access === 'rmw')));
  const [before, inAll] = [writes(events), writes(replayAlone(code, scenario, below.actor).events)];
  // What is written once more is not switched yet, whatever was written to it before.
  const isStill = (e: Event): boolean => (inAll.get(keyOf(e)) ?? 0) > (before.get(keyOf(e)) ?? 0);
  const reads = events.filter((e) => e.actor === violation.at.actor && e.access === 'read' && e.location !== null && e.target !== null && e.old !== null);
  const known = reads.filter((e) => before.has(keyOf(e)) || isStill(e));
  const last = known.at(-1);
  const other = last && known.findLast((e) => isStill(e) !== isStill(last));
  if (!last || !other) return null;
  return isStill(last) ? { already: asRead(other), still: asRead(last) } : { already: asRead(last), still: asRead(other) };
}

function keyOf({ location }: Event): string {
  return location ? `${location.object} ${location.offset}` : '';
}

function counted(events: readonly Event[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(keyOf(event), (counts.get(keyOf(event)) ?? 0) + 1);
  return counts;
}

function asRead({ target, old }: Event): FieldRead {
  return { field: target ?? '', value: old ?? '' };
}
