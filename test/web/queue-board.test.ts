/** @module The board of the queue as it is mounted: its page, its parts, and that it changes and betrays nothing. */
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BullQueue } from '../../src/queue/bull-queue.js';
import { openBullQueue } from '../../src/queue/open-bull-queue.js';
import { GiveUp } from '../../src/queue/queue.js';
import { openQueueBoard } from '../../src/web/queue-board.js';
import { freshPrefix, noRedis, redisUrl } from '../queue/redis.js';

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
