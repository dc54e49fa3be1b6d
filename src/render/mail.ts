/**
 * @module The review as a reply: a complete mail (RFC 5322) to the author of one patch, in the manner of a kernel list.
 * Plain text, our own words wrapped at 76, lines of the patch as they are. The same review gives the same bytes: the date
 * comes from the caller and the Message-ID from the content. Nothing is sent here.
 */
import { createHash } from 'node:crypto';
import type { Patch, Submission } from '../mail/submission.js';
import type { Review } from '../review/review.js';
import { assumedLines } from './assumed.js';
import { blank, wrap, type Line } from './line.js';
import {
  encodeWords, formatAddress, headerField, parseAddress, parseAddresses, withoutRepeats, type Address,
} from './mail-headers.js';
import { questionLines } from './questions.js';
import { limitsOf, openingOf } from './searched.js';
import { findingsOn } from './verdict-on-patch.js';
import { sinceLines, namesAfter, stateTableLines, verdictInWords } from './text.js';

/** Columns of our own text. */
export const MAIL_WIDTH = 76;
/** Lines of all traces of a mail: what somebody reads at the end of a day. */
const TRACE_LINES_MAX = 48;
/** Octets of a line that every mail system passes on (RFC 5322, 2.1.1). */
const LINE_OCTETS_MAX = 998;
/** Message-IDs kept in References: the first and the last ones. */
const REFERENCES_MAX = 20;

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
}

