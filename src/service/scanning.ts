/**
 * @module Questions to code scanning, where a repository wants them there. The App's own manifest does not ask for that
 * permission; who wants it grants it, and until then the check says so.
 */
import { rules } from '../../rules/index.js';
import { uploadSarif } from '../gateway/code-scanning.js';
import { GithubFailure } from '../gateway/github-failure.js';
import type { Asker } from '../gateway/github-store.js';
import { pullInWords, type PullHead } from '../gateway/pull-request.js';
import { locator } from '../render/locate.js';
import { renderSarif } from '../render/sarif.js';
import type { Review } from '../review/review.js';
import type { Submission } from '../mail/submission.js';
import type { Store } from '../store/store.js';

/** What is uploaded, for which head. */
export interface Scanned {
  readonly review: Review;
  readonly submission: Submission;
  readonly root: string;
  readonly head: PullHead;
}

/** Uploads a review as `scan` does, and notes that in the audit. */
export async function scanNoted(client: Asker, scanned: Scanned, { store, key }: { store: Pick<Store, 'audit'>; key: string }): Promise<string | null> {
  const unsent = await scan(client, scanned);
  await store.audit.note({ act: unsent === null ? 'posted' : 'refused', what: `questions of ${pullInWords(scanned.head)} for code scanning`, submission: key, by: 'kcovet', atMs: Date.now() });
  return unsent;
}

/** Uploads a review; why it is not there, in a sentence for the check, or null when it is. Rejects with what another time may mend. */
export async function scan(client: Asker, { review, submission, root, head }: Scanned): Promise<string | null> {
  const sarif = renderSarif(review, { rules, locate: locator({ submission, root }) });
  try {
    const id = await uploadSarif(client, { ...head, sarif });
    return id === null ? 'Not uploaded to code scanning: the review is too large for it.' : null;
  } catch (error) {
    if (!(error instanceof GithubFailure) || error.kind === 'limited' || error.kind === 'unavailable' || error.kind === 'unauthorized') throw error;
    return error.kind === 'refused' ? `Not uploaded to code scanning: ${error.message}.`
      : 'Not uploaded to code scanning: give the App write access to "Code scanning alerts" and turn code scanning on, or take "sarif" out of .github/kcovet.yml.';
  }
}
