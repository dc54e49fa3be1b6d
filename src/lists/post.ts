/** @module What a watch does with reviews: has drafts made of them, takes drafts back, and sends what is due, round after round. */
import type { Review } from '../review/review.js';
import { cancelDrafts } from './cancel-drafts.js';
import type { Drafting } from './drafting.js';
import { takeIncoming } from './incoming.js';
import type { Office } from './office.js';
import { prepareDrafts } from './prepare-drafts.js';
import type { KeptMail, ReadySeries } from './ready-series.js';
import { sendDue, type Round } from './send-due.js';

export interface PostOptions {
  readonly now: () => number;
  /** Names of mail servers whose Authentication-Results count. */
  readonly trusted: readonly string[];
}

export class Post implements Drafting {
  constructor(private readonly office: Office, private readonly options: PostOptions) {}

  async prepare(ready: ReadySeries, review: Review): Promise<void> {
    for (const { patch, draft, why } of await prepareDrafts(this.office, { ready, review, nowMs: this.options.now() })) {
      if (draft === null) this.office.log('info', 'nothing is said', { series: ready.key, patch, why });
    }
  }

  async cancel(key: string, why: string): Promise<void> {
    const dropped = await cancelDrafts(this.office.drafts, key, why);
    if (dropped > 0) this.office.log('info', 'drafts were taken back', { series: key, drafts: dropped, why });
  }

  async arrived(mail: KeptMail): Promise<void> {
    await takeIncoming(this.office, mail, { trusted: this.options.trusted, nowMs: this.options.now() });
  }

  async send(): Promise<Round> {
    const round = await sendDue(this.office, this.options.now());
    if (round.stopped !== '') this.office.log('warn', 'nothing is sent', { why: round.stopped });
    return round;
  }
}
