/**
 * @module What moderators get: a draft exactly as it would go, as a mail within a mail, with how to approve and to reject it; and
 * that of a mail nobody knows whether it arrived.
 */
import { createHash } from 'node:crypto';
import { encodeWords, headerField } from '../render/mail-headers.js';
import { clean, wrap } from '../render/line.js';
import type { NewDraft } from './draft.js';
import { dateOf, messageIdOf } from './mail-text.js';
import type { Office } from './office.js';
import type { Policy } from './policy.js';

const WIDTH = 72;

/** A draft with its id. */
export interface ShownDraft {
  readonly id: string;
  readonly draft: NewDraft;
  readonly policy: Policy;
}

/** The words above a draft that waits. */
function invitation({ id, draft }: ShownDraft): string[] {
  const to = draft.mail.to.join(', ');
  return [
    ...wrap(`The mail below waits for you. Approved, it goes to ${to}, as it is but for its Date.`, { width: WIDTH }), '',
    'To decide, answer this mail with one of these at the start of a line:', '',
    '  #kcovet approve', '  #kcovet reject: why', '',
    `or run: kcovet outbox approve ${id}`, `        kcovet outbox drop ${id}`, '',
    ...wrap(`Why it waits: ${clean(draft.why)}.`, { width: WIDTH }),
  ];
}

/** The words above a mail whose fate is not known. */
function doubt({ id, draft }: ShownDraft, why: string): string[] {
  return [
    ...wrap(`Nobody knows whether the mail below arrived (${clean(why)}). It is not sent again by itself. Look for its Message-ID, ${draft.mail.messageId}, where it should be.`, { width: WIDTH }), '',
    'Where it is not there:', `  kcovet outbox retry ${id}`, 'where it is:', `  kcovet outbox drop ${id}`,
  ];
}

interface Shown {
  readonly subject: string;
  readonly words: readonly string[];
  readonly draft: NewDraft;
  readonly moderators: readonly string[];
  readonly from: string;
  readonly nowMs: number;
}

/** The whole mail to the moderators. */
function moderationMail({ subject, words, draft, moderators, from, nowMs }: Shown): string {
  const hash = createHash('sha256').update(JSON.stringify([subject, words, draft.mail.raw])).digest('hex').slice(0, 32);
  const boundary = `kcovet-${hash.slice(0, 20)}`;
  const bitsOf = (text: string): string => (/^[\x00-\x7f]*$/u.test(text) ? '7bit' : '8bit');
  const header = [
    headerField('From', from), headerField('To', moderators.join(', ')), headerField('Subject', encodeWords(subject)), headerField('Date', dateOf(nowMs)),
    `Message-ID: <kcovet-${hash}@${draft.from.slice(draft.from.lastIndexOf('@') + 1)}>`,
    'Auto-Submitted: auto-generated', headerField('X-Kcovet-Moderation', draft.mail.messageId), 'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`, `Content-Transfer-Encoding: ${bitsOf(draft.mail.raw + words.join(''))}`,
  ];
  const text = [`--${boundary}`, 'Content-Type: text/plain; charset=utf-8', `Content-Transfer-Encoding: ${bitsOf(words.join(''))}`, '', ...words, ''];
  const mail = [`--${boundary}`, 'Content-Type: message/rfc822', 'Content-Disposition: inline', `Content-Transfer-Encoding: ${bitsOf(draft.mail.raw)}`, '', draft.mail.raw];
  return `${header.join('\n')}\n\n${[...text, ...mail].join('\n')}\n--${boundary}--\n`;
}

/** What a mail answers that tells of doubt about another one. */
function unsureOf(messageId: string): string {
  return `${messageId} unsure`;
}

/** Message-ID of the draft that a mail to the moderators shows. */
export function shownBy({ answers }: Pick<NewDraft, 'answers'>): string {
  return answers.replace(/ unsure$/u, '');
}

async function keep(office: Office, { id, draft, policy }: ShownDraft, shown: Pick<Shown, 'subject' | 'words' | 'nowMs'> & { readonly answers: string }): Promise<void> {
  if (policy.moderators.length === 0) {
    office.log('warn', 'a draft waits, and the policy names no moderators: kcovet outbox shows it', { draft: id });
    return;
  }
  const raw = moderationMail({ ...shown, draft, moderators: policy.moderators, from: office.from });
  await office.drafts.add({
    kind: 'moderation', answers: shown.answers, series: draft.series, subject: shown.subject, from: draft.from, lists: [], stage: 'moderators', findings: [],
    mail: { raw, messageId: messageIdOf(raw), to: policy.moderators }, facts: draft.facts, state: 'approved', why: 'for the moderators', dueMs: shown.nowMs, atMs: shown.nowMs,
  });
}

/** Makes the mail that shows a waiting draft to the moderators: one for each text that it has. */
export async function showToModerators(office: Office, shown: ShownDraft): Promise<void> {
  const { draft } = shown;
  await keep(office, shown, { subject: `[kcovet ${shown.id}] Re: ${draft.subject.replace(/^re:\s*/iu, '')}`, words: invitation(shown), nowMs: draft.atMs, answers: draft.mail.messageId });
}

/** Makes the mail that tells the moderators of one whose fate is not known. */
export async function tellOfDoubt(office: Office, shown: ShownDraft, { why, nowMs }: { why: string; nowMs: number }): Promise<void> {
  await keep(office, shown, { subject: `[kcovet ${shown.id}] unsure: ${shown.draft.subject}`, words: doubt(shown, why), nowMs, answers: unsureOf(shown.draft.mail.messageId) });
}