/** Whom a mail goes to, as its header says. */
export interface Recipients {
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
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

/** Words at the start of a line that tools collect as trailers or take for the start of something else. */
const collected = /^\s*(?:[\w-]+-by|cc|fixes|link|closes|buglink|change-id|base-commit|message-id|subject|date|from|to):/iu;

/** Our own line so that no tool mistakes it: no trailer, no mbox separator, no signature, no start of a diff. */
function guarded(line: string): string {
  const mistaken = collected.test(line) || /^(?:From |-- ?$|---|diff |Index: |@@ |\+\+\+ )/u.test(line);
  return mistaken ? `* ${line.trimStart()}` : line;
}

/** A line cut to what mail systems pass on, between characters. */
function withinOctets(line: string): string {
  if (Buffer.byteLength(line) <= LINE_OCTETS_MAX) return line;
  return `${Buffer.from(line).subarray(0, LINE_OCTETS_MAX - 8).toString('utf8').replace(/\ufffd+$/u, '')} [cut]`;
}

/** The last paragraph: limits and how to answer. */
function closingLines(review: Review): string[] {
  return [
    ...wrap(limitsOf(review), { width: MAIL_WIDTH }),
    'How to answer: "#kcovet invalid: why", "#kcovet assume: ...", "#kcovet stop"',
  ];
}

/** The text of the mail, without headers. */
function bodyOf(review: Review, patch: number): string {
  const findings = findingsOn(review, patch);
  const opening = findings.length > 0 ? `${openingOf(review)}${namesAfter(review)}` : `${openingOf(review)} ${verdictInWords(review)}`;
  const lines: Line[] = [
    { kind: 'own', text: 'Hi,' }, blank,
    ...wrap(opening, { width: MAIL_WIDTH }).map((text): Line => ({ kind: 'own', text })), blank,
    ...sinceLines(review, MAIL_WIDTH),
    ...questionLines(findings, { width: MAIL_WIDTH, traceLinesMax: TRACE_LINES_MAX }),
    ...stateTableLines(review, MAIL_WIDTH),
    ...assumedLines(review, { width: MAIL_WIDTH }),
    ...closingLines(review).map((text): Line => ({ kind: 'own', text })),
  ];
  return lines.map((line) => withinOctets(line.kind === 'quote' ? line.text : guarded(line.text))).join('\n');
}

/** `Re:` and the exact subject. */
function replySubject(subject: string): string {
  return /^re:/iu.test(subject) ? subject : `Re: ${subject}`;
}

/** A Message-ID as a header can have it, without angle brackets; '' where it has other characters, or is longer than a line may be. */
function idOf(text: string): string {
  const id = text.replace(/[<>\s]/gu, '');
  return /^[\x21-\x7e]{1,900}$/u.test(id) ? id : '';
}

/** References of the reply: those of the patch and the patch, the oldest and the newest when there are many. */
function referencesOf(patch: Patch): string[] {
  const mail = patch.mail;
  if (!mail) return [];
  const known = mail.references.length > 0 ? mail.references : [mail.inReplyTo ?? ''];
  const all = [...new Set([...known, mail.messageId].map(idOf))].filter((id) => id !== '');
  return all.length <= REFERENCES_MAX ? all : [...all.slice(0, 1), ...all.slice(-(REFERENCES_MAX - 1))];
}

/** Recipients: the author alone in To, everybody else in Cc, ourselves and repeats left out. */
export function recipientsOf(patch: Patch, from: Address): Recipients {
  const mail = patch.mail;
  if (!mail) return { to: [], cc: [] };
  const seen = new Set([from.address.toLowerCase()]);
  const to = withoutRepeats(parseAddresses([mail.from]), seen);
  return { to, cc: withoutRepeats(parseAddresses([...mail.to, ...mail.cc]), seen) };
}

/** A list of addresses as one header field, an address a line where they do not fit. */
function addressField(name: string, addresses: readonly Address[]): string[] {
  return addresses.length === 0 ? [] : [headerField(name, addresses.map(formatAddress).join(', '))];
}

/** The whole reply, lines ended by \n, header and text. Addresses and ids are those of the patch. */
export function renderMail(review: Review, submission: Submission, options: MailOptions): string {
  const patch = patchOf(review, submission, options.patch);
  const from = parseAddress(options.from) ?? { name: 'kcovet', address: 'kcovet@localhost' };
  const body = bodyOf(review, patch?.n ?? 1);
  const { to, cc } = options.recipients ?? (patch ? recipientsOf(patch, from) : { to: [], cc: [] });
  const references = patch ? referencesOf(patch) : [];
  const messageId = idOf(patch?.mail?.messageId ?? patch?.messageId ?? '');
  const hash = createHash('sha256').update(JSON.stringify([messageId, from.address, body])).digest('hex');
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const ascii = /^[\x00-\x7f]*$/u.test(body);
  const header = [
    headerField('From', formatAddress(from)),
    ...addressField('To', to),
    ...addressField('Cc', cc),
    ...(options.replyTo === undefined ? [] : [headerField('Reply-To', options.replyTo)]),
    headerField('Subject', encodeWords(replySubject(patch?.subject || submission.subject || submission.name))),
    headerField('Date', options.date),
    `Message-ID: <kcovet-${hash.slice(0, 32)}@${domain}>`,
    ...(messageId === '' ? [] : [`In-Reply-To: <${messageId}>`]),
    ...(references.length === 0 ? [] : [headerField('References', references.map((id) => `<${id}>`).join(' '))]),
    'Auto-Submitted: auto-replied',
    headerField('X-Kcovet-Review', `${review.tool.version} rules=${review.tool.rulesHash} verdict=${review.verdict}`),
    'MIME-Version: 1.0',
    `Content-Type: text/plain; charset=${ascii ? 'us-ascii' : 'utf-8'}`,
    `Content-Transfer-Encoding: ${ascii ? '7bit' : '8bit'}`,
  ];
  return `${header.join('\n')}\n\n${body}\n`;
}

/** Several mails as one mbox (mboxrd): a separator before each, lines that look like one quoted. */
export function renderMbox(mails: readonly string[]): string {
  return mails.map((mail) => `From kcovet Mon Sep 17 00:00:00 2001\n${mail.replace(/^(>*From )/gmu, '>$1')}\n`).join('');
}
