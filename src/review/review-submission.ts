/**
 * @module The review of a submission: a pure function of the submission, the base, the rules and the budget. Base and
 * every stage of the series are searched, the rules ask, and everything that was not seen is said.
 */
import { rules } from '../../rules/index.js';
import { knowsRt } from '../analysis/search.js';
import { spotOf } from '../analysis/spot.js';
import type { ScenarioResult, Subject } from '../analysis/subject.js';
import type { Submission } from '../mail/submission.js';
import { SCALED_AREA_WORDS } from '../../simulator/kcov/operations.js';
import { boundsOf, configOf } from '../../simulator/scenario/bounds.js';
import { withAlternatives } from './alternatives.js';
import { assumedOn } from './assumed.js';
import { buildBase } from './base.js';
import type { Base } from './base.js';
import { digest } from './findings.js';
import type { ReviewOptions } from './options.js';
import { compareFindings } from './review.js';
import type { Review } from './review.js';
import { searchStages, settingsOf } from './search-stages.js';
import { seriesFindings } from './series-findings.js';
import { Teller, unsearched } from './told-early.js';
import { taskState } from './task-state.js';
import { placeOf } from './trace-rows.js';

export async function reviewSubmission(submission: Submission, options: ReviewOptions): Promise<Review> {
  const base = await buildBase(submission, { input: options.base, modelTexts: options.modelTexts, config: options.config });
  const verdict = early(submission, base);
  const teller = new Teller(options.onQuestion ?? (() => undefined));
  const tellBuilt = options.onQuestion && ((subject: Subject): void => teller.tellUnsearched(unsearched(subject)));
  const { stages, failures } = verdict === null ? await searchStages(base, submission, options, tellBuilt) : { stages: [], failures: [] };
  const last = stages.at(-1);
  const asked = await seriesFindings(stages, submission, async (hazards, { subject }) => {
    teller.tell(hazards);
    return await withAlternatives(hazards, { subject, integers: base.integers, settings: settingsOf(options), search: options.search });
  });
  const findings = [...asked.findings].sort(compareFindings);
  const results = last?.subject.results ?? [];
  const assumed = last ? await assumedOn(base, options.assume ?? [], options) : [];
  const notModelled = last ? listNotModelled(base, results) : [];
  const table = last && findings.some((f) => f.asked) ? taskState(last.subject) : null;
  const runs = results.flatMap((r) => scenarioRuns(r, last?.patch ?? 1, options));
  return {
    schema: 'kcovet/review@1', tool: { version: options.version ?? 'unknown', rulesHash: rulesHash() },
    verdict: verdict ?? (findings.some((f) => f.asked) ? 'questions' : 'nothingToAsk'),
    complete: base.hunks.every((h) => h.placed !== 'failed') && asked.failures.length === 0 && failures.length === 0 && notModelled.length === 0 && base.unseen.length === 0 && runs.every((r) => r.verdict !== 'gaveUp' && !r.stopped), ...(runs.some((r) => r.stopped) ? { stopped: true } : {}),
    submission: describe(submission), base: { kind: base.kind, label: base.label, fit: Math.round(base.fit * 1000) / 1000, files: base.files.map((f) => ({ ...f })), ...foundHow(base) },
    hunks: base.hunks.map((h) => ({ ...h })), problems: problems(submission, base), failures: [...asked.failures, ...failures],
    assumptions: assumptionsOf(base, options.bounds), ...(assumed.length === 0 ? {} : { assumed }), findings, taskState: table?.rows ?? [], ...(table ? { taskStateTitle: table.title, taskStateColumns: table.columns } : {}),
    scenarios: runs, ...unaffectedIn(results), withoutEffect: withoutEffectIn(results), notModelled,
  };
}

/** Names of scenarios that the patches do not affect; nothing where there are none. */
function unaffectedIn(results: readonly ScenarioResult[]): Pick<Review, 'unaffected'> {
  const names = results.filter((r) => r.unaffected).map((r) => r.scenario.name);
  return names.length === 0 ? {} : { unaffected: names };
}

/** Calls of the patched image that were compiled to nothing, sorted. */
export function withoutEffectIn(results: readonly ScenarioResult[]): string[] {
  return [...new Set(results.flatMap((r) => r.post?.code.withoutEffect ?? []))].sort();
}

/** Verdicts that need no search. */
function early(submission: Submission, base: Base): Review['verdict'] | null {
  const touching = base.hunks.filter((h) => base.files.some((f) => f.path === h.path));
  const annotated = (base.stages.at(-1)?.annotations ?? null) !== null;
  if (submission.patches.length === 0 || (touching.length === 0 && !annotated)) return 'outOfScope';
  if (base.alreadyApplied) return 'alreadyApplied';
  if (!annotated && touching.every((h) => h.placed === 'failed')) return 'notPlaced';
  return null;
}

