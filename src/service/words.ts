/**
 * @module What is shown of a review on GitHub: which questions become comments on lines, what stands in the text of the
 * review, and what the check says. The texts themselves are made by ../render.
 */
import type { CheckAnnotation, CheckText, Conclusion } from '../gateway/check-runs.js';
import { reasonOf } from '../gateway/limits.js';
import type { PullHead } from '../gateway/pull-request.js';
import type { Finding, Review } from '../review/review.js';
import { renderComment } from '../render/github-comment.js';
import type { GithubOptions } from '../render/github-comment.js';
import { renderAnnotation, renderCheck, renderReviewBody } from '../render/github-summary.js';
import { sinceOlder } from '../review/since.js';
import { anchorOf } from './anchor.js';
import type { AnchorDiff } from './anchor.js';
import { shortSha } from './answers.js';
import type { Plan } from './plan.js';
import { wantsComment } from './repository-config.js';
import type { RepositoryConfig } from './repository-config.js';
import type { Spoken } from './speak.js';

/** Comments on lines in one review at most: with more of them GitHub times out, and people stop reading. */
const COMMENTS_MAX = 15;

const gravity: Readonly<Record<Finding['severity'], number>> = { high: 0, medium: 1, low: 2, note: 3 };

/** A review and what is to be said about it. */
export interface Told {
  readonly review: Review;
  readonly plan: Plan;
  readonly config: RepositoryConfig;
  readonly on: AnchorDiff;
  readonly options: GithubOptions;
}

/** The review as it is shown: held against what was asked before, without what people said is no question. */
export function shownReview(review: Review, older: Review | null, { invalid }: Plan): Review {
  const held = older ? sinceOlder(review, older) : review;
  const answered = new Map(invalid.map(({ finding, known }) => [finding.fingerprint, known.note]));
  const findings = held.findings.map((one): Finding => {
    const note = one.asked ? answered.get(one.fingerprint) : undefined;
    return note === undefined ? one : { ...one, asked: false, notAskedWhy: `answered in the pull request: ${note}` };
  });
  const verdict = held.verdict === 'questions' && !findings.some((one) => one.asked) ? 'nothingToAsk' : held.verdict;
  return { ...held, verdict, findings };
}

/** The new questions that stand on lines: the gravest first where there are too many, then in the order of the patch. */
export function placed({ review, plan, config, on, options }: Told): Spoken[] {
  const wanted = plan.fresh.filter((one) => wantsComment(config, one.severity)).sort((a, b) => gravity[a.severity] - gravity[b.severity]);
  const anchored = wanted.flatMap((finding) => {
    const anchor = anchorOf(finding.place, on);
    return anchor ? [{ finding, comment: { ...anchor, body: renderComment(finding, review, options) } }] : [];
  }).slice(0, COMMENTS_MAX);
  return plan.fresh.flatMap((finding) => anchored.filter((one) => one.finding === finding));
}

/** Questions that are open, whenever they were asked. */
function openIn({ fresh, open, back }: Plan): Finding[] {
  return [...fresh, ...[...open, ...back].map((one) => one.finding)];
}

/** The text of the review; what was asked before is a row of its table, and no more. */
export function bodyFor({ review, plan, options }: Told): (unplaced: readonly Finding[]) => string {
  return (unplaced) => renderReviewBody(review, { onLines: openIn(plan).filter((one) => !unplaced.includes(one)), unplaced }, options);
}

/** The end of the check. */
export function checkOf({ review, plan, config, on, options }: Told, spoken: readonly Spoken[]): { conclusion: Conclusion; output: CheckText; annotations: CheckAnnotation[] } {
  const open = openIn(plan);
  const commented = new Set([...spoken.map((one) => one.finding), ...[...plan.open, ...plan.back].flatMap(({ finding, known }) => (known.commentId === null ? [] : [finding]))]);
  const output = renderCheck(review, { onLines: open.filter((one) => commented.has(one)), unplaced: open.filter((one) => !commented.has(one)) }, options);
  const annotations = open.flatMap((finding) => {
    const anchor = anchorOf(finding.place, on);
    return anchor?.side === 'RIGHT' ? [renderAnnotation(finding, { path: anchor.path, startLine: anchor.startLine ?? anchor.line, endLine: anchor.line })] : [];
  });
  return { conclusion: conclusionOf(review, open, config), output, annotations };
}

function conclusionOf({ verdict }: Review, open: readonly Finding[], config: RepositoryConfig): Conclusion {
  if (open.length > 0) return config.conclusion;
  return verdict === 'nothingToAsk' ? 'success' : 'neutral';
}

export function stopped(_review: Review): CheckText {
  return { title: 'Stopped: it took too long', summary: 'The search was stopped before its end. What was found until then depends on the machine, so it is not posted. `/kcovet review` tries again.' };
}

export function movedOn(now: PullHead): CheckText {
  const what = now.state === 'closed' ? 'The pull request was closed' : `The pull request moved on to ${shortSha(now.headSha)}`;
  return { title: 'Not about the head any more', summary: `${what} while this commit was reviewed.` };
}

export function badSettings(problems: readonly string[]): CheckText {
  return { title: 'The configuration cannot be read', summary: problems.map((one) => `- ${one}`).join('\n') };
}

export function failed(error: unknown): CheckText {
  return { title: 'Not reviewed', summary: `The review could not be made: ${reasonOf(error)}. \`/kcovet review\` tries again.` };
}

export function waiting(error: unknown): CheckText {
  return { title: 'Waiting to go on', summary: `${reasonOf(error)}. It goes on by itself.` };
}
