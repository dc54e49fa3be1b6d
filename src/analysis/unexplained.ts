/** @module New violations of given properties that no other cause explains, each with the best place the diff has for it. */
import { chainOf } from './chain.js';
import type { Chain } from './chain.js';
import { explain } from './explain.js';
import { incidents, operationOf } from './incidents.js';
import type { Incident } from './incidents.js';
import { replayOf } from './replays.js';
import type { Hazard, Label } from './rule.js';
import type { Spot } from './spot.js';
import type { Subject } from './subject.js';
import { counterexample, severityOf } from './support.js';
import type { Event } from '../../simulator/trace/event.js';
import { READ_WORD } from '../../simulator/compile/reader-model.js';
import { locate } from '../../simulator/machine/address.js';
import { Layout } from '../../simulator/machine/layout.js';
import type { Violation } from '../../simulator/machine/violation.js';

export interface Unexplained extends Hazard {
  readonly detail: string;
  readonly operation: string;
  readonly context: string;
  /** C text of the statement that violates; '' between statements. */
  readonly statement: string;
  readonly function: string;
  /** C text of the statement the data came from; '' when not known. */
  readonly from: string;
  /** A lock that the context took in the operation and did not give back; '' when there is none. */
  readonly held: string;
}

/** What a lock that is kept shows as: it holds preemption, or bottom halves, off. */
const UNBALANCED = new Set(['lock-held-at-return', 'preempt-unbalanced', 'bh-unbalanced']);

/** Uses of one object that is gone have one cause, wherever they are in an operation. */
const OF_AN_OBJECT = new Set(['use-after-free', 'double-free']);

interface Circumstances {
  readonly own: Chain | null;
  readonly operation: string;
  /** Where the lock was taken that is held. */
  readonly held: Chain | null;
}

