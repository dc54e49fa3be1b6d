/**
 * @module The Store port: what the service remembers from one delivery to the next, whichever database keeps it. Keys of
 * pull requests are opaque; whoever calls chooses them so that they survive a renaming. test/store/store-contract.ts
 * says what every implementation must do.
 */
import type { DraftStore } from '../lists/draft.js';
import type { ListStore } from '../lists/list-store.js';
import type { SaidStore } from '../lists/said-store.js';
import type { AuditEntry, AuditStore } from './audit-store.js';
import type { JobStore } from './job-store.js';
import type { Pruned, Retention } from './retention.js';
import type { SubmissionStore } from './submission-store.js';

/**
 * Something that is posted at most once. `claimed`: somebody was about to post it, and whether it arrived is not known
 * until its marker is read back. `posted`: it arrived.
 */
export interface Claim {
  readonly key: string;
  readonly pull: string;
  readonly state: 'claimed' | 'posted';
  /** Its id at the other side; null until it is posted. */
  readonly remoteId: string | null;
  readonly atMs: number;
}

/** A claim as it is given: fresh for exactly one of all who ask. */
export interface GivenClaim extends Claim {
  readonly fresh: boolean;
}

/** One question that was asked about a pull request. */
export interface AskedFinding {
  readonly fingerprint: string;
  /** Database id of the comment; null for a finding that stands in the summary. */
  readonly commentId: string | null;
  /** GraphQL id of its thread, where it is known. */
  readonly threadId: string | null;
  /** The head commit it was asked about. */
  readonly headSha: string;
  /** `gone`: the author was told that it is not found any more. `invalid`: somebody said why it is none. */
  readonly state: 'asked' | 'gone' | 'invalid';
  /** The reason of an invalid one; '' otherwise. */
  readonly note: string;
}

/** An assumption that somebody wants the reviews of a pull request to make. */
export interface Assumption {
  readonly text: string;
  /** Login of who said so. */
  readonly by: string;
  readonly atMs: number;
}

/**
 * What a pull request was told last, for the next review to be held against: the review, and what is unclear of the ones before. As it was made
 * it is in the submissions.
 */
export interface KeptReview {
  readonly headSha: string;
  readonly baseSha: string;
  /** kcovet/review@1, as text. */
  readonly json: string;
  readonly atMs: number;
}

export interface Store {
  /** Work that is waiting or running; what a queue of this process is built on. */
  readonly jobs: JobStore;
  /** Mails of lists and the series in them. */
  readonly lists: ListStore;
  /** Mails that may be sent. */
  readonly drafts: DraftStore;
  /** What people said about series of lists. */
  readonly said: SaidStore;
  /** What was reviewed, version by version, for those who look. */
  readonly submissions: SubmissionStore;
  /** What was done towards the outside. */
  readonly audit: AuditStore;

  /** Whether a delivery was noted. */
  hasDelivery(id: string): Promise<boolean>;
  /**
   * Notes a delivery: true the first time only. Note it after its work is in the queue: a crash between the two then
   * costs nothing, since the queue knows the job by its id.
   */
  noteDelivery(id: string, atMs: number): Promise<boolean>;

  /** Claims a key before it is posted. Who gets it not fresh must read the other side before posting. */
  claim(wanted: Pick<Claim, 'key' | 'pull' | 'atMs'>): Promise<GivenClaim>;
  /** It arrived, under this id; the audit is told with it, or neither is kept. */
  posted(key: string, remoteId: string, entry?: AuditEntry): Promise<void>;
  /** It is known not to have arrived (a refusal): the next one to claim it gets it fresh. */
  release(key: string): Promise<void>;
  /** All claims about a pull request, by key. */
  claims(pull: string): Promise<Claim[]>;

  /** What was asked about a pull request, by fingerprint. */
  findings(pull: string): Promise<AskedFinding[]>;
  /** Keeps a finding in place of what was known under its fingerprint. */
  saveFinding(pull: string, finding: AskedFinding): Promise<void>;

  /** What reviews of a pull request assume, the oldest first. */
  assumptions(pull: string): Promise<Assumption[]>;
  /** Keeps an assumption; false when the same text is kept already. */
  assume(pull: string, assumption: Assumption): Promise<boolean>;
  /** Drops an assumption; false when there was none of that text. */
  unassume(pull: string, text: string): Promise<boolean>;

  /** Keeps a review in place of an older one of the same head. */
  saveReview(pull: string, review: KeptReview): Promise<void>;
  /** The review kept last; null when there is none. */
  latestReview(pull: string): Promise<KeptReview | null>;

  /** Drops all that is known of pull requests whose key begins so, jobs too; of the audit what was acted on. For an App that was removed from a repository. */
  forget(prefix: string): Promise<void>;
  /** Drops what is older than it has to be kept; what something open needs stays, and so do claims. */
  prune(retention: Retention, nowMs: number): Promise<Pruned>;
  close(): Promise<void>;
}

/** A store, or the reason why there is none and the way out, in one line. */
export type OpenedStore = { readonly store: Store } | { readonly failure: string };
