/** @module A store that is kept elsewhere and put back, from each database into each. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { backUp, restore } from '../../src/store/backup.js';
import { checkBackup, checkStore } from '../../src/store/check.js';
import { openStoreAt } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { newDatabase, noPostgres } from './postgres.js';
import { noSqlite } from './sqlite.js';

const folder = mkdtempSync(join(tmpdir(), 'kcovet-backup-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = (end: string): string => join(folder, `${files += 1}${end}`);

const places = [
  { name: 'SQLite', skipped: noSqlite, make: () => Promise.resolve(newFile('.sqlite')) },
  { name: 'Postgres', skipped: noPostgres, make: newDatabase },
] as const;

async function opened(where: string): Promise<Store> {
  const one = await openStoreAt(where);
  if ('failure' in one) throw new Error(one.failure);
  return one.store;
}

const awkward = `NUL \u0000, mark \u{f0000}, line \u2028 end, quote "`;

/** Something in each table, and more than one stretch of some. */
async function filled(where: string): Promise<void> {
  const store = await opened(where);
  await store.noteDelivery('d', 1);
  await store.claim({ key: 'c', pull: 'p', atMs: 1 });
  await store.saveFinding('p', { fingerprint: 'f', commentId: null, threadId: null, headSha: 'a', state: 'asked', note: awkward });
  await store.assume('p', { text: 'nmi=0', by: 'b', atMs: 1 });
  await store.saveReview('p', { headSha: 'a', baseSha: 'b', json: '{}', atMs: 1 });
  for (let i = 0; i < 60; i += 1) await store.jobs.add({ id: `j${i}`, kind: 'k', payload: { i }, priority: i % 3 }, i);
  await store.lists.keepMail({ messageId: 'm', raw: Buffer.from([0, 255, 10, 13, 34]), lists: ['l'], source: 's', atMs: 1, links: ['n'] }, { source: 's', text: '7' });
  await store.lists.settle('m', { series: [{ key: 'm', thread: 'm', version: 1, title: 't', author: 'a', changeId: '', digest: 'd', mails: ['m'], older: null, state: 'ready', reason: '', dueMs: 0, atMs: 1 }], gone: [] });
  await store.said.say({ series: 'm', kind: 'stop', what: '', note: '', by: 'a', mail: 'm', atMs: 1 });
  await store.said.optOut({ address: 'a@example.org', mail: 'm', atMs: 1 });
  await store.drafts.add({ kind: 'review', answers: 'm', series: 'm', subject: 's', from: 'k', mail: { raw: 'r', messageId: 'x', to: [] }, facts: { author: 'a', recipients: [], lists: [], paths: [], thread: [] }, lists: [], stage: 'list', state: 'waiting', why: '', dueMs: 0, atMs: 1, findings: [] });
  await store.submissions.begin({ submission: { key: 'p', origin: 'github', title: 't', author: 'a', where: 'w', isPrivate: true }, id: 'v', label: 'v', atMs: 1 });
  await store.audit.note({ act: 'posted', what: 'w', submission: 'p', by: 'b', atMs: 1 });
  await store.close();
}

/** All that a dump has but its head and end, which tell when it was made. */
const rowsOf = (file: string): string[] => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n').slice(1, -2);
};

for (const from of places) {
  for (const to of places) {
    describe.skipIf(from.skipped || to.skipped)(`from ${from.name} to ${to.name}${from.skipped || to.skipped ? ` (skipped: ${from.skipped || to.skipped})` : ''}`, () => {
      test.each(['.jsonl', '.jsonl.gz'])('as %s: the same rows, in the same order, and it goes on', async (end) => {
        const [source, target, first, second] = [await from.make(), await to.make(), newFile(end), newFile(end)];
        await filled(source);
        expect(await backUp(source, first, 5)).toEqual({ bytes: statSync(first).size });
        const rows = rowsOf(first);
        expect(await checkBackup(first)).toMatchObject({ problems: [], rows: { jobs: 60, list_mails: 1, versions: 1, audit: 1 } });
        expect(new Set(rows.map((line) => (JSON.parse(line) as { table: string }).table)).size).toBe(16);
        expect(await restore(target, first)).toEqual({ rows: rows.length });
        expect(await backUp(target, second, 6)).toHaveProperty('bytes');
        expect(rowsOf(second)).toEqual(rows);
        expect(statSync(first).mode & 0o777).toBe(0o600);
        expect(await checkStore(target)).toMatchObject({ problems: [], rows: { jobs: 60 } });
        const store = await opened(target);
        expect((await store.jobs.take(9))?.id).toBe('j0');
        await store.jobs.add({ id: 'later', kind: 'k', payload: null, priority: 0 }, 9);
        expect((await store.findings('p'))[0]?.note).toBe(awkward);
        expect((await store.lists.mail('m'))?.raw).toEqual(Buffer.from([0, 255, 10, 13, 34]));
        await store.close();
        // What is in it is not mixed with anything.
        expect(await restore(target, first)).toEqual({ failure: expect.stringContaining('there is something in it') as string });
      }, 60_000);
    });
  }
}

