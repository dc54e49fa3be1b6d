/** @module What the servers of a test keep their things in: a data folder alone, or Redis and Postgres beside it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshPrefix, noRedis, redisUrl } from '../queue/redis.js';
import { newDatabase, noPostgres, openPostgres } from '../store/postgres.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import type { Store } from '../../src/store/store.js';

export interface Place {
  readonly dir: string;
  /** What names it to a server. */
  readonly env: Readonly<Record<string, string>>;
  /** A second opening of the store, for looking. */
  readonly look: () => Promise<Store>;
  readonly remove: () => void;
}

export interface PlaceKind {
  readonly name: string;
  readonly skipped: string | false;
  /** Whether several processes may work on it. */
  readonly shared: boolean;
  readonly make: () => Promise<Place>;
}

function folder(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'kcovet-place-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** A place on a Redis and a database that are there. */
export function placeOn(database: string, redis: string): Place {
  const { dir, remove } = folder();
  const env = { KCOVET_DATA: dir, DATABASE_URL: database, REDIS_URL: redis, KCOVET_REDIS_PREFIX: freshPrefix() };
  return { dir, env, remove, look: () => openPostgres(database) };
}

export const placeKinds: readonly PlaceKind[] = [
  {
    name: 'in one folder', skipped: noSqlite, shared: false,
    make: () => {
      const { dir, remove } = folder();
      return Promise.resolve({ dir, env: { KCOVET_DATA: dir }, remove, look: () => openStore(join(dir, 'kcovet.sqlite')) });
    },
  },
  { name: 'on Redis and Postgres', skipped: noRedis || noPostgres, shared: true, make: async () => placeOn(await newDatabase(), redisUrl) },
];
