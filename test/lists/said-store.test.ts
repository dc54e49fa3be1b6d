/** @module What a SaidStore must do, held against each database. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Said } from '../../src/lists/said-store.js';
import type { Store } from '../../src/store/store.js';
import { onEachDatabase } from '../store/databases.js';

const said: Said = { series: 'k', kind: 'invalid', what: 'aaaa1111', note: 'irqs are off', by: 'a@example.org', mail: 'm1', atMs: 1 };

onEachDatabase('what people said, in a store', (open) => {
  let store: Store;
  beforeEach(async () => { store = await open(); });
  afterEach(async () => { await store.close(); });

  test('the same of the same series is kept once, by who said it first; all of several series, the oldest first', async () => {
    expect(await store.said.say(said)).toBe(true);
    expect(await store.said.say({ ...said, by: 'b@example.org', mail: 'm2' })).toBe(false);
    expect(await store.said.say({ ...said, series: 'k2' })).toBe(true);
    expect(await store.said.say({ ...said, kind: 'assume' })).toBe(true);
    expect(await store.said.about(['k'])).toEqual([said, { ...said, kind: 'assume' }]);
    expect((await store.said.about(['k2', 'k', 'other'])).map(({ series, kind }) => `${series} ${kind}`)).toEqual(['k invalid', 'k2 invalid', 'k assume']);
    expect(await store.said.about([])).toEqual([]);
  });

  test('it is taken back where it was said', async () => {
    await store.said.say(said);
    expect(await store.said.unsay(['k2'], said)).toBe(false);
    expect(await store.said.unsay(['k2', 'k'], { kind: 'invalid', what: 'bbbb' })).toBe(false);
    expect(await store.said.unsay(['k2', 'k'], said)).toBe(true);
    expect([await store.said.about(['k']), await store.said.unsay([], said)]).toEqual([[], false]);
  });

  test('who wants no mail is kept once, in lower case', async () => {
    await store.said.optOut({ address: 'B@Example.org', mail: 'm1', atMs: 1 });
    await store.said.optOut({ address: 'b@example.org', mail: 'm2', atMs: 2 });
    await store.said.optOut({ address: 'a@example.org', mail: 'm3', atMs: 3 });
    expect(await store.said.optedOut()).toEqual(['a@example.org', 'b@example.org']);
  });
});
