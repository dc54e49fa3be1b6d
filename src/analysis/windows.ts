/**
 * @module Windows: stretches of a context's execution in which an interrupter finds something half done. Violations that
 * differ only in where the interrupter came, in one stretch without a gap, have one cause.
 */
import type { Event, EventFrame } from '../../simulator/trace/event.js';
import type { ContextKind } from '../../simulator/machine/state.js';
import { chainOf } from './chain.js';
import type { Chain } from './chain.js';
import { incidents, operationOf } from './incidents.js';
import type { Incident } from './incidents.js';
import { replayOf } from './replays.js';
import type { Subject } from './subject.js';

export interface Window {
  readonly interrupted: ContextKind;
  readonly interrupter: ContextKind;
  /** Ordered by where the interrupter came, shortest schedule first; not empty. */
  readonly incidents: readonly Incident[];
  /** The statement executed last before the first violating interruption. */
  readonly opening: Chain;
  /** The statement executed last before the last violating interruption. */
  readonly closing: Chain;
  /** Stacks of the steps before the first and the last violating interruption, outermost first; empty where there was none. */
  readonly opened: readonly EventFrame[];
  readonly closed: readonly EventFrame[];
  /** Operation that the window opens in. */
  readonly operation: string;
  /** Steps of the interrupted context before the first and the last violating interruption. */
  readonly from: number;
  readonly to: number;
}

/** How many steps the interrupted context had made when the violating context came; null when it is no interrupter. */
function position(incident: Incident): { actor: number; steps: number } | null {
  const { violation, found } = incident;
  const interrupted = violation.interrupted.at(-1);
  if (!interrupted || interrupted.actor < 0) return null;
  const entry = found.schedule.findLastIndex((move) => move.enter && move.actor === violation.at.actor);
  const steps = found.schedule.slice(0, entry).filter((move) => move.actor === interrupted.actor).length;
  return { actor: interrupted.actor, steps };
}

/** An interrupter that only runs code: it has no section of its own to blame. */
function onlyHits(incident: Incident): boolean {
  const { scenario, violation } = incident;
  const operations = scenario.actors[violation.at.actor]?.operations ?? [];
  return violation.at.kind !== 'task' && operations.every((o) => o.label.startsWith('hit')) && operationOf(scenario, violation).startsWith('hit');
}

const cache = new WeakMap<Subject, Window[]>();

/** All windows of new violations, in the order of scenarios and time. */
export function windows(subject: Subject): readonly Window[] {
  const known = cache.get(subject);
  if (known) return known;
  const made = find(subject);
  cache.set(subject, made);
  return made;
}

/** The window in which an interrupter came that the execution of an incident has, where the incident may follow from it. */
export function windowBehind(subject: Subject, incident: Incident): Window | null {
  const { scenario, found } = incident;
  for (const window of windows(subject)) {
    const first = window.incidents[0];
    if (!first || first.scenario !== scenario) continue;
    const [interrupted, interrupter] = [first.violation.interrupted.at(-1)?.actor, first.violation.at.actor];
    const entry = found.schedule.findIndex((move) => move.enter && move.actor === interrupter);
    if (entry < 0) continue;
    const steps = found.schedule.slice(0, entry).filter((move) => move.actor === interrupted).length;
    if (steps >= window.from && steps <= window.to) return window;
  }
  return null;
}

/** The interrupter's coverage goes into the buffer of the interrupted section and nowhere else. */
export function isConfinedToSection(window: Window): boolean {
  return window.incidents.every(isConfined);
}

function isConfined({ violation }: Incident): boolean {
  return violation.property === 'coverage-misattributed' && !violation.detail.includes('area of');
}

function find(subject: Subject): Window[] {
  const groups = new Map<string, { steps: number; incident: Incident }[]>();
  for (const incident of incidents(subject)) {
    if (incident.status !== 'new' || !onlyHits(incident)) continue;
    const at = position(incident);
    if (!at) continue;
    const key = `${incident.scenario.name} ${at.actor} ${incident.violation.at.actor}`;
    const group = groups.get(key);
    if (group) group.push({ steps: at.steps, incident });
    else groups.set(key, [{ steps: at.steps, incident }]);
  }
  return [...groups.values()].flatMap((group) => split(group).map((stretch) => describe(subject, stretch)));
}

/** Cuts where a step in between has no violation, and between the switch and the section that it begins or ends. */
function split(group: { steps: number; incident: Incident }[]): { steps: number; incident: Incident }[][] {
  const sorted = [...group].sort((a, b) => a.steps - b.steps || a.incident.found.schedule.length - b.incident.found.schedule.length);
  const stretches: { steps: number; incident: Incident }[][] = [];
  for (const item of sorted) {
    const last = stretches.at(-1);
    const end = last?.at(-1)?.steps;
    const alike = last?.[0] !== undefined && isConfined(last[0].incident) === isConfined(item.incident);
    if (last && end !== undefined && item.steps - end <= 1 && alike) last.push(item);
    else stretches.push([item]);
  }
  return stretches;
}

function describe(subject: Subject, stretch: readonly { steps: number; incident: Incident }[]): Window {
  const all = stretch.map((s) => s.incident);
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) throw new Error('a window without violations');
  const [opened, closed] = [lastStep(first), lastStep(last)];
  return {
    interrupted: first.violation.interrupted.at(-1)?.kind ?? 'task', interrupter: first.violation.at.kind, incidents: all,
    opening: chainFrom(subject, first, opened), closing: chainFrom(subject, last, closed), operation: opened?.operation ?? '',
    opened: opened?.frames ?? [], closed: closed?.frames ?? [],
    from: stretch[0]?.steps ?? 0, to: stretch.at(-1)?.steps ?? 0,
  };
}

/** The last event of the interrupted context before the interrupter came. */
function lastStep(incident: Incident): Event | undefined {
  const { events } = replayOf(incident.code, incident.scenario, incident.found);
  const interrupted = incident.violation.interrupted.at(-1)?.actor;
  const entry = incident.found.schedule.findLastIndex((move) => move.enter && move.actor === incident.violation.at.actor) + 1;
  const shared = (event: Event): boolean => ['read', 'write', 'rmw', 'lock', 'call'].includes(event.access);
  return events.findLast((e) => e.actor === interrupted && e.step > 0 && e.step < entry && shared(e));
}

function chainFrom(subject: Subject, incident: Incident, event: Event | undefined): Chain {
  const frames = event?.frames ?? incident.violation.interrupted.at(-1)?.frames ?? [];
  return chainOf(subject.post.images, incident.code, frames.length > 0 ? frames : [{ functionIndex: 0, pc: 0 }]);
}
