/** @module What becomes of jobs by their kinds: who is told that one was given up, and when. */
import { expect, test } from 'vitest';
import { InProcessQueue } from '../../src/queue/in-process-queue.js';
import { GiveUp, RetryLater } from '../../src/queue/queue.js';
import { workOn, type JobTable } from '../../src/service/job-table.js';
import { noLog } from '../../src/service/log.js';
import type { Store } from '../../src/store/store.js';
import { noSqlite, openStore } from '../store/sqlite.js';

/** Works on one job of a kind until nothing is left. */
async function worked(store: Store, table: JobTable, attemptsMax = 2): Promise<void> {
  const queue = new InProcessQueue(store.jobs, { policy: { attemptsMax, backoffMs: 1, delaysMax: 1 } });
  await queue.add({ id: 'one', kind: 'it', payload: {} });
  const work = await workOn(queue, table, { concurrency: 1, log: noLog });
  await queue.drained();
  await work.told();
  await queue.stop();
}

test.skipIf(noSqlite).each([
  ['at once', () => new GiveUp('never'), ['active never']],
  ['after its last attempt', () => new Error('no luck'), ['active no luck']],
  ['after it was put off too often', () => new RetryLater(1, 'not now'), ['failed not now']],
])('a job that is given up %s: its kind is told once, before the end is kept where a run decides it', async (_, failure, expected) => {
  const store = await openStore();
  const told: string[] = [];
  const failed = async ({ id }: { id: string }, reason: string): Promise<void> => { told.push(`${(await store.jobs.find(id))?.state ?? ''} ${reason}`); };
  await worked(store, { it: { run: () => Promise.reject(failure()), failed } });
  expect(told).toEqual(expected);
  expect((await store.jobs.find('one'))?.state).toBe('failed');
  await store.close();
});

test.skipIf(noSqlite)('a job whose process died each time is told, too, and nothing is told of one that is done', async () => {
  const store = await openStore();
  const told: string[] = [];
  const table = { it: { run: () => Promise.resolve(), failed: (_: unknown, reason: string) => { told.push(reason); } } };
  await worked(store, table);
  expect(told).toEqual([]);
  await store.jobs.add({ id: 'dies', kind: 'it', payload: {} }, 1);
  for (let i = 0; i < 2; i += 1) {
    await store.jobs.take(5);
    await store.jobs.recover();
  }
  await worked(store, table);
  expect(told).toEqual([expect.stringContaining('given up after 2 attempts')]);
  await store.close();
});
