/**
 * @module Who answers for a mail: the sender, or, where a relay sent it, whom the relay names. Relays are b4's web endpoint
 * (From: NAME via B4 Relay <devnull+...@kernel.org>, b4's docs/contributor/send.rst), GitGitGadget, and lists that put themselves into From
 * because of DMARC ("NAME via LIST"). They name the author in X-Original-From, in a From line at the start of the body, as
 * git reads it (git-am(1)), or in Reply-To.
 */
import { addressParser, decodeWords, type Address } from 'postal-mime';
import type { Message } from './message.js';

/** An address with the name before it; '' when there is none. */
export interface Sender {
  readonly name: string;
  readonly address: string;
}

const relayAddress = /^devnull\+|^(?:noreply|no-reply|gitgitgadget)(?:\+[^@]*)?@/iu;
const relayName = /\bvia\s+\S/iu;

/** Lines at the top of a body in which a From line is looked for. */
const topLines = 10;

/** The sender as From has it; null when it names nobody. */
export function senderOf({ headers }: Message): Sender | null {
  return parseSender(headers.from);
}

/** The sender, or the one behind a relay; null when nobody is named, or only a relay. */
export function trueAuthor(message: Message): Sender | null {
  const sender = senderOf(message);
  if (sender === null || !(relayAddress.test(sender.address) || relayName.test(sender.name))) return sender;
  const field = (name: string): string => message.fields.get(name)?.[0] ?? '';
  const named = [inBodyFrom(message), field('x-original-from'), field('reply-to')].map(parseSender);
  const own = sender.name.replace(/\s*\bvia\s+.*$/iu, '').trim();
  const found = named.find((one) => one !== null && !relayAddress.test(one.address) && one.address.toLowerCase() !== sender.address.toLowerCase());
  return found ? { name: found.name === '' ? own : found.name, address: found.address } : null;
}

function inBodyFrom({ body }: Message): string {
  const first = body.findIndex(({ text }) => text.trim() !== '');
  if (first < 0 || first > topLines) return '';
  return /^From:\s*(\S.*)$/u.exec(body[first]?.text.slice(0, 1000) ?? '')?.[1] ?? '';
}

/** The first address of a header's value, encoded words decoded; null when there is none. */
export function parseSender(value: string): Sender | null {
  if (value === '') return null;
  const found = addressParser(value.slice(0, 2000), { flatten: true })[0] as Address | undefined;
  const address = found?.address ?? '';
  return /^[^\s<>@]+@[^\s<>@]+$/u.test(address) ? { name: decodeWords(found?.name ?? '').replace(/\s+/gu, ' ').trim(), address } : null;
}

/** As a header has it. */
export function formatSender({ name, address }: Sender): string {
  if (name === '') return address;
  return `${/[,;:<>@()[\]\\"]/u.test(name) ? `"${name.replace(/["\\]/gu, '\\$&')}"` : name} <${address}>`;
}
