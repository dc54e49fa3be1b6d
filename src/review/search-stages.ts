/** @module Searches the base and every stage of a series, each Program once. */
import { Compiled, isAllowed } from '../analysis/search.js';
import type { Searchable } from '../analysis/search.js';
import { inThread } from '../analysis/searcher.js';
import type { SearchAnswer, SearchJob, SearchSettings } from '../analysis/searcher.js';
import type { ScenarioResult, Searched, Subject } from '../analysis/subject.js';
import type { Submission } from '../mail/submission.js';
import { MEGABYTE } from '../../simulator/explore/explore.js';
import type { Program } from '../../simulator/ir/program.js';
import { withBounds } from '../../simulator/scenario/bounds.js';
import { scenarios } from '../../simulator/scenario/index.js';
import type { KcovScenario } from '../../simulator/scenario/index.js';
import type { Base, Stage } from './base.js';
import { KnownBases, KnownImage, searchable } from './known-bases.js';
import { MEMORY_MB } from './options.js';
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

/** A scenario that could not be searched: it is left out before and after. */
export interface ScenarioFailure {
  readonly scenario: string;
  readonly what: string;
}

/** A Program with what it allows, and for each scenario what came of it. */
interface SearchedImage {
  readonly image: Searchable;
  readonly results: readonly (Searched | null)[];
}

interface SearchedImages {
  readonly of: (program: Program) => SearchedImage;
  readonly failures: readonly ScenarioFailure[];
}

/** A job and where its answer belongs. */
interface Placed extends SearchJob {
  readonly image: number;
  readonly at: number;
}

/** The images of a review, the base first: it may be known from a review before. */
function imagesOf(programs: readonly Program[], { base, options }: { base: Base; options: ReviewOptions }): KnownImage[] {
  const [first] = base.stages;
  if (!first) return [];
  const known = (options.known ?? new KnownBases()).imageOf(first, base.config, base.integers);
  return programs.map((program) => (program === first.program ? known : new KnownImage(searchable(new Compiled(program, base.integers), known.image.rt, known.image))));
}

/** Limits of every search of a review. */
export function settingsOf({ states: statesMax, memoryMb, bounds, signal }: ReviewOptions): SearchSettings {
  return { statesMax, memoryMax: (memoryMb ?? MEMORY_MB) * MEGABYTE, bounds, signal };
}

/** Searches all scenarios on all Programs, each Program once. */
async function searchAll(programs: readonly Program[], list: readonly KcovScenario[], { base, options }: { base: Base; options: ReviewOptions }): Promise<SearchedImages> {
  const distinct = [...new Set(programs)];
  const images = imagesOf(distinct, { base, options });
  const settings = settingsOf(options);
  const all = images.flatMap(({ image }, i) => list.flatMap((scenario, at): Placed[] => (isAllowed(image, scenario) ? [{ compiled: image.compiled, scenario, image: i, at }] : [])));
  const known = ({ image, scenario }: Placed): SearchAnswer | null => images[image]?.answer(scenario, settings) ?? null;
  const jobs = all.filter((job) => known(job) === null);
  const answers = await (options.search ?? inThread)(jobs, { ...settings, ...watched(jobs, options) });
  jobs.forEach((job, i) => { if (answers[i]) images[job.image]?.keep(job.scenario, settings, answers[i]); });
  const answerOf = new Map(jobs.map((job, i) => [job, answers[i]]));
  const results = images.map((): (Searched | null)[] => list.map(() => null));
  const failures: ScenarioFailure[] = [];
  for (const job of all) {
    const answer = answerOf.get(job) ?? known(job) ?? { failed: 'no answer' };
    if ('failed' in answer) failures.push({ scenario: job.scenario.name, what: answer.failed });
    else (results[job.image] ?? [])[job.at] = { code: job.compiled.codeFor(job.scenario), exploration: answer.exploration };
  }
  // Without its other side, all that a scenario shows would look as if the patch had brought it.
  const lost = new Set(failures.map((f) => f.scenario));
  for (const result of results) list.forEach((scenario, at) => { if (lost.has(scenario.name)) result[at] = null; });
  const byProgram = new Map(distinct.map((program, i): [Program, SearchedImage] => [program, { image: (images[i] as KnownImage).image, results: results[i] ?? [] }]));
  return { of: (program) => byProgram.get(program) as SearchedImage, failures: failures.filter((f, i) => failures.findIndex((o) => o.scenario === f.scenario && o.what === f.what) === i) };
}

