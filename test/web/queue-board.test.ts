/** @module The board of the queue as it is mounted: its page, its parts, that it changes and betrays nothing, and who gets to it on a server. */
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultConfig } from '../../src/config.js';
import type { BullQueue } from '../../src/queue/bull-queue.js';
import { openBullQueue } from '../../src/queue/open-bull-queue.js';
import { GiveUp } from '../../src/queue/queue.js';
import { serve } from '../../src/serve.js';
import { noLog } from '../../src/service/log.js';
import { openQueueBoard } from '../../src/web/queue-board.js';
import { markedEngine } from '../app/marked-engine.js';
import { freshPrefix, noRedis, redisUrl } from '../queue/redis.js';
import { noSqlite, openStore } from '../store/sqlite.js';

const PATH = '/admin/queues';

describe.skipIf(noRedis)(`the board of the queue${noRedis ? ` (skipped: ${noRedis})` : ''}`, () => {
  let queue: BullQueue;
  const app = new Hono();
  beforeAll(async () => {
    const opened = await openBullQueue({ url: redisUrl, prefix: freshPrefix() });
    if ('failure' in opened) throw new Error(opened.failure);
    queue = opened.queue;
    const shown = await openQueueBoard(queue, PATH);
    if ('failure' in shown) throw new Error(shown.failure);
    app.route(PATH, shown.board);
    await queue.add({ id: 'pull/12', kind: 'review', payload: { patch: 'a secret line' }, group: 'g' });
    await queue.process(() => Promise.reject(new GiveUp('no such pull request')), { concurrency: 1 });
    await queue.drained();
  });
  afterAll(() => queue.close());

  test('its page and what the page needs are there, from this server alone', async () => {
    const page = await app.request(PATH);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*script-src 'self';/u);
    const names = [...(await page.text()).matchAll(/(?:src|href)="(static\/[^"]+\.(?:js|css))"/gu)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) expect((await app.request(`${PATH}/${name}`)).status).toBe(200);
  });

  test('shows what was given up and why, and nothing of what a job carries', async () => {
    const text = await (await app.request(`${PATH}/api/queues?activeQueue=kcovet&status=failed&page=1`)).text();
    expect(text).toContain('no such pull request');
    expect(text).toContain('pull/12');
    expect(text).not.toContain('a secret line');
  });

  test('changes nothing', async () => {
    const [dead] = await queue.bull.getFailed();
    for (const [method, what] of [['PUT', `${dead?.id}/retry/failed`], ['PUT', 'retry/failed'], ['PUT', 'obliterate'], ['PUT', 'pause'], ['POST', 'add']]) {
      expect((await app.request(`${PATH}/api/queues/kcovet/${what}`, { method })).status).toBe(405);
    }
    expect(await queue.counts()).toMatchObject({ failed: 1, waiting: 0 });
  });
});

const missing = noRedis || noSqlite;

test.skipIf(missing)(`on a server all of the board is for those who may act, and shows them its jobs${missing ? ` (skipped: ${missing})` : ''}`, async () => {
  const opened = await openBullQueue({ url: redisUrl, prefix: freshPrefix() });
  if ('failure' in opened) throw new Error(opened.failure);
  const { queue } = opened;
  const token = 'a-token-of-this-test';
  const serving = await serve({ ...defaultConfig, port: 0, pages: 'open', graceMs: 0 }, { store: await openStore(), queue, bull: queue, engine: markedEngine(), log: noLog, works: false, token });
  const JOBS = `${PATH}/api/queues?activeQueue=kcovet&status=waiting&page=1`;
  const ask = async (path: string, authorization = '', method = 'GET'): Promise<Response> => await fetch(new URL(path, serving.pages), { method, headers: authorization === '' ? {} : { authorization } });
  try {
    await queue.add({ id: 'upload/7', kind: 'upload', payload: { patch: 'a secret line' }, group: 'g' });
    const page = await (await ask(PATH, `Bearer ${token}`)).text();
    const part = `${PATH}/${/(?:src|href)="(static\/[^"]+\.js)"/u.exec(page)?.[1] ?? ''}`;
    // A browser that was given the token as a password reads, and no more.
    for (const who of ['', 'Bearer another-token-of-one', `Basic ${Buffer.from(`x:${token}`).toString('base64')}`]) {
      for (const path of [PATH, part, JOBS]) expect([who, path, (await ask(path, who)).status]).toEqual([who, path, 401]);
      expect([who, await (await ask(JOBS, who)).text()]).toEqual([who, expect.not.stringContaining('upload/7')]);
      expect([who, (await ask(`${PATH}/api/queues/kcovet/pause`, who, 'PUT')).status]).toEqual([who, 401]);
    }
    expect((await ask(part, `Bearer ${token}`)).status).toBe(200);
    const jobs = await (await ask(JOBS, `Bearer ${token}`)).text();
    expect([jobs.includes('upload/7'), jobs.includes('a secret line')]).toEqual([true, false]);
    expect((await ask(`${PATH}/api/queues/kcovet/pause`, `Bearer ${token}`, 'PUT')).status).toBe(405);
    // What the page needs gets past the headers that all pages have.
    expect((await ask(PATH, `Bearer ${token}`)).headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'");
    expect(await (await ask('/health', `Bearer ${token}`)).text()).toContain(`href="${PATH}"`);
  } finally {
    await serving.stop();
    await queue.close();
  }
});
