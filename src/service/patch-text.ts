/** @module The patches of a submission as one text that can be read again: an mbox, or a bare diff where there were no mails. */
import type { Patch, Submission } from '../mail/submission.js';
import { clean } from '../render/line.js';
import { renderMbox } from '../render/mail.js';

function headerOf({ subject, mail, messageId, n, of }: Patch): string[] {
  const tagged = /\[/u.test(subject) ? subject : `[PATCH${of > 1 ? ` ${n}/${of}` : ''}] ${subject}`;
  return [
    ...(mail ? [`From: ${clean(mail.from)}`, `Date: ${clean(mail.date)}`] : ['From: unknown <unknown@localhost>']), `Subject: ${clean(tagged)}`, ...(messageId === null ? [] : [`Message-ID: <${clean(messageId)}>`]),
    'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit',
  ];
}

/** The text of all patches, in their order. */
export function patchText({ patches }: Submission): string {
  const [only] = patches;
  if (patches.length === 1 && only?.subject === '') return `${only.bodyLines.join('\n')}\n`;
  return renderMbox(patches.map((patch) => `${headerOf(patch).join('\n')}\n\n${patch.bodyLines.join('\n')}\n`));
}
