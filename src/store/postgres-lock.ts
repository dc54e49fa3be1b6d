/**
 * @module The jobs of a store in Postgres for one process alone, as lockStore() of ./sqlite-store.ts does it for a file. What the server
 * locks ends with the session; where the server was started anew the lock is taken again.
 */
import type Pg from 'pg';
import { connectionOf, type Driver, type LoadPostgres } from './postgres-pool.js';
import { loadedPostgres, nameOf, refusal } from './postgres-store.js';

/** "kcov": locks of others in the same database have other numbers. */
const CLASS = 0x6b636f76;
const WORK = 1;
/** Times to ask, since a session of a process that was killed may be there for a moment. */
const TRIES = 10;
const PAUSE_MS = 200;

export interface StoreLock {
  readonly release: () => void;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Who has the lock, in words. */
async function holderIn(client: Pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>("select application_name as name from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and classid = $1 and objid = $2 and granted", [CLASS, WORK]);
  const name = rows[0]?.name.replace(/[^\w .:-]/gu, '?').slice(0, 200) ?? '';
  return name === '' ? 'another process' : name;
}

/** A session that has the lock; or who has it. */
async function lockedSession(url: string, driver: Driver): Promise<Pg.Client | string> {
  const client = new driver.Client(connectionOf(url, driver));
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [CLASS, WORK]);
      if (rows[0]?.got === true) return client;
      await pause(PAUSE_MS);
    }
    const holder = await holderIn(client);
    await client.end();
    return holder;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}

/** Keeps the lock through restarts of the server, until it is released or somebody else got it. */
class KeptLock implements StoreLock {
  private released = false;
  private client: Pg.Client | null = null;

  constructor(private readonly taking: () => Promise<Pg.Client | string>, private readonly onLost: (holder: string) => void) {}

  keep(client: Pg.Client): this {
    this.client = client;
    client.once('end', () => void this.again());
    return this;
  }

  readonly release = (): void => {
    this.released = true;
    void this.client?.end().catch(() => undefined);
  };

  private async again(): Promise<void> {
    while (!this.released) {
      const got = await this.taking().catch(() => null);
      if (typeof got === 'string') return this.onLost(got);
      if (got === null) await pause(PAUSE_MS);
      else if (this.released) return void got.end().catch(() => undefined);
      else return void this.keep(got);
    }
  }
}

/**
 * Takes the jobs of a store for this process alone, until it ends or releases them. `onLost` is told when another process got them
 * while the server was away.
 */
export async function lockPostgresStore(url: string, onLost: (failure: string) => void, load: LoadPostgres = () => import('pg')): Promise<StoreLock | { readonly failure: string }> {
  const driver = await loadedPostgres(load);
  if ('failure' in driver) return driver;
  const failureOf = (holder: string): string => `${nameOf(url)}: another process works on this store (${holder}): end it first`;
  const taking = (): Promise<Pg.Client | string> => lockedSession(url, driver);
  try {
    const got = await taking();
    return typeof got === 'string' ? { failure: failureOf(got) } : new KeptLock(taking, (holder) => onLost(failureOf(holder))).keep(got);
  } catch (error) {
    return { failure: refusal(url, error) };
  }
}
