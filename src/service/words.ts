/**
 * @module What is shown of a review on GitHub: which questions become comments on lines, what stands in the text of the
 * review, and what the check says. The texts themselves are made by ../render.
 */
import type { CheckAnnotation, CheckText, Conclusion } from '../gateway/check-runs.js';
import { reasonOf } from '../gateway/limits.js';
import type { PullHead } from '../gateway/pull-request.js';
import type { Finding, Review } from '../review/review.js';
import { anchorOf } from './anchor.js';
import type { AnchorDiff } from './anchor.js';
import { shortSha } from './answers.js';
import type { Plan } from './plan.js';
import type { Settings } from './settings.js';
import type { Spoken } from './speak.js';

/** Comments on lines in one review at most: with more of them GitHub times out, and people stop reading. */
const COMMENTS_MAX = 15;

const gravity: Readonly<Record<Finding['severity'], number>> = { high: 0, medium: 1, low: 2, note: 3 };

/** The new questions that stand on lines: the gravest first where there are too many, then in the order of the patch. */
export function placed(review: Review, fresh: readonly Finding[], { settings, ...on }: AnchorDiff & { settings: Settings }): Spoken[] {
  const wanted = [...fresh].filter((one) => settings.comments(one.severity)).sort((a, b) => gravity[a.severity] - gravity[b.severity]);
  const anchored = wanted.flatMap((finding) => {
    const anchor = anchorOf(finding.place, on);
    return anchor ? [{ finding, comment: { ...anchor, body: `${finding.question}\n\n<!-- kcovet:${finding.fingerprint} -->` } }] : [];
  }).slice(0, COMMENTS_MAX);
  return fresh.flatMap((finding) => anchored.filter((one) => one.finding === finding));
}

interface Said {
  readonly plan: Plan;
  readonly placed: readonly Spoken[];
  readonly settings: Settings;
}

export function bodyFor(review: Review, _said: Said): (unplaced: readonly Finding[]) => string {
  return (unplaced) => `kcovet\n\n${unplaced.map((one) => `${one.question} <!-- kcovet:${one.fingerprint} -->`).join('\n')}`;
}

export function checkOf(review: Review, { plan, settings }: Said): { conclusion: Conclusion; output: CheckText; annotations: CheckAnnotation[] } {
  const open = [...plan.fresh, ...plan.open.map((one) => one.finding), ...plan.back.map((one) => one.finding)];
  return { conclusion: open.length > 0 ? settings.conclusion : 'success', output: { title: `${open.length} questions`, summary: 'kcovet' }, annotations: [] };
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
