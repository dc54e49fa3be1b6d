/** @module The tables of the store, column by column; ./migrations.ts makes them. */
import type { Generated } from 'kysely';
import type { AuditEntry } from './audit-store.js';
import type { Claim, AskedFinding } from './store.js';
import type { Origin, VersionState } from './submission-store.js';
import type { DraftState, NewDraft } from '../lists/draft.js';
import type { SeriesState } from '../lists/list-store.js';
import type { SaidKind } from '../lists/said-store.js';
import type { JobState } from './job-store.js';

/** Columns of each table; times in milliseconds since 1970. */
export interface Tables {
  deliveries: { id: string; at_ms: number };
  claims: { key: string; pull: string; state: Claim['state']; remote_id: string | null; at_ms: number };
  findings: {
    pull: string; fingerprint: string; comment_id: string | null; thread_id: string | null;
    head_sha: string; state: AskedFinding['state']; note: string;
  };
  assumptions: { seq: Generated<number>; pull: string; text: string; by: string; at_ms: number };
  reviews: { seq: Generated<number>; pull: string; head_sha: string; base_sha: string; json: string; at_ms: number };
  jobs: {
    seq: Generated<number>; id: string; kind: string; payload: string; group: string | null; replaces: string | null;
    state: JobState; attempts: number; delays: number; not_before_ms: number; error: string;
    /** 1 for a running job that is not wanted any more. */
    superseded: number;
    priority: Generated<number>;
    /** When it was added, then when it ended. */
    at_ms: number;
  };
  list_cursors: { source: string; text: string };
  list_mails: {
    seq: Generated<number>; message_id: string; thread: string; raw: Buffer;
    /** Addresses, as JSON. */
    lists: string;
    source: string; at_ms: number;
    /** 0 until series were made of its thread. */
    settled: number;
  };
  /** Ids that mails have or name, with the thread of those mails. */
  list_links: { seq: Generated<number>; link: string; thread: string };
  list_series: {
    key: string; thread: string; version: number; title: string; author: string; change_id: string; digest: string;
    /** Message-IDs, as JSON. */
    mails: string;
    older: string | null; state: SeriesState; reason: string; due_ms: number; at_ms: number;
    review: string | null;
    /** When the review was kept. */
    reviewed_ms: number | null;
  };
  drafts: {
    seq: Generated<number>; id: string; kind: NewDraft['kind'];
    /** Message-ID of what it answers; its own. */
    answers: string; message_id: string;
    series: string; subject: string; from: string; raw: string;
    /** Addresses, facts, lists, fingerprints, lines: as JSON. */
    to: string; facts: string; lists: string; findings: string; bounces: Generated<string>;
    author: string; thread: string; stage: NewDraft['stage']; state: DraftState; why: string; due_ms: number; at_ms: number;
    attempts: Generated<number>; claimed_by: Generated<string>; claimed_ms: Generated<number>; sent_ms: Generated<number>; envelope_id: Generated<string>;
  };
  list_said: { seq: Generated<number>; series: string; kind: SaidKind; what: string; note: string; by: string; mail: string; at_ms: number };
  list_opt_outs: { address: string; mail: string; at_ms: number };
  submissions: {
    seq: Generated<number>; key: string;
    /** 12 digits of the key's digest. */
    id: string;
    origin: Origin; title: string; author: string; place: string; private: number;
    /** Title, author and place in lower case. */
    words: string;
    /** Number of the newest version. */
    newest: number;
    changed_ms: number;
  };
  versions: {
    /** Key of its submission; its id there. */
    submission: string; id: string;
    number: number; label: string; state: VersionState; reason: string; progress: string;
    verdict: string | null; questions: number; base: string; at_ms: number; changed_ms: number;
    /** The review and what it is of; null before there is one, and when they were pruned. */
    json: string | null; patch: string | null;
    /** When the review was kept. */
    reviewed_ms: number | null;
  };
  audit: { seq: Generated<number>; act: AuditEntry['act']; what: string; submission: string; by: string; at_ms: number };
}

/** Tables whose rows belong to a pull request. */
export const PULL_TABLES = ['claims', 'findings', 'assumptions', 'reviews'] as const;
