/** @module The patch set of a mail from the store: found by its cover letter or any of its patches, in every state of its series. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeptSeries, SeriesState } from '../../src/lists/list-store.js';
import { findPatchset } from '../../src/lists/patchset.js';
import type { Store } from '../../src/store/store.js';
import type { Visitor } from '../../src/web/access.js';
import { readApi } from '../../src/web/read-api.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { reviewOfTwo } from './review-of-two.js';

const mail = (n: number, id: string): Buffer => Buffer.from([
  'From: A <a@example.org>', 'Date: Mon, 5 Jan 2026 10:00:00 +0000', `Subject: [PATCH ${n}/2] kcov: part ${n}`, `Message-ID: <${id}>`, '', 'Text.', '---',
  'diff --git a/kernel/kcov.c b/kernel/kcov.c', '--- a/kernel/kcov.c', '+++ b/kernel/kcov.c', '@@ -10,2 +10,3 @@ void kcov_f(void)', ' \tint x;', '+\tx = 1;', ' \treturn;', '-- ', '2.0', '',
].join('\n'));

describe.skipIf(noSqlite)(`the patch set of a mail${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore();
    for (const [n, id] of [[1, 'one@example.org'], [2, 'two@example.org']] as const) {
      await store.lists.keepMail({ messageId: id, raw: mail(n, id), lists: ['l@example.org'], source: 's', atMs: n, links: ['one@example.org'] }, null);
    }
  });
  afterEach(async () => await store.close());

  const shown = (): Promise<boolean> => Promise.resolve(true);
  const visitor = (mayAct: boolean): Visitor => ({ name: '', by: 'nothing', mayRead: true, mayAct, csrf: '' });
  const series = (state: SeriesState): KeptSeries => ({
    key: 'one@example.org', thread: 'one@example.org', version: 1, title: 'kcov', author: 'a@example.org', changeId: '', digest: 'd', mails: ['one@example.org', 'two@example.org'],
    older: null, state, reason: '', dueMs: 0, atMs: 1,
  });

  test.each([['open', 'Incomplete'], ['ready', 'Pending'], ['failed', 'Failed']] as const)('a series that is %s is %s', async (state, status) => {
    await store.lists.settle('one@example.org', { series: [series(state)], gone: [] });
    expect(await findPatchset('two@example.org', store.lists, shown)).toMatchObject({ message_id: 'one@example.org', status, reviews: [], patches: [{ part_index: 1 }, { part_index: 2 }] });
  });

  test('a reviewed one has its reviews; one that could not be put on says so; of an unknown mail there is none', async () => {
    await store.lists.settle('one@example.org', { series: [series('reviewed')], gone: [] });
    await store.lists.saveReview('one@example.org', JSON.stringify(reviewOfTwo()), 1);
    expect(await findPatchset('one@example.org', store.lists, shown)).toMatchObject({ status: 'Reviewed', reviews: [{ status: 'Reviewed', result: '2 questions: 1 high, 1 low' }, { status: 'Reviewed' }] });
    await store.lists.saveReview('one@example.org', JSON.stringify({ ...reviewOfTwo(), verdict: 'notPlaced', findings: [] }), 2);
    expect(await findPatchset('two@example.org', store.lists, shown)).toMatchObject({ status: 'Failed To Apply' });
    expect(await findPatchset('three@example.org', store.lists, shown)).toBeNull();
    expect(await findPatchset("'; --", store.lists, shown)).toBeNull();
    const begin = async (isPrivate: boolean): Promise<unknown> => {
      await store.submissions.begin({ submission: { key: 'list/one@example.org', origin: 'list', title: '', author: '', where: '', isPrivate }, id: 'one@example.org', label: 'v1', atMs: 1 });
      return JSON.parse((await readApi(new URL('http://x/api/patchset?id=two@example.org'), store, visitor(false)))?.text ?? '');
    };
    expect([await begin(true), await begin(false)]).toMatchObject([{ status: 'Failed To Apply', reviews: [] }, { status: 'Failed To Apply', reviews: [{}, {}] }]);
    const answer = await readApi(new URL('http://x/api/patchset?id=%3Cone@example.org%3E'), store, visitor(true));
    expect([answer?.status, JSON.parse(answer?.text ?? '')]).toEqual([200, await findPatchset('one@example.org', store.lists, shown)]);
    expect(await readApi(new URL('http://x/api/other'), store, visitor(true))).toBeNull();
  });
});
