/** @module What pruning drops and what it leaves, held against each implementation. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DraftState, NewDraft } from '../../src/lists/draft.js';
import type { KeptSeries } from '../../src/lists/list-store.js';
import { RETENTION } from '../../src/store/retention.js';
import type { Store } from '../../src/store/store.js';

const DAY_MS = 86_400_000;
const nowMs = 1000 * DAY_MS;
const old = nowMs - 366 * DAY_MS;
const young = nowMs - DAY_MS;

/** Runs the contract on stores that `make` gives, each empty. */
export function pruningContract(name: string, make: () => Promise<Store>): void {
  describe(`${name}: pruning`, () => {
    let store: Store;
    beforeEach(async () => { store = await make(); });
    afterEach(async () => { await store.close(); });
    const prune = (): ReturnType<Store['prune']> => store.prune(RETENTION, nowMs);

    /** A thread of one mail with one series, settled. */
    const thread = async (key: string, more: Partial<KeptSeries> = {}): Promise<void> => {
      const atMs = more.atMs ?? old;
      await store.lists.keepMail({ messageId: key, raw: Buffer.from('x'), lists: [], source: 's', atMs, links: [] }, null);
      await store.lists.settle(key, { series: [{ key, thread: key, version: 1, title: 't', author: 'a', changeId: '', digest: 'd', mails: [key], older: null, state: 'reviewed', reason: '', dueMs: 0, atMs, ...more }], gone: [] });
      await store.said.say({ series: key, kind: 'invalid', what: 'f', note: '', by: 'a', mail: 'm', atMs });
    };
    const draft = async (series: string, state: DraftState, atMs = old): Promise<string> => {
      const made: NewDraft = {
        kind: 'review', answers: `to ${series} ${state}`, series, subject: 's', from: 'k@example.org', mail: { raw: 'text', messageId: `d-${series}-${state}`, to: ['a@example.org'] },
        facts: { author: 'a@example.org', recipients: [], lists: [], paths: [], thread: [] }, lists: [], stage: 'list', state, why: '', dueMs: 0, atMs, findings: ['f'],
      };
      return (await store.drafts.add(made)).id;
    };

    test('old deliveries and ended jobs go, never work that waits', async () => {
      await store.noteDelivery('old', old);
      await store.noteDelivery('new', young);
      for (const id of ['done', 'failed', 'runs']) await store.jobs.add({ id, kind: 'k', payload: 1 }, old);
      for (const state of ['done', 'failed'] as const) {
        await store.jobs.take(nowMs);
        await store.jobs.end(state, { state, error: '', atMs: old });
      }
      await store.jobs.take(nowMs);
      await store.jobs.add({ id: 'waits', kind: 'k', payload: 1 }, old);
      expect(await prune()).toMatchObject({ deliveries: 1, jobs: 2 });
      expect([await store.hasDelivery('old'), await store.hasDelivery('new')]).toEqual([false, true]);
      expect([await store.jobs.find('done'), (await store.jobs.find('runs'))?.state, (await store.jobs.find('waits'))?.state]).toEqual([null, 'active', 'waiting']);
    });

    test('more than a step takes goes in several', async () => {
      for (let i = 0; i < 450; i += 1) await store.noteDelivery(`${i}`, old);
      expect(await prune()).toMatchObject({ deliveries: 450 });
    });

    test('a thread goes with its series and what was said; not one with something open, young, or that is referred to', async () => {
      await thread('gone');
      await thread('is open', { state: 'open' });
      await thread('is ready', { state: 'ready' });
      await thread('v1');
      await thread('v2', { older: 'v1', atMs: young });
      await thread('drafted');
      const id = await draft('drafted', 'waiting');
      await store.lists.keepMail({ messageId: 'new', raw: Buffer.from('x'), lists: [], source: 's', atMs: old, links: [] }, null);
      await store.said.say({ series: 'a search', kind: 'searched', what: '', note: '', by: 'a', mail: 'm', atMs: old });
      expect((await prune()).threads).toBe(1);
      expect([await store.lists.series('gone'), await store.lists.mail('gone'), await store.said.about(['gone', 'a search']), await store.lists.sawMail('gone', [])]).toEqual([null, null, [], false]);
      for (const key of ['is open', 'is ready', 'v1', 'v2', 'drafted']) expect([key, await store.lists.series(key) !== null, await store.lists.mail(key) !== null]).toEqual([key, true, true]);
      expect([await store.lists.mail('new') !== null, await store.lists.unsettledThreads(5), (await store.said.about(['v1'])).length]).toEqual([true, ['new'], 1]);
      await store.drafts.step(id, { from: ['waiting'], to: 'dropped', why: '' });
      expect((await prune()).threads).toBe(1);
    });

    test('versions go from the newest to the oldest, once all of them are old', async () => {
      await thread('v1');
      await thread('v2', { older: 'v1' });
      await thread('v3', { older: 'v2' });
      expect((await prune()).threads).toBe(3);
    });

    test('of a draft at its end the text goes; that it was there stays, and it is never sent again', async () => {
      const ids = new Map<DraftState, string>();
      for (const state of ['sent', 'refused', 'dropped', 'unsure', 'waiting', 'approved'] as const) ids.set(state, await draft('s', state));
      await draft('young', 'sent', young);
      expect((await prune()).drafts).toBe(3);
      expect((await prune()).drafts).toBe(0);
      for (const [state, id] of ids) {
        const isKept = ['unsure', 'waiting', 'approved'].includes(state);
        expect(await store.drafts.find(id)).toMatchObject({ state, subject: 's', mail: { raw: isKept ? 'text' : '', to: isKept ? ['a@example.org'] : [] } });
        expect([state, await store.drafts.step(id, { from: [state], to: 'approved', why: '' })]).toEqual([state, isKept]);
      }
      expect(await store.drafts.add({ ...(await store.drafts.find(ids.get('sent') ?? '') ?? expect.fail()), mail: { raw: 'again', messageId: 'x', to: [] } })).toMatchObject({ added: false });
      expect(await store.drafts.ofSeries('young')).toMatchObject([{ mail: { raw: 'text' } }]);
    });

    test('of versions that are not the newest the review goes, unless something of them is under way', async () => {
      const { submissions } = store;
      const begin = async (key: string, ids: readonly string[]): Promise<string> => {
        let id = '';
        for (const one of ids) {
          ({ id } = await submissions.begin({ submission: { key, origin: 'upload', title: '', author: '', where: '', isPrivate: false }, id: one, label: one, atMs: old }));
          if (one !== 'waits') await submissions.saveVersion(key, one, { json: '{}', patch: 'p', base: 'b', verdict: 'violated', questions: 3, atMs: old });
        }
        return id;
      };
      const [ended, open] = [await begin('ended', ['a', 'b']), await begin('open', ['a', 'waits'])];
      for (const headSha of ['a', 'b']) await store.saveReview('p', { headSha, baseSha: '', json: '{}', atMs: old });
      expect((await prune()).reviews).toBe(2);
      expect([await submissions.reviewedVersion(ended, 1), (await submissions.reviewedVersion(ended, 2))?.patch, (await submissions.reviewedVersion(open, 1))?.patch]).toEqual([null, 'p', 'p']);
      expect((await submissions.versions(ended))[0]).toMatchObject({ state: 'reviewed', verdict: 'violated', questions: 3 });
      expect((await store.latestReview('p'))?.headSha).toBe('b');
    });

    test('the audit goes after its own time; what is kept for ever stays', async () => {
      for (const atMs of [nowMs - 731 * DAY_MS, old]) await store.audit.note({ act: 'posted', what: `${atMs}`, submission: '', by: '', atMs });
      const forEver = Object.fromEntries(Object.keys(RETENTION).map((one) => [one, Infinity])) as unknown as typeof RETENTION;
      expect(await store.prune(forEver, nowMs)).toEqual({ deliveries: 0, jobs: 0, reviews: 0, threads: 0, drafts: 0, audit: 0 });
      expect((await prune()).audit).toBe(1);
      expect((await store.audit.entries({ max: 9 })).map(({ atMs }) => atMs)).toEqual([old]);
    });

    test('claims stay: what was posted once is not posted again, however late', async () => {
      await store.claim({ key: 'k', pull: 'p', atMs: 1 });
      await prune();
      expect(await store.claim({ key: 'k', pull: 'p', atMs: 2 })).toMatchObject({ fresh: false });
    });
  });
}
