/**
 * @module A moderator's answer to a mail that showed a draft: `#kcovet approve` or `#kcovet reject: why` at the start of a line. It
 * counts only where a trusted mail server says who sent it, and that is a moderator.
 */
import { answersOf, automaticReason } from './automatic.js';
import type { Draft } from './draft.js';
import { plainAddress } from './list-address.js';
import { moderate } from './moderate.js';
import { shownBy } from './moderation-mail.js';
import type { Office } from './office.js';
import { verifiedSender } from './verified-sender.js';

/** Characters of a text that commands are looked for in. */
const TEXT_MAX = 64 * 1024;

/** A mail that may be a moderator's answer. */
export interface ModerationReply {
  readonly raw: Buffer;
  /** Its text, decoded. */
  readonly text: string;
}

/** What came of it: null where it is no answer to a moderation mail. */
export type ReplyOutcome = { readonly draft: string; readonly done: boolean; readonly why: string } | null;

/** The first command of a text that decides about a draft; quoted lines are not the sender's. */
export function decisionIn(text: string): { verb: 'approve' | 'reject'; why: string } | null {
  const match = /^#kcovet[ \t]+(approve|reject)\b[ \t]*:?[ \t]*(.*)$/imu.exec(text.slice(0, TEXT_MAX));
  if (!match) return null;
  return { verb: match[1]?.toLowerCase() === 'approve' ? 'approve' : 'reject', why: (match[2] ?? '').trim().slice(0, 300) };
}

/** The moderation mail that a mail answers. */
async function shownIn(raw: Buffer, office: Office): Promise<Draft | null> {
  for (const id of answersOf(raw)) {
    const draft = await office.drafts.byMessageId(id);
    if (draft?.kind === 'moderation') return draft;
  }
  return null;
}

/** Does what a moderator's answer says; `trusted` are the names of mail servers whose results count. */
export async function takeModerationReply(office: Office, { raw, text }: ModerationReply, { trusted, nowMs }: { trusted: readonly string[]; nowMs: number }): Promise<ReplyOutcome> {
  const shown = await shownIn(raw, office);
  if (shown === null) return null;
  const draft = await office.drafts.byMessageId(shownBy(shown));
  const id = draft?.id ?? '';
  const said = decisionIn(text);
  const automatic = automaticReason(raw, [office.from]);
  if (said === null || automatic !== null) return { draft: id, done: false, why: automatic ?? 'it says neither approve nor reject' };
  if (draft === null) return { draft: '', done: false, why: 'the draft has another text by now' };
  const sender = verifiedSender(raw, trusted);
  if (sender === null) return { draft: id, done: false, why: 'no trusted mail server says who sent it' };
  const policy = await office.policy();
  if (!policy.ok || !policy.config.moderators.some((one) => plainAddress(one) === sender)) return { draft: id, done: false, why: `${sender} is no moderator` };
  const refusal = await moderate(office.drafts, id, { ...said, by: sender, nowMs, ...(office.note ? { note: office.note } : {}) });
  office.log('info', 'a moderator decided', { draft: id, verb: said.verb, by: sender, done: refusal === null });
  return { draft: id, done: refusal === null, why: refusal ?? '' };
}
