/** @module How long the store keeps what, and what pruning dropped. What something open needs is kept however old it is. */

const DAY_MS = 86_400_000;

/** Milliseconds since the last change; Infinity keeps it for ever. */
export interface Retention {
  /** Ids of webhooks that were taken. */
  readonly deliveriesMs: number;
  /** Jobs at their end, dead letters too. */
  readonly jobsMs: number;
  /** Reviews and patches of versions that are not the newest; that there was such a version stays. */
  readonly reviewsMs: number;
  /** Threads of mails with their series and what people said of these. */
  readonly mailsMs: number;
  /** Text and recipients of drafts at their end; that there was one stays, so that no second one is sent. */
  readonly draftsMs: number;
  readonly auditMs: number;
}

/** GitHub lets deliveries of the last three days be sent again. */
export const RETENTION: Retention = { deliveriesMs: 30 * DAY_MS, jobsMs: 30 * DAY_MS, reviewsMs: 365 * DAY_MS, mailsMs: 365 * DAY_MS, draftsMs: 365 * DAY_MS, auditMs: 730 * DAY_MS };

/** How many were dropped. */
export interface Pruned {
  readonly deliveries: number;
  readonly jobs: number;
  readonly reviews: number;
  readonly threads: number;
  readonly drafts: number;
  readonly audit: number;
}
