/** @module The id git gives a text: SHA-1 of its header and bytes (Documentation/gitformat-pack, git-hash-object). */
import { createHash } from 'node:crypto';

/** 40 hexadecimal digits. */
export function blobId(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
