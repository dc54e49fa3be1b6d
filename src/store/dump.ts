/**
 * @module A store as lines of JSON, the same for any database: a head, each row, and an end that counts and has the digest of what is
 * before it. Rows keep their order and their numbers, so that nothing is newer or older afterwards.
 */
import { createHash } from 'node:crypto';
import { sql, type Kysely, type SelectQueryBuilder, type Transaction } from 'kysely';
import { migrationNames } from './migrations.js';
import { migrationsIn } from './open-tables.js';
import type { Tables } from './tables.js';

export const DUMP_SCHEMA = 'kcovet/store@1';
/** Rows that are read and written at a time. */
const ROWS = 50;
/** Bytes of a row, as text. */
const LINE_MAX = 512 * 1024 * 1024;

type Table = keyof Tables;
type Row = Record<string, unknown>;

/** What rows of each table are told apart and ordered by. */
const KEYS: { readonly [T in Table]: readonly (keyof Tables[T] & string)[] } = {
  deliveries: ['id'], claims: ['key'], findings: ['pull', 'fingerprint'], assumptions: ['seq'], reviews: ['seq'], jobs: ['seq'], list_cursors: ['source'], list_mails: ['seq'],
  list_links: ['seq'], list_series: ['key'], drafts: ['seq'], list_said: ['seq'], list_opt_outs: ['address'], submissions: ['seq'], versions: ['submission', 'id'], audit: ['seq'],
};
export const TABLES = Object.keys(KEYS) as Table[];

/** Rows of a table in the order of its key, a stretch at a time. */
async function* rowsOf(db: Kysely<Tables>, table: Table): AsyncGenerator<Row> {
  const keys: readonly string[] = KEYS[table];
  const refs = sql.join(keys.map((key) => sql.ref(key)));
  for (let last: Row | undefined; ;) {
    let query = db.selectFrom(table).selectAll().limit(ROWS) as unknown as SelectQueryBuilder<Tables, Table, Row>;
    for (const key of keys) query = query.orderBy(sql.ref(key));
    const from = last;
    if (from) query = query.where(sql<boolean>`(${refs}) > (${sql.join(keys.map((key) => from[key]))})`);
    const rows = await query.execute();
    yield* rows;
    last = rows.at(-1);
    if (rows.length < ROWS) return;
  }
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** A row whose bytes are text. */
function packed(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value]));
}

function unpacked(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'object' && value !== null && 'base64' in value ? Buffer.from(String(value.base64), 'base64') : value]));
}

/** A store as lines, each with its end. To be read at one moment. */
export async function* dumpLines(db: Kysely<Tables>, atMs: number): AsyncGenerator<string> {
  const there = new Set((await db.introspection.getTables()).map(({ name }) => name));
  const digest = createHash('sha256');
  const told = (line: string): string => {
    digest.update(line);
    return line;
  };
  yield told(lineOf({ schema: DUMP_SCHEMA, migration: (await migrationsIn(db)).at(-1) ?? '', at: new Date(atMs).toISOString() }));
  let rows = 0;
  for (const table of TABLES.filter((one) => there.has(one))) {
    for await (const row of rowsOf(db, table)) {
      rows += 1;
      yield told(lineOf({ table, row: packed(row) }));
    }
  }
  yield lineOf({ end: true, rows, sha256: digest.digest('hex') });
}

/** Why a dump cannot be read. */
export class BadDump extends Error {}

/** Lines of a stream, without their ends. */
async function* linesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, at)]);
      rest = [];
      size = 0;
      from = at + 1;
    }
    rest.push(Buffer.from(chunk.subarray(from)));
    size += chunk.length - from;
    if (size > LINE_MAX) throw new BadDump('a line in it is too long');
  }
  if (size > 0) throw new BadDump('it is cut off');
}

function parsed(line: Buffer, n: number): Row {
  try {
    return JSON.parse(line.toString('utf8')) as Row;
  } catch {
    throw new BadDump(`line ${n} is no JSON`);
  }
}

function checkHead({ schema, migration }: Row): void {
  if (schema !== DUMP_SCHEMA) throw new BadDump('it does not begin as a backup of a store');
  if (migration !== '' && !migrationNames.includes(String(migration))) throw new BadDump('a newer version of kcovet made it');
}

/** Rows of a dump, each with its table; throws BadDump where it is not whole, at its end at the latest. */
export async function* rowsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<{ readonly table: Table; readonly row: Row }> {
  const digest = createHash('sha256');
  let n = 0;
  let isEnded = false;
  for await (const line of linesIn(chunks)) {
    n += 1;
    if (isEnded) throw new BadDump('there is something after its end');
    const value = parsed(line, n);
    if (value['end'] === true) {
      isEnded = true;
      if (value['rows'] !== n - 2 || value['sha256'] !== digest.digest('hex')) throw new BadDump('its digest is another one: it was changed, or damaged');
      continue;
    }
    digest.update(line).update('\n');
    if (n === 1) checkHead(value);
    else if (!TABLES.includes(value['table'] as Table)) throw new BadDump(`line ${n} is of no table of a store`);
    else yield { table: value['table'] as Table, row: unpacked(value['row'] as Row) };
  }
  if (!isEnded) throw new BadDump(n === 0 ? 'it is empty' : 'it is cut off');
}

/** Puts all rows of a dump into a store without any, up to date; how many. */
export async function fill(db: Transaction<Tables>, { kind, chunks }: { readonly kind: 'sqlite' | 'postgres'; readonly chunks: AsyncIterable<Uint8Array> }): Promise<number> {
  let count = 0;
  let batch: Row[] = [];
  let of: Table = 'deliveries';
  const put = async (): Promise<void> => {
    if (batch.length > 0) await db.insertInto(of).values(batch as never).execute();
    batch = [];
  };
  for await (const { table, row } of rowsIn(chunks)) {
    if (table !== of || batch.length >= ROWS) await put();
    of = table;
    batch.push(row);
    count += 1;
  }
  await put();
  if (kind === 'postgres') await countOn(db);
  return count;
}

/** Numbers that Postgres gives go on after those that are there. */
async function countOn(db: Transaction<Tables>): Promise<void> {
  for (const table of TABLES.filter((one) => (KEYS[one] as readonly string[]).includes('seq'))) {
    await sql`select setval(pg_get_serial_sequence(${`"${table}"`}, 'seq'), coalesce(max(seq), 1), max(seq) is not null) from ${sql.table(table)}`.execute(db);
  }
}

/** Tables with rows in them. */
export async function filledTables(db: Kysely<Tables>): Promise<{ readonly table: Table; readonly rows: number }[]> {
  const there = new Set((await db.introspection.getTables()).map(({ name }) => name));
  const found: { table: Table; rows: number }[] = [];
  for (const table of TABLES.filter((one) => there.has(one))) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
    found.push({ table, rows: Number(rows[0]?.n ?? 0) });
  }
  return found.filter(({ rows }) => rows > 0);
}
