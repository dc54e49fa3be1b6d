/**
 * @module The few headers that decide whether a mail is parsed at all, out of its raw bytes: RFC 5322 folding, encoded
 * words of RFC 2047 in the subject, bytes above 127 as they stand. What else a mail has src/mail reads. Pure.
 */

export interface RawHeaders {
  /** The first, without brackets; '' when there is none. */
  readonly messageId: string;
  /** Unfolded and decoded, bytes as chars where they are in no charset. */
  readonly subject: string;
  /** Message-IDs of In-Reply-To and References, in that order. */
  readonly answers: readonly string[];
  /** The mail, or a part of it, could be in base64. */
  readonly hasBase64: boolean;
}

/** Reads them; null when the header section is longer than that. Lines may end in LF or CR LF. */
export function readRawHeaders(mail: Buffer, headerBytesMax: number): RawHeaders | null {
  const length = headerLength(mail);
  if (length > headerBytesMax) return null;
  const fields = fieldsOf(mail.toString('latin1', 0, length).replaceAll('\r\n', '\n'));
  const of = (name: string): string => fields.get(name) ?? '';
  return {
    messageId: idsOf(of('message-id'))[0] ?? '',
    subject: decodeWords(of('subject').replace(/\n[ \t]+/gu, ' ')),
    answers: [...idsOf(of('in-reply-to')), ...idsOf(of('references'))],
    hasBase64: /^base64/iu.test(of('content-transfer-encoding')) || /^(?:multipart|message)\//iu.test(of('content-type')),
  };
}

function headerLength(mail: Buffer): number {
  const plain = mail.indexOf('\n\n');
  // A mail of CR LF has none of the others before its body.
  const crlf = (plain < 0 ? mail : mail.subarray(0, plain)).indexOf('\n\r\n');
  return crlf >= 0 ? crlf : plain >= 0 ? plain : mail.length;
}

const NAMES: ReadonlySet<string> = new Set(['message-id', 'subject', 'in-reply-to', 'references', 'content-type', 'content-transfer-encoding']);
const nameMax = 25;

/** The first of each of the fields that are read, still folded. A loop over lines: an expression for each takes five times as long. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0, end; at < text.length; at = end + 1) {
    end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const colon = 'misrcMISRC'.includes(text.charAt(at)) ? text.slice(at, Math.min(end, at + nameMax + 1)).indexOf(':') : -1;
    if (colon < 0) continue;
    const name = text.slice(at, at + colon).toLowerCase();
    if (!NAMES.has(name) || fields.has(name)) continue;
    while (end < text.length && ' \t'.includes(text.charAt(end + 1)) && end + 1 < text.length) {
      const next = text.indexOf('\n', end + 1);
      end = next < 0 ? text.length : next;
    }
    fields.set(name, text.slice(at + colon + 1, end).trim());
  }
  return fields;
}

function idsOf(value: string): string[] {
  return value === '' ? [] : [...value.matchAll(/<([^<>\s]{1,1000})>/gu)].map((match) => match[1] ?? '');
}

/** Encoded words as text; white space between two of them is none (RFC 2047, 6.2). */
function decodeWords(value: string): string {
  if (!value.includes('=?')) return value;
  return value.replace(/(\?=)\s+(?==\?)/gu, '$1').replace(/=\?[^?\s]{1,40}\?([bq])\?([^?\s]*)\?=/giu, (_, kind: string, text: string) => (
    kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('latin1')
      : text.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/giu, (__, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
  ));
}
