/**
 * @module The review of a submission: a pure function of the submission, the rules and the budget. Base and patched image
 * are searched, the rules ask, and everything that was not seen is said.
 */
import { rules } from '../../rules/index.js';
import { Compiled, searchBoth, sectionsAllowed } from '../analysis/search.js';
import type { SearchOptions } from '../analysis/search.js';
import { spotOf } from '../analysis/spot.js';
import type { ScenarioResult, Subject } from '../analysis/subject.js';
import type { Submission } from '../mail/submission.js';
import { SCALED_AREA_WORDS } from '../../simulator/kcov/operations.js';
import type { NotModelled } from '../../simulator/ir/program.js';
import { scenarios } from '../../simulator/scenario/index.js';
import { boundsOf, withBounds } from '../../simulator/scenario/bounds.js';
import { buildBase } from './base.js';
import type { Base } from './base.js';
import { digest, runRules, toFindings } from './findings.js';
import type { ReviewOptions } from './options.js';
import { compareFindings } from './review.js';
import type { Review } from './review.js';
import { taskState } from './task-state.js';
import { placeOf } from './trace-rows.js';

export async function reviewSubmission(submission: Submission, options: ReviewOptions): Promise<Review> {
  const base = await buildBase(submission, options.base);
  const verdict = early(submission, base);
  const searched = verdict === null ? search(base, options) : { results: [], subject: null, failures: [] };
  const subject = searched.subject;
  const ran = subject ? runRules(rules, withPatches(subject, submission)) : { hazards: [], failures: [] };
  const findings = subject ? toFindings(ran.hazards, subject, submission).sort(compareFindings) : [];
  const notModelled = subject ? listNotModelled(base, searched.results) : [];
  const table = subject && findings.some((f) => f.asked) ? taskState(subject) : null;
  const runs = searched.results.flatMap((r) => scenarioRuns(r, submission.patches.at(-1)?.n ?? 1, options));
  return {
    schema: 'kcovet/review@1', tool: { version: options.version ?? 'unknown', rulesHash: rulesHash() },
    verdict: verdict ?? (findings.some((f) => f.asked) ? 'questions' : 'nothingToAsk'),
    complete: base.hunks.every((h) => h.placed !== 'failed') && ran.failures.length === 0 && notModelled.length === 0 && base.unseen.length === 0 && runs.every((r) => r.verdict !== 'gaveUp'),
    submission: describe(submission), base: describeBase(base),
    hunks: base.hunks.map((h) => ({ ...h })), problems: [...submission.problems.map((p) => ({ ...p })), ...unseenProblem(submission, base)], failures: ran.failures,
    assumptions: assumptions(base, options.bounds), findings, taskState: table?.rows ?? [], ...(table ? { taskStateTitle: table.title, taskStateColumns: table.columns } : {}),
    scenarios: runs, notModelled,
  };
}

/** Verdicts that need no search. */
function early(submission: Submission, base: Base): Review['verdict'] | null {
  const touching = base.hunks.filter((h) => h.note !== 'the model has no such file');
  if (submission.patches.length === 0 || touching.length === 0) return 'outOfScope';
  if (base.alreadyApplied) return 'alreadyApplied';
  if (touching.every((h) => h.placed === 'failed')) return 'notPlaced';
  return base.unchanged ? 'nothingToAsk' : null;
}

interface SearchResult {
  readonly results: readonly ScenarioResult[];
  readonly subject: Subject;
}

