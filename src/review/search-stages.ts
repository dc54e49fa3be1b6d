/** @module Searches the base and every stage of a series, each Program once. */
import { Compiled, knowsRt, searchImage, sectionsAllowed } from '../analysis/search.js';
import type { Searchable } from '../analysis/search.js';
import type { ScenarioResult, Searched, Subject } from '../analysis/subject.js';
import type { Submission } from '../mail/submission.js';
import type { Program } from '../../simulator/ir/program.js';
import { withBounds } from '../../simulator/scenario/bounds.js';
import { scenarios } from '../../simulator/scenario/index.js';
import type { KcovScenario } from '../../simulator/scenario/index.js';
import type { Base, Stage } from './base.js';
import type { ReviewOptions } from './options.js';

/** A stage of the series compared with the base. */
export interface SearchedStage {
  readonly patch: number;
  readonly subject: Subject;
}

/** Scenarios of a review: those asked for, with the bounds asked for. */
export function chosenScenarios(options: Pick<ReviewOptions, 'bounds' | 'scenarios'>): KcovScenario[] {
  const wanted = options.scenarios;
  return scenarios.filter((s) => wanted === undefined || wanted.includes(s.name)).map((s) => withBounds(s, options.bounds));
}

class Searches {
  private readonly known = new Map<Program, { image: Searchable; results: (Searched | null)[] }>();
  private done = 0;
  private visited = 0;
  private readonly rt: boolean;

  constructor(private readonly base: Base, private readonly options: ReviewOptions, private readonly list: readonly KcovScenario[], private readonly total: number) {
    const [first] = base.stages;
    this.rt = first !== undefined && knowsRt(first.program);
  }

  of(program: Program): { image: Searchable; results: (Searched | null)[] } {
    const known = this.known.get(program);
    if (known) return known;
    const compiled = new Compiled(program, this.base.integers);
    const image: Searchable = { compiled, allows: sectionsAllowed(compiled), rt: this.rt };
    const results = this.list.map((scenario) => this.run(image, scenario));
    const made = { image, results };
    this.known.set(program, made);
    return made;
  }

  private run(image: Searchable, scenario: KcovScenario): Searched | null {
    const report = (states: number): void => this.options.onProgress?.({ done: this.done, total: this.total, scenario: scenario.name, states: this.visited + states });
    report(0);
    const result = searchImage(image, scenario, { statesMax: this.options.states, integers: this.base.integers, onProgress: (_, states) => report(states) });
    this.done += 1;
    this.visited += result?.exploration.states ?? 0;
    return result;
  }
}

/** Every stage that changes code, compared with the base; the last one last. */
export function searchStages(base: Base, submission: Submission, options: ReviewOptions): SearchedStage[] {
  const list = base.unchanged ? [] : chosenScenarios(options);
  const [first, ...later] = base.stages;
  if (!first) return [];
  // Without a change of code there is nothing to search, and what rules see in the diff alone is still asked.
  const changed = base.unchanged ? later.slice(-1) : later.filter((stage, i) => stage.program !== base.stages[i]?.program || stage.annotations !== base.stages[i]?.annotations);
  const searches = new Searches(base, options, list, list.length * (changed.length + 1));
  const pre = searches.of(first.program);
  const between = (a: readonly (Searched | null)[], b: readonly (Searched | null)[]): ScenarioResult[] =>
    list.map((scenario, i) => ({ scenario, pre: a[i] ?? null, post: b[i] ?? null }));
  const steps: { patch: number; results: ScenarioResult[] }[] = [];
  let before = pre;
  return changed.map((stage) => {
    const post = searches.of(stage.program);
    const patch = stage.patch ?? 1;
    steps.push({ patch, results: between(before.results, post.results) });
    before = post;
    const results = between(pre.results, post.results);
    return { patch, subject: subjectOf(base, { first, stage, submission, pre: pre.image, post: post.image, results, steps: [...steps] }) };
  });
}

/** A base alone: nothing is before it, and no patch is on it. */
export function searchTree(base: Base, options: ReviewOptions): Subject {
  const list = chosenScenarios(options);
  const stage = base.stages[0];
  if (!stage) throw new Error('a base without stages');
  const searched = new Searches(base, options, list, list.length).of(stage.program);
  const version = { images: stage.images, program: stage.program, sectionsAllowed: searched.image.allows };
  const results = list.map((scenario, i) => ({ scenario, pre: null, post: searched.results[i] ?? null }));
  return { patches: [], pre: version, post: version, unseen: new Map(), results, steps: [] };
}

function subjectOf(base: Base, of: { first: Stage; stage: Stage; submission: Submission; pre: Searchable; post: Searchable; results: ScenarioResult[]; steps: Subject['steps'] }): Subject {
  const { first, stage } = of;
  const upTo = of.submission.patches.filter((p) => p.n <= (stage.patch ?? 0));
  return {
    patches: upTo.map((p) => ({ n: p.n, subject: p.subject, message: p.message, files: p.diff.files })),
    pre: { images: first.images, program: first.program, sectionsAllowed: of.pre.allows },
    post: { images: stage.images, program: stage.program, sectionsAllowed: of.post.allows },
    unseen: new Map(base.unseen.map((u) => [u.function, u.after])), results: of.results, steps: of.steps, ...(stage.annotations ? { annotations: stage.annotations } : {}),
  };
}
