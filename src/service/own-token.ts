/** @module The token that pages and the API are opened with: given, or made at the first start and kept in the data folder. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../gateway/limits.js';

/** Characters of a token at least. */
const TOKEN_MIN = 16;

/** The file of the token. */
export function tokenFile(data: string): string {
  return join(data, 'token');
}

/** The token in a data folder, which is made where there is none; or why there is none, with the way out. */
export function ownToken(data: string): { readonly token: string } | { readonly failure: string } {
  const file = tokenFile(data);
  try {
    writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return { failure: `${file}: cannot be written (${reasonOf(error)}): give KCOVET_TOKEN` };
  }
  try {
    const token = readFileSync(file, 'utf8').trim();
    return token.length < TOKEN_MIN ? { failure: `${file}: has fewer than ${TOKEN_MIN} characters: remove it, and a new one is made` } : { token };
  } catch (error) {
    return { failure: `${file}: cannot be read (${reasonOf(error)}): make it readable, or give KCOVET_TOKEN` };
  }
}
