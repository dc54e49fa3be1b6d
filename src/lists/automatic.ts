/**
 * @module Mails that no person wrote: never answered and never obeyed, or two programs would write to each other for ever (RFC
 * 3834). `Precedence` alone says little, since lists set it on everything that passes; it counts where no list did.
 */
import { isRobot } from '../mail/remarks.js';
import { plainAddress } from './list-address.js';

/** Bytes of a header that are looked at. */
const HEADER_BYTES_MAX = 64 * 1024;

/** Header fields of a raw mail in their order, names in lower case, unfolded; the text of the mail is not looked at. */
export function headerLines(raw: Buffer | string): { readonly name: string; readonly value: string }[] {
  const text = typeof raw === 'string' ? raw.slice(0, HEADER_BYTES_MAX) : raw.subarray(0, HEADER_BYTES_MAX).toString('latin1');
  const header = text.split(/\r?\n\r?\n/u, 1)[0] ?? '';
  return header.replace(/\r?\n[ \t]+/gu, ' ').split(/\r?\n/u).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 ? [{ name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).trim() }] : [];
  });
}

/** The same by their names; several of one name in their order. */
export function headerFields(raw: Buffer | string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const { name, value } of headerLines(raw)) {
    const before = fields.get(name);
    if (before) before.push(value);
    else fields.set(name, [value]);
  }
  return fields;
}

/** Message-IDs that a mail names. */
const ANSWERS_MAX = 50;

/** Message-IDs of the mails that a raw mail answers, those of In-Reply-To before those of References, the nearest first. */
export function answersOf(raw: Buffer | string): string[] {
  const fields = headerFields(raw);
  const idsIn = (name: string): string[] => (fields.get(name) ?? []).flatMap((value) => [...value.matchAll(/<([^<>\s]{1,250})>/gu)].map((match) => match[1] ?? ''));
  return [...new Set([...idsIn('in-reply-to'), ...idsIn('references').reverse()])].slice(0, ANSWERS_MAX);
}

/** Senders of reports about mails; other programs src/mail knows. */
const postOffice = /^(?:postmaster|do-?not-?reply|bounces?|daemon)@/u;

/** Why a mail is one that no person wrote, in words; null when it is not known to be. `own` are our own addresses. */
export function automaticReason(raw: Buffer | string, own: readonly string[]): string | null {
  const fields = headerFields(raw);
  const first = (name: string): string => fields.get(name)?.[0] ?? '';
  const from = first('from');
  const address = plainAddress(from);
  if ([...fields.keys()].some((name) => name.startsWith('x-kcovet-'))) return 'it is by kcovet';
  if (own.some((one) => plainAddress(one) === address)) return 'it is by kcovet';
  const submitted = first('auto-submitted').toLowerCase();
  if (submitted !== '' && !submitted.startsWith('no')) return `Auto-Submitted: ${submitted.slice(0, 40)}`;
  if (/^\s*<>/u.test(first('return-path')) || /^multipart\/report\b/iu.test(first('content-type'))) return 'it is a report about a mail';
  if (['x-autoreply', 'x-autorespond', 'x-autoresponder'].some((name) => fields.has(name))) return 'it is an automatic reply';
  const precedence = first('precedence').toLowerCase();
  if (precedence === 'auto_reply' || (/^(?:bulk|junk|list)$/u.test(precedence) && !fields.has('list-id'))) return `Precedence: ${precedence}`;
  return isRobot(from.slice(0, 500)) || postOffice.test(address) ? `${address.slice(0, 80)} is a program` : null;
}
