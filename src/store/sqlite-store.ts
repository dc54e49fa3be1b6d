/**
 * @module The embedded store: SQLite in one file, through better-sqlite3. That is an optional dependency, so it is loaded
 * here and nowhere else, and where it cannot be the reason says what to install.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type BetterSqlite from 'better-sqlite3';
import { CompiledQuery, Kysely, SqliteDialect, type Driver } from 'kysely';
import { KyselyStore } from './kysely-store.js';
import { migrate } from './migrate.js';
import type { OpenedStore } from './store.js';
import type { Tables } from './tables.js';

/** Milliseconds to wait for another process that writes. */
const BUSY_MS = 5000;

type Sqlite = typeof BetterSqlite;

/** Loads the driver; a test passes one that cannot be loaded. */
export type LoadSqlite = () => Promise<{ default: Sqlite }>;

function reasonIn(error: unknown): string {
  if (error instanceof Error && 'code' in error && (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND')) return 'it is not installed';
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** Why a file cannot be used, with the way out. */
export function sqliteRefusal(path: string, error: unknown): string {
  return `${path}: cannot be used as the store (${reasonIn(error)}): give a file that may be written, made by this version of kcovet or an older one`;
}

/** The driver, whole; or why it cannot be loaded and the way out. */
export async function loadedSqlite(load: LoadSqlite): Promise<Sqlite | { readonly failure: string }> {
  try {
    const driver = (await load()).default;
    // The package loads without its compiled part, which shows only when something is opened.
    new driver(':memory:').close();
    return driver;
  } catch (error) {
    return { failure: `better-sqlite3 cannot be loaded (${reasonIn(error)}): run npm install better-sqlite3; where it has to be compiled that needs python3, make and g++` };
  }
}

/** Transactions that write from their beginning on: one that reads first would fail where another process wrote in between. */
class WritingDialect extends SqliteDialect {
  override createDriver(): Driver {
    const driver = super.createDriver();
    driver.beginTransaction = async (connection) => void await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    return driver;
  }
}

/** Brings the tables up to date in one step, so that who dies in it leaves nothing half done, and of two the second waits. */
async function upToDate(db: Kysely<Tables>, database: InstanceType<Sqlite>): Promise<void> {
  database.exec('BEGIN IMMEDIATE');
  try {
    await migrate(db);
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Opens the store in a file, which is made if it is not there, and brings its tables up to date. `:memory:` is a store
 * that ends with the process.
 */
export async function openSqliteStore(path: string, load: LoadSqlite = () => import('better-sqlite3')): Promise<OpenedStore> {
  let database: InstanceType<Sqlite> | undefined;
  const driver = await loadedSqlite(load);
  if ('failure' in driver) return driver;
  try {
    database = new driver(path, { timeout: BUSY_MS });
    database.pragma('journal_mode = WAL');
    // A claim must be on disk before what it claims is sent.
    database.pragma('synchronous = FULL');
    const db = new Kysely<Tables>({ dialect: new WritingDialect({ database }) });
    await upToDate(db, database);
    return { store: new KyselyStore(db, (_, steps) => db.transaction().execute(steps)) };
  } catch (error) {
    database?.close();
    return { failure: sqliteRefusal(path, error) };
  }
}

/** Where it stands which process has the lock: for whoever is refused. */
function holderFile(path: string): string {
  return `${path}.lock.pid`;
}

/** The process that has the lock, in words. */
function holderOf(path: string): string {
  try {
    return readFileSync(holderFile(path), 'utf8').trim().replace(/[^\w .:-]/gu, '?').slice(0, 200);
  } catch {
    return 'another process';
  }
}

/**
 * Takes the jobs of a store for this process alone, until it ends or releases them: two would take each other's for those of a
 * dead process. What the system locks ends with the process, whatever kills it.
 */
export async function lockStore(path: string, load: LoadSqlite = () => import('better-sqlite3')): Promise<{ readonly release: () => void } | { readonly failure: string }> {
  let database: InstanceType<Sqlite> | undefined;
  if (path === ':memory:') return { release: () => undefined };
  const driver = await loadedSqlite(load);
  if ('failure' in driver) return driver;
  try {
    database = new driver(`${path}.lock`, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    writeFileSync(holderFile(path), `process ${process.pid} on ${hostname()}\n`);
    const held = database;
    return { release: () => void held.close() };
  } catch (error) {
    database?.close();
    const isBusy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
    return { failure: isBusy ? `${path}: another process works on this store (${holderOf(path)}): end it first` : `${path}: cannot be used as the store (${path}.lock: ${reasonIn(error)}): give a folder that may be written` };
  }
}
