/**
 * @module Checks in Patchwork for the patches of a series that was reviewed: `success` where there is nothing to ask, `warning` with
 * questions, never `fail`, and nothing about patches that no scenario could say something about. They are public, so the policy is
 * asked as for a mail to the list. Each is added once.
 */
import { createHash } from 'node:crypto';
import type { Patchwork, PatchworkCheck } from '../gateway/patchwork.js';
import type { Patch } from '../mail/submission.js';
import { findingsOn, verdictOn, type PatchVerdict } from '../render/verdict-on-patch.js';
import type { Review } from '../review/review.js';
import type { NewJob } from '../store/job-store.js';
import type { Log } from '../service/log.js';
import { postOnce } from '../service/post-once.js';
import { RetryLater } from '../queue/queue.js';
import type { Store } from '../store/store.js';
import { silencedIn, type Silenced } from './answering/silenced.js';
import { loadReady } from './compose-series.js';
import { decide } from './decide.js';
import type { KeptSeries } from './list-store.js';
import type { Office } from './office.js';
import type { Policy, Severity } from './policy.js';
import { factsOf } from './prepare-drafts.js';
import type { ReadySeries } from './ready-series.js';
import { submissionKeyOf } from './series-submission.js';

/** Jobs of this kind have the key of a series as their payload. */
export const CHECKS_KIND = 'checks in Patchwork';

/** Until a patch that Patchwork does not know may have come there, and how often that is waited for. */
const UNKNOWN_DELAY_MS = 600_000;
const UNKNOWN_DELAYS_MAX = 6;
/** Until a policy that is broken may have been mended. */
const POLICY_DELAY_MS = 600_000;
const DAY_MS = 86_400_000;

/** The job for the checks of a series as it stands: another one where other mails came, or something else is said. */
export function checksJob({ key, digest, mails }: Pick<KeptSeries, 'key' | 'digest' | 'mails'>, review: Review): NewJob {
  const said = review.submission.patches.map(({ n, messageId }) => [messageId, verdictOn(review, n).state, verdictOn(review, n).summary]);
  const hash = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);
  return { id: `patchwork/${key}/${digest}/${mails.length}/${hash}`, kind: CHECKS_KIND, payload: { key }, priority: 4 };
}

export interface PatchworkChecks {
  readonly patchwork: Patchwork;
  readonly context: string;
  /** Page of a patch by its Message-ID; null where no server has one. */
  readonly pageOf: (messageId: string) => string | null;
  readonly store: Store;
  readonly log: Log;
  /** As it is now; one that lets everything out where none was given, since who names a Patchwork agrees for it. */
  readonly policy: Office['policy'];
  /** Our own addresses. */
  readonly own: readonly string[];
  readonly now: () => number;
}

/** Adds the checks of a series, put off so many times before. Rejects with RemoteFailure or RetryLater when it is to be tried again. */
export async function addChecks(key: string, delays: number, tools: PatchworkChecks): Promise<void> {
  const { store, policy, log, own } = tools;
  const [series, json] = [await store.lists.series(key), await store.lists.review(key)];
  if (json === null || series?.state !== 'reviewed') return;
  const read = await policy();
  if (!read.ok) throw new RetryLater(POLICY_DELAY_MS, `the policy cannot be read: ${read.problems[0] ?? ''}`);
  if (read.config.stop) return log('info', 'no checks are added', { series: key, why: 'the policy says stop' });
  const ready = await loadReady(key, store.lists);
  if (ready === null) return;
  const review = JSON.parse(json) as Review;
  const silenced = await silencedIn(ready, review, { lists: store.lists, said: store.said, own });
  if (silenced.ended !== null) return log('info', 'no checks are added', { series: key, why: silenced.ended });
  await new Adding(tools, { review, ready, silenced, policy: read.config, submission: await submissionKeyOf(series, store.lists) }).all(delays);
}

interface Reviewed {
  readonly review: Review;
  readonly ready: ReadySeries;
  readonly silenced: Silenced;
  readonly policy: Policy;
  /** Key of the submission that the series is a version of: what the audit has its checks under. */
  readonly submission: string;
}

/** The checks of one series, as its policy is now. */
class Adding {
  /** Milliseconds until the first of what an embargo holds may go; 0 where it holds nothing. */
  #heldMs = 0;
  #unknown: string[] = [];

  constructor(private readonly tools: PatchworkChecks, private readonly reviewed: Reviewed) {}

  async all(delays: number): Promise<void> {
    const { log } = this.tools;
    for (const { n, messageId } of this.reviewed.review.submission.patches) {
      const patch = this.reviewed.ready.submission.patches.find((one) => one.messageId === messageId);
      if (messageId !== null && patch) await this.one(patch, n, messageId);
    }
    if (this.#unknown.length > 0 && delays < UNKNOWN_DELAYS_MAX) throw new RetryLater(UNKNOWN_DELAY_MS, `Patchwork does not know ${this.#unknown.join(', ')} yet`);
    for (const mail of this.#unknown) log('warn', 'Patchwork does not know a patch', { mail });
    // Where nobody says until when, it is looked at less and less often.
    if (this.#heldMs > 0) throw new RetryLater(this.#heldMs === Infinity ? DAY_MS * (1 + delays) : this.#heldMs, 'an embargo of the policy holds it');
  }

  private async one(patch: Patch, n: number, messageId: string): Promise<void> {
    const { log, now } = this.tools;
    const { stage, why, severities, heldUntilMs } = decide(this.reviewed.policy, factsOf(patch, this.reviewed.ready));
    if (stage !== 'list') return log('info', 'no check is added', { mail: messageId, why });
    const verdict = this.verdict(n, severities);
    if (verdict.state === 'nothing') return;
    const heldMs = heldUntilMs - now();
    if (heldMs > 0) this.#heldMs = this.#heldMs === 0 ? heldMs : Math.min(this.#heldMs, heldMs);
    else await this.add(messageId, verdict);
  }

  /** What may be said: nothing where a question is only kept back, since there is something to ask then. */
  private verdict(n: number, severities: readonly Severity[]): PatchVerdict {
    const { review, silenced: { invalid, alreadyAsked } } = this.reviewed;
    const open = { ...review, findings: review.findings.filter(({ fingerprint }) => !invalid.has(fingerprint)) };
    const told = { ...open, findings: open.findings.filter(({ fingerprint, severity }) => !alreadyAsked.has(fingerprint) && severities.includes(severity)) };
    const verdict = verdictOn(told, n);
    return verdict.state === 'clean' && findingsOn(open, n).length > 0 ? { ...verdict, state: 'nothing' } : verdict;
  }

  private async add(messageId: string, { state, summary }: PatchVerdict): Promise<void> {
    const { patchwork, context, pageOf, store } = this.tools;
    const check: PatchworkCheck = { state: state === 'clean' ? 'success' : 'warning', context, description: summary, targetUrl: pageOf(messageId) };
    const patch = await patchwork.patch(messageId);
    if (patch === null) this.#unknown.push(messageId);
    else await postOnce(store, {
      // A patch is one in Patchwork, whichever series it is in.
      key: `check ${messageId} ${summary}`, pull: 'patchwork', submission: this.reviewed.submission, what: `check of ${messageId} in Patchwork`,
      find: async () => textOf(await patchwork.find(patch, check)), post: async () => String(await patchwork.add(patch, check)),
    });
  }
}

const textOf = (id: number | null): string | null => (id === null ? null : String(id));
