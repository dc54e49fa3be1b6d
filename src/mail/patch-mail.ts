/**
 * @module A mail that carries or quotes a patch, with its subject taken apart: what ./series.ts puts in order.
 */
import type { InputLine } from '../patch/input-line.js';
import { ProblemList } from '../patch/input-line.js';
import type { Problem } from '../patch/diff.js';
import { readBodyPatch, type BodyPatch } from './body-patch.js';
import type { Message } from './message.js';
import { parseSubject, type PatchSubject } from './subject.js';
import type { MailHeaders } from './submission.js';

/** One mail of a thread. */
export interface ThreadMail {
  readonly subject: PatchSubject;
  /** Headers to reply to the patch: for a quoted patch those of the patch, as far as the reply tells. Null on a page. */
  readonly headers: MailHeaders | null;
  /** The patch in it; null for a cover letter or talk. */
  readonly patch: BodyPatch | null;
  /** Body of the mail, decoded. */
  readonly body: readonly InputLine[];
  /** What was wrong with it. Kept apart, since a mail may turn out not to belong to the series. */
  readonly problems: readonly Problem[];
  readonly inputLine: number;
}

/** Looks for a patch in a decoded mail. */
export function readThreadMail(message: Message, name: string): ThreadMail {
  const problems = new ProblemList(name);
  const subject = parseSubject(message.subject);
  const patch = readBodyPatch(message.body, { problems, reply: subject.reply });
  const quoted = patch !== null && patch.depth > 0;
  return {
    subject,
    headers: quoted ? headersOfQuoted(message.headers, patch) : message.headers,
    patch,
    body: message.body,
    problems: problems.toArray(),
    inputLine: message.inputLine,
  };
}

/** The same for text without mail headers: a page of an archive. */
export function readThreadText(text: { subject: string; body: readonly InputLine[] }, name: string): ThreadMail {
  const problems = new ProblemList(name);
  const subject = parseSubject(text.subject);
  const patch = readBodyPatch(text.body, { problems, reply: subject.reply });
  return { subject, headers: null, patch, body: text.body, problems: problems.toArray(), inputLine: text.body[0]?.inputLine ?? 1 };
}

/**
 * What a reply says of the mail it quotes. With `depth` quote marks the patch is that many steps up in References;
 * In-Reply-To names the last step. From and date are those of the attribution line; everybody else is in Cc.
 */
function headersOfQuoted(reply: MailHeaders, patch: BodyPatch): MailHeaders {
  const chain = [...reply.references];
  if (reply.inReplyTo !== null && chain.at(-1) !== reply.inReplyTo) chain.push(reply.inReplyTo);
  const at = chain.length - patch.depth;
  const everybody = [...reply.to, ...reply.cc, reply.from].filter((address) => address !== '');
  const from = patch.attribution?.author ?? reply.to[0] ?? '';
  return {
    from: everybody.find((address) => sameAddress(address, from)) ?? from,
    to: [],
    cc: everybody.filter((address) => !sameAddress(address, from)),
    date: patch.attribution?.date ?? '',
    messageId: chain[at] ?? '',
    inReplyTo: chain[at - 1] ?? null,
    references: chain.slice(0, Math.max(0, at)),
  };
}

function sameAddress(left: string, right: string): boolean {
  const address = (text: string): string => (/<([^<>]*)>\s*$/.exec(text)?.[1] ?? text).trim().toLowerCase();
  return address(left) === address(right);
}
