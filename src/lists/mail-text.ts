/** @module Small facts about mails that we wrote ourselves: header and text, lines ended by \n. */
import { formatAddress, headerField, parseAddresses } from '../render/mail-headers.js';

/** The header of a mail of ours, without the empty line after it. */
function headerOf(raw: string): string {
  const end = raw.indexOf('\n\n');
  return end < 0 ? raw : raw.slice(0, end);
}

/** The Message-ID of a mail of ours, without angle brackets. */
export function messageIdOf(raw: string): string {
  return /^Message-ID: <([^>\n]*)>$/mu.exec(headerOf(raw))?.[1] ?? '';
}

/** Whether a Message-ID has the form of ours. */
export function isOwnId(id: string): boolean {
  return /^kcovet-[0-9a-f]{32}@/u.test(id);
}

/** A time as RFC 5322 writes it, in UTC. */
export function dateOf(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

/** The mail with the time of its sending in Date; nothing else changes. */
export function withDate(raw: string, ms: number): string {
  const header = headerOf(raw);
  return `${header.replace(/^Date: .*$/mu, () => `Date: ${dateOf(ms)}`)}${raw.slice(header.length)}`;
}

/** The mail without these addresses in To and Cc. */
export function withoutRecipients(raw: string, addresses: readonly string[]): string {
  const header = headerOf(raw);
  const out = new Set(addresses.map((one) => one.toLowerCase()));
  const narrowed = header.replace(/^(To|Cc): (.*(?:\n[ \t].*)*)\n?/gmu, (_, name: string, value: string) => {
    const left = parseAddresses([value.replace(/\n[ \t]+/gu, ' ')]).filter(({ address }) => !out.has(address.toLowerCase()));
    return left.length === 0 ? '' : `${headerField(name, left.map(formatAddress).join(', '))}\n`;
  });
  return `${narrowed.replace(/\n$/u, '')}${raw.slice(header.length)}`;
}