/** What the searches of some jobs say about the progress of the review. */
function watched(jobs: readonly SearchJob[], { onProgress }: ReviewOptions): Pick<SearchSettings, 'onStates' | 'onDone'> {
  if (!onProgress) return {};
  const visited = jobs.map(() => 0);
  let [done, states] = [0, 0];
  const report = (job: number, now: number): void => {
    states += now - (visited[job] ?? 0);
    visited[job] = now;
    onProgress({ done, total: jobs.length, scenario: jobs[job]?.scenario.name ?? '', states });
  };
  return {
    onStates: report,
    onDone: (job, now) => {
      done += 1;
      report(job, now);
    },
  };
}

/** Every stage that changes code, compared with the base; the last one last. */
export async function searchStages(base: Base, submission: Submission, options: ReviewOptions): Promise<{ stages: SearchedStage[]; failures: readonly ScenarioFailure[] }> {
  const list = base.unchanged ? [] : chosenScenarios(options);
  const [first, ...later] = base.stages;
  if (!first) return { stages: [], failures: [] };
  // Without a change of code there is nothing to search, and what rules see in the diff alone is still asked.
  const changed = base.unchanged ? later.slice(-1) : later.filter((stage, i) => stage.program !== base.stages[i]?.program || stage.annotations !== base.stages[i]?.annotations);
  const searched = await searchAll([first, ...changed].map((stage) => stage.program), list, { base, options });
  const pre = searched.of(first.program);
  const between = (a: readonly (Searched | null)[], b: readonly (Searched | null)[]): ScenarioResult[] =>
    list.map((scenario, i) => ({ scenario, pre: a[i] ?? null, post: b[i] ?? null }));
  const steps: { patch: number; results: ScenarioResult[] }[] = [];
  let before = pre;
  const stages = changed.map((stage) => {
    const post = searched.of(stage.program);
    const patch = stage.patch ?? 1;
    steps.push({ patch, results: between(before.results, post.results) });
    before = post;
    const results = between(pre.results, post.results);
    return { patch, subject: subjectOf(base, { first, stage, submission, pre: pre.image, post: post.image, results, steps: [...steps] }) };
  });
  return { stages, failures: searched.failures };
}

/** A base alone: nothing is before it, and no patch is on it. */
export async function searchTree(base: Base, options: ReviewOptions): Promise<{ subject: Subject; failures: readonly ScenarioFailure[] }> {
  const list = chosenScenarios(options);
  const stage = base.stages[0];
  if (!stage) throw new Error('a base without stages');
  const searched = await searchAll([stage.program], list, { base, options });
  const { image, results: found } = searched.of(stage.program);
  const version = { images: stage.images, program: image.compiled.program, sectionsAllowed: image.allows };
  const results = list.map((scenario, i) => ({ scenario, pre: null, post: found[i] ?? null }));
  return { subject: { patches: [], pre: version, post: version, unseen: new Map(), results, steps: [] }, failures: searched.failures };
}

function subjectOf(base: Base, of: { first: Stage; stage: Stage; submission: Submission; pre: Searchable; post: Searchable; results: ScenarioResult[]; steps: Subject['steps'] }): Subject {
  const { first, stage } = of;
  const upTo = of.submission.patches.filter((p) => p.n <= (stage.patch ?? 0));
  return {
    patches: upTo.map((p) => ({ n: p.n, subject: p.subject, message: p.message, ...(p.mail ? { date: p.mail.date } : {}), files: p.diff.files })),
    pre: { images: first.images, program: of.pre.compiled.program, sectionsAllowed: of.pre.allows },
    post: { images: stage.images, program: stage.program, sectionsAllowed: of.post.allows },
    unseen: new Map(base.unseen.map((u) => [u.function, u.after])), results: of.results, steps: of.steps, ...(stage.annotations ? { annotations: stage.annotations } : {}),
  };
}
