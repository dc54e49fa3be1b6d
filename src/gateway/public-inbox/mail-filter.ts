/**
 * @module Which mails of a list could matter, decided on their raw bytes: a diff or diffstat of kcov's files, a diff that adds or
 * removes calls of kcov, kcov in the subject, an answer in a thread that is followed. All others are passed over unparsed. In doubt a mail passes: what it
 * really is src/mail finds out. Pure.
 *
 * Base64 is looked into; quoted-printable need not be: it breaks no line below 76 columns, and one of the three lines that
 * begin a file's diff is shorter. Known gap: diffs in UTF-16.
 */
import { readRawHeaders } from './raw-headers.js';
import type { RawHeaders } from './raw-headers.js';

/** Why a mail could matter. */
export type Cause = 'diff' | 'diffstat' | 'subject' | 'answer';

/** Bounds of one mail. */
export interface MailLimits {
  /** Bytes of a mail that is looked at. */
  readonly mailBytes: number;
  /** Bytes of its header section. */
  readonly headerBytes: number;
}

export const MAIL_LIMITS: MailLimits = { mailBytes: 8 * 1024 * 1024, headerBytes: 256 * 1024 };

/** Message-IDs of threads that are followed; a Set will do. */
export interface Followed {
  has(messageId: string): boolean;
}

export type Sifted =
  | { readonly kind: 'matters'; readonly cause: Cause; readonly headers: RawHeaders }
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly reason: 'headers too long' };

/** Base64 parts of a mail that are looked into. */
const partsMax = 50;

/** Sifts one mail that is not larger than limits.mailBytes. */
export function siftMail(mail: Buffer, followed: Followed, limits: MailLimits): Sifted {
  const headers = readRawHeaders(mail, limits.headerBytes);
  if (headers === null) return { kind: 'skipped', reason: 'headers too long' };
  const cause = causeOf(mail, headers, followed);
  return cause === null ? { kind: 'passed' } : { kind: 'matters', cause, headers };
}

function causeOf(mail: Buffer, headers: RawHeaders, followed: Followed): Cause | null {
  const named = namedIn(mail) ?? (headers.hasBase64 ? namedInBase64(mail) : null);
  if (named !== null) return named;
  if (/kcov/iu.test(headers.subject)) return 'subject';
  return headers.answers.some((id) => followed.has(id)) ? 'answer' : null;
}

const FILE = String.raw`(?:\bkernel\/kcov\.c|\binclude\/(?:[^\s/]{1,100}\/){0,5}kcov\.h)(?![\w.])`;
const diffLine = new RegExp(String.raw`^[>|\t ]*(?:diff -|--- |\+\+\+ |\*\*\* |Index: |rename (?:from|to) )[^\n]{0,1000}?${FILE}`, 'm');
/** git shortens long paths from the left: ".../linux/kcov.h". */
const statLine = /^[>|\t ]*[^\s|]{0,200}\/kcov\.[ch] +\| +(?:\d|Bin)/m;
/** In every line above; a slash is rarer in mails than a k, which is what makes the search quick. */
const needle = Buffer.from('/kcov.');
/** A line of a diff that is not context; a driver that is given sections names none of kcov's files. */
const callLine = /^[>|\t ]*[-+](?![-+])[^\n]{0,400}?\bkcov_\w{1,60} ?\(/m;
const callNeedle = Buffer.from('kcov_');

function namedIn(bytes: Buffer): 'diff' | 'diffstat' | null {
  const named = bytes.includes(needle);
  if (!named && !bytes.includes(callNeedle)) return null;
  const text = bytes.toString('latin1');
  if (named && diffLine.test(text)) return 'diff';
  if (named && statLine.test(text)) return 'diffstat';
  return callLine.test(text) ? 'diff' : null;
}

/** The same in what base64 parts decode to. */
function namedInBase64(mail: Buffer): 'diff' | 'diffstat' | null {
  const text = mail.toString('latin1');
  let parts = 0;
  for (const { index } of text.matchAll(/^content-transfer-encoding:[ \t]*base64/gimu)) {
    if (parts++ >= partsMax) break;
    const named = namedIn(decodedAfter(text, index));
    if (named !== null) return named;
  }
  return null;
}

/** What the base64 text after a header stands for: from the next empty line to a boundary or the end. */
function decodedAfter(text: string, header: number): Buffer {
  const blank = /\n\r?\n/gu;
  blank.lastIndex = header;
  if (blank.exec(text) === null) return Buffer.alloc(0);
  const boundary = text.indexOf('\n--', blank.lastIndex - 1);
  return Buffer.from(text.slice(blank.lastIndex, boundary < 0 ? text.length : boundary), 'base64');
}
