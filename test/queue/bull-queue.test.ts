/** @module The queue on a real Redis: the contract, and what only several processes and a server that comes and goes can show. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { BullQueue } from '../../src/queue/bull-queue.js';
import { GiveUp } from '../../src/queue/queue.js';
import { openBullQueue, type BullOpening } from '../../src/queue/open-bull-queue.js';
import { buildEntry } from '../built-entry.js';
import { freshPrefix, noRedis, noRedisServer, redisUrl, RedisServer } from './redis.js';
import { gate, queueContract } from './queue-contract.js';

const policy = { attemptsMax: 3, backoffMs: 1, backoffMaxMs: 2, delaysMax: 2 };
const times = { lockMs: 2000, stalledMs: 400, lookMs: 100, parkMs: 500, otherKindMs: 3000, answerMs: 5000 };

const opened: BullQueue[] = [];
const servers: RedisServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((queue) => queue.close()));
  await Promise.all(servers.splice(0).map((server) => server.remove()));
});

async function open(opening: Partial<BullOpening> & { url: string }): Promise<BullQueue> {
  const one = await openBullQueue({ policy, times, ...opening });
  if ('failure' in one) throw new Error(one.failure);
  opened.push(one.queue);
  return one.queue;
}

async function ownServer(...more: string[]): Promise<RedisServer> {
  const server = await RedisServer.start(more);
  servers.push(server);
  return server;
}

/** What a process leaves when it is killed: connections that are gone, locks that nobody renews. */
function cut(queue: BullQueue): void {
  for (const client of queue.bull.clients) client.disconnect();
}

describe.skipIf(noRedis)(`on Redis${noRedis ? ` (skipped: ${noRedis})` : ''}`, () => {
  queueContract('in several processes', async () => {
    const opening = { url: redisUrl, prefix: freshPrefix() };
    let queue = await open(opening);
    return {
      queue,
      crash: async () => {
        cut(queue);
        queue = await open(opening);
        return queue;
      },
      close: () => Promise.resolve(),
    };
  });

  test('what a job worked on goes when it is done or superseded, and stays with one that was given up', async () => {
    const queue = await open({ url: redisUrl, prefix: freshPrefix() });
    for (const id of ['old', 'new']) await queue.add({ id, kind: 'k', payload: { patch: id }, replaces: 'r' });
    await queue.add({ id: 'bad', kind: 'k', payload: { patch: 'bad' } });
    await queue.process((job) => (job.id === 'bad' ? Promise.reject(new GiveUp('no')) : Promise.resolve()), { concurrency: 1 });
    await queue.drained();
    const [ended, failed] = await Promise.all([queue.bull.getCompleted(), queue.bull.getFailed()]);
    expect([ended.map(({ data }) => `${data.id} ${JSON.stringify(data.payload)}`).sort(), failed.map(({ data }) => data.payload)]).toEqual([['new null', 'old null'], [{ patch: 'bad' }]]);
    expect(await queue.add({ id: 'new', kind: 'k', payload: 1 })).toBe(false);
  });

  test('two workers share the jobs; none is done twice, and a group runs one at a time', async () => {
    const opening = { url: redisUrl, prefix: freshPrefix() };
    const queues = [await open(opening), await open(opening), await open(opening)] as const;
    const done: string[] = [];
    const busy = new Set<string>();
    let overlaps = 0;
    for (const [i, queue] of queues.slice(1).entries()) {
      await queue.process(async ({ id, group = '' }) => {
        if (busy.has(group)) overlaps += 1;
        busy.add(group);
        await new Promise((resolve) => { setTimeout(resolve, 2); });
        busy.delete(group);
        done.push(`${i} ${id}`);
      }, { concurrency: 4 });
    }
    const added = await Promise.all(Array.from({ length: 500 }, (_, i) => queues[i % 2 ? 0 : 1].add({ id: String(i % 400), kind: 'k', payload: i, group: `g${i % 40}`, priority: 1 + i % 3 })));
    await queues[0].drained();
    expect(added.filter(Boolean)).toHaveLength(400);
    expect(new Set(done.map((one) => one.slice(2))).size).toBe(400);
    expect([done.length, overlaps, new Set(done.map((one) => one[0])).size]).toEqual([400, 0, 2]);
  });
});

