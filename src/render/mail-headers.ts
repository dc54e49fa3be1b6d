/**
 * @module Header fields of a mail (RFC 5322) from text that others wrote: encoded words for what is not ASCII (RFC 2047),
 * folding, addresses. Nothing that comes in can start a header of its own: line ends and controls are removed first.
 */

/** Lines of a header are folded at blanks where they would pass this. */
const FOLD_AT = 76;
/** Octets of text in one encoded word, so that base64 and its frame stay within the 75 of RFC 2047. */
const WORD_OCTETS_MAX = 45;

/** Text on one line without controls. */
function flat(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/\p{Cc}/gu, '').trim();
}

/** Whether text is printable ASCII only. */
function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/u.test(text);
}

/** Text as encoded words, split between characters; ASCII stays as it is. */
export function encodeWords(text: string): string {
  const line = flat(text);
  if (isAscii(line)) return line;
  const words: string[] = [];
  let part = '';
  for (const char of line) {
    if (Buffer.byteLength(part + char) > WORD_OCTETS_MAX) {
      words.push(part);
      part = '';
    }
    part += char;
  }
  return [...words, part].map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}

/** A header field, folded at blanks; a word longer than the line is not cut. */
export function headerField(name: string, value: string): string {
  const lines: string[] = [];
  let line = `${name}:`;
  for (const word of flat(value).split(' ')) {
    if (line.length + 1 + word.length > FOLD_AT && line !== `${name}:` && line.trim() !== '') {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}

/** One address: the name as it was written, decoded, and the part in angle brackets. */
export interface Address {
  readonly name: string;
  readonly address: string;
}

/** Splits "Name <a@b>" or "a@b"; null when there is no address in it. */
export function parseAddress(text: string): Address | null {
  const line = flat(text);
  const framed = /^(.*)<([^<>\s]+@[^<>\s]+)>[^<>]*$/u.exec(line);
  if (framed) return { name: (framed[1] ?? '').trim().replace(/^"(.*)"$/u, '$1').replace(/\\(.)/gu, '$1'), address: framed[2] ?? '' };
  const bare = /[^\s<>,;:"()]+@[^\s<>,;:"()]+/u.exec(line);
  return bare ? { name: '', address: bare[0] } : null;
}

/** An address as a header has it: the name quoted or encoded where it must be. */
export function formatAddress({ name, address }: Address): string {
  if (name === '') return address;
  if (!isAscii(name)) return `${encodeWords(name)} <${address}>`;
  const plain = /^[A-Za-z0-9 !#$%&'*+\-/=?^_`{|}~]*$/u.test(name);
  return `${plain ? name : `"${name.replace(/(["\\])/gu, '\\$1')}"`} <${address}>`;
}

/** Addresses of header values, each value one address or a list of them; commas inside quotes do not part. */
export function parseAddresses(values: readonly string[]): Address[] {
  const parts = values.flatMap((value) => value.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/gu) ?? []);
  return parts.map(parseAddress).filter((one): one is Address => one !== null);
}

/** Without those seen before, compared without case; keeps the order. */
export function withoutRepeats(addresses: readonly Address[], seen: Set<string>): Address[] {
  return addresses.filter(({ address }) => {
    const key = address.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
