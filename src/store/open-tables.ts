/**
 * @module The tables of a store as they are, for who copies or checks them: nothing is made or brought up to date, and the server may go
 * on with its work.
 */
import { Kysely, sql, SqliteDialect, type Transaction } from 'kysely';
import { isPostgres } from './open-store.js';
import { StorePostgresDialect } from './postgres-dialect.js';
import { openSession, POSTGRES_WAITS } from './postgres-pool.js';
import { loadedPostgres, refusal } from './postgres-store.js';
import { loadedSqlite, sqliteRefusal } from './sqlite-store.js';
import type { Tables } from './tables.js';

export interface OpenTables {
  readonly db: Kysely<Tables>;
  readonly kind: 'sqlite' | 'postgres';
  close(): Promise<void>;
}

async function openFile(path: string): Promise<OpenTables | { readonly failure: string }> {
  const driver = await loadedSqlite(() => import('better-sqlite3'));
  if ('failure' in driver) return driver;
  try {
    const database = new driver(path, { fileMustExist: true });
    // It is opened when it is read first.
    database.pragma('schema_version');
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
    return { db, kind: 'sqlite', close: () => db.destroy() };
  } catch (error) {
    return { failure: sqliteRefusal(path, error) };
  }
}

async function openServer(url: string): Promise<OpenTables | { readonly failure: string }> {
  const driver = await loadedPostgres(() => import('pg'));
  if ('failure' in driver) return driver;
  const db = new Kysely<Tables>({ dialect: new StorePostgresDialect({ pool: openSession(url, driver, POSTGRES_WAITS) }) });
  try {
    await sql`select 1`.execute(db);
    return { db, kind: 'postgres', close: () => db.destroy() };
  } catch (error) {
    await db.destroy();
    return { failure: refusal(url, error) };
  }
}

/** Opens a file of SQLite that is there, or the database of a URL. */
export function openTables(where: string): Promise<OpenTables | { readonly failure: string }> {
  return isPostgres(where) ? openServer(where) : openFile(where);
}

/** Reads as if nothing changed meanwhile; writers are not held up. */
export function atOneMoment<T>(db: Kysely<Tables>, read: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}

/** Names of the migrations that were run, in their order; none where it is no store. */
export async function migrationsIn(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
