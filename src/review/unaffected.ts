/**
 * @module Scenarios that no patch of a series affects, told before anything is searched: from the texts of base and stages, and
 * where only their set-ups run what is changed, from the state that these lead to.
 */
import { affects } from '../analysis/footprint.js';
import type { Change } from '../analysis/footprint.js';
import { sameSetUp } from '../analysis/same-set-up.js';
import type { Compiled } from '../analysis/search.js';
import type { ScenarioResult } from '../analysis/subject.js';
import type { Program } from '../../simulator/ir/program.js';
import type { KcovScenario } from '../../simulator/scenario/index.js';
import type { Stage } from './base.js';

export type Unaffected = ReadonlyMap<KcovScenario, NonNullable<ScenarioResult['unaffected']>>;

export interface Candidates {
  readonly list: readonly KcovScenario[];
  readonly compiled: (program: Program) => Compiled;
}

/** Functions of a stage with a line that a patch added: what is asked about their statements rests on all that run them. */
function addedTo({ program, images }: Stage): Set<string> {
  const touched = program.functions.filter(({ place }) => images.get(place.path)?.origins.slice(place.line - 1, place.endLine).some((origin) => origin.added));
  return new Set(touched.map((f) => f.name));
}

/** Those of the scenarios that no stage affects. */
export function unaffectedBy(first: Stage, stages: readonly Stage[], { list, compiled }: Candidates): Unaffected {
  const changes = stages.map((stage): Change => ({ pre: first.program, post: stage.program, touched: addedTo(stage) }));
  const prepared = ({ pre, post }: Change, scenario: KcovScenario): boolean => sameSetUp(compiled(pre).codeFor(scenario), compiled(post).codeFor(scenario), scenario);
  const found = new Map<KcovScenario, 'wholly' | 'after set-up'>();
  for (const scenario of list) {
    const whole = changes.filter((change) => affects(change, scenario));
    if (whole.length === 0) found.set(scenario, 'wholly');
    else if (whole.every((change) => !affects(change, scenario, 'actors') && prepared(change, scenario))) found.set(scenario, 'after set-up');
  }
  return found;
}
