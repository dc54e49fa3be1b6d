/**
 * @module Postgres for tests: databases of their own on the server that KCOVET_TEST_POSTGRES names, whose user may create them.
 * KCOVET_REQUIRE_SERVICES=1 makes a missing one a failure.
 */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres-store.js';
import type { Store } from '../../src/store/store.js';

const server = process.env['KCOVET_TEST_POSTGRES'] ?? '';
if (server === '' && process.env['KCOVET_REQUIRE_SERVICES'] === '1') throw new Error('KCOVET_TEST_POSTGRES is not set, and KCOVET_REQUIRE_SERVICES=1 asks for it');

/** Why tests that need Postgres are skipped; false where they run. */
export const noPostgres: string | false = server === '' ? 'KCOVET_TEST_POSTGRES, the URL of a database server, is not set' : false;

async function onServer(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A new database, empty, which is dropped after the tests of the file; its URL. */
export async function newDatabase(): Promise<string> {
  const name = `kcovet_test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  afterAllDrop.push(name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

const afterAllDrop: string[] = [];
afterAll(async () => {
  for (const name of afterAllDrop.splice(0)) await onServer(server, `drop database if exists ${name} with (force)`);
});

/** Asks the database itself, past the store. */
export const ask = onServer;

export async function openPostgres(url: string): Promise<Store> {
  const opened = await openPostgresStore(url);
  if ('failure' in opened) throw new Error(opened.failure);
  return opened.store;
}

let shared: Promise<string> | undefined;

/** An open store in a database of this file, emptied: one at a time. */
export async function emptyPostgres(): Promise<Store> {
  const url = await (shared ??= newDatabase());
  const store = await openPostgres(url);
  const tables = await onServer(url, "select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%'");
  await onServer(url, `truncate ${tables.map(({ name }) => `"${String(name)}"`).join(', ')} restart identity`);
  return store;
}
