/**
 * @module The store of several machines: Postgres, through pg. That is an optional dependency, so it is loaded here and nowhere else.
 * A pooler between must keep a session on one connection.
 */
import { Kysely, sql } from 'kysely';
import { KyselyStore } from './kysely-store.js';
import { migrate } from './migrate.js';
import { StorePostgresDialect } from './postgres-dialect.js';
import { openPool, openSession, POSTGRES_WAITS, type Driver, type LoadPostgres, type PostgresWaits } from './postgres-pool.js';
import type { OpenedStore } from './store.js';
import type { Tables } from './tables.js';
import type { Transact } from './transact.js';

/** What those who open a store wait for. */
const MIGRATIONS = 'kcovet migrations';

function reasonIn(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonIn)[0] ?? 'no answer';
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** The server and database that a URL names, without what nobody may read. */
export function nameOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `postgres://${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
  } catch {
    return 'DATABASE_URL';
  }
}

/** The driver, or why it cannot be loaded and the way out. */
export async function loadedPostgres(load: LoadPostgres): Promise<Driver | { readonly failure: string }> {
  try {
    return (await load()).default;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND');
    return { failure: `pg cannot be loaded (${isMissing ? 'it is not installed' : reasonIn(error)}): run npm install pg` };
  }
}

/** Why a database cannot be used, with the way out. */
export function refusal(url: string, error: unknown): string {
  return `${nameOf(url)}: cannot be used as the store (${reasonIn(error)}): give the URL of a database that answers, in which tables may be made, used by this version of kcovet or an older one`;
}

/** Steps under a name are done by one session at a time, until they end. */
function transactOn(db: Kysely<Tables>): Transact {
  return (what, steps) => db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${what}, 0))`.execute(transaction);
    return steps(transaction);
  });
}

/** Brings the tables up to date; of several who begin at once the others wait until the first is done. */
async function upToDate(url: string, driver: Driver, waits: PostgresWaits): Promise<void> {
  const db = new Kysely<Tables>({ dialect: new StorePostgresDialect({ pool: openSession(url, driver, waits) }) });
  try {
    await sql`select pg_advisory_lock(hashtextextended(${MIGRATIONS}, 0))`.execute(db);
    await migrate(db);
  } finally {
    // The lock ends with the session.
    await db.destroy();
  }
}

export interface PostgresOptions {
  readonly load?: LoadPostgres;
  readonly waits?: PostgresWaits;
}

/** Opens the store in a database, which has to be there, and brings its tables up to date. */
export async function openPostgresStore(url: string, { load = () => import('pg'), waits = POSTGRES_WAITS }: PostgresOptions = {}): Promise<OpenedStore> {
  const driver = await loadedPostgres(load);
  if ('failure' in driver) return driver;
  try {
    await upToDate(url, driver, waits);
    const db = new Kysely<Tables>({ dialect: new StorePostgresDialect({ pool: openPool(url, driver, waits) }) });
    return { store: new KyselyStore(db, transactOn(db)) };
  } catch (error) {
    return { failure: refusal(url, error) };
  }
}
