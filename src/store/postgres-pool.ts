/**
 * @module Connections to Postgres as the store uses them: every wait has a limit, a server that is started anew is waited for, and a
 * connection that broke is not used again.
 */
import { hostname } from 'node:os';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type Pg from 'pg';
import { fromPostgres, toPostgres } from './postgres-text.js';

/** Connections of one process. */
const CONNECTIONS_MAX = 10;
/** How long a transaction may do nothing. */
const IDLE_STEP_MS = 60_000;
const PAUSE_MS = 200;
/** For connections to end when the store is closed. */
const CLOSE_MS = 2_000;

const INT8 = 20;
const NUMERIC = 1700;

/** How long is waited for what; milliseconds. */
export interface PostgresWaits {
  /** For a connection, also to become free. */
  readonly connectMs: number;
  /** For one statement, told to the server. */
  readonly statementMs: number;
  /** For the answer of a server that does not keep to that. */
  readonly answerMs: number;
  /** For a server that refuses connections, which is asked again. */
  readonly patienceMs: number;
}

export const POSTGRES_WAITS: PostgresWaits = { connectMs: 5_000, statementMs: 20_000, answerMs: 25_000, patienceMs: 5_000 };

export type Driver = typeof Pg;

/** Loads the driver; a test passes one that cannot be loaded. */
export type LoadPostgres = () => Promise<{ default: Driver }>;

/** What all connections of a store have in common. */
export function connectionOf(url: string, { types }: Driver, connectMs = POSTGRES_WAITS.connectMs): Pg.ClientConfig {
  return {
    connectionString: url, connectionTimeoutMillis: connectMs, keepAlive: true, application_name: `kcovet ${hostname()}:${process.pid}`,
    types: { getTypeParser: (id: number, format?: 'text' | 'binary') => (id === INT8 || id === NUMERIC ? Number : types.getTypeParser(id, format as 'text')) as (value: string) => unknown },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Whether a server that is being started says so, or nothing listens where it will. */
function isStarting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P03', '57P01'].includes(String(error.code));
}

/** Whether the server did not answer in time: it would not answer another connection, either. */
function isLate(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Whether it is the server that says no, with a code of its own (SQLSTATE). */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^[0-9A-Z]{5}$/u.test(String(error.code)) && error.code !== 'EPIPE';
}

/** Asks again for a while where the server is only being started. */
async function patiently<T>(patienceMs: number, ask: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isStarting(error) || performance.now() > untilMs) throw error;
      await pause(PAUSE_MS);
    }
  }
}

/** Whether a statement that failed did nothing, so that it may be given to another connection. */
function didNothing(text: string, error: unknown): boolean {
  return /^(?:begin|select)\b/iu.test(text) ? !isAnswer(error) || isStarting(error) : isAnswer(error) && isStarting(error);
}

/** One connection, for as long as it is taken; another one in its place where it turns out to be of a server that is gone. */
class Taken {
  private broken: Error | undefined;
  private isFirst = true;

  constructor(private client: Pg.PoolClient, private readonly next: () => Promise<Pg.PoolClient>) {}

  readonly query = async (text: string, parameters: readonly unknown[]): Promise<unknown> => {
    // Each connection that is kept may be one to a server that is gone.
    let left = this.isFirst ? CONNECTIONS_MAX : 0;
    this.isFirst = false;
    for (;;) {
      try {
        return await this.ask(text, parameters);
      } catch (error) {
        if (left === 0 || isLate(error) || !didNothing(text, error)) throw error;
        left -= 1;
        this.client.release(this.broken ?? true);
        this.client = await this.next();
        this.broken = undefined;
      }
    }
  };

  readonly release = (): void => this.client.release(this.broken);

  private async ask(text: string, parameters: readonly unknown[]): Promise<unknown> {
    if (this.broken) throw this.broken;
    try {
      const { command, rowCount, rows } = await this.client.query<Record<string, unknown>>(text, toPostgres(parameters));
      return { command, rowCount: rowCount ?? 0, rows: rows.map(fromPostgres) };
    } catch (error) {
      if (!isAnswer(error)) this.broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }
}

/** Connections for a store that is open. */
export function openPool(url: string, driver: Driver, waits: PostgresWaits): PostgresPool {
  const { connectMs, statementMs, answerMs } = waits;
  return poolOf(new driver.Pool({
    ...connectionOf(url, driver, connectMs), max: CONNECTIONS_MAX, statement_timeout: statementMs, query_timeout: answerMs, idle_in_transaction_session_timeout: IDLE_STEP_MS,
  }), waits);
}

/** One connection, for statements that take as long as they take. */
export function openSession(url: string, driver: Driver, waits: PostgresWaits): PostgresPool {
  return poolOf(new driver.Pool({ ...connectionOf(url, driver, waits.connectMs), max: 1, idleTimeoutMillis: 0 }), waits);
}

function poolOf(pool: Pg.Pool, { patienceMs }: PostgresWaits): PostgresPool {
  // A connection that ends while nobody waits for it says so as an event, which would end the process: the next one is opened then.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    connect: async () => {
      const next = (): Promise<Pg.PoolClient> => patiently(patienceMs, () => pool.connect());
      return new Taken(await next(), next) as unknown as PostgresPoolClient;
    },
    end: () => Promise.race([pool.end(), pause(CLOSE_MS)]),
  };
}
