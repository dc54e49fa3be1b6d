/** @module Whether a context's section began, by the contract's state along a schedule. */
import { explainRun } from './ghost-run.js';
import type { Incident } from './incidents.js';

/** True if the actor was in a section at some point of the execution. */
export function startedSection(incident: Incident, actor: number): boolean {
  return explainRun(incident).some((ghost) => Object.keys(ghost.sections).some((name) => name.endsWith(`@${actor}`)));
}
