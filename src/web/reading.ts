/** @module What a visitor asks for, out of the store: only what they may see, as if nothing else were there. */
import type { KeptSeries } from '../lists/list-store.js';
import { submissionKeyOf } from '../lists/series-submission.js';
import type { Review } from '../review/review.js';
import type { Store } from '../store/store.js';
import { submissionId, type ReviewedVersion, type SubmissionEntry, type SubmissionStore, type VersionEntry } from '../store/submission-store.js';
import type { Visitor } from './access.js';

/** A version with its review. */
export interface ReviewedView {
  readonly entry: SubmissionEntry;
  readonly version: VersionEntry;
  readonly reviewed: ReviewedVersion;
  readonly review: Review;
}

/** A submission by its short id; null for one that is not there, or not for this visitor. */
export async function submissionFor(id: string, visitor: Visitor, submissions: SubmissionStore): Promise<SubmissionEntry | null> {
  const entry = /^[0-9a-f]{12}$/u.test(id) ? await submissions.submission(id) : null;
  return entry !== null && (visitor.mayAct || !entry.isPrivate) ? entry : null;
}

/** A version by its number; null when there is none. */
export async function versionOf(entry: SubmissionEntry, number: string, submissions: SubmissionStore): Promise<VersionEntry | null> {
  if (!/^[1-9]\d{0,5}$/u.test(number)) return null;
  return (await submissions.versions(entry.id)).find((one) => one.number === Number(number)) ?? null;
}

/** A version with its review; null before there is one. */
export async function reviewedOf(entry: SubmissionEntry, version: VersionEntry, submissions: SubmissionStore): Promise<ReviewedView | null> {
  const reviewed = await submissions.reviewedVersion(entry.id, version.number);
  return reviewed === null ? null : { entry, version, reviewed, review: JSON.parse(reviewed.json) as Review };
}

/** What a series of a list is on pages; null where it is not there, or not for this visitor. */
export async function versionOfSeries(series: KeptSeries, visitor: Visitor, { lists, submissions }: Pick<Store, 'lists' | 'submissions'>): Promise<{ readonly entry: SubmissionEntry; readonly version: VersionEntry } | null> {
  const entry = await submissionFor(submissionId(await submissionKeyOf(series, lists)), visitor, submissions);
  const version = entry && (await submissions.versions(entry.id)).find(({ id }) => id === series.key);
  return entry && version ? { entry, version } : null;
}
