/** @module Searches the base and every stage of a series, each Program once. */
import { bystandersToAsk } from '../analysis/bystanders.js';
import { Compiled, isAllowed, scenariosFor } from '../analysis/search.js';
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
import { unaffectedBy } from './unaffected.js';
import type { Unaffected } from './unaffected.js';

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

/** Limits of every search of a review. */
export function settingsOf({ states: statesMax, memoryMb, bounds, signal }: ReviewOptions): SearchSettings {
  return { statesMax, memoryMax: (memoryMb ?? MEMORY_MB) * MEGABYTE, bounds, signal };
}

/** The images of a review, each with what came of its scenarios. */
class SearchedImages {
  readonly failures: ScenarioFailure[] = [];
  private readonly images: ReadonlyMap<Program, KnownImage>;
  private readonly found = new Map<KnownImage, Map<KcovScenario, Searched>>();
  private readonly meter = { done: 0, total: 0, states: 0 };

  /** `programs`: that of the base first, which may be known from a review before. */
  constructor(programs: readonly Program[], private readonly of: { readonly base: Base; readonly options: ReviewOptions }) {
    const { base, options } = of;
    const [first] = base.stages;
    if (!first) throw new Error('a base without stages');
    const known = (options.known ?? new KnownBases()).imageOf(first, base.config, base.integers);
    const made = (program: Program): KnownImage => new KnownImage(searchable(new Compiled(program, base.integers), known.image.rt, known.image));
    this.images = new Map([...new Set(programs)].map((program) => [program, program === first.program ? known : made(program)]));
    for (const image of this.images.values()) this.found.set(image, new Map());
  }

  imageOf(program: Program): Searchable {
    return this.known(program).image;
  }

  resultOf(program: Program, scenario: KcovScenario): Searched | null {
    // Without its other side, all that a scenario shows would look as if the patch had brought it.
    if (this.failures.some((f) => f.scenario === scenario.name)) return null;
    return this.found.get(this.known(program))?.get(scenario) ?? null;
  }

  private known(program: Program): KnownImage {
    const image = this.images.get(program);
    if (!image) throw new Error('a Program that is no image of the review');
    return image;
  }

  /** Searches scenarios on Programs; what an image refuses is left out. */
  async search(wanted: readonly { readonly program: Program; readonly scenario: KcovScenario }[]): Promise<void> {
    const { options } = this.of;
    const settings = settingsOf(options);
    const pairs = wanted.map(({ program, scenario }) => ({ scenario, of: this.known(program) })).filter(({ scenario, of }) => isAllowed(of.image, scenario));
    const unknown = pairs.filter(({ scenario, of }) => of.answer(scenario, settings) === null);
    const jobs = unknown.map(({ scenario, of }): SearchJob => ({ compiled: of.image.compiled, scenario }));
    const answers = jobs.length === 0 ? [] : await (options.search ?? inThread)(jobs, { ...settings, ...this.watched(jobs) });
    const fresh = new Map(unknown.map((pair, i) => [pair, answers[i] ?? { failed: 'no answer' }]));
    for (const pair of pairs) this.settle(pair, fresh.get(pair) ?? pair.of.answer(pair.scenario, settings) ?? { failed: 'no answer' });
    for (const [{ scenario, of }, answer] of fresh) of.keep(scenario, settings, answer);
  }

  private settle({ scenario, of }: { scenario: KcovScenario; of: KnownImage }, answer: SearchAnswer): void {
    if (!('failed' in answer)) return void this.found.get(of)?.set(scenario, { code: of.image.compiled.codeFor(scenario), exploration: answer.exploration });
    if (!this.failures.some((f) => f.scenario === scenario.name && f.what === answer.failed)) this.failures.push({ scenario: scenario.name, what: answer.failed });
  }

  /** What searches say about the progress of the review. */
  private watched(jobs: readonly SearchJob[]): Pick<SearchSettings, 'onStates' | 'onDone'> {
    const { onProgress } = this.of.options;
    if (!onProgress) return {};
    const { meter } = this;
    const visited = jobs.map(() => 0);
    meter.total += jobs.length;
    const report = (job: number, now: number): void => {
      meter.states += now - (visited[job] ?? 0);
      visited[job] = now;
      onProgress({ ...meter, scenario: jobs[job]?.scenario.name ?? '' });
    };
    return {
      onStates: report,
      onDone: (job, now) => {
        meter.done += 1;
        report(job, now);
      },
    };
  }
}

