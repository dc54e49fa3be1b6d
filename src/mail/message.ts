/**
 * @module One raw mail: headers and its text as decoded lines with their lines in the input. MIME is decoded by
 * postal-mime (RFC 2045 to 2047); format=flowed by ./flowed.ts, so that part of the header is hidden from postal-mime.
 * A mail that postal-mime refuses is read as it stands, with a problem.
 */
import PostalMime, { type Address, type Email } from 'postal-mime';
import type { InputLine, ProblemList } from '../patch/input-line.js';
import { splitLines } from '../patch/input-line.js';
import { unflow } from './flowed.js';
import type { RawMessage } from './mbox.js';
import type { MailHeaders } from './submission.js';

/** A mail, decoded. */
export interface Message {
  readonly headers: MailHeaders;
  /** Decoded and unfolded; '' when missing. */
  readonly subject: string;
  /** The text of the mail; when it has no diff of its own in its text, the text of attached patches follows. */
  readonly body: readonly InputLine[];
  /** Header fields by their name in lower case, unfolded, not decoded; of each the first ones, in their order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** 1-based line of the input at which the mail begins. */
  readonly inputLine: number;
}

/** Header bytes that are read; a mail with more is read as plain text. */
const headerBytesMax = 1024 * 1024;
/** Levels of nested MIME parts. */
const partsDepthMax = 30;
/** Attachments that are looked at for a patch. */
const attachmentsMax = 50;
/** Lines that end a MIME part; the time for each is what a mail of many parts takes. */
const boundariesMax = 500;

/** Reads one mail; `lines` hold bytes as chars (latin1). Never throws. */
export async function readMessage(raw: RawMessage, problems: ProblemList): Promise<Message> {
  const inputLine = raw.lines[0]?.inputLine ?? 1;
  const { lines, flow } = hideFlowed(raw.lines);
  const email = await decode(lines, { problems, inputLine });
  const start = bodyStart(lines);
  const text = joinText(email);
  const quotedPrintable = lines.slice(0, start).some((line) => /^content-transfer-encoding:\s*quoted-printable/i.test(line.text));
  const decoded = splitLines(text.replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD'));
  const placed = placeLines(decoded, { raw: lines, start, quotedPrintable });
  return {
    headers: headersOf(email),
    subject: (email.subject ?? '').replace(/\s+/g, ' ').trim(),
    body: flow ? unflow(placed, flow.delSp) : placed,
    fields: fieldsOf(email),
    inputLine,
  };
}

async function decode(lines: readonly InputLine[], where: { problems: ProblemList; inputLine: number }): Promise<Email> {
  if (boundaries(lines) > boundariesMax) return asItStands(lines, `more than ${boundariesMax} parts`, where);
  const bytes = Buffer.from(lines.map((line) => line.text).join('\n') + '\n', 'latin1');
  try {
    return await PostalMime.parse(bytes, { maxHeadersSize: headerBytesMax, maxNestingDepth: partsDepthMax, maxRfc822NestingDepth: 3 });
  } catch (error) {
    return asItStands(lines, error instanceof Error ? error.message : String(error), where);
  }
}

function asItStands(lines: readonly InputLine[], why: string, { problems, inputLine }: { problems: ProblemList; inputLine: number }): Email {
  problems.add(inputLine, `the MIME structure cannot be decoded (${why}); read as plain text`);
  const text = lines.slice(bodyStart(lines)).map((line) => line.text).join('\n');
  return { headers: [], headerLines: [], attachments: [], text: Buffer.from(text, 'latin1').toString('utf8') };
}

/** How many lines may be boundaries of parts. Where a name is encoded (RFC 2231) or on the next line, any line that begins as they do. */
function boundaries(lines: readonly InputLine[]): number {
  const named = new Set<string>();
  for (const { text } of lines) {
    const found = /^[+-]/u.test(text) ? null : /\bboundary(\*?)[\d*]*\s*=\s*(?:"([^"]*)|([^\s;]*))/iu.exec(text);
    if (found) named.add(found[1] === '*' ? '' : found[2] ?? found[3] ?? '');
  }
  if (named.size === 0) return 0;
  // One name that is short stands for those beyond the first ones.
  const starts = named.size > 20 ? ['--'] : [...named].map((name) => `--${name}`);
  return lines.filter(({ text }) => text.startsWith('--') && starts.some((start) => text.startsWith(start))).length;
}

