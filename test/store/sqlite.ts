/** @module SQLite for tests: whether it can be loaded here, and stores of a test. */
import { openSqliteStore } from '../../src/store/sqlite-store.js';
import type { Store } from '../../src/store/store.js';

const opened = await openSqliteStore(':memory:');
if ('store' in opened) await opened.store.close();

/** Why tests that need SQLite are skipped; false where they run. */
export const noSqlite: string | false = 'failure' in opened ? opened.failure : false;

/** An open store; throws the reason when there is none. */
export async function openStore(path = ':memory:'): Promise<Store> {
  const one = await openSqliteStore(path);
  if ('failure' in one) throw new Error(one.failure);
  return one.store;
}
