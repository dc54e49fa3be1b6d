/** @module What a ListStore must do, held against each database. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KeptSeries, NewMail } from '../../src/lists/list-store.js';
import type { Store } from '../../src/store/store.js';
import { onEachDatabase } from '../store/databases.js';

const mail = (messageId: string, more: Partial<NewMail> = {}): NewMail => ({
  messageId, raw: Buffer.from(`Message-ID: <${messageId}>\n\n\0\xff`, 'latin1'), lists: ['b@example.org'], source: 'one', atMs: 1, links: [], ...more,
});
const series: KeptSeries = {
  key: 'k', thread: 'a', version: 1, title: 'kcov count', author: 'a@example.org', changeId: '', digest: 'd', mails: ['a'], older: null, state: 'open', reason: '', dueMs: 5, atMs: 1,
};

onEachDatabase('the lists of a store', (open) => {
  let store: Store;
  beforeEach(async () => { store = await open(); });
  afterEach(async () => { await store.close(); });

  test('a mail is kept once with the cursor after it; a second source adds its lists', async () => {
    const { lists } = store;
    expect(await lists.cursor('one')).toBeNull();
    expect(await lists.keepMail(mail('a'), { source: 'one', text: '1' })).toBe(true);
    expect(await lists.keepMail(mail('a', { source: 'two', lists: ['a@example.org'] }), { source: 'two', text: '7' })).toBe(false);
    expect([await lists.cursor('one'), await lists.cursor('two')]).toEqual(['1', '7']);
    expect(await lists.mail('a')).toEqual({ messageId: 'a', raw: mail('a').raw, lists: ['a@example.org', 'b@example.org'], source: 'one', atMs: 1 });
    expect([await lists.sawMail('a', []), await lists.sawMail('b', [])]).toEqual([true, false]);
    await lists.moveCursor({ source: 'one', text: '2' });
    expect(await lists.cursor('one')).toBe('2');
  });

  test('mails with a link in common are one thread, also when the link that joins them comes last', async () => {
    const { lists } = store;
    await lists.keepMail(mail('a'), null);
    await lists.keepMail(mail('c', { links: ['root'] }), null);
    await lists.settle('a', { series: [{ ...series, thread: 'a' }], gone: [] });
    expect(await lists.unsettledThreads(10)).toEqual(['c']);
    await lists.keepMail(mail('b', { links: ['a', 'root'] }), null);
    expect(await lists.unsettledThreads(10)).toEqual(['a']);
    expect(await lists.mailIdsOf('a', { mails: 10, bytes: 1_000 })).toEqual({ ids: ['a', 'c', 'b'], left: 0 });
    expect((await lists.links(2))).toEqual(['b', 'root']);
  });

  test('of a thread as much is told as limits go: of its first mails the smallest', async () => {
    const { lists } = store;
    for (const [id, size] of [['a', 10], ['big', 100], ['c', 30], ['d', 20]] as const) await lists.keepMail({ ...mail(id, { links: ['root'] }), raw: Buffer.alloc(size, 'x') }, null);
    const limited = async (mails: number, bytes: number): Promise<string> => {
      const { ids, left } = await lists.mailIdsOf('a', { mails, bytes });
      return `${ids.join(' ')}, ${left} left`;
    };
    expect([await limited(4, 160), await limited(4, 159), await limited(4, 59), await limited(3, 159), await limited(4, 9)]).toEqual(['a big c d, 0 left', 'a c d, 1 left', 'a d, 2 left', 'a big c, 1 left', ', 4 left']);
  });

  test('series are kept with their state and review, and found by what versions have in common', async () => {
    const { lists } = store;
    await lists.keepMail(mail('a'), null);
    await lists.settle('a', { series: [series, { ...series, key: 'old' }], gone: [] });
    await lists.settle('a', { series: [{ ...series, state: 'ready' }, { ...series, key: 'k2', version: 2, title: 'other', changeId: 'x-1' }], gone: ['old'] });
    expect(await lists.unsettledThreads(10)).toEqual([]);
    expect((await lists.seriesOf('a')).map(({ key, state }) => [key, state])).toEqual([['k', 'ready'], ['k2', 'open']]);
    await lists.saveReview('k', '{}', 9);
    expect([await lists.series('k'), await lists.review('k'), await lists.review('k2')]).toEqual([{ ...series, state: 'ready' }, '{}', null]);
    expect((await lists.near({ author: 'b@example.org', changeId: 'x-1' }, 5)).map(({ key }) => key)).toEqual(['k2']);
    expect(await lists.near({ author: 'b@example.org', changeId: '' }, 5)).toEqual([]);
    expect((await lists.near({ author: 'a@example.org', changeId: '' }, 1)).map(({ key }) => key)).toEqual(['k']);
    await lists.unsettleDue(4);
    expect(await lists.unsettledThreads(10)).toEqual([]);
    await lists.unsettleDue(5);
    expect(await lists.unsettledThreads(10)).toEqual(['a']);
    expect([await lists.endReview({ key: 'k', digest: 'other' }), await lists.endReview({ key: 'k', digest: 'd' }), await lists.endReview({ key: 'k', digest: 'd' })]).toEqual([false, true, false]);
    // Who looked at it before its review ended does not undo that; other changes do.
    await lists.settle('a', { series: [{ ...series, state: 'ready' }], gone: [] });
    expect((await lists.series('k'))?.state).toBe('reviewed');
    await lists.settle('a', { series: [{ ...series, state: 'ready', digest: 'new' }], gone: [] });
    expect((await lists.series('k'))?.state).toBe('ready');
    await lists.setState('k2', 'dropped', 'withdrawn');
    expect(await lists.seriesIn('dropped', 5)).toMatchObject([{ key: 'k2', reason: 'withdrawn' }]);
  });
});
