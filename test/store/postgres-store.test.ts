/** @module What is so of the store in Postgres alone: processes side by side, and a server that fails. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockPostgresStore } from '../../src/store/postgres-lock.js';
import { openPostgresStore } from '../../src/store/postgres-store.js';
import type { NewDraft } from '../../src/lists/draft.js';
import type { Store } from '../../src/store/store.js';
import { ask, newDatabase, noPostgres, openPostgres } from './postgres.js';
import { TcpProxy } from './tcp-proxy.js';

const waits = { connectMs: 1000, statementMs: 400, answerMs: 600, patienceMs: 3000 };
const noLoss = (): never => { throw new Error('the lock was lost'); };

describe.skipIf(noPostgres)(`Postgres${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  test('who opens a new store at once with others finds it whole', async () => {
    const url = await newDatabase();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgres(url)));
    const added = await Promise.all(stores.map((store) => store.noteDelivery('one', 1)));
    expect(added.filter(Boolean)).toHaveLength(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('what two processes do at once is done as if one after the other', async () => {
    const url = await newDatabase();
    const stores = [await openPostgres(url), await openPostgres(url)] as const;
    const both = <T>(does: (store: Store, i: number) => Promise<T>): Promise<T[]> => Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((i) => does(stores[i % 2 === 0 ? 0 : 1], i)));
    expect((await both((store) => store.claim({ key: 'k', pull: 'p', atMs: 1 }))).filter(({ fresh }) => fresh)).toHaveLength(1);
    await both((store, i) => store.saveReview('p', { headSha: 'a', baseSha: 'b', json: `${i}`, atMs: i }));
    await both((store, i) => store.jobs.add({ id: `j${i}`, kind: 'k', payload: null, replaces: 'r' }, i));
    expect(await stores[0].jobs.counts()).toMatchObject({ waiting: 1, superseded: 7 });
    await both((store, i) => store.lists.keepMail({ messageId: `m${i}`, raw: Buffer.from('x'), lists: [], source: 's', atMs: i, links: [`m${i - 1}`, `m${i + 1}`] }, null));
    expect(await stores[0].lists.unsettledThreads(10)).toHaveLength(1);
    await both((store, i) => store.drafts.add(draft(i)));
    const ids = (await stores[0].drafts.inStates(['approved'], 10)).map(({ id }) => id);
    const claims = await both((store, i) => store.drafts.claim(ids[i] ?? '', { from: 'approved', by: 'x', nowMs: 1, caps: { lists: {}, author: 3, thread: 9 } }));
    expect(claims.filter(({ claimed }) => claimed)).toHaveLength(3);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('its jobs are for one process alone, until that ends', async () => {
    const url = await newDatabase();
    const first = await lockPostgresStore(url, noLoss);
    expect(await lockPostgresStore(url, noLoss)).toEqual({ failure: expect.stringMatching(/^postgres:\/\/[^@]+: another process works on this store \(kcovet .+:\d+\): end it first$/u) as string });
    if ('release' in first) first.release();
    const second = await lockPostgresStore(url, noLoss);
    expect(second).toHaveProperty('release');
    if ('release' in second) second.release();
  });

  test('a lock outlives a restart, unless somebody else was faster', async () => {
    const url = await newDatabase();
    const proxy = await TcpProxy.before(url);
    let tell = (_: string): void => undefined;
    const lost = new Promise<string>((resolve) => { tell = resolve; });
    const lock = await lockPostgresStore(proxy.url, (failure) => tell(failure));
    const holders = (): Promise<unknown[]> => ask(url, "select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())");
    await proxy.stop();
    while ((await holders()).length > 0);
    await proxy.start();
    while ((await holders()).length === 0);
    await proxy.stop();
    const other = await lockPostgresStore(url, noLoss);
    await proxy.start();
    expect(await lost).toMatch(/another process works on this store/u);
    for (const one of [lock, other]) if ('release' in one) one.release();
    await proxy.stop();
  });

  describe('a server that fails', () => {
    let proxy: TcpProxy;
    let store: Store;
    beforeEach(async () => {
      proxy = await TcpProxy.before(await newDatabase());
      const opened = await openPostgresStore(proxy.url, { waits });
      if ('failure' in opened) throw new Error(opened.failure);
      ({ store } = opened);
    });
    afterEach(async () => {
      await store.close();
      await proxy.stop();
    });

    test('and comes back is waited for; who is in the middle of something is told', async () => {
      await store.noteDelivery('one', 1);
      await proxy.stop();
      const asked = store.hasDelivery('one');
      await proxy.start();
      expect(await asked).toBe(true);
      const many = Array.from({ length: 20 }, (_, i) => store.claim({ key: `${i}`, pull: 'p', atMs: 1 }).then(() => 'kept', () => 'told'));
      await proxy.stop();
      await proxy.start();
      for (const [i, end] of (await Promise.all(many)).entries()) {
        if (end === 'kept') expect(await store.claim({ key: `${i}`, pull: 'p', atMs: 2 })).toMatchObject({ fresh: false });
      }
      expect(await store.noteDelivery('two', 1)).toBe(true);
    });

    test('and says nothing is not waited for any longer than is allowed, and not asked again on the same connection', async () => {
      await store.noteDelivery('one', 1);
      proxy.hush();
      const began = performance.now();
      await expect(store.hasDelivery('one')).rejects.toThrow(/timeout/u);
      await expect(store.claim({ key: 'k', pull: 'p', atMs: 1 })).rejects.toThrow(/timeout/u);
      expect(performance.now() - began).toBeLessThan(15_000);
      await proxy.stop();
      await proxy.start();
      expect(await store.hasDelivery('one')).toBe(true);
      expect(await store.claim({ key: 'k', pull: 'p', atMs: 1 })).toMatchObject({ fresh: true });
    });

    test('and ends all sessions does not end the process', async () => {
      const held = store.claim({ key: 'a', pull: 'p', atMs: 1 });
      await held;
      await ask(proxy.url, 'select pg_terminate_backend(pid) from pg_stat_activity where pid != pg_backend_pid() and datname = current_database()');
      expect(await store.noteDelivery('one', 1)).toBe(true);
    });
  });

  test.each([
    ['a server that is not there', 'postgres://u:secret@127.0.0.1:1/db', /^postgres:\/\/127\.0\.0\.1:1\/db: cannot be used as the store \(connect ECONNREFUSED .+\): give the URL/u],
    ['a database that is not there', new URL('/kcovet_none', process.env['KCOVET_TEST_POSTGRES'] ?? 'postgres://x').href, /\/kcovet_none: cannot be used as the store \(database "kcovet_none" does not exist\): give the URL/u],
    ['what is no URL', 'postgres://[', /^DATABASE_URL: cannot be used as the store \(Invalid URL\): give the URL/u],
  ])('says what is wrong with %s, without a password', async (_, url, words) => {
    const opened = await openPostgresStore(url, { waits: { ...waits, patienceMs: 0 } });
    expect(opened).toEqual({ failure: expect.stringMatching(words) as string });
    expect(JSON.stringify(opened)).not.toContain('secret');
  });
});

test('where pg cannot be loaded the reason says what to install', async () => {
  const load = (): Promise<never> => Promise.reject(Object.assign(new Error("Cannot find package 'pg'"), { code: 'ERR_MODULE_NOT_FOUND' }));
  expect(await openPostgresStore('postgres://x', { load })).toEqual({ failure: 'pg cannot be loaded (it is not installed): run npm install pg' });
  expect(await lockPostgresStore('postgres://x', noLoss, load)).toEqual({ failure: 'pg cannot be loaded (it is not installed): run npm install pg' });
});

function draft(i: number): NewDraft {
  return {
    kind: 'review', answers: `m${i}`, series: `s${i}`, subject: 's', from: 'k@example.org', mail: { raw: 'r', messageId: `d${i}`, to: ['a@example.org'] },
    facts: { author: 'a@example.org', thread: [`t${i}`] } as unknown as NewDraft['facts'], lists: [], stage: 'list', state: 'approved', why: '', dueMs: 0, atMs: 1, findings: [],
  };
}
