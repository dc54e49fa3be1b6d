/**
 * @module Edits that answer a question, tried: the scenarios that showed it are searched again with each, the cheapest first.
 * An edit counts when nothing of the finding is met any more and nothing is met that was not met without it.
 */
import type { Edit } from '../analysis/alternatives/edit.js';
import { coarseKey, operationOf } from '../analysis/incidents.js';
import type { Incident } from '../analysis/incidents.js';
import { Compiled } from '../analysis/search.js';
import { inThread } from '../analysis/searcher.js';
import type { SearchAnswer, Searcher, SearchSettings } from '../analysis/searcher.js';
import type { Subject } from '../analysis/subject.js';
import type { Support } from '../analysis/rule.js';
import type { Found } from '../../simulator/explore/explore.js';
import type { Code } from '../../simulator/machine/code.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { causesOf } from './findings.js';
import type { Asked } from './findings.js';

/** Edits tried for one finding. */
const EDITS_MAX = 4;
/** States that the scenarios searched again for one edit have without it, together; the first one is always searched. */
const STATES_MAX = 30_000;

export interface Trials {
  readonly subject: Subject;
  /** Kconfig symbols of the Program. */
  readonly integers: readonly string[];
  readonly settings: SearchSettings;
  /** One after the other in this thread when left out. */
  readonly search?: Searcher;
}

/** The same hazards, with the edit that answers one where there is such an edit. */
export async function withAlternatives(found: readonly Asked[], trials: Trials): Promise<Asked[]> {
  const better = new Map<Asked, Asked>();
  for (const { speaker, group } of causesOf(found)) {
    const { rule, hazard } = speaker;
    const incidents = group.flatMap((one) => one.hazard.incidents ?? []);
    if (hazard.status !== 'new' || incidents.length === 0 || !rule.edits) continue;
    const support = await firstThatHolds(rule.edits(hazard, trials.subject).slice(0, EDITS_MAX), incidents, trials);
    if (support) better.set(speaker, { rule, hazard: { ...hazard, support: [...hazard.support, support] } });
  }
  return found.map((one) => better.get(one) ?? one);
}

async function firstThatHolds(edits: readonly Edit[], incidents: readonly Incident[], trials: Trials): Promise<Support | null> {
  const chosen = scenariosOf(incidents, trials.subject);
  for (const edit of edits) {
    const states = await statesWithout(edit, { chosen, incidents }, trials);
    if (states === null) continue;
    const all = chosen.length === new Set(incidents.map((i) => i.scenario)).size;
    return { kind: 'alternative', text: sentence(edit, { states, count: chosen.length, all }), edit: edit.diff, scenarios: chosen.map((s) => s.name), states };
  }
  return null;
}

function sentence({ says }: Edit, { states, count, all }: { states: number; count: number; all: boolean }): string {
  const scenarios = count === 1 ? (all ? 'the scenario that shows it' : 'a scenario that shows it') : `${all ? 'the' : 'some'} scenarios that show it`;
  return `With ${says} none of this happens, in all ${String(states).replace(/\B(?=(?:\d{3})+$)/gu, ',')} states of ${scenarios}.`;
}

/** The scenarios that show the finding, those with fewest states first, as many as the budget allows. */
function scenariosOf(incidents: readonly Incident[], subject: Subject): KcovScenario[] {
  const states = new Map(subject.results.map((r) => [r.scenario, r.post?.exploration.states ?? Infinity]));
  const sorted = [...new Set(incidents.map((i) => i.scenario))].sort((a, b) => (states.get(a) ?? 0) - (states.get(b) ?? 0));
  let left = STATES_MAX;
  return sorted.filter((scenario, i) => {
    left -= states.get(scenario) ?? Infinity;
    return i === 0 || left >= 0;
  });
}

/** States of the scenarios with the edit; null where one shows the finding, or something else, or does not come to its end. */
async function statesWithout(edit: Edit, of: { chosen: readonly KcovScenario[]; incidents: readonly Incident[] }, trials: Trials): Promise<number | null> {
  const compiled = new Compiled(edit.program, trials.integers);
  const search = trials.search ?? inThread;
  const batches = [of.chosen.slice(0, 1), of.chosen.slice(1)].filter((batch) => batch.length > 0);
  let states = 0;
  for (const batch of batches) {
    const answers = await search(batch.map((scenario) => ({ compiled, scenario })), trials.settings);
    const clean = answers.every((answer, i) => isClean(answer, { compiled, scenario: batch[i] as KcovScenario, incidents: of.incidents, subject: trials.subject }));
    if (!clean) return null;
    states += answers.reduce((sum, answer) => sum + ('failed' in answer ? 0 : answer.exploration.states), 0);
  }
  return states;
}

/** Searched to its end; violations are among those without the edit, and none is of the finding. */
function isClean(answer: SearchAnswer, { compiled, scenario, incidents, subject }: { compiled: Compiled; scenario: KcovScenario; incidents: readonly Incident[]; subject: Subject }): boolean {
  if ('failed' in answer) return false;
  const { exploration } = answer;
  if (exploration.gaveUp !== null || exploration.notModelled.length > 0) return false;
  const unedited = subject.results.find((r) => r.scenario === scenario)?.post;
  const known = new Set(unedited?.exploration.found.map((found) => fullKey(unedited.code, scenario, found)));
  for (const incident of incidents) if (incident.scenario === scenario) known.delete(fullKey(incident.code, scenario, incident.found));
  const code = compiled.codeFor(scenario);
  return exploration.found.every((found) => known.has(fullKey(code, scenario, found)));
}

/** What is violated where, how, in which operation, and in which operation of whom it interrupts. */
function fullKey(code: Code, scenario: KcovScenario, { violation }: Found): string {
  const below = violation.interrupted.at(-1);
  const interrupted = below ? operationOf(scenario, { ...violation, at: below }) : '';
  return [coarseKey(code, scenario, violation), violation.detail.replace(/#?\d+/gu, ''), operationOf(scenario, violation), interrupted].join('\n');
}
