/**
 * @module The review as a reply: a complete mail (RFC 5322) to the author of one patch, in the manner of a kernel list.
 * Plain text, our own words wrapped at 76, lines of the patch as they are. The same review gives the same bytes: the date
 * comes from the caller and the Message-ID from the content. Nothing is sent here.
 */
import type { Patch, Submission } from '../mail/submission.js';
import type { Review } from '../review/review.js';
import { assumedLines } from './assumed.js';
import { plural } from './count.js';
import { introductionOf } from './introduction.js';
import { blank, wrap, type Line } from './line.js';
import { parseAddress, parseAddresses, withoutRepeats, type Address } from './mail-headers.js';
import { namesInWords } from './names.js';
import { questionLines } from './questions.js';
import { replyMail, mailLine, MAIL_WIDTH, type Recipients } from './reply.js';
import { limitsOf } from './searched.js';
import { findingsOn } from './verdict-on-patch.js';
import { sinceLines, stateTableLines, verdictInWords } from './text.js';

/** Lines of all traces of a mail: what somebody reads at the end of a day. */
const TRACE_LINES_MAX = 48;
export interface MailOptions {
  /** The sender, such as "kcovet <kcovet@example.org>". */
  readonly from: string;
  /** The Date header as RFC 5322 writes it. */
  readonly date: string;
  /** A person to answer to, when answers should not go to the sender. */
  readonly replyTo?: string;
  /** Number of the patch to answer, 1-based; the first one with questions when absent. */
  readonly patch?: number;
  /** Instead of everybody who got the patch: some of them. */
  readonly recipients?: Recipients;
  /** Questions that are left out since somebody answered them as invalid: counted, not named. */
  readonly answered?: number;
}

/** Numbers of the patches that there is something to ask about, ascending. */
export function patchesToAnswer(review: Review, submission: Submission): number[] {
  return submission.patches.map((patch) => patch.n).filter((n) => findingsOn(review, n).length > 0);
}

/** The patch a reply answers, null when the submission has none. */
function patchOf(review: Review, submission: Submission, wanted: number | undefined): Patch | null {
  const n = wanted ?? patchesToAnswer(review, submission)[0];
  return submission.patches.find((patch) => patch.n === n) ?? submission.patches[0] ?? null;
}

/** The last paragraph: what was run, its limits, and how to answer. */
function closingLines(review: Review, { rest, asked, answered }: { rest: readonly string[]; asked: boolean; answered: number }): string[] {
  const sentences = [
    ...rest, limitsOf(review), ...(asked ? [namesInWords(review), 'Questions are only about what this patch changes, and may be wrong.'] : []),
    ...(answered === 0 ? [] : [`Not asked again: ${plural(answered, 'question')}, answered as invalid.`]),
  ];
  return [...wrap(sentences.join(' '), { width: MAIL_WIDTH }), 'How to answer: "#kcovet invalid: why", "#kcovet assume: ...", "#kcovet stop"'];
}

/** The text of the mail, without headers. */
function bodyOf(review: Review, patch: number, answered: number): string {
  const findings = findingsOn(review, patch);
  const asked = findings.length > 0;
  const own = (texts: readonly string[]): Line[] => texts.map((text): Line => ({ kind: 'own', text }));
  const { lines: introduction, rest } = introductionOf(review);
  const lines: Line[] = [
    { kind: 'own', text: 'Hi,' }, blank,
    ...own(introduction), blank,
    ...(asked ? [] : [...own(wrap(verdictInWords(review), { width: MAIL_WIDTH })), blank]),
    ...sinceLines(review, MAIL_WIDTH),
    ...questionLines(findings, { width: MAIL_WIDTH, traceLinesMax: TRACE_LINES_MAX }),
    ...stateTableLines(review, MAIL_WIDTH),
    ...assumedLines(review, { width: MAIL_WIDTH }),
    ...own(closingLines(review, { rest, asked, answered })),
  ];
  return lines.map(mailLine).join('\n');
}

/** Recipients: the author alone in To, everybody else in Cc, ourselves and repeats left out. */
export function recipientsOf(patch: Patch, from: Address): Recipients {
  const mail = patch.mail;
  if (!mail) return { to: [], cc: [] };
  const seen = new Set([from.address.toLowerCase()]);
  const to = withoutRepeats(parseAddresses([mail.from]), seen);
  return { to, cc: withoutRepeats(parseAddresses([...mail.to, ...mail.cc]), seen) };
}

/** The whole reply, lines ended by \n, header and text. Addresses and ids are those of the patch. */
export function renderMail(review: Review, submission: Submission, options: MailOptions): string {
  const patch = patchOf(review, submission, options.patch);
  const from = parseAddress(options.from) ?? { name: 'kcovet', address: 'kcovet@localhost' };
  return replyMail({
    from, recipients: options.recipients ?? (patch ? recipientsOf(patch, from) : { to: [], cc: [] }), date: options.date, ...(options.replyTo === undefined ? {} : { replyTo: options.replyTo }),
    subject: patch?.subject || submission.subject || submission.name, messageId: patch?.mail?.messageId ?? patch?.messageId ?? '', above: aboveOf(patch),
    mark: ['X-Kcovet-Review', `${review.tool.version} rules=${review.tool.rulesHash} verdict=${review.verdict}`], body: bodyOf(review, patch?.n ?? 1, options.answered ?? 0),
  });
}

/** Message-IDs above a patch. */
function aboveOf(patch: Patch | null): readonly string[] {
  const { references = [], inReplyTo = null } = patch?.mail ?? {};
  return references.length > 0 ? references : [inReplyTo ?? ''];
}

/** Several mails as one mbox (mboxrd): a separator before each, lines that look like one quoted. */
export function renderMbox(mails: readonly string[]): string {
  return mails.map((mail) => `From kcovet Mon Sep 17 00:00:00 2001\n${mail.replace(/^(>*From )/gmu, '>$1')}\n`).join('');
}
