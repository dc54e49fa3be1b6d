/**
 * @module Git's ids of file contents, as the index lines of a diff name them: SHA-1 over a header and the exact bytes
 * (git hash-object). Repositories with SHA-256 ids are not covered: mails carry the short form of SHA-1 ids.
 */
import { createHash } from 'node:crypto';

/** Digits an abbreviated id must have; git's own minimum in index lines is 7. */
export const BLOB_DIGITS_MIN = 7;

/** The blob id, 40 hex digits, of a file with exactly this content; text is taken as UTF-8, bytes as they are. */
export function blobId(content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}

/** Whether two ids, abbreviated or not, can be the same object: the shorter one begins the longer one. */
export function sameBlob(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.length >= BLOB_DIGITS_MIN && long.toLowerCase().startsWith(short.toLowerCase());
}
