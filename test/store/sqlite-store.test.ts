import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite-store.js';
import { noSqlite, openStore } from './sqlite.js';

const folder = mkdtempSync(join(tmpdir(), 'kcovet-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(noSqlite)(`SQLite${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  test('keeps everything in its file for the next process, in WAL mode', async () => {
    const path = join(folder, 'kept.db');
    const first = await openStore(path);
    await first.claim({ key: 'k', pull: 'p', atMs: 1 });
    await first.jobs.add({ id: 'j', kind: 'k', payload: { a: [1] } }, 1);
    await first.close();
    const second = await openStore(path);
    expect(await second.claim({ key: 'k', pull: 'p', atMs: 2 })).toMatchObject({ fresh: false, atMs: 1 });
    expect((await second.jobs.find('j'))?.payload).toEqual({ a: [1] });
    await second.close();
    // Bytes 18 and 19 of the header: 2 is WAL (sqlite.org/fileformat.html, 1.3.1).
    expect([...readFileSync(path).subarray(18, 20)]).toEqual([2, 2]);
  });

  test('a migration that fails, or whose process dies, leaves nothing behind', async () => {
    const path = join(folder, 'half.db');
    const { default: Sqlite } = await import('better-sqlite3');
    const tables = (): unknown[] => {
      const database = new Sqlite(path);
      // In the way of a later migration.
      database.exec('create table if not exists drafts (id text)');
      const rows = database.prepare("select name from sqlite_master where type = 'table'").all();
      database.close();
      return rows;
    };
    tables();
    expect(await openSqliteStore(path)).toEqual({ failure: expect.stringMatching(/table "drafts" already exists/u) as string });
    expect(tables()).toEqual([{ name: 'drafts' }]);
  });

  test.each([
    ['a folder that is not there', join(folder, 'none', 'x.db')],
    ['a file that is no database', join(folder, 'text.db')],
  ])('says what is wrong with %s, and what to do', async (_, path) => {
    if (path.endsWith('text.db')) writeFileSync(path, 'no database, but long enough to be taken for one'.repeat(100));
    const opened = await openSqliteStore(path);
    expect(opened).toEqual({ failure: expect.stringMatching(/cannot be used as the store \(.+\): give a file/u) as string });
    expect('failure' in opened && opened.failure.startsWith(path)).toBe(true);
  });
});

test.each([
  [new Error('Could not locate the bindings file.\nTried: many places'), 'Could not locate the bindings file.'],
  [Object.assign(new Error("Cannot find package 'better-sqlite3' imported from /a/b.js"), { code: 'ERR_MODULE_NOT_FOUND' }), 'it is not installed'],
])('where better-sqlite3 cannot be loaded the reason says what to install: %s', async (error, why) => {
  const opened = await openSqliteStore(':memory:', () => Promise.reject(error));
  expect(opened).toEqual({ failure: `better-sqlite3 cannot be loaded (${why}): run npm install better-sqlite3; where it has to be compiled that needs python3, make and g++` });
});

test('nothing but the service loads SQLite: the command line reviews without it', () => {
  const loads = /(?:from|import\() ?'(?:better-sqlite3|kysely|pg)'/u;
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    // What is imported for its types is not there when it runs.
    const text = readFileSync(path, 'utf8').replace(/^import type [^;]+;$/gmu, '');
    expect(loads.test(text) ? path : '').toBe('');
    for (const [, next = ''] of text.matchAll(/from '(\.[^']+)\.js'/gu)) visit(join(path, '..', `${next}.ts`));
  };
  visit('src/main.ts');
  expect(reached.size).toBeGreaterThan(20);
});
