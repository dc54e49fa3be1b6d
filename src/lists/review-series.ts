/**
 * @module The review of one series, as a job that may stop anywhere and be run again: what it keeps is the same each time. Held against
 * the review of the version before.
 */
import { findBase, onModel, type FindBaseOptions } from '../gateway/find-base.js';
import type { BaseInput } from '../review/base-input.js';
import type { Submission } from '../mail/submission.js';
import type { Review } from '../review/review.js';
import { sinceOlder } from '../review/since.js';
import { assumedBy } from '../service/assumptions.js';
import type { Engine, ReviewRequest, Watch } from '../engine/engine.js';
import type { Made } from '../service/figures.js';
import { patchText } from '../service/patch-text.js';
import { endOpenVersions, VersionTrack } from '../service/version-track.js';
import type { SubmissionStore } from '../store/submission-store.js';
import type { NewJob } from '../store/job-store.js';
import type { Log } from '../service/log.js';
import { GiveUp, type JobRun } from '../queue/queue.js';
import { heardOf } from './answering/heard.js';
import { loadReady } from './compose-series.js';
import type { Drafting } from './drafting.js';
import type { KeptSeries, ListStore } from './list-store.js';
import type { ReadySeries } from './ready-series.js';
import type { SaidStore } from './said-store.js';
import { submissionKeyOf, versionOf } from './series-submission.js';

/** Jobs of this kind have the key of a series as their payload. */
export const REVIEW_KIND = 'review a series';

/** The job for a series as it stands; the same mails give the same job. */
export function reviewJob({ key, digest, mails }: KeptSeries): NewJob {
  return { id: `list/${key}/${digest}/${mails.length}`, kind: REVIEW_KIND, payload: { key }, replaces: `list/${key}`, priority: 3 };
}

/** The job for a series that was reviewed, or could not be, once more; null where it is not wanted any more. */
export async function reviewAgainJob(key: string, stamp: string, lists: ListStore): Promise<NewJob | null> {
  const series = await lists.series(key);
  if (series?.state !== 'reviewed' && series?.state !== 'failed' && series?.state !== 'ready') return null;
  await lists.setState(key, 'ready', '');
  const job = reviewJob(series);
  return { ...job, id: `${job.id}/${stamp}` };
}

export interface SeriesReviewing {
  readonly lists: ListStore;
  /** What was said about series, which reviews assume. */
  readonly said: SaidStore;
  /** What pages know of series. */
  readonly submissions: SubmissionStore;
  readonly engine: Engine;
  readonly drafting: Drafting;
  readonly base: Pick<FindBaseOptions, 'tree' | 'git' | 'github' | 'token' | 'githubUrl'>;
  readonly log: Log;
  readonly now: () => number;
  /** Told of each review that was made. */
  readonly onReview?: (made: Made) => void;
}

/** Reviews a series if it is to be reviewed still, keeps the review and has drafts made. Rejects when it is to be tried again. */
export async function reviewSeries(key: string, run: JobRun, tools: SeriesReviewing): Promise<void> {
  const { lists, drafting, log, now } = tools;
  const series = await lists.series(key);
  if (series?.state !== 'ready') return;
  const ready = await loadReady(key, lists);
  if (ready === null || ready.submission.patches.length === 0) throw new GiveUp('its mails cannot be read any more');
  const track = await VersionTrack.begin(tools, await versionOf(series, ready, lists), now);
  const review = await track.during(() => reviewed(ready, { run, tools, track }));
  await lists.saveReview(key, JSON.stringify(review), now());
  // Much may have come in the meantime: a version after it, a word of its author, a patch that was late.
  if (isAsBefore(series, await lists.series(key))) await drafting.prepare(ready, review);
  if (!await lists.endReview(series)) return await putAside(key, tools);
  log('info', 'reviewed', { series: key, verdict: review.verdict, questions: review.findings.filter(({ asked }) => asked).length });
}

function isAsBefore(series: KeptSeries, now: KeptSeries | null): boolean {
  return now?.state === 'ready' && now.digest === series.digest;
}

/** What was drafted just when a series was dropped is taken back; one that is to be reviewed again has a job of its own. */
async function putAside(key: string, { lists, drafting, log }: SeriesReviewing): Promise<void> {
  const now = await lists.series(key);
  log('info', 'reviewed, and not answered', { series: key, state: now?.state ?? 'gone', reason: now?.reason ?? '' });
  if (now?.state === 'dropped') await drafting.cancel(key, now.reason);
}

async function reviewed(ready: ReadySeries, { run, tools, track }: { run: JobRun; tools: SeriesReviewing; track: VersionTrack }): Promise<Review> {
  const { assumptions } = await heardOf(ready.key, tools);
  const began = performance.now();
  const review = await reviewAssuming(ready, assumptions, { signal: run.signal, tools, onProgress: (progress) => track.progress(progress) });
  tools.onReview?.({ review, origin: 'list', seconds: (performance.now() - began) / 1000 });
  if (review.stopped) throw new GiveUp('stopped before it was at its end: give it more time');
  await track.reviewed(review, patchText(ready.submission));
  return review;
}

/** A series that was given up: pages say so, and why. */
export async function seriesFailed(key: string, reason: string, { lists, submissions, now }: Pick<SeriesReviewing, 'lists' | 'submissions' | 'now'>): Promise<void> {
  const series = await lists.series(key);
  await lists.setState(key, 'failed', reason);
  if (series) await endOpenVersions({ submissions }, await submissionKeyOf(series, lists), { state: 'failed', reason, atMs: now() });
}

/** A series reviewed with some assumptions, and held against the version before. */
export async function reviewAssuming(ready: ReadySeries, assumptions: readonly string[], { tools, ...watch }: Watch & { tools: SeriesReviewing }): Promise<Review> {
  const review = await tools.engine.review(await requestFor(ready, assumptions, tools), watch);
  const before = ready.older === null ? null : await tools.lists.review(ready.older);
  return before === null ? review : sinceOlder(review, JSON.parse(before) as Review);
}

/** What the engine is asked with about a series. */
export async function requestFor({ submission }: ReadySeries, assumptions: readonly string[], { base }: Pick<SeriesReviewing, 'base'>): Promise<Omit<ReviewRequest, 'scenarios'>> {
  return { ...await onBase(submission, base), ...assumedBy(assumptions) };
}

/** The submission with its base; where none was found the reasons are its problems, and the model is the base. */
async function onBase(submission: Submission, base: SeriesReviewing['base']): Promise<{ submission: Submission; base?: BaseInput }> {
  if (base.tree === undefined && base.git === undefined && base.github === undefined) return { submission };
  const found = await findBase(submission, base);
  return found.base ? { submission, base: found.base } : { submission: onModel(submission, found.steps) };
}
