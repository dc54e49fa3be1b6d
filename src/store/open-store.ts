/** @module A store by where it is: a file of SQLite, or the URL of a Postgres database. */
import { lockPostgresStore, type StoreLock } from './postgres-lock.js';
import { nameOf, openPostgresStore } from './postgres-store.js';
import { lockStore, openSqliteStore } from './sqlite-store.js';
import type { OpenedStore } from './store.js';

/** Whether it names a Postgres database; anything else is a file. */
export function isPostgres(where: string): boolean {
  return /^postgres(?:ql)?:\/\//u.test(where);
}

/** Where it is, for people: without the password of a URL. */
export function storeName(where: string): string {
  return isPostgres(where) ? nameOf(where) : where;
}

/** Opens the store that is there, and brings its tables up to date; makes a file that is not there. */
export function openStoreAt(where: string): Promise<OpenedStore> {
  return isPostgres(where) ? openPostgresStore(where) : openSqliteStore(where);
}

/** Takes its jobs for this process alone; `onLost` is told where that ends although nobody released them. */
export function lockStoreAt(where: string, onLost: (failure: string) => void): Promise<StoreLock | { readonly failure: string }> {
  return isPostgres(where) ? lockPostgresStore(where, onLost) : lockStore(where);
}
