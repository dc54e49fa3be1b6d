/** @module What every Store must do, held against each implementation. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AskedFinding, Store } from '../../src/store/store.js';

const pull = 'repo-7/pull-3';
const asked: AskedFinding = { fingerprint: 'f1', commentId: '11', threadId: null, headSha: 'aaa', state: 'asked', note: '' };

/** Runs the contract on stores that `make` gives, each empty. */
export function storeContract(name: string, make: () => Promise<Store>): void {
  describe(`${name}: a store`, () => {
    let store: Store;
    beforeEach(async () => { store = await make(); });
    afterEach(async () => { await store.close(); });

    test('notes a delivery once', async () => {
      expect(await store.hasDelivery('d1')).toBe(false);
      expect(await store.noteDelivery('d1', 5)).toBe(true);
      expect(await store.noteDelivery('d1', 6)).toBe(false);
      expect(await store.hasDelivery('d1')).toBe(true);
    });

    test('gives a claim fresh to one of many who ask at once, and says what is known to the others', async () => {
      const given = await Promise.all([1, 2, 3, 4].map((atMs) => store.claim({ key: 'check:aaa', pull, atMs })));
      expect(given.filter((one) => one.fresh)).toHaveLength(1);
      await store.posted('check:aaa', '99');
      const again = await store.claim({ key: 'check:aaa', pull, atMs: 9 });
      expect(again).toEqual({ key: 'check:aaa', pull, state: 'posted', remoteId: '99', atMs: given.find((one) => one.fresh)?.atMs, fresh: false });
    });

    test('gives a released claim fresh again, and keeps what was posted', async () => {
      await store.claim({ key: 'a', pull, atMs: 1 });
      await store.release('a');
      expect((await store.claim({ key: 'a', pull, atMs: 2 })).fresh).toBe(true);
      await store.posted('a', '5');
      await store.release('a');
      expect(await store.claim({ key: 'a', pull, atMs: 3 })).toMatchObject({ fresh: false, state: 'posted', remoteId: '5' });
    });

    test('keeps what was posted together with its entry of the audit, or neither', async () => {
      await store.claim({ key: 'a', pull, atMs: 1 });
      const entry = { act: 'posted' as const, what: 'a check', submission: pull, by: 'kcovet', atMs: 2 };
      await expect(store.posted('a', '5', { ...entry, by: null as unknown as string })).rejects.toThrow();
      expect(await store.claims(pull)).toMatchObject([{ state: 'claimed' }]);
      await store.posted('a', '5', entry);
      expect(await store.audit.entries({ submission: pull, max: 9 })).toEqual([entry]);
    });

    test('lists the claims of one pull request', async () => {
      await store.claim({ key: 'b', pull, atMs: 1 });
      await store.claim({ key: 'a', pull, atMs: 1 });
      await store.claim({ key: 'c', pull: `${pull}1`, atMs: 1 });
      expect((await store.claims(pull)).map((one) => one.key)).toEqual(['a', 'b']);
    });

    test('keeps one state of each finding of a pull request', async () => {
      await store.saveFinding(pull, asked);
      await store.saveFinding(pull, { ...asked, fingerprint: 'f0', commentId: null });
      await store.saveFinding(pull, { ...asked, threadId: 'T1', state: 'invalid', note: 'the lock is held' });
      await store.saveFinding('other', asked);
      expect(await store.findings(pull)).toEqual([
        { ...asked, fingerprint: 'f0', commentId: null }, { ...asked, threadId: 'T1', state: 'invalid', note: 'the lock is held' },
      ]);
    });

    test('keeps assumptions in the order they were made, each once', async () => {
      const one = { text: 'nmi=0', by: 'octocat', atMs: 1 };
      expect(await store.assume(pull, one)).toBe(true);
      expect(await store.assume(pull, { ...one, atMs: 2 })).toBe(false);
      expect(await store.assume(pull, { ...one, text: 'hardirq=0' })).toBe(true);
      expect((await store.assumptions(pull)).map(({ text, atMs }) => [text, atMs])).toEqual([['nmi=0', 1], ['hardirq=0', 1]]);
      expect(await store.unassume(pull, 'nmi=0')).toBe(true);
      expect(await store.unassume(pull, 'nmi=0')).toBe(false);
    });

    test('gives the review that was kept last', async () => {
      expect(await store.latestReview(pull)).toBeNull();
      for (const headSha of ['a', 'b', 'a']) await store.saveReview(pull, { headSha, baseSha: 'z', json: `{"of":"${headSha}"}`, atMs: 1 });
      expect(await store.latestReview(pull)).toEqual({ headSha: 'a', baseSha: 'z', json: '{"of":"a"}', atMs: 1 });
      for (let i = 0; i < 50; i += 1) await store.saveReview(pull, { headSha: `h${i}`, baseSha: 'z', json: '{}', atMs: i });
      expect((await store.latestReview(pull))?.headSha).toBe('h49');
    });

    test('forgets what begins with a prefix, read as plain text', async () => {
      for (const key of ['r_%/1', 'rx%/1', 'r_%/2']) {
        await store.claim({ key, pull: key, atMs: 1 });
        await store.saveFinding(key, asked);
        await store.assume(key, { text: 't', by: 'b', atMs: 1 });
        await store.saveReview(key, { headSha: 'a', baseSha: 'b', json: '{}', atMs: 1 });
      }
      await store.forget('r_%/');
      for (const key of ['r_%/1', 'r_%/2']) {
        expect([await store.claims(key), await store.findings(key), await store.assumptions(key), await store.latestReview(key)]).toEqual([[], [], [], null]);
      }
      expect([(await store.claims('rx%/1')).length, (await store.findings('rx%/1')).length, (await store.assumptions('rx%/1')).length]).toEqual([1, 1, 1]);
    });

    test('takes text of any kind', async () => {
      const note = `'; drop table findings; -- \u0000\n\u{1f980} ${'x'.repeat(100_000)}`;
      await store.saveFinding(pull, { ...asked, note });
      expect((await store.findings(pull))[0]?.note).toBe(note);
    });
  });
}
