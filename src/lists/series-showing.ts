/**
 * @module Whether everybody may see what was found in a series: only where all of it went to the lists, or would, with nothing to send. What a
 * policy holds back, or a person turned down, is not on a page either.
 */
import type { Review } from '../review/review.js';
import { submissionId, type SubmissionStore } from '../store/submission-store.js';
import type { Ears } from './answering/heard.js';
import { loadReady } from './compose-series.js';
import { decide, type Decision } from './decide.js';
import type { Draft } from './draft.js';
import type { Office } from './office.js';
import type { Policy } from './policy.js';
import { factsOf } from './prepare-drafts.js';
import { submissionKeyOf } from './series-submission.js';

/** What is looked at. */
export interface Showing {
  readonly office: Pick<Office, 'drafts' | 'policy'>;
  readonly lists: Ears['lists'];
  readonly submissions: Pick<SubmissionStore, 'versions' | 'setPrivate'>;
  readonly nowMs: number;
}

/** Shows the submission of a series to everybody if nothing in any of its versions is held back. It never hides what was shown. */
export async function showIfLetOut(key: string, tools: Showing): Promise<void> {
  const { office, lists, submissions } = tools;
  const [series, read] = [await lists.series(key), await office.policy()];
  if (series === null || !read.ok || read.config.stop) return;
  const submission = await submissionKeyOf(series, lists);
  const versions = await submissions.versions(submissionId(submission));
  for (const { id } of versions) if (!await isLetOut(id, read.config, tools)) return;
  if (versions.length > 0) await submissions.setPrivate({ key: submission }, false);
}

async function isLetOut(key: string, policy: Policy, { office, lists, nowMs }: Showing): Promise<boolean> {
  const text = await lists.review(key);
  if (text === null) return true;
  const drafts = (await office.drafts.ofSeries(key)).filter(({ kind }) => kind === 'review' || kind === 'clean');
  const ready = await loadReady(key, lists);
  if (ready === null || !drafts.every(wentToList)) return false;
  const asked = (JSON.parse(text) as Review).findings.filter((one) => one.asked);
  return ready.submission.patches.map((patch) => decide(policy, factsOf(patch, ready))).every((decision) => {
    return isOpen(decision, drafts.length > 0, nowMs) && asked.every(({ severity }) => decision.severities.includes(severity));
  });
}

/** A notice that there is nothing to ask goes to the author alone, and keeps nothing back. */
function wentToList({ kind, state, lists }: Draft): boolean {
  return state === 'sent' && (kind === 'clean' || lists.length > 0);
}

/** Whether the policy lets a mail go to the lists: by itself, or, where one went, by a moderator. */
function isOpen({ stage, reach, heldUntilMs }: Decision, went: boolean, nowMs: number): boolean {
  return reach === 'list' && heldUntilMs <= nowMs && (stage === 'list' || (stage === 'moderators' && went));
}
