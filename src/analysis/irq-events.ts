/** @module Where interrupts were turned off, where a lock was given back without them, and where they came back. */
import type { Event } from '../../simulator/trace/event.js';
import { chainOf } from './chain.js';
import type { Chain } from './chain.js';
import type { Incident } from './incidents.js';
import { replayAlone, replayOf } from './replays.js';
import type { Spot } from './spot.js';
import type { Subject } from './subject.js';

export interface IrqEvents {
  /** The statement that changed the state last before the return. */
  readonly changed: Chain;
  /** Locks given back after it, in the same call. */
  readonly unlocks: readonly Spot[];
  /** The statement that undoes it later; null when nothing does. */
  readonly undone: Spot | null;
}

/** Null when the change is not in the recorded execution. */
export function irqEvents(subject: Subject, incident: Incident): IrqEvents | null {
  const { actor, kind } = incident.violation.at;
  const run = replayOf(incident.code, incident.scenario, incident.found);
  const own = run.events.filter((e) => e.actor === actor && !e.setUp);
  const changed = own.findLast((e) => e.op === 'irq' && e.oldValue !== e.newValue);
  if (!changed || changed.frames.length === 0) return null;
  const chain = (event: Event): Chain => chainOf(subject.post.images, incident.code, event.frames);
  const unlocks = own.filter((e) => e.op === 'unlock' && e.index > changed.index && e.frames.length > 0).map((e) => chain(e).spot);
  return { changed: chain(changed), unlocks, undone: kind === 'task' ? null : undoneLater(incident, { actor, chain }) };
}

/** Lets the context run to its end alone, and looks where the state changes back. */
function undoneLater(incident: Incident, at: { actor: number; chain: (event: Event) => Chain }): Spot | null {
  const run = replayAlone(incident.code, incident.scenario, at.actor);
  const changes = run.events.filter((e) => e.actor === at.actor && e.op === 'irq' && e.oldValue !== e.newValue && e.frames.length > 0);
  const last = changes.at(-1);
  return last && changes.length > 1 ? at.chain(last).spot : null;
}
