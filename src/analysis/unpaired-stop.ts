/**
 * @module Executions in which an interrupter ends a section that it has not, or not any more: kcov_remote_stop() then works on the task that
 * it came upon. Whatever is damaged later has that one cause.
 */
import { Layout } from '../../simulator/machine/layout.js';
import type { Event } from '../../simulator/trace/event.js';
import type { Incident } from './incidents.js';
import { replayOf } from './replays.js';
import { isInOwnSection } from './sections.js';

/** True for an event of an interrupter's kcov_remote_stop(). */
function isInStop(event: Event): boolean {
  return !event.setUp && event.context !== 'task' && event.operation.startsWith('kcov_remote_stop');
}

/** True where such a stop has written to a task before the violation, or meets the violation itself. */
export function followsUnpairedStop(incident: Incident): boolean {
  const { code, scenario, found } = incident;
  const run = replayOf(code, scenario, found);
  const met = run.violations.find((m) => m.key === found.key)?.event ?? run.events.length - 1;
  const { names } = new Layout(code, scenario);
  const isOfTask = ({ location }: Event): boolean => location !== null && scenario.tasks.includes(names[location.object] ?? '');
  const suspects = run.events.filter((e) => e.index <= met && isInStop(e) && (e.index === met || ((e.access === 'write' || e.access === 'rmw') && isOfTask(e))));
  return suspects.some((event) => !isInOwnSection(incident, event));
}