/** Every stage that changes code, compared with the base; the last one last. What no patch affects is searched where it matters only. `onBuilt` gets the last stage before anything is searched. */
export async function searchStages(base: Base, submission: Submission, options: ReviewOptions, onBuilt: (last: Subject) => void = () => undefined): Promise<{ stages: SearchedStage[]; failures: readonly ScenarioFailure[] }> {
  const list = base.unchanged ? [] : scenariosFor(base.stages.map(({ program }) => program), chosenScenarios(options));
  const [first, ...later] = base.stages;
  if (!first) return { stages: [], failures: [] };
  // Without a change of code there is nothing to search, and what rules see in the diff alone is still asked.
  const changed = base.unchanged ? later.slice(-1) : later.filter((stage, i) => stage.program !== base.stages[i]?.program || stage.annotations !== base.stages[i]?.annotations);
  const programs = [first, ...changed].map((stage) => stage.program);
  const searched = new SearchedImages(programs, { base, options });
  const built = stagesOf({ first, changed }, { base, submission, list: [], searched, unaffected: new Map() }).at(-1);
  if (built) onBuilt(built.subject);
  // A new ioctl is called on the patched side alone: what the base runs of such a scenario does not tell whether the patch affects it.
  const unaffected = options.everything ? new Map<KcovScenario, never>() : unaffectedBy(first, changed, { list: list.filter((scenario) => !scenario.ownCommands && isAllowed(searched.imageOf(first.program), scenario)), compiled: (program) => searched.imageOf(program).compiled });
  await searched.search([...new Set(programs)].flatMap((program) => list.filter((scenario) => !unaffected.has(scenario)).map((scenario) => ({ program, scenario }))));
  const compared = (): SearchedStage[] => stagesOf({ first, changed }, { base, submission, list, searched, unaffected });
  const open = new Set(compared().flatMap(({ subject }) => bystandersToAsk(subject)));
  if (open.size > 0) await searched.search(list.filter((scenario) => open.has(scenario.name)).map((scenario) => ({ program: first.program, scenario })));
  return { stages: compared(), failures: searched.failures };
}

interface Compared {
  readonly base: Base;
  readonly submission: Submission;
  readonly list: readonly KcovScenario[];
  readonly searched: SearchedImages;
  readonly unaffected: Unaffected;
}

/** Each stage beside the base, and beside the stage before it. */
function stagesOf({ first, changed }: { first: Stage; changed: readonly Stage[] }, of: Compared): SearchedStage[] {
  const { base, submission, list, searched, unaffected } = of;
  const between = (a: Program, b: Program): ScenarioResult[] => list.map((scenario) => {
    const how = unaffected.get(scenario);
    if (how) return { scenario, pre: searched.resultOf(first.program, scenario), post: null, unaffected: how };
    return { scenario, pre: searched.resultOf(a, scenario), post: searched.resultOf(b, scenario) };
  });
  const steps: { patch: number; results: ScenarioResult[] }[] = [];
  let before = first.program;
  return changed.map((stage) => {
    const patch = stage.patch ?? 1;
    steps.push({ patch, results: between(before, stage.program) });
    before = stage.program;
    const images = { pre: searched.imageOf(first.program), post: searched.imageOf(stage.program) };
    return { patch, subject: subjectOf(base, { first, stage, submission, ...images, results: between(first.program, stage.program), steps: [...steps] }) };
  });
}

/** A base alone: nothing is before it, and no patch is on it. */
export async function searchTree(base: Base, options: ReviewOptions): Promise<{ subject: Subject; failures: readonly ScenarioFailure[] }> {
  const stage = base.stages[0];
  if (!stage) throw new Error('a base without stages');
  const list = scenariosFor([stage.program], chosenScenarios(options));
  const searched = new SearchedImages([stage.program], { base, options });
  await searched.search(list.map((scenario) => ({ program: stage.program, scenario })));
  const image = searched.imageOf(stage.program);
  const version = { images: stage.images, program: image.compiled.program, sectionsAllowed: image.allows };
  const results = list.map((scenario) => ({ scenario, pre: null, post: searched.resultOf(stage.program, scenario) }));
  return { subject: { patches: [], pre: version, post: version, unseen: new Map(), results, steps: [] }, failures: searched.failures };
}

function versionOf({ images }: Stage, image: Searchable): Subject['pre'] {
  return {
    images, program: image.compiled.program,
    get sectionsAllowed() {
      return image.allows;
    },
  };
}

function subjectOf(base: Base, of: { first: Stage; stage: Stage; submission: Submission; pre: Searchable; post: Searchable; results: ScenarioResult[]; steps: Subject['steps'] }): Subject {
  const { first, stage } = of;
  const upTo = of.submission.patches.filter((p) => p.n <= (stage.patch ?? 0));
  return {
    patches: upTo.map((p) => ({ n: p.n, subject: p.subject, message: p.message, ...(p.mail ? { date: p.mail.date } : {}), files: p.diff.files })),
    pre: versionOf(first, of.pre), post: versionOf(stage, of.post),
    unseen: new Map(base.unseen.map((u) => [u.function, u.after])), results: of.results, steps: of.steps, ...(stage.annotations ? { annotations: stage.annotations } : {}),
  };
}
