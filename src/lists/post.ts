/** @module What a watch does with reviews: has drafts made of them, takes drafts back, and sends what is due, round after round. */
import type { Review } from '../review/review.js';
import { errorField } from '../service/log.js';
import { laterVersions, type Ears } from './answering/heard.js';
import { silencedIn } from './answering/silenced.js';
import { cancelDrafts } from './cancel-drafts.js';
import { loadReady } from './compose-series.js';
import type { Drafting } from './drafting.js';
import { takeIncoming } from './incoming.js';
import type { Office } from './office.js';
import { prepareDrafts, type DraftWish } from './prepare-drafts.js';
import type { KeptMail, ReadySeries } from './ready-series.js';
import { sendDue, type Round } from './send-due.js';
import { showIfLetOut } from './series-showing.js';
import type { SubmissionStore } from '../store/submission-store.js';

export interface PostOptions {
  readonly now: () => number;
  /** Names of mail servers whose Authentication-Results count. */
  readonly trusted: readonly string[];
  /** Where what people said and asked is found. */
  readonly ears: Ears;
  /** What pages show. */
  readonly submissions: Pick<SubmissionStore, 'versions' | 'setPrivate'>;
}

/** Drafts that are looked at again before a round of sending. */
const DUE_MAX = 100;

export class Post implements Drafting {
  constructor(private readonly office: Office, private readonly options: PostOptions) {}

  async prepare(ready: ReadySeries, review: Review): Promise<void> {
    await this.draft(ready, review, {});
    await this.show([ready.key]);
  }

  async refresh(key: string): Promise<void> {
    const { ears: { lists } } = this.options;
    for (const one of [key, ...await laterVersions(key, lists)]) {
      const [ready, review] = [await loadReady(one, lists), await lists.review(one)];
      if (ready !== null && review !== null) await this.draft(ready, JSON.parse(review) as Review, { known: true });
    }
  }

  private async draft(ready: ReadySeries, review: Review, how: Pick<DraftWish, 'known'>): Promise<void> {
    const silenced = await silencedIn(ready, review, { ...this.options.ears, own: [this.office.from] });
    if (silenced.ended !== null) {
      await this.cancel(ready.key, silenced.ended);
      return this.office.log('info', 'nothing is said', { series: ready.key, why: silenced.ended });
    }
    for (const { patch, draft, why } of await prepareDrafts(this.office, { ready, review, silenced, nowMs: this.options.now(), ...how })) {
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

  async isDue(): Promise<boolean> {
    return (await this.office.drafts.due(this.options.now(), 1)).length > 0;
  }

  async send(): Promise<Round> {
    try {
      const keys = await this.lookAgain();
      const round = await sendDue(this.office, this.options.now());
      await this.show(keys);
      if (round.stopped !== '') this.office.log('warn', 'nothing is sent', { why: round.stopped });
      return round;
    } catch (error) {
      // The next round goes on; what is claimed stays so.
      this.office.log('error', 'a round of sending failed', errorField(error));
      return { sent: 0, later: 0, refused: 0, unsure: 0, dropped: 0, stopped: 'the store failed' };
    }
  }

  /** Pages show what is let out by now. */
  private async show(keys: readonly string[]): Promise<void> {
    const { ears: { lists }, submissions, now } = this.options;
    for (const key of keys) await showIfLetOut(key, { office: this.office, lists, submissions, nowMs: now() });
  }

  /** What people said or asked since drafts were made is taken out of those that are due; the series that they are about. */
  private async lookAgain(): Promise<string[]> {
    const due = await this.office.drafts.due(this.options.now(), DUE_MAX);
    for (const key of new Set(due.filter(({ kind }) => kind === 'review').map(({ series }) => series))) await this.refresh(key);
    return [...new Set(due.map(({ series }) => series))];
  }
}
