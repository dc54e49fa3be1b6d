import { describe, expect, test } from 'vitest';
import { InProcessQueue } from '../../src/queue/in-process-queue.js';
import type { JobStore } from '../../src/store/job-store.js';
import { RetryLater } from '../../src/queue/queue.js';
import type { Store } from '../../src/store/store.js';
import { handClock } from './hand-clock.js';
import { gate, queueContract } from './queue-contract.js';
import { noSqlite, openStore } from '../store/sqlite.js';

const policy = { attemptsMax: 3, backoffMs: 1, backoffMaxMs: 2, delaysMax: 2 };

/** The jobs of a store as a process sees them that can die: from then on nothing is answered. */
function mortal(store: Store): { jobs: JobStore; die(): void } {
  let dead = false;
  const jobs = new Proxy(store.jobs, {
    get(target, name: keyof JobStore) {
      const method = target[name] as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => (dead ? new Promise(() => undefined) : method.apply(target, args));
    },
  });
  return { jobs, die: () => { dead = true; } };
}

/** Lets everything that is ready happen. */
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe.skipIf(noSqlite)(`on SQLite${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  queueContract('in one process', async () => {
    const store = await openStore();
    let process = mortal(store);
    let queue = new InProcessQueue(process.jobs, { policy });
    return {
      queue,
      crash: () => {
        process.die();
        process = mortal(store);
        queue = new InProcessQueue(process.jobs, { policy });
        return Promise.resolve(queue);
      },
      close: async () => {
        process.die();
        await store.close();
      },
    };
  });

  test('waits longer after each failure, and exactly as long as it is told', async () => {
    const store = await openStore();
    const clock = handClock();
    const queue = new InProcessQueue(store.jobs, { policy: { attemptsMax: 5, backoffMs: 100, backoffMaxMs: 250 }, clock });
    const fail = [new Error('1'), new Error('2'), new RetryLater(60_000, 'secondary rate limit'), new Error('3')];
    const waits: number[] = [];
    await queue.add({ id: 'a', kind: 'k', payload: null });
    await queue.process(() => {
      const error = fail.shift();
      return error ? Promise.reject(error) : Promise.resolve();
    }, { concurrency: 1 });
    for (let i = 0; i < 4; i += 1) {
      while (clock.timers().length === 0) await turn();
      waits.push(...clock.timers());
      clock.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([100, 200, 60_000, 250]);
    await queue.drained();
    await store.close();
  });

  test('a job that is due later runs in time, though one before it waits for its group', async () => {
    const store = await openStore();
    const clock = handClock();
    const queue = new InProcessQueue(store.jobs, { policy, clock });
    const release = gate();
    const done = gate();
    let tries = 0;
    await queue.process(async ({ id }) => {
      if (id === 'long') return release.opened;
      if (id === 'later' && (tries += 1) === 1) throw new RetryLater(500, 'wait');
      if (id === 'later') done.open();
    }, { concurrency: 2 });
    await queue.add({ id: 'long', kind: 'k', payload: null, group: 'g' });
    await queue.add({ id: 'blocked', kind: 'k', payload: null, group: 'g' });
    await queue.add({ id: 'later', kind: 'k', payload: null });
    while (clock.timers().length === 0) await turn();
    clock.advance(500);
    await done.opened;
    release.open();
    await queue.drained();
    await store.close();
  });

  test('what is put off for longer than is waited for does not keep anybody waiting, and stays', async () => {
    const store = await openStore();
    const clock = handClock();
    const queue = new InProcessQueue(store.jobs, { policy, clock });
    await queue.add({ id: 'a', kind: 'k', payload: null });
    await queue.add({ id: 'b', kind: 'k', payload: null });
    await queue.process(({ id }) => (id === 'a' ? Promise.reject(new RetryLater(500, 'wait')) : Promise.resolve()), { concurrency: 1 });
    await queue.drained(499);
    expect(await queue.counts()).toMatchObject({ waiting: 1, done: 1 });
    await queue.stop();
    await store.close();
  });

  test('a store that is gone does not keep the queue from stopping', async () => {
    const store = await openStore();
    const failed = gate();
    const queue = new InProcessQueue(store.jobs, { policy: { backoffMs: 600_000 } });
    await queue.process(() => store.close(), { concurrency: 1, onError: () => failed.open() });
    await queue.add({ id: 'a', kind: 'k', payload: null });
    await failed.opened;
    await queue.stop();
  });

  test.each(['take', 'end'])('a store that fails for a while at %s loses nothing, and it is told', async (method) => {
    const store = await openStore();
    let broken = true;
    const jobs = new Proxy(store.jobs, {
      get: (target, name: keyof JobStore) => (name === method && broken ? () => Promise.reject(new Error('disk full')) : target[name].bind(target) as unknown),
    });
    const queue = new InProcessQueue(jobs, { policy });
    const told: unknown[] = [];
    let ran = 0;
    await queue.process(() => { ran += 1; return Promise.resolve(); }, { concurrency: 1, onError: (error) => { told.push(error); broken = false; } });
    await queue.add({ id: 'a', kind: 'k', payload: null, group: 'g' });
    await queue.add({ id: 'b', kind: 'k', payload: null, group: 'g' });
    await queue.drained();
    expect([ran, told.length]).toEqual([2, 1]);
    await store.close();
  });
});
