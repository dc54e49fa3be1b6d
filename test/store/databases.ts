/** @module The databases that a store may be in, for tests that hold on each of them. */
import { describe } from 'vitest';
import type { Store } from '../../src/store/store.js';
import { emptyPostgres, noPostgres } from './postgres.js';
import { noSqlite, openStore } from './sqlite.js';

/** Gives a store that is empty, the only one at that time. */
export type OpenEmpty = () => Promise<Store>;

const databases: readonly { readonly name: string; readonly skipped: string | false; readonly open: OpenEmpty }[] = [
  { name: 'SQLite', skipped: noSqlite, open: () => openStore() }, { name: 'Postgres', skipped: noPostgres, open: emptyPostgres },
];

/** Runs tests on each database that is here; the others are skipped with the reason. */
export function onEachDatabase(what: string, tests: (open: OpenEmpty, name: string) => void): void {
  for (const { name, skipped, open } of databases) {
    describe.skipIf(skipped)(`${what}: ${name}${skipped ? ` (skipped: ${skipped})` : ''}`, () => tests(open, name));
  }
}
