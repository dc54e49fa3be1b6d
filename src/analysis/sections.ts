/** @module Whether a context's section is open, by the contract's state along a schedule. */
import type { Ghost } from '../../simulator/kcov/ghost.js';
import type { Event } from '../../simulator/trace/event.js';
import { explainRun } from './ghost-run.js';
import type { Incident } from './incidents.js';
import { replayOf } from './replays.js';

const runs = new WeakMap<Incident, Ghost[]>();

function ghostsOf(incident: Incident): Ghost[] {
  const known = runs.get(incident) ?? explainRun(incident);
  runs.set(incident, known);
  return known;
}

/** True where the actor of an event had a section open when the event's operation began. */
export function isInOwnSection(incident: Incident, event: Event): boolean {
  const { events } = replayOf(incident.code, incident.scenario, incident.found);
  const began = events.findLast((e) => e.index <= event.index && e.actor === event.actor && e.access === 'enter' && e.text === '');
  const before = began ? ghostsOf(incident)[began.step - 2] : undefined;
  return before !== undefined && Object.keys(before.sections).some((name) => name.endsWith(`@${event.actor}`));
}