describe.skipIf(noRedisServer)(`on a Redis of its own${noRedisServer ? ` (skipped: ${noRedisServer})` : ''}`, () => {
  test('a worker process that is killed in a job: another one does it, and it counts as an attempt', async () => {
    const { url } = await ownServer();
    const built = buildEntry('src/queue/open-bull-queue.ts');
    const worker = built.other('worker.js', `
      import { openBullQueue } from ${JSON.stringify(built.entry.href)};
      const { queue } = await openBullQueue(${JSON.stringify({ url, times })});
      await queue.process((job) => { process.stdout.write(job.id); return new Promise(() => undefined); }, { concurrency: 1 });`);
    const queue = await open({ url });
    await queue.add({ id: 'a', kind: 'k', payload: 1, group: 'g' });
    const child = spawn(process.execPath, [fileURLToPath(worker)], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(String((await once(child.stdout, 'data'))[0])).toBe('a');
    await queue.add({ id: 'b', kind: 'k', payload: 1, group: 'g' });
    child.kill('SIGKILL');
    const runs: string[] = [];
    await queue.process(({ id, attempts }) => { runs.push(`${id} ${attempts}`); return Promise.resolve(); }, { concurrency: 2 });
    await queue.drained();
    expect(runs.sort()).toEqual(['a 2', 'b 1']);
    expect(await queue.counts()).toMatchObject({ done: 2, failed: 0 });
    built.remove();
  });

  test.each(['SIGTERM', 'SIGKILL', 'SIGSTOP'] as const)('Redis ended or stopped by %s and started again in a job: it runs once, and nothing is lost', async (signal) => {
    const server = await ownServer();
    const connection: string[] = [];
    const queue = await open({ url: server.url, times: { ...times, lockMs: 1500 }, onConnection: (state) => connection.push(state) });
    const other = await open({ url: server.url, times: { ...times, lockMs: 1500 } });
    const [begun, release] = [gate(), gate()];
    const runs: string[] = [];
    const handler = async ({ id }: { id: string }): Promise<void> => {
      runs.push(id);
      if (id !== 'long') return;
      begun.open();
      await release.opened;
    };
    await queue.add({ id: 'long', kind: 'k', payload: 1, group: 'g' });
    await queue.process(handler, { concurrency: 1 });
    await begun.opened;
    await other.process(handler, { concurrency: 1 });
    for (const id of ['b', 'c']) await queue.add({ id, kind: 'k', payload: 1, group: 'g' });
    if (signal === 'SIGSTOP') server.freeze(true);
    else await server.down(signal);
    // Longer than a lock lasts.
    await new Promise((resolve) => { setTimeout(resolve, 1800); });
    if (signal === 'SIGSTOP') server.freeze(false);
    else await server.up();
    await queue.add({ id: 'd', kind: 'k', payload: 1 });
    release.open();
    await queue.drained();
    expect(runs.sort()).toEqual(['b', 'c', 'd', 'long']);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, done: 4, failed: 0, superseded: 0 });
    expect(connection).toEqual(signal === 'SIGSTOP' ? [] : ['lost', 'back']);
  });

  test('a worker that is back later than another one keeps its job, though its lock ran out', async () => {
    const server = await ownServer();
    const opening = { url: server.url, times: { ...times, lockMs: 6000, stalledMs: 300 } };
    const [queue, other] = [await open(opening), await open(opening)];
    const [begun, release] = [gate(), gate()];
    const runs: string[] = [];
    await queue.process(async ({ id }) => { runs.push(id); begun.open(); await release.opened; }, { concurrency: 1 });
    await queue.add({ id: 'long', kind: 'k', payload: 1 });
    await begun.opened;
    await other.process(({ id }) => { runs.push(`other ${id}`); return Promise.resolve(); }, { concurrency: 1 });
    await server.down();
    queue.bull.client.disconnect();
    await server.up();
    const { bull } = other;
    const [active] = await bull.client.lrange(bull.toKey('active'), 0, -1);
    await bull.client.del(`${bull.toKey('')}${active}:lock`);
    // Several looks of the other one for jobs whose worker died.
    await new Promise((resolve) => { setTimeout(resolve, 1500); });
    await queue.bull.client.connect();
    await other.ping();
    while (runs.length === 1 && await bull.client.exists(`${bull.toKey('')}${active}:lock`) === 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
    release.open();
    await other.drained();
    expect(runs).toEqual(['long']);
  });

  test('a job that ends while Redis is away ends when it is back', async () => {
    const server = await ownServer();
    const queue = await open({ url: server.url });
    const [begun, release, ended] = [gate(), gate(), gate()];
    let runs = 0;
    await queue.process(async () => { runs += 1; begun.open(); await release.opened; }, { concurrency: 1, onEnd: () => ended.open() });
    await queue.add({ id: 'a', kind: 'k', payload: 1 });
    await begun.opened;
    await server.down();
    release.open();
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    await server.up();
    await ended.opened;
    expect([runs, (await queue.counts()).done]).toEqual([1, 1]);
  });

  test.each(['is not there', 'does not answer'])('Redis %s: adding fails in time and says what to look at; stopping does not wait for it', async (how) => {
    const server = await ownServer();
    const queue = await open({ url: server.url, times: { ...times, answerMs: 300 } });
    const begun = gate();
    await queue.process((_, { signal }) => new Promise((_resolve, reject) => {
      begun.open();
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    }), { concurrency: 1 });
    await queue.add({ id: 'long', kind: 'k', payload: 1 });
    await begun.opened;
    if (how === 'is not there') await server.down();
    else server.freeze(true);
    await expect(queue.add({ id: 'a', kind: 'k', payload: 1 })).rejects.toThrow(/^Redis at 127\.0\.0\.1:\d+ did not answer within 0\.3 s: is it running, and REDIS_URL right\?$/u);
    await expect(queue.ping()).rejects.toThrow('did not answer');
    await queue.stop(1);
    await queue.close();
    if (how === 'is not there') await server.up();
    else server.freeze(false);
    const next = await open({ url: server.url });
    const done: string[] = [];
    await next.process(({ id }) => { done.push(id); return Promise.resolve(); }, { concurrency: 1 });
    expect(await next.add({ id: 'b', kind: 'k', payload: 1 })).toBe(true);
    await next.drained();
    expect(done).toEqual(expect.arrayContaining(['long', 'b']));
  });

  test('a Redis that would drop jobs is refused, and so is one that lets nobody in', async () => {
    const { url } = await ownServer('--maxmemory-policy', 'allkeys-lru');
    expect(await openBullQueue({ url })).toEqual({ failure: expect.stringMatching(/maxmemory-policy allkeys-lru.*set maxmemory-policy noeviction$/u) as unknown });
    const locked = await ownServer('--requirepass', 'secret');
    expect(await openBullQueue({ url: locked.url })).toEqual({ failure: expect.stringContaining('NOAUTH') as unknown });
    await open({ url: locked.url.replace('//', '//default:secret@') });
  });
});

describe('a queue that cannot be opened', () => {
  test.each(['', 'localhost:6379', 'http://localhost', 'redis://', 'redis://h/name'])('the address %s is refused', async (url) => {
    expect(await openBullQueue({ url })).toEqual({ failure: expect.stringMatching(/^REDIS_URL is no address of a Redis: /u) as unknown });
  });

  test('bull that is not installed: the way out is said', async () => {
    expect(await openBullQueue({ url: 'redis://127.0.0.1:1' }, () => Promise.reject(new Error('Cannot find package')))).toEqual({ failure: 'bull cannot be loaded (Cannot find package): run npm install bull, or leave REDIS_URL out' });
  });

  test('nobody there: it is said, without the password', async () => {
    const { failure } = await openBullQueue({ url: 'redis://me:secret@127.0.0.1:1' }) as { failure: string };
    expect(failure).toMatch(/^REDIS_URL: the Redis at 127\.0\.0\.1:1 cannot be used \(connect ECONNREFUSED/u);
    expect(failure).not.toContain('secret');
  }, 20_000);
});
