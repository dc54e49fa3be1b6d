/** @module Scenarios that no patch of a series affects, told from the texts of base and stages before anything is searched. */
import { affects } from '../analysis/footprint.js';
import type { KcovScenario } from '../../simulator/scenario/index.js';
import type { Stage } from './base.js';

/** Functions of a stage with a line that a patch added: what is asked about their statements rests on all that run them. */
function addedTo({ program, images }: Stage): Set<string> {
  const touched = program.functions.filter(({ place }) => images.get(place.path)?.origins.slice(place.line - 1, place.endLine).some((origin) => origin.added));
  return new Set(touched.map((f) => f.name));
}

/** Those of the scenarios that run nothing that a stage changes. */
export function unaffectedBy(first: Stage, stages: readonly Stage[], list: readonly KcovScenario[]): ReadonlySet<KcovScenario> {
  const changes = stages.map((stage) => ({ pre: first.program, post: stage.program, touched: addedTo(stage) }));
  return new Set(list.filter((scenario) => changes.every((change) => !affects(change, scenario))));
}
