/**
 * @module Addresses of mails, compared: which are the same person's, and which are lists. Whether an address is a list is told by
 * its host and name where nothing else says it; rather taken for a list than not, since an unknown list means silence.
 */

/** Hosts whose addresses are lists. */
const listHosts = /^(?:vger\.kernel\.org|googlegroups\.com|kvack\.org|groups\.io|freelists\.org|(?:[\w-]+\.)*lists?\.[\w.-]+|lists\.[\w.-]+)$/u;
/** Names that lists have on any host. */
const listNames = /^(?:linux(?:-[\w.-]+)?|lkml|[\w.-]+-(?:lists?|devel|dev|users|discuss|announce|patches|bugs|commits|kernel|linux|workflows|stable))$/u;

/** An address for comparing: lower case, without angle brackets. */
export function plainAddress(address: string): string {
  return (/<([^<>\s]+)>/u.exec(address)?.[1] ?? address).trim().toLowerCase();
}

/** The address of a person without what stands after a plus: a+kernel@b.org is a@b.org. */
export function personOf(address: string): string {
  return plainAddress(address).replace(/\+[^@]*@/u, '@');
}

/** Whether two addresses are the same person's. */
export function samePerson(a: string, b: string): boolean {
  return personOf(a) === personOf(b);
}

/** Whether an address looks to be that of a list. */
export function looksLikeList(address: string): boolean {
  const plain = plainAddress(address);
  const at = plain.lastIndexOf('@');
  return at > 0 && (listHosts.test(plain.slice(at + 1)) || listNames.test(plain.slice(0, at)));
}
