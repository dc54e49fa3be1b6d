import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { noSqlite, openStore } from '../store/sqlite.js';
import { kcovet } from './fake-io.js';

const folder = mkdtempSync(join(tmpdir(), 'kcovet-store-command-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

describe.skipIf(noSqlite)(`kcovet store${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  test('backs up, checks, restores and prunes the store of the data folder', async () => {
    const [data, copy] = [{ KCOVET_DATA: at('data') }, { KCOVET_DATA: at('copy') }];
    const { mkdirSync } = await import('node:fs');
    mkdirSync(at('data'));
    const store = await openStore(at('data/kcovet.sqlite'));
    await store.noteDelivery('one', 1);
    await store.noteDelivery('two', Date.now() - 5000);
    await store.claim({ key: 'k', pull: 'p', atMs: 1 });
    expect(await kcovet(['store', 'backup', at('b.jsonl.gz')], { env: data })).toMatchObject({ status: 0, stdout: expect.stringMatching(/b\.jsonl\.gz: \d+ bytes\n$/u) as string });
    await store.close();
    expect(await kcovet(['store', 'check', at('b.jsonl.gz')], { env: {} })).toMatchObject({ status: 0, stdout: `${at('b.jsonl.gz')}: sound\n          2  deliveries\n          1  claims\n` });
    expect(await kcovet(['store', 'restore', at('b.jsonl.gz')], { env: copy })).toMatchObject({ status: 0, stdout: `${at('copy/kcovet.sqlite')}: 3 rows\n` });
    expect(await kcovet(['store', 'restore', at('b.jsonl.gz')], { env: copy })).toMatchObject({ status: 2, stderr: expect.stringMatching(/^kcovet: store: .+: there is something in it: .+\n$/u) as string });
    expect(await kcovet(['store', 'prune'], { env: copy })).toMatchObject({ status: 0, stdout: '1 deliveries, 0 jobs, 0 reviews, 0 threads, 0 drafts, 0 audit\n' });
    writeFileSync(at('kcovet.yml'), 'retention: {deliveries: 1.second}\n');
    expect((await kcovet(['store', 'prune', '--config', at('kcovet.yml')], { env: copy })).stdout).toMatch(/^1 deliveries, /u);
    const { stdout } = await kcovet(['store', 'check', '--format', 'json'], { env: copy });
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'kcovet/store-check@1', rows: { claims: 1 }, problems: [], notes: [expect.stringMatching(/^of 1 posts/u)] });
  });

  test.each([
    [['store', 'backup', 'x.jsonl'], /none\/kcovet\.sqlite: there is no store: name its folder with KCOVET_DATA, or a database with DATABASE_URL/u],
    [['store', 'check'], /there is no store/u],
    [['store', 'prune'], /there is no store/u],
    [['store', 'restore', at('none.jsonl')], /none\.jsonl: there is no such file/u],
    [['store', 'check', at('none.jsonl')], /none\.jsonl: there is no such file/u],
    [['store', 'check', at('text')], /text: it is no backup of a store: take another backup/u],
    [['store', 'restore', at('text')], /text: cannot be restored \(it is no backup of a store\); nothing was changed: give another backup/u],
    [['store', 'forget'], /unknown command/u],
  ])('says what is wrong with %j', async (args, words) => {
    writeFileSync(at('text'), 'text');
    const { status, stderr } = await kcovet(args, { env: { KCOVET_DATA: at('none') } });
    rmSync(at('none'), { recursive: true, force: true });
    expect([status, stderr]).toEqual([2, expect.stringMatching(words) as string]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync('x.jsonl')).toBe(false);
  });

  test('a database that does not answer is said in a line, without its password', async () => {
    const { status, stderr } = await kcovet(['store', 'check'], { env: { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/db' } });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^kcovet: store: postgres:\/\/127\.0\.0\.1:1\/db: cannot be used as the store \(connect ECONNREFUSED .+\n$/u) as string]);
    expect(stderr).not.toContain('secret');
  }, 30_000);
});
