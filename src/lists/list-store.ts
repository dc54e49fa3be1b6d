/**
 * @module The part of the Store port that lists need: where the reading of each source is, mails, the series made of them
 * and their reviews. Each method happens whole or not at all. test/lists/list-store.test.ts says what an implementation
 * must do.
 */
import type { KeptMail } from './ready-series.js';

/** How far the reading of a source is; the text is what the source makes of it. */
export interface SourceCursor {
  readonly source: string;
  readonly text: string;
}

/** A mail to be kept, and what it hangs together with. */
export interface NewMail extends KeptMail {
  /** Ids of other mails, and marks that mails of one series share: mails with one in common are in one thread. */
  readonly links: readonly string[];
}

/**
 * `open`: patches are waited for. `ready`: to be reviewed. `reviewed`; `dropped`: superseded, withdrawn or none of ours, with
 * the reason; `failed`: could not be reviewed.
 */
export type SeriesState = 'open' | 'ready' | 'reviewed' | 'dropped' | 'failed';

/** A series as it is kept. */
export interface KeptSeries {
  readonly key: string;
  /** Of its mails. */
  readonly thread: string;
  readonly version: number;
  /** Compares titles of versions: without case and punctuation. */
  readonly title: string;
  /** Address of the true author, in lower case. */
  readonly author: string;
  /** What b4 calls the series; '' when it does not say. */
  readonly changeId: string;
  /** The same for the same changes, whatever mails brought them. */
  readonly digest: string;
  /** Message-IDs of cover letter and patches, in their order. */
  readonly mails: readonly string[];
  /** Key of the version before; null when it is not known. */
  readonly older: string | null;
  readonly state: SeriesState;
  /** Why it is dropped or failed, or what is missing; '' otherwise. */
  readonly reason: string;
  /** From when on what is missing is not waited for. */
  readonly dueMs: number;
  readonly atMs: number;
}

/** The marks by which versions of one series are looked for. */
export type SeriesMarks = Pick<KeptSeries, 'author' | 'changeId'>;

/** How much of one thread is read: whoever answers to it adds to it. */
export interface ThreadLimits {
  readonly mails: number;
  readonly bytes: number;
}

export const THREAD_LIMITS: ThreadLimits = { mails: 1_000, bytes: 64 * 1024 * 1024 };

export interface ListStore {
  /** Null when nothing was read of the source yet. */
  cursor(source: string): Promise<string | null>;
  moveCursor(cursor: SourceCursor): Promise<void>;
  /** Keeps a mail together with the cursor after it. False when its Message-ID is known: only its lists are added then. */
  keepMail(mail: NewMail, cursor: SourceCursor | null): Promise<boolean>;
  /** Whether a mail is kept; if so, the lists are added to those it came by. */
  sawMail(messageId: string, lists: readonly string[]): Promise<boolean>;
  mail(messageId: string): Promise<KeptMail | null>;
  /** Links of the mails kept last, the newest first. */
  links(max: number): Promise<string[]>;

  /** Threads with mails that no series was made of yet, in the order in which these came. */
  unsettledThreads(max: number): Promise<string[]>;
  /** Message-IDs of the mails of a thread in the order they came: of the first of them the smallest, as far as limits go. */
  mailIdsOf(thread: string, limits: ThreadLimits): Promise<{ readonly ids: readonly string[]; /** Mails that are left out. */ readonly left: number }>;
  /** Keeps what was made of a thread: these series in place of those of the same key, those keys gone; it is settled. */
  settle(thread: string, made: { readonly series: readonly KeptSeries[]; readonly gone: readonly string[] }): Promise<void>;

  series(key: string): Promise<KeptSeries | null>;
  /** The newest series that a mail is part of; null when it is part of none. */
  seriesWith(messageId: string): Promise<KeptSeries | null>;
  seriesOf(thread: string): Promise<KeptSeries[]>;
  /** Those in a state, the oldest first. */
  seriesIn(state: SeriesState, max: number): Promise<KeptSeries[]>;
  /** The newest series of the same author or with the same change-id, `max` of them. */
  near(marks: SeriesMarks, max: number): Promise<KeptSeries[]>;
  setState(key: string, state: SeriesState, reason: string): Promise<void>;
  /** A series that was ready, and is the same still, is reviewed; false when something came between. */
  endReview(series: Pick<KeptSeries, 'key' | 'digest'>): Promise<boolean>;

  /** Open series whose time to wait is over: their threads are unsettled again. */
  unsettleDue(nowMs: number): Promise<void>;

  /** Keeps the review (kcovet/review@1, as text) of a series. */
  saveReview(key: string, json: string, atMs: number): Promise<void>;
  /** The review kept last; null when there is none. */
  review(key: string): Promise<string | null>;
}
