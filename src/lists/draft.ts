/**
 * @module Mails that may be sent, from the making of one to its end, and the part of the Store port that keeps them. A draft is
 * unique for what it answers and its kind; what may follow on what is in ./outbox.ts. test/lists/sending.test.ts says what an
 * implementation must do.
 */
import type { Facts } from './decide.js';
import type { Stage } from './policy.js';

/**
 * `held`: until its delay is over. `waiting`: for a moderator. `approved`: to be sent as soon as it is due. `claimed`:
 * somebody is sending it. Ends: `sent`; `unsure`: whoever sent it does not know whether it arrived; `refused`: by a mail
 * server, for good; `dropped`: not wanted any more.
 */
export const DRAFT_STATES = ['held', 'waiting', 'approved', 'claimed', 'sent', 'unsure', 'refused', 'dropped'] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

/** States in which a draft has not gone anywhere and can still be taken back. */
export const OPEN_STATES: readonly DraftState[] = ['held', 'waiting', 'approved'];

/**
 * `review`: questions about a patch. `clean`: that there are none. `moderation`: a draft, shown to the moderators. `answer`: to a
 * command in a mail.
 */
export type DraftKind = 'review' | 'clean' | 'moderation' | 'answer';

/** A mail as it goes out. */
export interface Outgoing {
  /** Header and text, lines ended by \n. */
  readonly raw: string;
  /** Without angle brackets. */
  readonly messageId: string;
  /** Addresses it goes to; those that a server did not take yet, once it took others. */
  readonly to: readonly string[];
}

export interface NewDraft {
  readonly kind: DraftKind;
  /** Message-ID of what it answers. */
  readonly answers: string;
  /** Key of the series it is about. */
  readonly series: string;
  readonly subject: string;
  /** Address of the sender, also on the envelope. */
  readonly from: string;
  readonly mail: Outgoing;
  /** What a policy is asked with, again before it is sent. */
  readonly facts: Facts;
  /** The lists among its recipients, whose caps count. */
  readonly lists: readonly string[];
  readonly stage: Stage;
  readonly state: DraftState;
  /** Why it is in its state. */
  readonly why: string;
  /** When it may go at the earliest. */
  readonly dueMs: number;
  readonly atMs: number;
  /** Fingerprints of the findings that it asks about. */
  readonly findings: readonly string[];
}

/** A draft as it is kept. */
export interface Draft extends NewDraft {
  /** Short, the same for the same (answers, kind). */
  readonly id: string;
  /** Times it was tried to be sent. */
  readonly attempts: number;
  /** Who claimed it last: "host:pid"; '' when nobody did. */
  readonly claimedBy: string;
  /** When it was claimed last, when it ended; 0 when it was not. */
  readonly claimedMs: number;
  /** What mail servers know it by and nobody who reads it (RFC 3461, ENVID); '' before it is claimed. */
  readonly envelopeId: string;
  /** When a server took it first; 0 when none did. */
  readonly sentMs: number;
  /** What came back of it: one line for each bounce. */
  readonly bounces: readonly string[];
}

/** A step of a draft from one state to another. */
export interface DraftStep {
  readonly from: readonly DraftState[];
  readonly to: DraftState;
  readonly why: string;
  readonly dueMs?: number;
  readonly sentMs?: number;
  /** Whom it still has to go to. */
  readonly remaining?: readonly string[];
}

/** Mails in 24 hours at most; a draft is not claimed that would be one more. */
export interface ClaimCaps {
  readonly lists: Readonly<Record<string, number>>;
  readonly author: number;
  readonly thread: number;
}

/** `taken`: it is not there to be claimed any more. `capped`: one more would be too many, in words. */
export type ClaimedDraft = { readonly claimed: true; readonly envelopeId: string; readonly mail: Outgoing } | { readonly claimed: false; readonly why: string };

export interface Claiming {
  readonly from: 'held' | 'approved';
  readonly by: string;
  readonly nowMs: number;
  readonly caps: ClaimCaps | null;
}

/** What of a draft is made anew. */
export type Rewritten = Pick<NewDraft, 'mail' | 'findings' | 'facts' | 'lists' | 'stage'>;

export interface DraftStore {
  /** Keeps a draft; its id, and whether it was not known before. What is known stays as it is. */
  add(draft: NewDraft): Promise<{ readonly id: string; readonly added: boolean }>;
  /** Puts another text in the place of that of a draft that has not gone; false where it has. */
  rewrite(id: string, now: Rewritten): Promise<boolean>;
  find(id: string): Promise<Draft | null>;
  /** By the Message-ID that it has itself. */
  byMessageId(messageId: string): Promise<Draft | null>;
  ofSeries(series: string): Promise<Draft[]>;
  /** Those that answer one of these Message-IDs; of the ids the first 100. */
  answering(messageIds: readonly string[]): Promise<Draft[]>;
  /** The newest first. */
  inStates(states: readonly DraftState[], max: number): Promise<Draft[]>;
  /** Held or approved ones that may go at this time, the oldest first. */
  due(nowMs: number, max: number): Promise<Draft[]>;
  /** Takes a step, if the draft is in one of the states it starts from. */
  step(id: string, step: DraftStep): Promise<boolean>;
  /**
   * Claims a draft in a state before it is sent, with the text that it has then: for exactly one of all who ask, and within the
   * caps (null: none). One that is capped is left in its state.
   */
  claim(id: string, claim: Claiming): Promise<ClaimedDraft>;
  bounced(id: string, line: string): Promise<void>;
  /** Answers that were drafted to somebody since then. */
  answeredSince(author: string, sinceMs: number): Promise<number>;
}
