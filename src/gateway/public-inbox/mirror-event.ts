/** @module What reading a mirror tells, and what whoever reads it says first. */
import type { Limits } from '../limits.js';
import type { Cause, Followed, MailLimits } from './mail-filter.js';
import type { MirrorCursor } from './mirror-cursor.js';

/** A mail that could matter. */
export interface MirrorMail {
  /** As the mirror has it, bytes and all; a copy. */
  readonly raw: Buffer;
  /** Its first Message-ID without brackets; that of its blob, as "blob:" and the id, when it has none. */
  readonly messageId: string;
  readonly cause: Cause;
  readonly epoch: number;
  readonly commit: string;
  /** When it came to the mirror, in seconds since 1970. */
  readonly timeS: number;
}

/** Why a mail was not looked at. */
export type SkipReason = 'too large' | 'headers too long' | 'unreadable';

/** `cursor` is the place after the event: keep it together with what was made of the mail, and nothing comes twice. */
export type MirrorEvent =
  | { readonly kind: 'mail'; readonly mail: MirrorMail; readonly cursor: MirrorCursor }
  /** Mails were passed over; sent now and then, and at the end of an epoch. */
  | { readonly kind: 'passed'; readonly cursor: MirrorCursor }
  /** One mail was not looked at. */
  | { readonly kind: 'skipped'; readonly epoch: number; readonly commit: string; readonly reason: SkipReason }
  /** The commit seen last is not in the history any more; what is new in it is looked at again. */
  | { readonly kind: 'rewritten'; readonly epoch: number; readonly lost: string }
  /** The rest of an epoch (null: of the mirror) cannot be read now; the next reading begins there. */
  | { readonly kind: 'stopped'; readonly epoch: number | null; readonly reason: string };

/** Counts since the reading began. */
export interface MirrorCounts {
  /** Commits looked at; the sum of those below. */
  mails: number;
  bytes: number;
  found: number;
  passed: number;
  /** Found again under a Message-ID that was handed out before. */
  repeated: number;
  deleted: number;
  readonly skipped: Record<SkipReason, number>;
}

export function noCounts(): MirrorCounts {
  return { mails: 0, bytes: 0, found: 0, passed: 0, repeated: 0, deleted: 0, skipped: { 'too large': 0, 'headers too long': 0, unreadable: 0 } };
}

export interface MirrorReading {
  /** Answers to these matter. Asked mail by mail: what is added while a mail is handled counts for the next one. */
  readonly followed: Followed;
  /** Whether a mail of this Message-ID was handed out before, by this mirror or another. */
  readonly isKnown: (messageId: string) => boolean | Promise<boolean>;
  /** Told now and then, and at the end of each epoch. */
  readonly progress?: (counts: Readonly<MirrorCounts>, epoch: number) => void;
  readonly mailLimits?: MailLimits;
  readonly gitLimits?: Limits;
  /** Such as "git". */
  readonly program?: string;
}
