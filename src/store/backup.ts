/**
 * @module A store in a file that is kept elsewhere: lines of JSON (./dump.ts), also with gzip, which go into any database again; or a copy
 * of a store in SQLite, which is one itself. Both are made while a server works on the store.
 */
import { chmodSync, closeSync, createReadStream, createWriteStream, existsSync, openSync, readSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { BadDump, DUMP_SCHEMA, dumpLines, fill, filledTables } from './dump.js';
import { isPostgres, lockStoreAt, openStoreAt, storeName } from './open-store.js';
import { atOneMoment, openTables } from './open-tables.js';
import { loadedSqlite } from './sqlite-store.js';

/** What became of it, or why nothing did and the way out, in one line. */
export type Outcome<T> = T | { readonly failure: string };

/** What a file is by its beginning; null where it is nothing of ours. */
export type BackupKind = 'lines' | 'gzip' | 'sqlite';

const BEGINNINGS: readonly (readonly [BackupKind, Buffer])[] = [
  ['lines', Buffer.from(`{"schema":"${DUMP_SCHEMA}"`)], ['gzip', Buffer.from([0x1f, 0x8b])], ['sqlite', Buffer.from('SQLite format 3\0')],
];

function reasonIn(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** What a file is; what is no file, such as a pipe, is taken for lines. */
export function kindOf(file: string): BackupKind | null {
  if (!statSync(file).isFile()) return 'lines';
  const handle = openSync(file, 'r');
  try {
    const begin = Buffer.alloc(32);
    const length = readSync(handle, begin, 0, begin.length, 0);
    return BEGINNINGS.find(([, mark]) => begin.subarray(0, length).indexOf(mark) === 0)?.[0] ?? null;
  } finally {
    closeSync(handle);
  }
}

/** Why a backup may not be written there; null where it may. */
function objection(where: string, file: string): string | null {
  if (!existsSync(file)) return null;
  if (!isPostgres(where) && existsSync(where) && realpathSync(where) === realpathSync(file)) return `${file}: is the store itself: give another file`;
  return kindOf(file) === null && statSync(file).size > 0 ? `${file}: is no backup of a store: give a file that may be replaced` : null;
}

/** Writes a file whole or not at all, for its owner alone; a pipe as it comes. */
async function written(file: string, write: (path: string) => Promise<void>): Promise<void> {
  if (existsSync(file) && !statSync(file).isFile()) return write(file);
  const part = `${file}.part`;
  try {
    writeFileSync(part, '', { mode: 0o600 });
    chmodSync(part, 0o600);
    await write(part);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

async function copySqlite(where: string, file: string): Promise<void> {
  const driver = await loadedSqlite(() => import('better-sqlite3'));
  if ('failure' in driver) throw new Error(driver.failure);
  const database = new driver(where, { fileMustExist: true });
  try {
    // In one go: what another process writes in between would have it begin again.
    await database.backup(file, { progress: () => 0x7fff_ffff });
  } finally {
    database.close();
  }
  // One file that can be read where nothing may be written.
  const copy = new driver(file);
  copy.pragma('journal_mode = DELETE');
  copy.close();
}

/** Writes a store to a file: a copy of SQLite where its name ends so, lines otherwise. */
export async function backUp(where: string, file: string, nowMs: number): Promise<Outcome<{ readonly bytes: number }>> {
  const isCopy = /\.(?:sqlite3?|db)$/u.test(file);
  if (isCopy && isPostgres(where)) return { failure: `${file}: a store in Postgres is written as lines: give a name such as kcovet.jsonl.gz` };
  const tables = await openTables(where);
  if ('failure' in tables) return tables;
  try {
    const problem = objection(where, file);
    if (problem !== null) return { failure: problem };
    await written(file, async (path) => {
      if (isCopy) return copySqlite(where, path);
      const pack: Transform[] = file.endsWith('.gz') ? [createGzip()] : [];
      await atOneMoment(tables.db, (db) => pipeline([Readable.from(dumpLines(db, nowMs)), ...pack, createWriteStream(path, { flush: true, mode: 0o600 })]));
    });
    return { bytes: statSync(file).size };
  } catch (error) {
    return { failure: `${file}: the backup cannot be written (${reasonIn(error)}): give a file in a folder that may be written, with room for it` };
  } finally {
    await tables.close();
  }
}

/** A file as it was before gzip; a failure of either is one of the whole. */
function gunzipped(file: string): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip();
  return createReadStream(file).on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
}

/** A store in a file of SQLite as lines, at one moment. */
async function* linesOfStore(file: string): AsyncGenerator<Uint8Array> {
  const tables = await openTables(file);
  if ('failure' in tables) throw new BadDump(tables.failure);
  const moment = await tables.db.startTransaction().execute();
  try {
    for await (const line of dumpLines(moment, 0)) yield Buffer.from(line);
  } finally {
    await moment.rollback().execute();
    await tables.close();
  }
}

/** The lines of a backup, whatever it is; throws BadDump where it is none, or damaged. */
export async function* chunksOf(file: string): AsyncGenerator<Uint8Array> {
  const kind = kindOf(file);
  if (kind === null) throw new BadDump('it is no backup of a store');
  try {
    if (kind === 'sqlite') yield* linesOfStore(file);
    else yield* kind === 'gzip' ? gunzipped(file) : createReadStream(file) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) throw new BadDump(`it is damaged: ${error.message}`);
    throw error;
  }
}

/** Puts a backup into a store that is empty or not there yet; the rows that it has. */
export async function restore(where: string, file: string): Promise<Outcome<{ readonly rows: number }>> {
  const lock = await lockStoreAt(where, () => undefined);
  if ('failure' in lock) return lock;
  try {
    const opened = await openStoreAt(where);
    if ('failure' in opened) return opened;
    await opened.store.close();
    return await restoreInto(where, file);
  } finally {
    lock.release();
  }
}

async function restoreInto(where: string, file: string): Promise<Outcome<{ readonly rows: number }>> {
  const tables = await openTables(where);
  if ('failure' in tables) return tables;
  try {
    if ((await filledTables(tables.db)).length > 0) return { failure: `${storeName(where)}: there is something in it: a backup goes into an empty store, so give another one, or move this one away` };
    return { rows: await tables.db.transaction().execute((db) => fill(db, { kind: tables.kind, chunks: chunksOf(file) })) };
  } catch (error) {
    return { failure: `${file}: cannot be restored (${reasonIn(error)}); nothing was changed: ${error instanceof BadDump ? 'give another backup' : 'see that the file may be read, and that the store has room'}` };
  } finally {
    await tables.close();
  }
}
