/** @module What a JobStore must do beyond what the contract of queues asks of it, held against each implementation. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewJob } from '../../src/store/job-store.js';
import type { Store } from '../../src/store/store.js';

/** Runs the contract on stores that `make` gives, each empty. */
export function jobsContract(name: string, make: () => Promise<Store>): void {
  describe(`${name}: jobs`, () => {
    let store: Store;
    beforeEach(async () => { store = await make(); });
    afterEach(async () => { await store.close(); });
    const add = async (id: string, more: Partial<NewJob> = {}): Promise<unknown> => store.jobs.add({ id, kind: 'k', payload: null, ...more }, 1);
    const taken = async (max: number): Promise<string[]> => {
      const ids: string[] = [];
      while (ids.length < max) ids.push((await store.jobs.take(10))?.id ?? '-');
      return ids;
    };

    test('the smallest priority is taken first, in it the oldest; a group that is busy is passed over', async () => {
      await add('check', { priority: 4 });
      await add('list', { priority: 3 });
      await add('pull', { group: 'g' });
      await add('command', { priority: 1, group: 'g' });
      await add('other pull', { priority: 2 });
      expect(await taken(4)).toEqual(['command', 'other pull', 'list', 'check']);
      await store.jobs.end('command', { state: 'done', error: '', atMs: 2 });
      expect(await taken(2)).toEqual(['pull', '-']);
    });

    test('each job is taken once by all who ask at once, one of a group at a time', async () => {
      for (let i = 0; i < 10; i += 1) await add(`${i}`, i < 5 ? { group: 'g' } : {});
      const given = await Promise.all(Array.from({ length: 12 }, () => store.jobs.take(10)));
      const ids = given.flatMap((job) => (job ? [job.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.sort()).toEqual(['0', '5', '6', '7', '8', '9']);
    });

    test('what was given up is listed, the last first, and waits again on demand', async () => {
      for (const [id, atMs] of [['a', 5], ['b', 7], ['c', 6]] as const) {
        await add(id);
        await store.jobs.take(10);
        await store.jobs.end(id, { state: id === 'c' ? 'done' : 'failed', error: `no ${id}`, atMs });
      }
      expect((await store.jobs.dead(5)).map(({ job, error, atMs }) => `${job.id}: ${error}, ${atMs}`)).toEqual(['b: no b, 7', 'a: no a, 5']);
      expect(await store.jobs.dead(1)).toHaveLength(1);
      expect([await store.jobs.retry('a', 8), await store.jobs.retry('a', 8), await store.jobs.retry('c', 8), await store.jobs.retry('x', 8)]).toEqual([true, false, false, false]);
      expect(await store.jobs.take(10)).toMatchObject({ id: 'a', attempts: 1, error: '' });
    });
  });
}
