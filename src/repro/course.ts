/**
 * @module The course of an execution as user space can take it again: which task makes which calls, in which order, and which calls
 * of different tasks are under way at once. Or the reason why user space alone cannot.
 */
import type { Replay } from '../../simulator/explore/replay.js';
import type { Move } from '../../simulator/explore/schedule.js';
import type { Event } from '../../simulator/trace/event.js';
import { extended } from './extended.js';
import type { Call, Noted, Setting } from './noted.js';
import { noted } from './noted.js';
import { obstacleTo } from './obstacle.js';

/** Calls that follow each other, or that are under way at once. */
export interface Part {
  readonly race: boolean;
  /** In the order they began; in a race those of one task in its order. */
  readonly calls: readonly Call[];
}

export interface Course {
  readonly parts: readonly Part[];
  /** The call in which the property is violated; null where it is at the end of all. */
  readonly marked: Call | null;
}

/** What is violated by which moves. */
export interface Counterexample extends Setting {
  readonly moves: readonly Move[];
  /** Executions before it that what lockdep reports rests on. */
  readonly premises: readonly (readonly Move[])[];
  /** As violations have it. */
  readonly property: string;
}

/** The executions of a counterexample one after the other, the last the one that violates; or why there are none. */
export type Courses = { readonly ok: true; readonly courses: readonly Course[] } | { readonly ok: false; readonly why: string };

/** Instructions at which others may come in between. */
const SHARED: ReadonlySet<Event['op']> = new Set(['load', 'store', 'rmw', 'lock', 'unlock', 'irq', 'alloc', 'free', 'copy', 'service', 'switch']);

/** A call and the events, by index, between which it is under way. */
interface Stretch {
  readonly call: Call;
  readonly actor: number;
  readonly first: number;
  readonly last: number;
}

/** When each call of the actors was under way. One that had done nothing yet when all ended is left out. */
function stretchesOf({ run, calls, spans }: Noted): Stretch[] {
  return spans.flatMap((span, i) => {
    const call = calls[i];
    if (!call || span.setUp || span.began === null) return [];
    const end = span.completed ? (span.ended ?? span.began) : Infinity;
    const own = run.events.filter((e) => e.actor === span.actor && e.index >= (span.began ?? 0) && e.index <= end && SHARED.has(e.op));
    const [first, last] = [own[0]?.index, own.at(-1)?.index];
    if (first === undefined && !span.completed) return [];
    return [{ call, actor: span.actor, first: first ?? span.began, last: span.completed ? (last ?? span.began) : Infinity }];
  });
}

/** Calls that overlap, directly or by others, are one part. */
function partsOf(stretches: readonly Stretch[]): Part[] {
  const groups: Stretch[][] = [];
  let until = -1;
  for (const stretch of [...stretches].sort((a, b) => a.first - b.first)) {
    const group = groups.at(-1);
    if (group && stretch.first < until) group.push(stretch);
    else groups.push([stretch]);
    until = Math.max(until, stretch.last);
  }
  return groups.map((group) => ({ race: new Set(group.map(({ actor }) => actor)).size > 1, calls: group.map(({ call }) => call) }));
}

/** The call in which an execution violates the property. */
function markedIn({ run, calls }: Noted, property: string): Call | null {
  const met = run.violations.find(({ violation }) => violation.property === property);
  if (!met || met.move > run.transitions.length) return null;
  const { actor, operation } = met.violation.at;
  const mine = calls.filter((call) => (met.move === 0 ? call.actor < 0 : call.actor === actor && call.operation <= operation));
  return mine.at(-1) ?? null;
}

function courseOf(one: Noted, property: string): Course {
  const setUp = one.spans.flatMap((span, i) => (span.setUp ? [one.calls[i]] : [])).filter((call) => call !== undefined);
  const all = [...setUp.map((call): Part => ({ race: false, calls: [call] })), ...partsOf(stretchesOf(one))];
  const marked = markedIn(one, property);
  // What began in the move that violates is not needed.
  const last = all.findIndex(({ calls }) => marked !== null && calls.includes(marked));
  return { parts: last < 0 ? all : all.slice(0, last + 1), marked };
}

const failed = ({ error }: Replay): string | null => (error === null ? null : `move ${error.move}: ${error.why}`);

/** What user space does to take the way of a counterexample. */
export function coursesOf(counterexample: Counterexample): Courses {
  const { premises, moves, property } = counterexample;
  const executions = [...premises, moves].map((each) => noted(counterexample, extended(counterexample, each)));
  const courses = executions.map((one) => courseOf(one, property));
  for (const [i, one] of executions.entries()) {
    const why = failed(one.run) ?? obstacleTo(counterexample.scenario, one, courses[i]?.marked ?? null);
    if (why !== null) return { ok: false, why };
  }
  return { ok: true, courses };
}
