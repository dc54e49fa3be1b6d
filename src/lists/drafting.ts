/** @module What becomes of reviews, as a port: drafts of answers are made of them, and put aside when what they answer is. */
import type { Review } from '../review/review.js';
import type { Round } from './send-due.js';
import type { KeptMail, ReadySeries } from './ready-series.js';

export interface Drafting {
  /** Makes the drafts for a review. Made again for the same review, there are no more of them. */
  prepare(ready: ReadySeries, review: Review): Promise<void>;
  /** Drafts of a series, and of its later versions, as what people said by now makes them; none is added. */
  refresh(key: string): Promise<void>;
  /** What was not sent of a series is not sent any more. */
  cancel(key: string, why: string): Promise<void>;
  /** A mail came in that may be about drafts: a bounce, a moderator's word, an answer that was faster. Told again, nothing more happens. */
  arrived(mail: KeptMail): Promise<void>;
  /** Sends what is due now. */
  send(): Promise<Round>;
}