function search(base: Base, options: ReviewOptions): SearchResult {
  const compiled = { pre: new Compiled(base.pre, base.integers), post: new Compiled(base.post, base.integers) };
  const allows = { pre: sectionsAllowed(compiled.pre), post: sectionsAllowed(compiled.post) };
  let done = 0;
  let visited = 0;
  const wanted = scenarios.filter((scenario) => options.scenarios?.includes(scenario.name) ?? true);
  const bounded = wanted.map((scenario) => withBounds(scenario, options.bounds));
  const results = bounded.map((scenario) => {
    const searchOptions: SearchOptions = {
      statesMax: options.states, integers: base.integers,
      onProgress: (name, states) => options.onProgress?.({ done, total: wanted.length, scenario: name, states: visited + states }),
    };
    const result = searchBoth({ pre: compiled.pre, preAllows: allows.pre, post: compiled.post, postAllows: allows.post }, scenario, searchOptions);
    done += 1;
    visited += (result.pre?.exploration.states ?? 0) + (result.post?.exploration.states ?? 0);
    options.onProgress?.({ done, total: wanted.length, scenario: scenario.name, states: visited });
    return result;
  });
  const subject: Subject = {
    patches: [], pre: { images: base.before, program: base.pre, sectionsAllowed: allows.pre },
    post: { images: base.after, program: base.post, sectionsAllowed: allows.post }, results, unseen: new Set(base.unseen),
  };
  return { results, subject };
}

function withPatches(subject: Subject, submission: Submission): Subject {
  return { ...subject, patches: submission.patches.map((p) => ({ n: p.n, message: p.message, files: p.diff.files })) };
}

function describe(submission: Submission): Review['submission'] {
  return {
    subject: submission.subject, messageId: submission.messageId, version: submission.version,
    patches: submission.patches.map(({ n, of, subject, messageId }) => ({ n, of, subject, messageId })),
  };
}

function describeBase(base: Base): Review['base'] {
  const label = `the model of kcov in ${base.model.version}`;
  const files = base.model.files.map((f) => ({ path: f.path, blob: f.path === 'kernel/kcov.c' ? base.model.blob : null, verified: false }));
  return { kind: 'model', label, fit: Math.round(base.fit * 1000) / 1000, files };
}

function assumptions(base: Base, bounds: Readonly<Record<string, number>>): string[] {
  const scaled = base.integers.map((name) => `CONFIG_${name} is scaled to ${SCALED_AREA_WORDS} words`);
  return [...base.assumed, ...scaled, ...Object.entries(bounds).map(([name, n]) => `${name} arrives up to ${n} times`), 'a page is scaled to 2 words, the table of handles to 2 buckets', 'sequentially consistent memory; no PREEMPT_RT; no reordering by the compiler'];
}

function scenarioRuns(result: ScenarioResult, patch: number, options: ReviewOptions): Review['scenarios'] {
  return (['pre', 'post'] as const).flatMap((image) => {
    const searched = result[image];
    if (!searched) return [];
    const { verdict, states, transitions } = searched.exploration;
    return [{
      name: result.scenario.name, image, patch: image === 'pre' ? null : patch, config: { ...result.scenario.constants },
      bounds: { ...boundsOf(result.scenario), states: options.states }, verdict, states, transitions,
    }];
  });
}

/** Names what a cut-off patch may change and nobody can see here. */
function unseenProblem(submission: Submission, base: Base): Review['problems'] {
  if (base.unseen.length === 0) return [];
  const names = base.unseen.map((name) => `${name}()`).join(', ');
  return [{ where: submission.name, what: `the patch is cut off: what it does to ${names} is not seen, and nothing is asked that depends on them` }];
}

function listNotModelled(base: Base, results: readonly ScenarioResult[]): Review['notModelled'] {
  const codes = new Set(results.flatMap((r) => (r.post ? [r.post.code] : [])));
  const compiled = [...codes].flatMap((code) => code.notModelled);
  const all = [...base.notModelled, ...compiled];
  const unique = all.filter((n, i) => all.findIndex((o) => o.text === n.text && o.why === n.why) === i);
  return unique.map((n) => ({ place: placeOfNotModelled(base, n), text: n.text, why: n.why }));
}

function placeOfNotModelled(base: Base, n: NotModelled): Review['notModelled'][number]['place'] {
  return placeOf(spotOf(base.after, n.place, { function: '', text: n.text }));
}

function rulesHash(): string {
  return digest(rules.map((r) => `${r.id} ${r.summary}`).join('\n'), 12);
}
