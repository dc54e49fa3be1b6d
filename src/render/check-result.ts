/**
 * @module The answer of an external check of `b4 review` (`b4.review-perpatch-check-cmd`): an array of results, empty where there is
 * nothing to say. A question is a warning, never a failure.
 */
import type { Review } from '../review/review.js';
import { verdictOn } from './verdict-on-patch.js';

export interface CheckResult {
  readonly tool: 'kcovet';
  readonly status: 'pass' | 'warn' | 'fail';
  readonly summary: string;
  readonly url: string;
  readonly details: string;
}

/** The results for a mail with one patch or a series; `details` is the review as text. */
export function checkResults(review: Review, details: string, url = ''): CheckResult[] {
  const verdicts = review.submission.patches.map(({ n }) => ({ n, ...verdictOn(review, n) })).filter(({ state }) => state !== 'nothing');
  const many = review.submission.patches.length > 1;
  return verdicts.map(({ n, state, summary }) => ({
    tool: 'kcovet', status: state === 'questions' ? 'warn' : 'pass', summary: many ? `patch ${n}: ${summary}` : summary, url, details: state === 'questions' ? details : '',
  }));
}
