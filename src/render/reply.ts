/**
 * @module A mail of ours as bytes: the header of a reply (RFC 5322), and lines that no tool takes for something else. The same
 * text gives the same Message-ID. Nothing is sent here.
 */
import { createHash } from 'node:crypto';
import type { Line } from './line.js';
import { encodeWords, formatAddress, headerField, type Address } from './mail-headers.js';

/** Columns of our own text. */
export const MAIL_WIDTH = 76;
/** Octets of a line that every mail system passes on (RFC 5322, 2.1.1). */
const LINE_OCTETS_MAX = 998;
/** Message-IDs kept in References: the first and the last ones. */
const REFERENCES_MAX = 20;

/** Whom a mail goes to, as its header says. */
export interface Recipients {
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
}

/** A reply, before it is bytes. */
export interface Reply {
  readonly from: Address;
  readonly recipients: Recipients;
  /** The Date header as RFC 5322 writes it. */
  readonly date: string;
  /** A person to answer to, when answers should not go to the sender. */
  readonly replyTo?: string;
  /** That of what is answered. */
  readonly subject: string;
  /** Of what is answered; '' when it has none. */
  readonly messageId: string;
  /** Message-IDs above that, the nearest last. */
  readonly above: readonly string[];
  /** A header field by which the mail is known as ours, and its value. */
  readonly mark: readonly [name: string, value: string];
  /** Lines of mailLine(), joined by \n. */
  readonly body: string;
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

/** A line as it stands in a mail: lines of the patch as they are, our own so that no tool mistakes them. */
export function mailLine({ kind, text }: Line): string {
  return withinOctets(kind === 'quote' ? text : guarded(text));
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

/** References of the reply: those above what is answered and that, the oldest and the newest when there are many. */
function referencesOf(messageId: string, above: readonly string[]): string[] {
  const all = [...new Set([...above, messageId].map(idOf))].filter((id) => id !== '');
  return all.length <= REFERENCES_MAX ? all : [...all.slice(0, 1), ...all.slice(-(REFERENCES_MAX - 1))];
}

/** A list of addresses as one header field, an address a line where they do not fit. */
function addressField(name: string, addresses: readonly Address[]): string[] {
  return addresses.length === 0 ? [] : [headerField(name, addresses.map(formatAddress).join(', '))];
}

/** The whole reply, lines ended by \n, header and text. */
export function replyMail({ from, recipients: { to, cc }, date, replyTo, subject, messageId: id, above, mark, body }: Reply): string {
  const messageId = idOf(id);
  const references = referencesOf(messageId, above);
  const hash = createHash('sha256').update(JSON.stringify([messageId, from.address, body, ...[...to, ...cc].map((one) => one.address)])).digest('hex');
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const ascii = /^[\x00-\x7f]*$/u.test(body);
  const header = [
    headerField('From', formatAddress(from)),
    ...addressField('To', to),
    ...addressField('Cc', cc),
    ...(replyTo === undefined ? [] : [headerField('Reply-To', replyTo)]),
    headerField('Subject', encodeWords(replySubject(subject))),
    headerField('Date', date),
    `Message-ID: <kcovet-${hash.slice(0, 32)}@${domain}>`,
    ...(messageId === '' ? [] : [`In-Reply-To: <${messageId}>`]),
    ...(references.length === 0 ? [] : [headerField('References', references.map((one) => `<${one}>`).join(' '))]),
    'Auto-Submitted: auto-replied',
    headerField(...mark),
    'MIME-Version: 1.0',
    `Content-Type: text/plain; charset=${ascii ? 'us-ascii' : 'utf-8'}`,
    `Content-Transfer-Encoding: ${ascii ? '7bit' : '8bit'}`,
  ];
  return `${header.join('\n')}\n\n${body}\n`;
}
