/**
 * @module A patch that somebody puts into a reply: what is left of the body without quoted lines, from a scissors line on where there is one (git-mailinfo(1)).
 */
import type { InputLine } from '../patch/input-line.js';
import type { Message } from './message.js';
import { readThreadMail, type ThreadMail } from './patch-mail.js';

const scissors = /^(?:[-\s]*(?:8<|>8|8%|%8)[-\s]*)+$/u;
/** Header lines that may stand below scissors (git-mailinfo(1)). */
const inBodyField = /^(?:From|Date|Subject):\s*(\S.*)$/u;

/** The patch of the replier's own; null when there is none. */
export function readOwnPatch(message: Message, name: string): ThreadMail | null {
  const own = withoutQuotes(message.body);
  const cut = own.findIndex(({ text }) => text.length < 200 && scissors.test(text));
  const { subject, body } = belowScissors(cut < 0 ? own : own.slice(cut + 1), message.subject);
  const mail = readThreadMail({ ...message, subject: withoutReplyMark(subject), body }, name);
  if (mail.patch === null || mail.patch.depth > 0 || mail.patch.diff.files.length === 0) return null;
  return mail;
}

function withoutQuotes(body: readonly InputLine[]): InputLine[] {
  return body.filter(({ text }) => !/^\s?[>|]/u.test(text));
}

function belowScissors(lines: readonly InputLine[], subject: string): { subject: string; body: readonly InputLine[] } {
  const first = lines.findIndex(({ text }) => text.trim() !== '');
  let at = Math.max(0, first);
  let named = subject;
  for (let field = inBodyField.exec(lines[at]?.text.slice(0, 1000) ?? ''); field; field = inBodyField.exec(lines[at]?.text.slice(0, 1000) ?? '')) {
    if (lines[at]?.text.startsWith('Subject:')) named = field[1] ?? named;
    at++;
  }
  return { subject: named, body: lines.slice(at) };
}

function withoutReplyMark(subject: string): string {
  return subject.replace(/^(?:\s*(?:re|aw|antw|sv|vs)\s*(?:\[\d{1,4}\])?\s*:)+\s*/iu, '');
}
