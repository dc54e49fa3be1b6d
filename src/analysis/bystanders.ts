/**
 * @module Scenarios that a patch does not affect (./footprint.ts), and when the base must be asked about them all the same: where
 * they may show what the others show on one side only, it is not the patch that brings it, or takes it away.
 */
import { isLockProperty } from '../../simulator/explore/lock-graph.js';
import type { ContextKind } from '../../simulator/machine/state.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { contextClaims } from './context-claims.js';
import { mayRun } from './footprint.js';
import { incidents, operationOf } from './incidents.js';
import type { Incident } from './incidents.js';
import { callsInInterrupts } from './observed.js';
import type { ScenarioResult, Subject } from './subject.js';

/** Names of the scenarios, not affected and not searched, that may show on the base what decides a finding, or refutes what a changelog claims. */
export function bystandersToAsk(subject: Subject): string[] {
  const open = subject.results.filter((r) => r.unaffected && r.pre === null);
  if (open.length === 0) return [];
  const claimed = subject.patches.flatMap((patch) => contextClaims(patch.message).map((claim) => claim.function));
  const doubtful = incidents(subject).filter((incident) => incident.status === 'new' || incident.status === 'fixed');
  const before = new Set(callsInInterrupts(subject, 'pre').map((c) => `${c.call} ${c.kind}`));
  const kinds = callsInInterrupts(subject, 'post').filter((c) => !before.has(`${c.call} ${c.kind}`)).map((c) => c.kind);
  const decides = (result: ScenarioResult): boolean => claimed.some((name) => mayRun(subject.pre.program, result, name))
    || kinds.some((kind) => hasContext(result.scenario, kind)) || doubtful.some((incident) => mayShow(subject, result, incident));
  return open.filter(decides).map((result) => result.scenario.name);
}

function hasContext(scenario: KcovScenario, kind: ContextKind): boolean {
  return kind === 'task' || scenario.actors.some((actor) => actor.kind === kind);
}

/** False where a scenario cannot show a violation of the same key, see coarseKey(). */
function mayShow(subject: Subject, result: ScenarioResult, { scenario: own, code, violation }: Incident): boolean {
  if (isLockProperty(violation.property)) return true;
  const { at } = violation;
  const { scenario } = result;
  if (!hasContext(scenario, at.kind) && !scenario.actors.some((actor) => actor.early)) return false;
  const frame = at.frames.at(-1);
  const name = frame ? code.functions[frame.functionIndex]?.name : undefined;
  if (name !== undefined) return mayRun(subject.pre.program, result, name);
  const label = operationOf(own, violation);
  return label === '' || scenario.actors.some((actor) => actor.operations.some((operation) => operation.label === label));
}
