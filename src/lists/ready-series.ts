/**
 * @module A series of patches as it was put together from mails of lists: what is reviewed, and what drafts of answers are
 * made of. Plain data.
 */
import type { Submission } from '../mail/submission.js';

/** A mail that is kept, as it came. */
export interface KeptMail {
  /** Without angle brackets; "blob:" and an id where a mail has none. */
  readonly messageId: string;
  readonly raw: Buffer;
  /** Addresses of the lists whose sources had it; more are added when it comes by another one. */
  readonly lists: readonly string[];
  /** Name of the source that had it first. */
  readonly source: string;
  /** When it came to the source, or to us where that is not known; never what its Date says. */
  readonly atMs: number;
}

/** An address with the name before it; '' when there is none. */
export interface Person {
  readonly name: string;
  readonly address: string;
}

export interface ReadySeries {
  /** Message-ID of the cover letter, or of the first patch. It stays the same when a mail of the series comes late. */
  readonly key: string;
  /** In `patches[].mail.from` stands the true author, also where a relay sent the mail. */
  readonly submission: Submission;
  /** Cover letter and patches, in their order. */
  readonly mails: readonly KeptMail[];
  /** Lists whose sources had one of the mails, each once, sorted. */
  readonly lists: readonly string[];
  /** Key of the version before, when it is known. */
  readonly older: string | null;
  /** Who answers for the series. */
  readonly author: Person;
}
