/**
 * @module What lockdep reports that is new, as hazards: one for each report over all scenarios, at the place of it that the
 * patch made. Where a new deadlock of the same class is asked about, that one is the stronger evidence.
 */
import { chainOf } from './chain.js';
import { contractOf } from './contract-of.js';
import { incidents, operationOf } from './incidents.js';
import type { Incident } from './incidents.js';
import { replayOf } from './replays.js';
import type { Hazard, Label } from './rule.js';
import type { Spot } from './spot.js';
import type { Subject } from './subject.js';
import { counterexample } from './support.js';
import { isLockProperty } from '../../simulator/explore/lock-graph.js';
import { addressOf } from '../../simulator/machine/address.js';
import { lockName } from '../../simulator/machine/lock-class.js';
import { Machine } from '../../simulator/machine/machine.js';

export interface LockHazard extends Hazard {
  /** The report in one line, with the classes. */
  readonly detail: string;
  readonly operation: string;
}

/** One hazard for each new report. */
export function lockHazards(subject: Subject): LockHazard[] {
  const waited = waitedFor(subject);
  const seen = new Set<string>();
  return incidents(subject).flatMap((incident): LockHazard[] => {
    const { property, detail } = incident.violation;
    const cause = `${property} ${detail}`;
    if (incident.status !== 'new' || !isLockProperty(property) || seen.has(cause)) return [];
    if (detail.split(/[\s,]+/u).some((word) => waited.has(word))) return [];
    seen.add(cause);
    return [describe(subject, incident, cause)];
  });
}

function describe(subject: Subject, incident: Incident, cause: string): LockHazard {
  const { violation, code } = incident;
  const places = (violation.related ?? []).flatMap(({ at, text }): Label[] =>
    (at.frames.length > 0 ? [{ spot: chainOf(subject.post.images, code, at.frames).spot, text }] : []));
  const own = chainOf(subject.post.images, code, violation.at.frames).spot;
  const spot: Spot = places.findLast((p) => p.spot.added)?.spot ?? places.findLast((p) => p.spot.inDiff)?.spot ?? own;
  const labels = places.filter((p) => p.spot.text !== spot.text || p.spot.function !== spot.function);
  return {
    property: violation.property, status: 'new', severity: 'high', spot, labels, support: [counterexample(incident)], cause,
    detail: violation.detail, operation: operationOf(incident.scenario, violation),
  };
}

/** Classes of the locks that new deadlocks wait for. */
function waitedFor(subject: Subject): Set<string> {
  const classes = new Set<string>();
  for (const incident of incidents(subject)) {
    if (incident.status !== 'new' || incident.violation.property !== 'deadlock') continue;
    const run = replayOf(incident.code, incident.scenario, incident.found);
    const event = run.violations.find((m) => m.key === incident.found.key)?.event ?? null;
    const location = event === null ? null : run.events[event]?.location;
    if (!location) continue;
    const { world } = new Machine(incident.code, incident.scenario, contractOf(incident.code));
    classes.add(lockName(world, addressOf(location.object, location.offset)));
  }
  return classes;
}