/** Zone of the raw text that a line is in, while looking for Content-Type. */
function hideFlowed(lines: readonly InputLine[]): { lines: readonly InputLine[]; flow: { delSp: boolean } | null } {
  let inHeader = true;
  let flow: { delSp: boolean } | null = null;
  const changed = lines.map((line) => {
    const { text } = line;
    if (inHeader && text === '') inHeader = false;
    else if (text.startsWith('--') && text.length > 6 && text.length < 120) inHeader = true;
    if (!inHeader || text.length > 1000 || !/format|delsp/i.test(text)) return line;
    const fixed = text.replace(/(\bformat\s*=\s*"?)flowed/i, '$1fixed');
    if (fixed !== text) flow ??= { delSp: false };
    if (/\bdelsp\s*=\s*"?yes/i.test(text)) flow = { delSp: true };
    return { ...line, text: fixed };
  });
  return { lines: changed, flow };
}

function bodyStart(lines: readonly InputLine[]): number {
  const first = lines.findIndex((line) => line.text !== '');
  const empty = lines.findIndex((line, at) => at > first && line.text === '');
  return empty < 0 ? lines.length : empty + 1;
}

/** The mail's text and, when there is no diff of its own in it, the text of its attached patches. */
function joinText(email: Email): string {
  const text = email.text ?? '';
  // What is quoted is another's patch: one that is attached to an answer is the sender's own.
  if (/^(?:diff --git |@@ -\d)/m.test(text)) return text;
  const parts = [text];
  for (const attachment of email.attachments.slice(0, attachmentsMax)) {
    const { content, mimeType, filename } = attachment;
    if (!/^text\/|patch|diff/i.test(mimeType) && !/\.(?:patch|diff|txt|eml|mbox)$/i.test(filename ?? '')) continue;
    const decoded = typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('utf8');
    if (/^(?:diff -|--- |Index: )/m.test(decoded)) parts.push(decoded);
  }
  return parts.join('\n');
}

interface RawBody {
  readonly raw: readonly InputLine[];
  /** Index of the first body line. */
  readonly start: number;
  readonly quotedPrintable: boolean;
}

/** Gives decoded lines the numbers of the lines they were decoded from. */
function placeLines(decoded: readonly InputLine[], body: RawBody): InputLine[] {
  const { raw, quotedPrintable } = body;
  const anchor = decoded.findIndex((line) => /^[\x21-\x7e][\x20-\x7e]*$/.test(line.text) && !line.text.includes('='));
  const found = anchor < 0 ? -1 : raw.findIndex((line, at) => at >= body.start && line.text === decoded[anchor]!.text);
  let at = found < 0 ? body.start : Math.max(0, found - anchor);
  const base = raw[0]?.inputLine ?? 1;
  return decoded.map((line) => {
    const inputLine = base + at;
    while (quotedPrintable && (raw[at]?.text.endsWith('=') ?? false)) at++;
    at++;
    return { text: line.text, inputLine };
  });
}

/** Fields of one name that are kept. */
const sameFieldsMax = 50;
/** Characters of a field that are kept. */
const fieldMax = 10_000;

function fieldsOf(email: Email): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const { key, value } of email.headers) {
    const before = fields.get(key) ?? [];
    if (before.length < sameFieldsMax) fields.set(key, [...before, value.slice(0, fieldMax)]);
  }
  return fields;
}

function headersOf(email: Email): MailHeaders {
  const raw = (key: string): string => email.headers.find((header) => header.key === key)?.value ?? '';
  const references = messageIds(email.references ?? '');
  return {
    from: email.from ? formatAddress(email.from) : '',
    to: (email.to ?? []).map(formatAddress),
    cc: (email.cc ?? []).map(formatAddress),
    date: raw('date'),
    messageId: messageIds(email.messageId ?? '')[0] ?? '',
    inReplyTo: messageIds(email.inReplyTo ?? '')[0] ?? references.at(-1) ?? null,
    references,
  };
}

/** Message-IDs of a header, without brackets, in its order. */
function messageIds(value: string): string[] {
  const bracketed = [...value.slice(0, 100_000).matchAll(/<([^<>\s]+)>/g)].map((match) => match[1]!);
  if (bracketed.length > 0) return bracketed;
  const bare = value.trim();
  return /^[^\s<>@]+@[^\s<>@]+$/.test(bare) ? [bare] : [];
}

function formatAddress(address: Address): string {
  if (address.group) return address.group.map(formatAddress).join(', ');
  if (!address.name) return address.address ?? '';
  const name = /[,;:<>@()[\]\\"]/.test(address.name) ? `"${address.name.replace(/["\\]/g, '\\$&')}"` : address.name;
  return `${name} <${address.address ?? ''}>`;
}