describe.skipIf(noSqlite)(`SQLite${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  test('a copy is a store, made while the store is open and written to, and goes into another one, too', async () => {
    const [source, copy, target] = [newFile('.sqlite'), newFile('.sqlite'), newFile('.sqlite')];
    await filled(source);
    const store = await opened(source);
    const [made] = await Promise.all([backUp(source, copy, 1), ...Array.from({ length: 50 }, (_, i) => store.noteDelivery(`while ${i}`, 1))]);
    expect(made).toHaveProperty('bytes');
    await store.noteDelivery('after', 1);
    await store.close();
    expect(await checkBackup(copy)).toMatchObject({ problems: [], rows: { jobs: 60 } });
    expect(await restore(target, copy)).toHaveProperty('rows');
    for (const one of [copy, target]) {
      const again = await opened(one);
      expect([await again.hasDelivery('d'), await again.hasDelivery('after')]).toEqual([true, false]);
      await again.close();
    }
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['that is cut off between two lines', (text) => text.split('\n').slice(0, 20).join('\n') + '\n', /it is cut off/u],
    ['that is cut off in a line', (text) => text.slice(0, 3000), /it is cut off/u],
    ['in which something was changed', (text) => text.replace('"kind":"k"', '"kind":"x"'), /its digest is another one/u],
    ['of a newer version', (text) => text.replace(/"migration":"[^"]+"/u, '"migration":"999-later"'), /a newer version of kcovet made it/u],
    ['with a table that no store has', (text) => text.replace('"table":"claims"', '"table":"kysely_migration"'), /line \d+ is of no table/u],
    ['that is something else', () => '{"schema":"kcovet/review@1"}\n', /it is no backup of a store/u],
    ['that is empty', () => '', /it is no backup of a store/u],
  ])('a backup %s is refused, and nothing of it is kept', async (_, spoil, words) => {
    const [source, file, spoilt, target] = [newFile('.sqlite'), newFile('.jsonl'), newFile('.jsonl'), newFile('.sqlite')];
    await filled(source);
    await backUp(source, file, 1);
    writeFileSync(spoilt, spoil(readFileSync(file, 'utf8')));
    expect((await checkBackup(spoilt)).problems[0]).toMatch(words);
    expect(await restore(target, spoilt)).toEqual({ failure: expect.stringMatching(words) as string });
    const store = await opened(target);
    expect([await store.hasDelivery('d'), (await store.jobs.counts()).waiting]).toEqual([false, 0]);
    await store.close();
  });

  test('a backup with gzip that is damaged is said to be so', async () => {
    const [source, file] = [newFile('.sqlite'), newFile('.jsonl.gz')];
    await filled(source);
    await backUp(source, file, 1);
    writeFileSync(file, readFileSync(file).subarray(0, 600));
    expect((await checkBackup(file)).problems).toEqual([expect.stringMatching(/it is damaged/u)]);
  });

  test('nothing that is no backup is written over, least of all the store', async () => {
    const source = newFile('.sqlite');
    await filled(source);
    const other = newFile('.yml');
    writeFileSync(other, 'port: 3000\n');
    expect(await backUp(source, source, 1)).toEqual({ failure: `${source}: is the store itself: give another file` });
    expect(await backUp(source, other, 1)).toEqual({ failure: `${other}: is no backup of a store: give a file that may be replaced` });
    expect(readFileSync(other, 'utf8')).toBe('port: 3000\n');
    expect(await backUp(source, join(folder, 'none', 'x.jsonl'), 1)).toEqual({ failure: expect.stringMatching(/the backup cannot be written \(ENOENT/u) as string });
  });

  test('a backup of an older version gets what came since', async () => {
    const [source, file, older, target] = [newFile('.sqlite'), newFile('.jsonl'), newFile('.jsonl'), newFile('.sqlite')];
    await filled(source);
    await backUp(source, file, 1);
    const { createHash } = await import('node:crypto');
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -2).filter((line) => !/"table":"(?:submissions|versions|audit)"/u.test(line))
      .map((line) => line.replace('"008-ages"', '"005-envelope-ids"').replace(/,"priority":\d/u, ''));
    const text = `${lines.join('\n')}\n`;
    writeFileSync(older, `${text}${JSON.stringify({ end: true, rows: lines.length - 1, sha256: createHash('sha256').update(text).digest('hex') })}\n`);
    expect(await restore(target, older)).toEqual({ rows: lines.length - 1 });
    const store = await opened(target);
    expect(await store.jobs.take(9)).toMatchObject({ id: 'j0', priority: 2 });
    await store.close();
  });

  test('a store that is not whole is said to be so', async () => {
    const [source, broken] = [newFile('.sqlite'), newFile('.sqlite')];
    await filled(source);
    const { default: Sqlite } = await import('better-sqlite3');
    const database = new Sqlite(source);
    database.exec('delete from versions');
    database.close();
    expect(await checkStore(source)).toMatchObject({ problems: ['1 submissions whose newest version is not there'], notes: ['of 1 posts nobody knows whether they arrived; who goes on with them looks first'] });
    const bytes = readFileSync(source);
    writeFileSync(broken, bytes.fill(0x5a, 8192, 16_384));
    expect(JSON.stringify(await checkStore(broken))).toMatch(/damaged|malformed/u);
  });
});
