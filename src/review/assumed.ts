/**
 * @module What somebody takes for granted, held against every execution of the scenarios that may come there, on the patched
 * image. An assumption that holds cuts nothing off, since no execution breaks it; one that does not is refuted by a schedule.
 */
import { assuming, readAssumption, whyNotChecked } from '../analysis/assumption.js';
import type { Assumption } from '../analysis/assumption.js';
import { footprintOf } from '../analysis/footprint.js';
import { Compiled, isAllowed, knowsRt, scenariosFor } from '../analysis/search.js';
import { inThread } from '../analysis/searcher.js';
import type { SearchAnswer } from '../analysis/searcher.js';
import type { Submission } from '../mail/submission.js';
import type { Found } from '../../simulator/explore/explore.js';
import type { Code } from '../../simulator/machine/code.js';
import type { KcovScenario } from '../../simulator/scenario/index.js';
import { buildBase } from './base.js';
import type { Base, Stage } from './base.js';
import { counterexampleOf } from './findings.js';
import { searchable } from './known-bases.js';
import type { ReviewOptions } from './options.js';
import type { Assumed } from './review.js';
import { chosenScenarios, settingsOf } from './search-stages.js';

/** One scenario on the patched image with the checks in it. */
interface Looked {
  readonly code: Code;
  readonly scenario: KcovScenario;
  readonly answer: SearchAnswer;
}

/** Assumptions about a submission by themselves, without a review of it. */
export async function checkAssumptions(submission: Submission, texts: readonly string[], options: ReviewOptions): Promise<Assumed[]> {
  const base = await buildBase(submission, { input: options.base, modelTexts: options.modelTexts, config: options.config });
  return await assumedOn(base, texts, options);
}

/** The verdict on each assumption, in their order. */
export async function assumedOn(base: Base, texts: readonly string[], options: ReviewOptions): Promise<Assumed[]> {
  const [stage, first] = [base.stages.at(-1), base.stages[0]];
  if (!stage || !first || texts.length === 0) return [];
  const read = texts.map((text) => ({ text, of: readAssumption(text) }));
  const checkable = read.flatMap(({ of }) => (of?.ok && whyNotChecked(stage.program, of.assumption) === null ? [of.assumption] : []));
  const program = assuming(stage.program, checkable);
  const image = searchable(new Compiled(program, base.integers), knowsRt(first.program), searchable(new Compiled(first.program, base.integers), knowsRt(first.program)));
  const reaches = (scenario: KcovScenario, { function: name }: Assumption): boolean => footprintOf(stage.program, scenario)?.has(`function ${name}`) ?? true;
  const list = scenariosFor([stage.program], chosenScenarios(options)).filter((scenario) => checkable.some((assumption) => reaches(scenario, assumption)) && isAllowed(image, scenario));
  const answers = await (options.search ?? inThread)(list.map((scenario) => ({ compiled: image.compiled, scenario })), settingsOf(options));
  const looked = list.map((scenario, i): Looked => ({ scenario, code: image.compiled.codeFor(scenario), answer: answers[i] ?? { failed: 'no answer' } }));
  return read.map(({ text, of }): Assumed => {
    const why = of === null ? 'it is no assumption about a function' : of.ok ? whyNotChecked(stage.program, of.assumption) : of.why;
    if (!of?.ok || why !== null) return { text, verdict: 'notChecked', scenarios: 0, states: 0, why: why ?? '' };
    return verdictOn(of.assumption, looked.filter(({ scenario }) => reaches(scenario, of.assumption)), stage);
  });
}

function verdictOn(assumption: Assumption, looked: readonly Looked[], stage: Stage): Assumed {
  const { text, function: name } = assumption;
  const entered = looked.filter(({ code, answer }) => 'exploration' in answer && answer.exploration.observations.contexts(code.functionsByName.get(name)?.index ?? -1, 0).length > 0);
  const [scenarios, states] = [entered.length, entered.reduce((sum, { answer }) => sum + ('exploration' in answer ? answer.exploration.states : 0), 0)];
  const unknown = entered.flatMap(({ code }) => code.notModelled).find((one) => one.text.includes('__kcovet_assume'));
  if (unknown) return { text, verdict: 'notChecked', scenarios: 0, states: 0, why: unknown.why };
  const refuting = entered.flatMap(({ code, scenario, answer }) => ('exploration' in answer ? answer.exploration.found : [])
    .filter(({ violation }) => violation.property === 'assumption' && violation.detail === text).map((found) => ({ code, scenario, found })));
  const shortest = refuting.reduce<(typeof refuting)[number] | null>((a, b) => (a && lengthOf(a.found) <= lengthOf(b.found) ? a : b), null);
  if (shortest) return { text, verdict: 'refuted', scenarios, states, evidence: counterexampleOf({ kind: 'counterexample', ...shortest }, stage.images) };
  const open = looked.find(({ answer }) => 'failed' in answer || answer.exploration.gaveUp !== null);
  if (open) return { text, verdict: 'open', scenarios, states, why: `${open.scenario.name} was not searched to its end` };
  return { text, verdict: scenarios === 0 ? 'notReached' : 'holds', scenarios, states };
}

function lengthOf({ schedule }: Found): number {
  return schedule.length;
}
