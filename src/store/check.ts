/** @module Whether a store, or a backup of one, is whole: what its database says, what this version makes of it, and what rows say of each other. */
import { sql, type Kysely } from 'kysely';
import { chunksOf } from './backup.js';
import { BadDump, filledTables, rowsIn } from './dump.js';
import { migrationNames } from './migrations.js';
import { migrationsIn, openTables, type OpenTables } from './open-tables.js';
import type { Tables } from './tables.js';

export interface StoreCheck {
  /** Rows of each table that has some. */
  readonly rows: Readonly<Record<string, number>>;
  /** What is wrong, one line each. */
  readonly problems: readonly string[];
  /** What is worth knowing and not wrong. */
  readonly notes: readonly string[];
}

/** What must be nowhere: rows that another one is missing for. */
const ORPHANS: readonly { readonly what: string; readonly tables: readonly (keyof Tables)[]; readonly query: string }[] = [
  { what: 'versions of a submission that is not there', tables: ['versions', 'submissions'], query: 'select count(*) as n from versions where not exists (select 1 from submissions where submissions.key = versions.submission)' },
  { what: 'submissions whose newest version is not there', tables: ['versions', 'submissions'], query: 'select count(*) as n from submissions where not exists (select 1 from versions where versions.submission = submissions.key and versions.number = submissions.newest)' },
  { what: 'series of a thread without mails', tables: ['list_series', 'list_mails'], query: 'select count(*) as n from list_series where not exists (select 1 from list_mails where list_mails.thread = list_series.thread)' },
];

function reasonIn(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

async function countIn(db: Kysely<Tables>, query: string): Promise<number> {
  return Number((await sql<{ n: number }>`${sql.raw(query)}`.execute(db)).rows[0]?.n ?? 0);
}

/** What SQLite finds wrong with its own file. */
async function damageIn({ db, kind }: OpenTables): Promise<string[]> {
  if (kind === 'postgres') return [];
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(20)`.execute(db);
  return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok').map((line) => `the file is damaged: ${line}`);
}

/** What rows say of each other, and of this version. */
async function checkRows(db: Kysely<Tables>): Promise<StoreCheck> {
  const done = await migrationsIn(db);
  if (done.length === 0) return { rows: {}, problems: ['there are no tables of a store in it'], notes: [] };
  const problems = done.filter((name) => !migrationNames.includes(name)).map((name) => `a newer version of kcovet was here (${name}): use that one`);
  const there = new Set((await db.introspection.getTables()).map(({ name }) => name));
  for (const { what, query } of ORPHANS.filter((one) => one.tables.every((table) => there.has(table)))) {
    const n = await countIn(db, query);
    if (n > 0) problems.push(`${n} ${what}`);
  }
  const missing = migrationNames.filter((name) => !done.includes(name)).length;
  const unknown = await countIn(db, "select count(*) as n from claims where state = 'claimed'");
  const notes = [...(missing > 0 ? [`${missing} steps to this version are made when it is opened next`] : []), ...(unknown > 0 ? [`of ${unknown} posts nobody knows whether they arrived; who goes on with them looks first`] : [])];
  return { rows: Object.fromEntries((await filledTables(db)).map(({ table, rows }) => [table, rows])), problems, notes };
}

/** Checks a store while a server may work on it. */
export async function checkStore(where: string): Promise<StoreCheck | { readonly failure: string }> {
  const tables = await openTables(where);
  if ('failure' in tables) return tables;
  try {
    const damage = await damageIn(tables);
    return damage.length > 0 ? { rows: {}, problems: damage, notes: [] } : await checkRows(tables.db);
  } catch (error) {
    return { rows: {}, problems: [`it cannot be read (${reasonIn(error)})`], notes: [] };
  } finally {
    await tables.close();
  }
}

/** Checks a backup to its end. */
export async function checkBackup(file: string): Promise<StoreCheck> {
  const rows: Record<string, number> = {};
  try {
    for await (const { table } of rowsIn(chunksOf(file))) rows[table] = (rows[table] ?? 0) + 1;
    return { rows, problems: [], notes: [] };
  } catch (error) {
    return { rows, problems: [error instanceof BadDump ? error.message : `it cannot be read (${reasonIn(error)})`], notes: [] };
  }
}
