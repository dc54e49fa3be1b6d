/** @module The execution of a counterexample as rows of the review: events with their places on the diff. */
import type { Replay } from '../../simulator/explore/replay.js';
import type { Event } from '../../simulator/trace/event.js';
import type { Code } from '../../simulator/machine/code.js';
import { frameSpot } from '../analysis/spot.js';
import type { Images, Spot } from '../analysis/spot.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { Place, TraceRow } from './review.js';

/** A spot as the review has it: without what only rules need. */
export function placeOf(spot: Spot): Place {
  const { added: _added, ...place } = spot;
  return place;
}

/** The access as reviews have it. */
function accessOf({ access, op }: Event): TraceRow['access'] {
  if (access === 'putOff') return op === 'store' ? 'write' : 'read';
  return access === 'branch' || access === 'local' ? 'read' : access;
}

/** The row whose write is read by an event, or that freed what it touches: as values flowed in the execution, not by names. */
function sourceOf(event: Event, rows: readonly Event[]): number {
  const { location } = event;
  if (location === null || event.access === 'write') return -1;
  const isSame = (one: Event): boolean => one.location !== null && one.location.object === location.object && one.location.offset === location.offset;
  return rows.findLastIndex((one) => one.index < event.index && event.uses.includes(one.index) && (one.op === 'free' || ((one.access === 'write' || one.access === 'rmw') && isSame(one))));
}

/** Rows of the given events, in their order. */
export function traceRows(events: readonly Event[], code: Code, images: Images): TraceRow[] {
  return events.map((event) => {
    const frame = event.frames.at(-1);
    const spot = frame ? frameSpot(images, code, frame) : null;
    const place: Place = spot ? placeOf(spot) : { path: event.place.path, image: 'model', side: 'RIGHT', line: null, endLine: null, inDiff: false, hunk: null, function: event.function, text: event.text };
    const access = accessOf(event);
    const from = sourceOf(event, events);
    return {
      step: event.step, cpu: event.cpu, context: event.context, ...(event.task === undefined ? {} : { task: event.task }), function: event.function, place, text: event.text, access,
      target: event.target, old: event.old, new: event.access === 'read' || event.access === 'branch' ? null : event.new, marked: event.marked, note: event.note,
      ...(event.remark === undefined ? {} : { remark: event.remark }), ...(from < 0 ? {} : { from }),
      ...(event.by === undefined ? {} : { by: event.by }),
    };
  });
}

/** Devices whose objects an execution touches or hands on before an event, by their letter: the A of kcovA and areaA. */
export function devicesSeen(run: Replay, before: number): Set<string> {
  const seen = new Set<string>();
  const look = (text: string | null): void => {
    for (const [, letter = ''] of (text ?? '').matchAll(/\b(?:kcov|area)([A-Z])\d*\b/gu)) seen.add(letter);
  };
  for (const event of run.events) {
    if (event.setUp || event.index > before) continue;
    look(event.old);
    look(event.new);
    if (event.location) look(run.nameOf(event.location.object));
  }
  return seen;
}

/**
 * What was done before the first row, as one line: the scenario's own words for its set-up, then the operations of actors
 * that were complete by then. Devices that are not in `seen` are left out; all are kept without it.
 */
export function setUpText(scenario: KcovScenario, after: readonly string[], seen: ReadonlySet<string> | null = null): string {
  const labels = new Set(scenario.setUp.flatMap((s) => (s.says === undefined ? [] : s.operations.map((o) => o.label))));
  const said = scenario.setUp.flatMap((s) => s.says ?? []);
  const isSeen = (text: string): boolean => seen === null || !/^[A-Z] /u.test(text) || seen.has(text.charAt(0));
  return [...said.filter(isSeen), ...after.filter((label) => !label.startsWith('initcall') && !labels.has(label))].join('; ');
}
