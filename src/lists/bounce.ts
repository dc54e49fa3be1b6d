/**
 * @module Bounces of our own mails (RFC 3464): recorded at the draft whose Message-ID they carry, and nothing else comes of them:
 * anybody can write one, so that none has a mail sent again. Read from the raw text; any bytes have a result.
 */
import { headerFields } from './automatic.js';
import type { DraftStore } from './draft.js';
import { isOwnId } from './mail-text.js';

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
  /** Whether it says that the failure may pass. */
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
  return { about, line: `${recipient === '' ? 'somebody' : recipient}: ${words === '' ? 'came back' : words}`, temporary: status.startsWith('4') };
}

/** Notes a bounce at the draft that it is about; the draft's id, or null where it is about none. */
export async function noteBounce(drafts: DraftStore, raw: Buffer): Promise<string | null> {
  const bounce = readBounce(raw);
  for (const id of bounce?.about ?? []) {
    const draft = await drafts.byMessageId(id);
    if (!bounce || !draft || !['sent', 'unsure'].includes(draft.state)) continue;
    await drafts.bounced(draft.id, bounce.line);
    return draft.id;
  }
  return null;
}
