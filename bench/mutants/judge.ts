/**
 * @module What a review says about one mutant: the same way as `kcovet review`, up to the hazards that are asked about. Words,
 * minimal schedules and traces are left out, since nobody reads them here. Small scenarios are searched first, and the others
 * only while nothing is asked that an execution shows.
 */
import { rules } from '../../rules/index.js';
import type { ScenarioResult, Subject } from '../../src/analysis/subject.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';
import { buildBase } from '../../src/review/base.js';
import type { Base } from '../../src/review/base.js';
import { runRules } from '../../src/review/findings.js';
import { KnownBases } from '../../src/review/known-bases.js';
import type { ReviewOptions } from '../../src/review/options.js';
import { searchStages, searchTree } from '../../src/review/search-stages.js';
import type { MutantBase } from './bases.js';
import { difference } from './equivalence.js';
import { KnownSearches } from './known-searches.js';
import type { Mutant } from './mutants.js';
import { mailOf } from './mutants.js';

/** States of one scenario; `kcovet review` has the same. */
const STATES = 400_000;
/** Scenarios that have so many states on the base at most are searched before those with more. */
const SIZES = [400, 4_000, Infinity];

export interface Question {
  readonly rule: string;
  readonly property: string;
  readonly function: string;
  readonly text: string;
  /** Names of scenarios that show it. */
  readonly scenarios: readonly string[];
}

export interface Judged {
  /** What is asked; where an execution of a small scenario shows it, only what such ones show. */
  readonly questions: readonly Question[];
  /** For a mutant that nothing is asked about: the first difference of end states or footprints, null where there is none. */
  readonly differs: string | null;
  /** What kept the review from seeing all: hunks that were not placed, statements that were not modelled, rules that failed. */
  readonly unseen: readonly string[];
}

export interface JudgeOptions {
  /** Names of scenarios; all when left out. */
  readonly scenarios?: readonly string[];
  /** False: it is not looked for what differs where nothing is asked. */
  readonly compare?: boolean;
}

export class Judge {
  private readonly known = new KnownBases();
  private readonly searches = new KnownSearches();
  private readonly onBase = new Map<string, readonly ScenarioResult[]>();

  constructor(private readonly bases: readonly MutantBase[], private readonly options: JudgeOptions = {}) {}

  /** `whole`: all scenarios are searched whatever they show, as for changes that must not be asked about. */
  async judge(mutant: Pick<Mutant, 'base' | 'function' | 'diff'>, whole: boolean): Promise<Judged> {
    const base = this.bases.find((one) => one.name === mutant.base);
    if (!base) throw new Error(`no base is called ${mutant.base}`);
    const submission = await readSubmission('mutant.eml', new TextEncoder().encode(mailOf(mutant)));
    const built = await buildBase(submission, { input: base.input });
    const hidden = [...built.hunks.filter((h) => h.placed === 'failed').map((h) => `hunk ${h.index} was not placed: ${h.note}`), ...built.notModelled.map((n) => `not modelled: ${n.text}`)];
    const { subject, questions, unseen } = await this.ask(built, submission, whole);
    const differs = questions.length > 0 || whole || !subject ? null : this.options.compare === false ? 'not compared' : firstDifference(subject);
    return { questions, differs, unseen: [...hidden, ...unseen] };
  }

  private async ask(built: Base, submission: Submission, whole: boolean): Promise<{ subject: Subject | null; questions: Question[]; unseen: string[] }> {
    const options: ReviewOptions = { states: STATES, bounds: {}, known: this.known, search: this.searches.search, ...(this.options.scenarios ? { scenarios: this.options.scenarios } : {}) };
    const onBase = await this.resultsOfBase(built, options);
    const post = new Map<string, ScenarioResult>();
    const unseen: string[] = [];
    for (const max of whole ? SIZES.slice(-1) : SIZES) {
      const names = onBase.filter(({ scenario, pre }) => !post.has(scenario.name) && (pre?.exploration.states ?? Infinity) <= max).map(({ scenario }) => scenario.name);
      if (names.length === 0) continue;
      const { stages, failures } = await searchStages(built, submission, { ...options, scenarios: names });
      const last = stages.at(-1)?.subject;
      if (!last) return { subject: null, questions: [], unseen };
      const before = (name: string): ScenarioResult['pre'] => onBase.find((result) => result.scenario.name === name)?.pre ?? null;
      for (const result of last.results) post.set(result.scenario.name, result.unaffected ? { ...result, pre: before(result.scenario.name) } : result);
      const subject = { ...last, results: onBase.map((result) => post.get(result.scenario.name) ?? result) };
      const ran = runRules(rules, subject);
      unseen.push(...failures.map((f) => `${f.scenario} failed: ${f.what}`), ...ran.failures.map((f) => `${f.rule} failed: ${f.what}`));
      const questions = ran.hazards.filter(({ hazard }) => hazard.status === 'new' || hazard.status === 'changed').map(questionOf);
      const rest = post.size < onBase.length;
      const shown = rest ? questions.filter((q) => q.shown) : questions;
      if (shown.length > 0 || !rest) return { subject, questions: shown.map((q) => q.question), unseen: [...unseen, ...gaveUp(subject)] };
    }
    return { subject: null, questions: [], unseen };
  }

  /** The base in every scenario, with nothing after it. */
  private async resultsOfBase(built: Base, options: ReviewOptions): Promise<readonly ScenarioResult[]> {
    const known = this.onBase.get(built.label);
    if (known) return known;
    const { subject } = await searchTree(built, options);
    const made = subject.results.map(({ scenario, post }): ScenarioResult => ({ scenario, pre: post, post: null }));
    this.onBase.set(built.label, made);
    return made;
  }
}

function questionOf({ rule, hazard }: ReturnType<typeof runRules>['hazards'][number]): { question: Question; shown: boolean } {
  const scenarios = hazard.support.flatMap((s) => (s.kind === 'counterexample' ? [s.scenario.name] : s.kind === 'observation' && s.scenario !== null ? [s.scenario] : []));
  return {
    question: { rule: rule.id, property: hazard.property, function: hazard.spot.function, text: hazard.spot.text, scenarios: [...new Set(scenarios)] },
    shown: hazard.support.some((s) => s.kind === 'counterexample'),
  };
}

function gaveUp(subject: Subject): string[] {
  return subject.results.flatMap(({ scenario, post }) => {
    const why = post ? post.exploration.gaveUp ?? post.exploration.notModelled[0] ?? null : null;
    return why === null ? [] : [`${scenario.name} gave up: ${why}`];
  });
}

/** In the scenarios with the fewest states first. */
function firstDifference({ results }: Subject): string | null {
  const size = ({ post }: ScenarioResult): number => post?.exploration.states ?? 0;
  for (const result of [...results].sort((a, b) => size(a) - size(b))) {
    const differs = difference(result, STATES);
    if (differs !== null) return differs;
  }
  return null;
}
