/** @module What a SubmissionStore must do, held against each implementation. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.js';
import type { NewVersion, ReviewedVersion, SubmissionFilter, SubmissionHead, SubmissionStore } from '../../src/store/submission-store.js';

const head: SubmissionHead = { key: 'repo-7/pull-3', origin: 'github', title: 'kcov: Count in softirq', author: 'octocat', where: 'octo/linux#3', isPrivate: false };
const version = (id: string, more: Partial<SubmissionHead> = {}, atMs = 1): NewVersion => ({ submission: { ...head, ...more }, id, label: id.slice(0, 3), atMs });
const review: ReviewedVersion = { json: '{"of":1}', patch: 'diff', base: 'v6.12', verdict: 'violated', questions: 2, atMs: 9 };
const all: SubmissionFilter = { withPrivate: true };

/** Runs the contract on stores that `make` gives, each empty. */
export function submissionsContract(name: string, make: () => Promise<Store>): void {
  describe(`${name}: submissions`, () => {
    let store: Store;
    let kept: SubmissionStore;
    beforeEach(async () => { store = await make(); kept = store.submissions; });
    afterEach(async () => { await store.close(); });
    const keysOf = async (filter: Partial<SubmissionFilter>): Promise<string[]> => (await kept.submissions({ ...all, ...filter }, { max: 10 })).entries.map(({ key }) => key);

    test('numbers versions in the order they came, once each, also when many come at once', async () => {
      const given = await Promise.all(['a', 'b', 'a', 'c', 'a'].map((id) => kept.begin(version(id))));
      expect(new Set(given.map(({ id }) => id)).size).toBe(1);
      expect(given[0]?.id).toMatch(/^[0-9a-f]{12}$/u);
      expect([given[0]?.number, given[2]?.number]).toEqual([given[4]?.number, given[4]?.number]);
      expect((await kept.versions(given[0]?.id ?? '')).map(({ number }) => number)).toEqual([1, 2, 3]);
      expect((await kept.submission(given[0]?.id ?? ''))?.versions).toBe(3);
      expect([await kept.submission('000000000000'), await kept.versions('000000000000')]).toEqual([null, []]);
    });

    test('a version goes from waiting to reviewed; what is known of its submission is that of the newest', async () => {
      const { id, number } = await kept.begin(version('aaaa'));
      await kept.setProgress(head.key, 'aaaa', 'too early');
      expect((await kept.submission(id))?.newest).toMatchObject({ state: 'waiting', progress: '', verdict: null, questions: 0 });
      await kept.setVersionState(head.key, 'aaaa', { state: 'running', reason: '', atMs: 3 });
      await kept.setProgress(head.key, 'aaaa', '2 of 5 scenarios');
      expect((await kept.submission(id))?.newest).toMatchObject({ state: 'running', progress: '2 of 5 scenarios' });
      expect(await kept.reviewedVersion(id, number)).toBeNull();
      await kept.saveVersion(head.key, 'aaaa', review);
      expect(await kept.reviewedVersion(id, number)).toEqual(review);
      await kept.begin(version('bbbb', { title: 'kcov: Other' }, 12));
      expect(await kept.submission(id)).toEqual({
        ...head, id, title: 'kcov: Other', versions: 2, changedMs: 12,
        newest: { id: 'bbbb', number: 2, label: 'bbb', state: 'waiting', reason: '', progress: '', verdict: null, questions: 0, base: '', atMs: 12, changedMs: 12 },
      });
      expect((await kept.versions(id))[0]).toEqual({ id: 'aaaa', number: 1, label: 'aaa', state: 'reviewed', reason: '', progress: '', verdict: 'violated', questions: 2, base: 'v6.12', atMs: 1, changedMs: 9 });
    });

    test('who comes again keeps a state; what failed or was dropped waits again', async () => {
      const stateAfter = async (): Promise<string> => {
        const { id } = await kept.begin(version('a', {}, 20));
        return (await kept.versions(id)).map(({ state, reason }) => `${state} ${reason}`).join();
      };
      await kept.begin(version('a'));
      await kept.setVersionState(head.key, 'a', { state: 'failed', reason: 'no memory', atMs: 2 });
      expect(await stateAfter()).toBe('waiting ');
      await kept.setVersionState(head.key, 'a', { state: 'running', reason: '', atMs: 2 });
      expect(await stateAfter()).toBe('running ');
      await kept.saveVersion(head.key, 'a', review);
      expect(await stateAfter()).toBe('reviewed ');
      await kept.setVersionState(head.key, 'a', { state: 'dropped', reason: 'closed', atMs: 2 });
      expect(await stateAfter()).toBe('waiting ');
    });

    test('hides and shows one, or all of a repository', async () => {
      for (const key of ['github/7/1', 'github/7/2', 'github/71/1', 'github%7/1']) await kept.begin(version('a', { key }));
      await kept.setPrivate({ prefix: 'github/7/' }, true);
      await kept.setPrivate({ key: 'github/7/2' }, false);
      expect((await keysOf({ withPrivate: false })).sort()).toEqual(['github%7/1', 'github/7/2', 'github/71/1']);
    });

    test('a head that is pushed again is the newest again, and numbers go on; an older series of a list is not', async () => {
      for (const id of ['a', 'b', 'a']) await kept.begin(version(id));
      const { id } = await kept.begin(version('a'));
      expect((await kept.submission(id))?.newest).toMatchObject({ id: 'a', number: 1 });
      expect((await kept.begin(version('c'))).number).toBe(3);
      for (const series of ['v1', 'v2', 'v1']) await kept.begin(version(series, { key: 'list/1', origin: 'list' }));
      expect((await kept.submissions({ ...all, origin: 'list' }, { max: 1 })).entries[0]?.newest.id).toBe('v2');
    });

    test('a review that is made again is in place of the older one, which is there until then', async () => {
      const { id } = await kept.begin(version('a'));
      await kept.saveVersion(head.key, 'a', review);
      await kept.setVersionState(head.key, 'a', { state: 'running', reason: '', atMs: 10 });
      expect(await kept.reviewedVersion(id, 1)).toEqual(review);
      await kept.saveVersion(head.key, 'a', { ...review, json: '{}', questions: 0, verdict: 'holds', atMs: 11 });
      expect(await kept.reviewedVersion(id, 1)).toEqual({ ...review, json: '{}', questions: 0, verdict: 'holds', atMs: 11 });
    });

    test('what is not known is left alone', async () => {
      await kept.setVersionState('none', 'a', { state: 'failed', reason: 'r', atMs: 1 });
      await kept.setProgress('none', 'a', 'p');
      await kept.saveVersion('none', 'a', review);
      expect(await kept.submissions(all, { max: 10 })).toEqual({ entries: [], next: null });
    });

    test('a list is narrowed by origin, state, questions and words, and shows private ones on demand alone', async () => {
      await kept.begin(version('a'));
      await kept.begin(version('a', { key: 'list/k', origin: 'list', title: 'KCOV: 100%_sure', author: 'Ärzte <a@example.org>', where: 'b@example.org' }, 2));
      await kept.begin(version('a', { key: 'hidden', isPrivate: true, title: 'secret' }, 3));
      await kept.saveVersion(head.key, 'a', review);
      await kept.saveVersion('list/k', 'a', { ...review, questions: 0, verdict: 'holds', atMs: 8 });
      expect(await keysOf({})).toEqual([head.key, 'list/k', 'hidden']);
      expect(await keysOf({ withPrivate: false })).toEqual([head.key, 'list/k']);
      expect(await keysOf({ withPrivate: false, text: 'secret' })).toEqual([]);
      expect([await keysOf({ origin: 'list' }), await keysOf({ state: 'waiting' }), await keysOf({ asks: true }), await keysOf({ asks: false })]).toEqual([['list/k'], ['hidden'], [head.key], ['list/k']]);
      expect([await keysOf({ text: ' SOFTIRQ  octo/linux ' }), await keysOf({ text: 'ärzte' }), await keysOf({ text: '0%_s' }), await keysOf({ text: '%' }), await keysOf({ text: '\\' }), await keysOf({ text: '__' })])
        .toEqual([[head.key], ['list/k'], ['list/k'], ['list/k'], [], []]);
      expect(await kept.versionCounts()).toEqual({ waiting: 1, running: 0, reviewed: 2, failed: 0, dropped: 0 });
      expect((await kept.versionCounts({ withPrivate: false })).waiting).toBe(0);
    });

    test('a list is read in stretches, what changed last first', async () => {
      for (const [key, atMs] of [['a', 5], ['b', 7], ['c', 7], ['d', 6], ['e', 1]] as const) await kept.begin(version('x', { key }, atMs));
      const stretches: string[] = [];
      let after: string | null = null;
      do {
        const page = await kept.submissions(all, { max: 2, after });
        stretches.push(page.entries.map(({ key }) => key).join(''));
        after = page.next;
      } while (after !== null && stretches.length < 9);
      expect(stretches).toEqual(['cb', 'da', 'e']);
      expect((await kept.submissions(all, { max: 9, after: 'none of ours' })).entries).toHaveLength(5);
    });

    test('what an App was removed from is forgotten', async () => {
      const { id } = await kept.begin(version('a'));
      await kept.begin(version('a', { key: 'list/k' }));
      for (const state of ['waiting', 'done', 'active']) await store.jobs.add({ id: `job ${state}`, kind: 'k', payload: { title: 'secret' }, group: `repo-7/${state}` }, 1);
      await store.jobs.take(1);
      await store.jobs.end('job waiting', { state: 'done', error: '', atMs: 1 });
      const { id: running } = await store.jobs.take(1) ?? { id: '' };
      await store.audit.note({ act: 'posted', what: 'a review of "secret"', submission: 'repo-7/1', by: 'kcovet', atMs: 1 });
      await store.forget('repo-7/');
      expect(await store.audit.entries({ max: 9 })).toMatchObject([{ act: 'posted', what: 'what is not kept any more' }]);
      expect(await store.jobs.counts()).toMatchObject({ waiting: 0, active: 1, done: 0 });
      expect([(await store.jobs.find(running))?.payload, await store.jobs.end(running, { state: 'failed', error: 'x', atMs: 2 })]).toEqual([null, 'superseded']);
      expect([await kept.submission(id), await kept.versions(id), await keysOf({})]).toEqual([null, [], ['list/k']]);
    });
  });

  describe(`${name}: the audit`, () => {
    test('is kept in order, and read from its end', async () => {
      const store = await make();
      for (const [i, submission] of ['a', 'b', 'a', 'a'].entries()) await store.audit.note({ act: 'posted', what: `review ${i}`, submission, by: 'kcovet', atMs: 9 - i });
      expect((await store.audit.entries({ max: 2 })).map(({ what }) => what)).toEqual(['review 3', 'review 2']);
      expect(await store.audit.entries({ submission: 'b', max: 9 })).toEqual([{ act: 'posted', what: 'review 1', submission: 'b', by: 'kcovet', atMs: 8 }]);
      await store.close();
    });
  });
}
