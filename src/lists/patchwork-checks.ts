/**
 * @module Checks in Patchwork for the patches of a series that was reviewed: `success` where there is nothing to ask, `warning` with
 * questions, never `fail`, and nothing about patches that no scenario could say something about. Each is added once.
 */
import type { Patchwork, PatchworkCheck } from '../gateway/patchwork.js';
import { verdictOn } from '../render/verdict-on-patch.js';
import type { Review } from '../review/review.js';
import type { NewJob } from '../service/job-store.js';
import type { Log } from '../service/log.js';
import { postOnce } from '../service/post-once.js';
import type { Store } from '../service/store.js';

/** Jobs of this kind have the key of a series as their payload. */
export const CHECKS_KIND = 'checks in Patchwork';

/** The job for the checks of a series: another one for another review. */
export function checksJob(key: string, review: Review): NewJob {
  return { id: `patchwork/${key}/${review.tool.rulesHash}`, kind: CHECKS_KIND, payload: { key } };
}

export interface PatchworkChecks {
  readonly patchwork: Patchwork;
  readonly context: string;
  /** Page of a patch by its Message-ID; null where no server has one. */
  readonly pageOf: (messageId: string) => string | null;
  readonly store: Store;
  readonly log: Log;
}

/** Adds the checks of a series. Rejects with RemoteFailure when it is to be tried again. */
export async function addChecks(key: string, { patchwork, context, pageOf, store, log }: PatchworkChecks): Promise<void> {
  const json = await store.lists.review(key);
  if (json === null) return;
  const review = JSON.parse(json) as Review;
  for (const { n, messageId } of review.submission.patches) {
    const { state, summary } = verdictOn(review, n);
    if (messageId === null || state === 'nothing') continue;
    const check: PatchworkCheck = { state: state === 'clean' ? 'success' : 'warning', context, description: summary, targetUrl: pageOf(messageId) };
    const patch = await patchwork.patch(messageId);
    if (patch === null) log('info', 'Patchwork does not know a patch', { mail: messageId });
    else await postOnce(store, { key: `check ${messageId} ${summary}`, pull: 'patchwork', find: async () => textOf(await patchwork.find(patch, check)), post: async () => String(await patchwork.add(patch, check)) });
  }
}

const textOf = (id: number | null): string | null => (id === null ? null : String(id));
