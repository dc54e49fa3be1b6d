import { describe, expect, test } from 'vitest';
import { noLog } from '../../src/service/log.js';
import { keepPruned } from '../../src/service/pruning.js';
import { handClock } from '../queue/hand-clock.js';
import { noSqlite, openStore } from '../store/sqlite.js';

const DAY_MS = 86_400_000;
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe.skipIf(noSqlite)(`pruning${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  test('at once and every day, what is older than thirty days', async () => {
    const store = await openStore();
    const clock = handClock();
    await store.noteDelivery('old', clock.now() - 31 * DAY_MS);
    await store.noteDelivery('older soon', clock.now() - 29.5 * DAY_MS);
    const end = keepPruned(store, { log: noLog, clock });
    while (clock.timers().length === 0) await turn();
    expect([await store.hasDelivery('old'), await store.hasDelivery('older soon')]).toEqual([false, true]);
    clock.advance(DAY_MS);
    while (clock.timers().length === 0) await turn();
    expect(await store.hasDelivery('older soon')).toBe(false);
    await end();
    expect(clock.timers()).toEqual([]);
    await store.close();
  });

  test('a store that fails is logged, and it is tried again the next day', async () => {
    const clock = handClock();
    const said: string[] = [];
    const store = await openStore();
    await store.close();
    const end = keepPruned(store, { log: (level, what) => void said.push(`${level}: ${what}`), clock });
    while (clock.timers().length === 0) await turn();
    expect(said).toEqual(['error: the store could not be pruned']);
    await end();
  });
});
