/**
 * @module Where a damage comes from: from the event that shows it, back along the data, to the write that did it. A lost
 * record, and a call that fails, show themselves at the first branch that goes another way than in an execution without.
 */
import type { Replay } from '../../simulator/explore/replay.js';
import { backwardSlice } from '../../simulator/explore/slice.js';
import { overwrittenIn } from '../../simulator/trace/overwritten.js';
import type { Event } from '../../simulator/trace/event.js';
import { chainOf } from './chain.js';
import type { Chain } from './chain.js';
import type { Incident } from './incidents.js';
import { replayAlone, replayOf } from './replays.js';
import type { Subject } from './subject.js';

export interface Blame {
  /** The write, or the computation, that the damage comes from. */
  readonly event: Event;
  readonly chain: Chain;
  /** Another context than the damaged one made it. */
  readonly foreign: boolean;
  /** The event that shows the damage: a branch, or the access itself. */
  readonly shown: Event;
  /** What the data passed through on the way, as C: `t->kcov_size`. */
  readonly through: readonly string[];
}

/** The actor that is damaged: the one that violates, or the task of the CPU at the end of an execution. */
function victimOf(incident: Incident): number {
  const { at } = incident.violation;
  return at.actor >= 0 ? at.actor : incident.scenario.actors.findIndex((a) => a.kind === 'task');
}

/** Follows the data back from the damage. Null when nothing in the diff is on the way. */
export function blameFor(subject: Subject, incident: Incident): Blame | null {
  const run = replayOf(incident.code, incident.scenario, incident.found);
  const victim = victimOf(incident);
  const shown = damageEvent(subject, incident, { run, victim });
  if (!shown) return writtenOver(subject, incident, { run, victim });
  const slice = backwardSlice(run.events, shown.index).flatMap((index) => run.events[index] ?? []);
  const writes = slice.filter((e) => e.frames.length > 0);
  const until = (event: Event): string[] => [...new Set(slice.slice(0, slice.indexOf(event) + 1).flatMap((e) => e.target ?? []))];
  const foreign = writes.find((e) => !e.setUp && e.actor !== victim && (e.access === 'write' || e.access === 'rmw'));
  if (foreign) return { event: foreign, chain: chain(subject, incident, foreign), foreign: true, shown, through: until(foreign) };
  const added = writes.find((e) => chain(subject, incident, e).inner.added);
  const event = added ?? writes.find((e) => chain(subject, incident, e).spot.inDiff);
  return event ? { event, chain: chain(subject, incident, event), foreign: false, shown, through: until(event) } : null;
}

/**
 * Where the diff handles the object that an event wrote, when it does not show the event itself: the last added statement
 * of the same context that touched the object before, else the first after. Null when the patch never touches it.
 */
export function handlingOf(subject: Subject, incident: Incident, event: Event): Chain | null {
  const run = replayOf(incident.code, incident.scenario, incident.found);
  const touching = run.events.filter((e) => !e.setUp && e.actor === event.actor && e.location?.object === event.location?.object && e.frames.length > 0);
  const added = touching.map((e) => ({ index: e.index, chain: chain(subject, incident, e) })).filter((t) => t.chain.spot.added);
  return (added.findLast((t) => t.index < event.index) ?? added[0])?.chain ?? null;
}

/** Of a record that got lost although nothing went another way: the write of another task that took the place of the victim's. */
function writtenOver(subject: Subject, incident: Incident, { run, victim }: { run: Replay; victim: number }): Blame | null {
  if (incident.violation.property !== 'coverage-lost') return null;
  const pair = overwrittenIn(run.events).findLast(({ write, by }) => write.actor === victim && by.context === 'task' && by.frames.length > 0);
  if (!pair) return null;
  const { by } = pair;
  return { event: by, chain: chain(subject, incident, by), foreign: true, shown: by, through: by.target === null ? [] : [by.target] };
}

function chain(subject: Subject, incident: Incident, event: Event): Chain {
  return chainOf(subject.post.images, incident.code, event.frames);
}

function damageEvent(subject: Subject, incident: Incident, at: { run: Replay; victim: number }): Event | undefined {
  const { property } = incident.violation;
  const met = at.run.violations.find((m) => m.key === incident.found.key);
  const shown = met?.event === null || met?.event === undefined ? undefined : at.run.events[met.event];
  if (property !== 'coverage-lost' && property !== 'errno') return shown;
  const alone = replayAlone(incident.code, incident.scenario, at.victim);
  const quiet = alone.violations.every((m) => m.violation.property !== property);
  if (property === 'errno' && !quiet) return shown;
  const reference = quiet ? alone : baseAlone(subject, incident, at.victim);
  const branch = reference ? firstDivergence(branchesOf(at.run, at.victim), branchesOf(reference, at.victim)) : undefined;
  return property === 'errno' ? (branch ?? shown) : branch;
}

/** The same actor alone on the base; null where the base has no such execution. */
function baseAlone(subject: Subject, incident: Incident, victim: number): Replay | null {
  const pre = subject.results.find((r) => r.scenario === incident.scenario)?.pre;
  return pre ? replayAlone(pre.code, incident.scenario, victim) : null;
}

function branchesOf(run: Replay, actor: number): Event[] {
  return run.events.filter((e) => e.access === 'branch' && e.actor === actor && !e.setUp);
}

/** The first branch that goes another way; branches are matched by operation, function, text and count. */
function firstDivergence(branches: readonly Event[], reference: readonly Event[]): Event | undefined {
  const expected = new Map<string, boolean>();
  const key = counter();
  for (const event of reference) expected.set(key(event), event.taken === true);
  const own = counter();
  return branches.find((event) => {
    const way = expected.get(own(event));
    return way !== undefined && way !== event.taken;
  });
}

function counter(): (event: Event) => string {
  const seen = new Map<string, number>();
  return (event) => {
    const base = `${event.function}\n${event.text}`;
    const n = (seen.get(base) ?? 0) + 1;
    seen.set(base, n);
    return `${base}\n${n}`;
  };
}
