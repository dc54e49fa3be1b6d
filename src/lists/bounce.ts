/**
 * @module Bounces of our own mails (RFC 3464): recorded at the draft whose Message-ID they carry. Anybody who read the mail can write
 * one; only one that names the id of its envelope is by a mail server that had it, and where it says that the failure
 * may pass, the mail goes to that recipient again. Read from the raw text; any bytes have a result.
 */
import { headerFields } from './automatic.js';
import type { Draft, DraftStore } from './draft.js';
import { isOwnId } from './mail-text.js';
import { addressedIn } from './moderate.js';
import { ATTEMPTS_MAX, retryMs } from './send-due.js';

/** Bytes that are read of a bounce. */
const BYTES_MAX = 256 * 1024;
/** Message-IDs that are looked up. */
const IDS_MAX = 20;

/** What a bounce says. */
export interface Bounce {
  /** Message-IDs in it that may be ours, without angle brackets. */
  readonly about: readonly string[];
  /** "address: action, status, diagnosis" in one line. */
  readonly line: string;
  /** The recipient that failed, in lower case; '' where it does not say. */
  readonly recipient: string;
  /** Id of the envelope; '' where it names none. */
  readonly envelopeId: string;
  /** Whether it says that the mail was given up, for a reason that may pass. */
  readonly temporary: boolean;
}

/** Whether a mail is a report about another mail. */
function isReport(fields: Map<string, string[]>): boolean {
  const type = fields.get('content-type')?.[0] ?? '';
  const from = fields.get('from')?.[0] ?? '';
  return /^multipart\/report\b/iu.test(type) || /^<>/u.test(fields.get('return-path')?.[0] ?? '') || /\b(?:mailer-daemon|postmaster)@/iu.test(from);
}

/** One field of the part for machines. */
function fieldIn(text: string, name: string): string {
  return (new RegExp(`^${name}:[ \\t]*([^\\r\\n]*)`, 'imu').exec(text)?.[1] ?? '').replace(/\p{Cc}/gu, '').trim().slice(0, 160);
}

/** What a mail says as a bounce; null when it is none. */
export function readBounce(raw: Buffer): Bounce | null {
  const text = raw.subarray(0, BYTES_MAX).toString('latin1');
  const fields = headerFields(text);
  if (!isReport(fields)) return null;
  const ids = [...text.matchAll(/<([^<>\s]{3,250}@[^<>\s]{1,250})>/gu)].map((match) => match[1] ?? '');
  const about = [...new Set(ids.filter(isOwnId))].slice(0, IDS_MAX);
  const status = fieldIn(text, 'Status');
  const recipient = fieldIn(text, 'Final-Recipient').replace(/^[\w-]+;\s*/u, '') || fieldIn(text, 'Original-Recipient').replace(/^[\w-]+;\s*/u, '');
  const diagnosis = fieldIn(text, 'Diagnostic-Code').replace(/^[\w-]+;\s*/u, '');
  const words = [fieldIn(text, 'Action'), status, diagnosis].filter((one) => one !== '').join(', ');
  return { about, line: `${recipient === '' ? 'somebody' : recipient}: ${words === '' ? 'came back' : words}`, recipient: recipient.toLowerCase(), envelopeId: fieldIn(text, 'Original-Envelope-Id'), temporary: status.startsWith('4') && /^failed\b/iu.test(fieldIn(text, 'Action')) };
}

/** Has a mail go again to the one recipient that a mail server gave up on for now. */
async function tryAgain(drafts: DraftStore, draft: Draft, { recipient, envelopeId, temporary }: Bounce, nowMs: number): Promise<void> {
  const isByServer = draft.envelopeId !== '' && envelopeId === draft.envelopeId;
  if (!temporary || !isByServer || draft.attempts >= ATTEMPTS_MAX || !addressedIn(draft).includes(recipient)) return;
  await drafts.step(draft.id, { from: ['sent'], to: 'approved', why: `came back from ${recipient} for now`, dueMs: nowMs + retryMs(draft.attempts), remaining: [recipient] });
}

/** Notes a bounce at the draft that it is about; the draft's id, or null where it is about none. */
export async function noteBounce(drafts: DraftStore, raw: Buffer, nowMs: number): Promise<string | null> {
  const bounce = readBounce(raw);
  for (const id of bounce?.about ?? []) {
    const draft = await drafts.byMessageId(id);
    if (!bounce || !draft || !['sent', 'unsure'].includes(draft.state)) continue;
    await drafts.bounced(draft.id, bounce.line);
    if (!draft.bounces.includes(bounce.line)) await tryAgain(drafts, draft, bounce, nowMs);
    return draft.id;
  }
  return null;
}
