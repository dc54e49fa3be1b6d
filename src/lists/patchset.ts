/** @module The patch set of a mail, from the store: what is known of it, and its review when there is one. */
import { patchsetOf, type Patchset, type PatchsetStatus } from '../render/patchset.js';
import type { Review } from '../review/review.js';
import { readySeries } from './compose-series.js';
import type { KeptSeries, ListStore } from './list-store.js';
import type { KeptMail } from './ready-series.js';

/** The patch set that a mail is the cover letter or a patch of; null when none is known. Its review is left out, and its status kept, where it `isShown` not. */
export async function findPatchset(messageId: string, lists: ListStore, isShown: (series: KeptSeries) => Promise<boolean>): Promise<Patchset | null> {
  const series = await lists.series(messageId) ?? await lists.seriesWith(messageId);
  if (series === null) return null;
  const mails: KeptMail[] = [];
  for (const id of series.mails) {
    const mail = await lists.mail(id);
    if (mail) mails.push(mail);
  }
  const ready = await readySeries(series, mails);
  const json = await lists.review(series.key);
  if (ready === null) return null;
  const review = json === null ? null : JSON.parse(json) as Review;
  return patchsetOf({ key: series.key, submission: ready.submission, status: statusOf(series, review), review: await isShown(series) ? review : null });
}

function statusOf({ state }: KeptSeries, review: Review | null): PatchsetStatus {
  if (review?.verdict === 'notPlaced') return 'Failed To Apply';
  switch (state) {
    case 'open': return 'Incomplete';
    case 'ready': return 'Pending';
    case 'failed': return 'Failed';
    case 'reviewed': return 'Reviewed';
    case 'dropped': return review === null ? 'Failed' : 'Reviewed';
  }
}
