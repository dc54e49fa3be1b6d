/** @module The queue on a real Redis: the contract, and what only several processes and a server that comes and goes can show. */
import { afterEach, describe, expect, test } from 'vitest';
import type { BullQueue } from '../../src/queue/bull-queue.js';
import { openBullQueue, type BullOpening } from '../../src/queue/open-bull-queue.js';
import { freshPrefix, noRedis, noRedisServer, redisUrl, RedisServer } from './redis.js';
import { gate, queueContract } from './queue-contract.js';

const policy = { attemptsMax: 3, backoffMs: 1, backoffMaxMs: 2, delaysMax: 2 };
const times = { lockMs: 2000, stalledMs: 400, lookMs: 100, parkMs: 500, answerMs: 5000 };

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
