/** @module The execution of a counterexample as rows of the review: events with their places on the diff. */
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

/** Rows of the given events, in their order. */
export function traceRows(events: readonly Event[], code: Code, images: Images): TraceRow[] {
  return events.map((event) => {
    const frame = event.frames.at(-1);
    const spot = frame ? frameSpot(images, code, frame) : null;
    const place: Place = spot ? placeOf(spot) : { path: event.place.path, image: 'model', side: 'RIGHT', line: null, endLine: null, inDiff: false, hunk: null, function: event.function, text: event.text };
    const access = event.access === 'branch' || event.access === 'local' ? 'read' : event.access;
    return {
      step: event.step, cpu: event.cpu, context: event.context, ...(event.task === undefined ? {} : { task: event.task }), function: event.function, place, text: event.text, access,
      target: event.target, old: event.old, new: event.access === 'read' || event.access === 'branch' ? null : event.new, marked: event.marked, note: event.note,
    };
  });
}

/**
 * What was done before the first row, as one line: the scenario's own words for its set-up, then the operations of actors
 * that were complete by then.
 */
export function setUpText(scenario: KcovScenario, after: readonly string[]): string {
  const labels = new Set(scenario.setUp.flatMap((s) => (s.says === undefined ? [] : s.operations.map((o) => o.label))));
  const said = scenario.setUp.flatMap((s) => s.says ?? []);
  return [...said, ...after.filter((label) => !label.startsWith('initcall') && !labels.has(label))].join('; ');
}