/** Objects of one allocation that are left have one cause, wherever their end is noticed; so has a lock that is kept, whichever call returns with it. */
function causeOf(violation: Violation, { own, operation, held }: Circumstances): string {
  const detail = violation.detail.replace(/#?\d+/gu, '');
  if (held && UNBALANCED.has(violation.property)) return `held ${held.canonical.at(-1)}`;
  if (violation.property === 'leak') return `leak ${detail}`;
  return `${violation.property} ${violation.at.kind} ${own && !OF_AN_OBJECT.has(violation.property) ? own.canonical.at(-1) : `${operation} ${detail}`}`;
}

/** One hazard for each statement and operation; statuses new and fixed. Those of one cause may be several. */
export function unexplained(subject: Subject, properties: readonly string[]): Unexplained[] {
  const wanted = incidents(subject).filter((i) => properties.includes(i.violation.property));
  const bySpot = new Map<string, Unexplained>();
  for (const incident of wanted) {
    if (incident.status === 'new' && explain(subject, incident).by !== 'nothing') continue;
    const made = describe(subject, incident);
    const key = `${made.status} ${made.cause} ${made.spot.function} ${made.spot.text}`;
    if (!bySpot.has(key)) bySpot.set(key, made);
  }
  return [...bySpot.values()];
}

function describe(subject: Subject, incident: Incident): Unexplained {
  const { violation, scenario } = incident;
  const images = incident.status === 'fixed' ? subject.pre.images : subject.post.images;
  const frames = violation.at.frames.length > 0 ? violation.at.frames : framesAtEnd(incident);
  const own = frames.length > 0 ? chainOf(images, incident.code, frames) : null;
  const explanation = incident.status === 'new' ? explain(subject, incident) : null;
  const blame = explanation?.by === 'nothing' ? explanation.blame : null;
  const operation = operationOf(scenario, violation);
  const taken = UNBALANCED.has(violation.property) ? heldLock(incident) : undefined;
  const held = taken && taken.frames.length > 0 ? chainOf(images, incident.code, taken.frames) : null;
  const spot = placeFor(subject, incident, { own: own?.spot ?? null, blamed: blame?.chain.spot ?? null });
  const labels: Label[] = [];
  if (own && own.inner.text !== spot.text) labels.push({ spot: own.inner, text: 'met at' });
  if (blame && blame.chain.spot.text !== spot.text) labels.push({ spot: blame.chain.spot, text: 'comes from' });
  return {
    plain: true, property: violation.property, status: incident.status, severity: severityOf(violation), spot, labels, support: [counterexample(incident)],
    cause: causeOf(violation, { own, operation, held }),
    detail: violation.detail.replace(/(\w)#\d+/gu, '$1'), operation, context: violation.at.kind, statement: own?.inner.text ?? '', function: own?.inner.function ?? '', from: blame?.chain.inner.text ?? '', held: taken?.target ?? '',
  };
}

/** Where the operation returned that the violation was met after; of a read of user space, where what it was told comes from. */
function framesAtEnd(incident: Incident): Event['frames'] {
  const run = replayOf(incident.code, incident.scenario, incident.found);
  const met = run.violations.find((m) => m.key === incident.found.key);
  const event = met?.event === null || met?.event === undefined ? undefined : run.events[met.event];
  if (event?.function !== READ_WORD) return event?.frames ?? [];
  return publisher(run.events.slice(0, event.index + 1), event.actor)?.frames ?? [];
}

/** The kernel's last store to the count of an area that an actor has read in user space: the count is the area's first word. */
function publisher(events: readonly Event[], actor: number): Event | undefined {
  const area = events.findLast((e) => e.actor === actor && e.function === READ_WORD && e.location !== null)?.location?.object;
  const isCount = ({ location }: Event): boolean => location !== null && location.object === area && location.offset === 0;
  const read = events.findLast((e) => e.actor === actor && e.function === READ_WORD && isCount(e));
  return events.slice(0, read?.index ?? 0).findLast((e) => (e.access === 'write' || e.access === 'rmw') && isCount(e) && e.frames.length > 0);
}

/** Where the lock was taken that is the last of those that the operation leaves held. */
function heldLock(incident: Incident): Event | undefined {
  const { events } = replayOf(incident.code, incident.scenario, incident.found);
  const own = events.filter((e) => e.actor === incident.violation.at.actor && (e.op === 'lock' || e.op === 'unlock') && e.location !== null);
  const held = new Map<string, Event>();
  for (const event of own) {
    const key = `${event.location?.object} ${event.location?.offset}`;
    held.delete(key);
    if (event.op === 'lock') held.set(key, event);
  }
  return [...held.values()].at(-1);
}

/** The allocation of the object that is left: the patch may allocate what nobody frees. */
function allocationOf(incident: Incident): Event | undefined {
  const { names } = new Layout(incident.code, incident.scenario);
  const isIt = (value: Event['newValue']): boolean => names[(value === null ? null : locate(value))?.object ?? -1] === incident.violation.detail;
  return replayOf(incident.code, incident.scenario, incident.found).events.findLast((e) => e.op === 'alloc' && e.frames.length > 0 && isIt(e.newValue));
}

/** The violating statement where the diff shows it, of what is left its allocation, else where the data came from, else the last statement of the diff that ran: an added one before all. */
function placeFor(subject: Subject, incident: Incident, known: { own: Spot | null; blamed: Spot | null }): Spot {
  if (known.own && (known.own.inDiff || incident.status !== 'new')) return known.own;
  if (known.blamed?.inDiff) return known.blamed;
  const images = incident.status === 'fixed' ? subject.pre.images : subject.post.images;
  const run = replayOf(incident.code, incident.scenario, incident.found);
  const made = incident.violation.property === 'leak' ? allocationOf(incident) : undefined;
  const allocation = made ? chainOf(images, incident.code, made.frames).spot : null;
  if (allocation?.added) return allocation;
  const spots = run.events.filter((e) => e.frames.length > 0 && e.access !== 'local').map((e) => chainOf(images, incident.code, e.frames).spot);
  const last = spots.findLast((s) => s.added) ?? (allocation?.inDiff ? allocation : undefined) ?? spots.findLast((s) => s.inDiff) ?? known.own ?? spots.at(-1);
  if (last) return last;
  return { path: incident.code.program.path, image: 'model', side: 'RIGHT', line: null, endLine: null, inDiff: false, hunk: null, function: '', text: '', added: false };
}
