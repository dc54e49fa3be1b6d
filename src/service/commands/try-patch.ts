/**
 * @module A patch that somebody wants tested: it goes on a series as one more patch of it, and the scenarios that showed the
 * open questions are searched again, at the bounds of the review; all of them where a question rests on what no execution
 * shows. A question counts as gone only where they were searched to their end; that an old schedule does not fit says nothing.
 */
import type { Submission } from '../../mail/submission.js';
import type { Finding, Review } from '../../review/review.js';
import { matchFindings } from '../../review/since.js';
import type { Engine, ReviewRequest } from '../../engine/engine.js';

/** What a patch makes of the open questions. */
export interface Tested {
  readonly gone: readonly Finding[];
  readonly remaining: readonly Finding[];
  /** What shows them could not be searched to its end. */
  readonly unclear: readonly Finding[];
  /** What the patch brings. */
  readonly fresh: readonly Finding[];
  readonly scenarios: readonly string[];
  readonly states: number;
}

/** `misplaced`: hunks that fit nowhere, each with its reason. */
export type Tried = { readonly kind: 'tested'; readonly tested: Tested } | { readonly kind: 'misplaced'; readonly reasons: readonly string[] };

/** What was asked before. */
export interface Before {
  /** Questions that are not answered. */
  readonly open: readonly Finding[];
  /** Those that are, of which nothing is said. */
  readonly answered: readonly Finding[];
}

/** The questions of a review, by the fingerprints of those that were answered. */
export function beforeIn(review: Review, answered: ReadonlySet<string>): Before {
  const asked = review.findings.filter((one) => one.asked);
  return { open: asked.filter((one) => !answered.has(one.fingerprint)), answered: asked.filter((one) => answered.has(one.fingerprint)) };
}

export interface Trying {
  /** At least one is open. */
  readonly before: Before;
  /** What the patch goes on, as it was reviewed. */
  readonly on: Omit<ReviewRequest, 'scenarios'>;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** Searches again with the patches of `added` on top. */
export async function tryPatch(added: Submission, { before, on, engine, signal }: Trying): Promise<Tried> {
  const { open } = before;
  const scenarios = open.every(isShown) ? scenariosOf(open) : undefined;
  const review = await engine.review({ ...on, submission: onTop(on.submission, added), scenarios }, { signal });
  const misplaced = review.hunks.filter((hunk) => hunk.placed === 'failed' && hunk.patch > on.submission.patches.length);
  if (misplaced.length > 0) return { kind: 'misplaced', reasons: misplaced.map((hunk) => `${hunk.path}, hunk ${hunk.index}: ${hunk.note}`) };
  return { kind: 'tested', tested: outcomeOf(before, review) };
}

/** The series with the patches after it. */
function onTop(series: Submission, { patches: added }: Submission): Submission {
  const of = series.patches.length + added.length;
  const patches = [...series.patches, ...added].map((patch, i) => ({ ...patch, n: i + 1, of }));
  return { ...series, patches };
}

/** An execution shows it, so that it is gone where no execution of that scenario does. What was observed rests on all scenarios. */
function isShown(finding: Finding): boolean {
  return finding.evidence.some((one) => one.kind === 'counterexample');
}

/** The scenarios that show findings, sorted. */
function scenariosOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap((one) => one.evidence.flatMap(({ scenario }) => scenario ?? [])))].sort();
}

/** What became of open questions in a review of the same with something changed. */
export function outcomeOf({ open, answered }: Before, review: Review): Tested {
  const asked = review.findings.filter((one) => one.asked);
  const matched = matchFindings(asked, [...open, ...answered]);
  const remaining = new Set([...matched.values()].filter((one) => open.includes(one)));
  const runs = review.scenarios.filter((run) => run.image === 'post');
  const ended = new Set([...runs.filter((run) => run.verdict !== 'gaveUp' && !run.stopped).map((run) => run.name), ...(review.unaffected ?? [])]);
  const left = open.filter((one) => !remaining.has(one));
  const searched = (one: Finding): boolean => !review.stopped && review.failures.length === 0 && (isShown(one) ? scenariosOf([one]) : runs.map((run) => run.name)).every((name) => ended.has(name));
  return {
    remaining: [...remaining], gone: left.filter(searched), unclear: left.filter((one) => !searched(one)), fresh: asked.filter((one) => !matched.has(one)),
    scenarios: [...new Set(runs.map((run) => run.name))].sort(), states: runs.reduce((sum, run) => sum + run.states, 0),
  };
}