function describe(submission: Submission): Review['submission'] {
  return {
    subject: submission.subject, messageId: submission.messageId, version: submission.version,
    patches: submission.patches.map(({ n, of, subject, messageId }) => ({ n, of, subject, messageId })),
  };
}

/** How a base outside was found; nothing for the model. */
function foundHow(base: Base): Pick<Review['base'], 'steps' | 'guessed'> {
  return base.kind === 'model' ? {} : { steps: base.steps.map((s) => ({ ...s })), guessed: base.guessed };
}

/** What is wrong with the input, and what was cut off. */
function problems(submission: Submission, base: Base): Review['problems'] {
  const names = base.unseen.map((u) => (u.after > 0 ? `the rest of ${u.function}()` : `${u.function}()`)).join(', ');
  const cut = base.unseen.length === 0 ? [] : [{ where: submission.name, what: `the patch is cut off: what it does to ${names} is not seen, and nothing is asked that depends on them` }];
  return [...submission.problems.map((p) => ({ ...p })), ...cut];
}

/** Bounds that are no arrivals. */
const OTHER_BOUNDS: Readonly<Record<string, (n: number) => string>> = {
  preemptions: (n) => `up to ${n} preemptions`,
  migrations: (n) => `up to ${n} migrations`,
  'compiler-reorderings': (n) => `the compiler moves up to ${n} accesses behind later ones`,
  'cpu-reorderings': (n) => `CPUs let up to ${n} accesses be seen behind later ones`,
};

/** What was assumed and scaled, as sentences. */
export function assumptionsOf(base: Base, bounds: Readonly<Record<string, number>>): string[] {
  const scaled = base.integers.map((name) => `CONFIG_${name} is scaled to ${SCALED_AREA_WORDS} words`);
  const limits = Object.entries(bounds).map(([name, n]) => OTHER_BOUNDS[name]?.(n) ?? `${name} arrives up to ${n} times`);
  const [cpus, compiler] = [bounds['cpu-reorderings'] ?? 0, bounds['compiler-reorderings'] ?? 0];
  const program = base.stages[0]?.program;
  const rt = program && knowsRt(program) ? 'PREEMPT_RT only where a scenario says so' : 'no PREEMPT_RT';
  const orders = [...(cpus > 0 ? [] : ['sequentially consistent memory but for a reader beside a section']), rt, ...(compiler > 0 ? [] : ['no reordering by the compiler but for what early irq code interrupts'])].join('; ');
  return [...base.assumed, ...scaled, ...limits, 'a page is scaled to 2 words, the table of handles to 2 buckets', orders];
}

/** The entries of one scenario; `patch` null where there is no patch. */
export function scenarioRuns(result: ScenarioResult, patch: number | null, options: ReviewOptions): Review['scenarios'] {
  return (['pre', 'post'] as const).flatMap((image) => {
    const searched = result[image];
    if (!searched) return [];
    const { verdict, states, transitions, gaveUp, stopped } = searched.exploration;
    return [{
      name: result.scenario.name, image, patch: image === 'pre' ? null : patch, config: configOf(result.scenario),
      bounds: { ...boundsOf(result.scenario), states: options.states }, verdict, states, transitions,
      ...(gaveUp === null ? {} : { gaveUp: stopped ? `${gaveUp}, ${states} states` : gaveUp }), ...(stopped ? { stopped } : {}),
    }];
  });
}

/** Characters of a statement that is not modelled, as far as it is shown. */
const NOT_MODELLED_TEXT_MAX = 160;

/** What neither the front end nor the compiler understood, each once. */
export function listNotModelled(base: Base, results: readonly ScenarioResult[]): Review['notModelled'] {
  const codes = new Set(results.flatMap((r) => (r.post ? [r.post.code] : [])));
  const all = [...base.notModelled, ...[...codes].flatMap((code) => code.notModelled)];
  const unique = all.filter((n, i) => all.findIndex((o) => o.text === n.text && o.why === n.why) === i);
  const images = base.stages.at(-1)?.images ?? new Map();
  return unique.map((n) => {
    const text = n.text.length > NOT_MODELLED_TEXT_MAX ? `${n.text.slice(0, NOT_MODELLED_TEXT_MAX)} ...` : n.text;
    return { place: placeOf(spotOf(images, n.place, { function: '', text })), text, why: n.why };
  });
}

/** Tells two sets of rules apart. */
export function rulesHash(): string {
  return digest(rules.map((r) => `${r.id} ${r.summary}`).join('\n'), 12);
}
