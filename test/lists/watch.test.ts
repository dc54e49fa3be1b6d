/** @module Mirrors on disk to series, reviews and drafts: what is reviewed, when, how often, and what is left alone. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.js';
import { DAY_S, mailOf, writeEpoch } from '../gateway/public-inbox/mirror.js';
import { Sandbox } from '../gateway/repository.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { patchBody, rawMail, series, type Sent } from './threads.js';
import { Watching, emptyReview, mirrorAt } from './watching.js';

const HOUR_MS = 3_600_000;

describe.skipIf(noSqlite)(`a watch of mirrors${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let sandbox: Sandbox;
  let store: Store;
  let dir: string;
  let sent: Sent[];
  let watching: Watching;
  beforeEach(async () => {
    sandbox = new Sandbox();
    dir = sandbox.path('list');
    store = await openStore();
    sent = [];
    watching = new Watching(store, [mirrorAt(dir)]);
    await watching.watch.start();
  });
  afterEach(async () => {
    await watching.queue.stop();
    await store.close();
    sandbox.remove();
  });

  /** Mails come to the mirror, and a round is run; arrival now unless said. */
  const arrive = async (some: readonly Sent[], timeS = watching.nowMs / 1000): Promise<void> => {
    sent.push(...some);
    times.push(...some.map(() => timeS));
    writeEpoch(dir, 0, sent.map((one, i) => ({ mail: rawMail(one), timeS: times[i] })));
    await watching.round();
  };
  let times: number[] = [];
  beforeEach(() => { times = []; });

  test('a whole series is reviewed at once, once, with all that is handed on', async () => {
    await arrive(series('s'));
    await watching.round();
    expect(watching.drafted).toHaveLength(1);
    const [{ ready } = { ready: null }] = watching.drafted;
    expect(ready).toMatchObject({ key: 's-0@x', lists: ['list@example.org'], older: null, author: { name: 'A Uthor', address: 'author@example.org' } });
    expect(ready?.mails.map(({ messageId }) => messageId)).toEqual(['s-0@x', 's-1@x', 's-2@x']);
    expect(ready?.submission.patches.map(({ n, of }) => [n, of])).toEqual([[1, 2], [2, 2]]);
    expect(await watching.stateOf('s-0@x')).toBe('reviewed');
    expect(await store.lists.review('s-0@x')).toContain('kcovet/review@1');
  });

  test('what did not come is waited for so long, then what is there is reviewed and the rest named; a late patch is read still', async () => {
    const [cover, first, second] = series('s') as [Sent, Sent, Sent];
    await arrive([cover, second]);
    expect([watching.reviewed, await watching.stateOf('s-0@x')]).toEqual([[], 'open: waits for patch 1 of 2']);
    watching.nowMs += HOUR_MS - 1000;
    await watching.round();
    expect(watching.reviewed).toEqual([]);
    watching.nowMs += 1000;
    await watching.round();
    expect(watching.drafted[0]?.ready.submission.problems.map(({ what }) => what)).toEqual(['the series has 2 patches; not in the input: 1']);
    await arrive([first]);
    expect(watching.reviewed).toEqual(['s-0@x', 's-0@x']);
    expect(watching.drafted[1]?.ready.submission.problems).toEqual([]);
  });

  test.each([0, 1, 2, 3])('patches and a cover letter that say nothing of kcov are fetched for the series that they are in (all but mail %i)', async (named) => {
    const plain = (one: Sent, i: number): Sent => ({ ...one, subject: one.subject.replace('kcov: ', 'mm: '), body: i === 0 ? 'Words.\n' : patchBody(`w${i}`, 'mm/slab.c') });
    await arrive(series('s', { of: 3 }).map((one, i) => (i === named || i === 2 ? one : plain(one, i))));
    expect(watching.drafted.map(({ ready }) => ready.mails.map(({ messageId }) => messageId))).toEqual([['s-0@x', 's-1@x', 's-2@x', 's-3@x']]);
    expect([watching.reviewed, (await store.lists.seriesIn('open', 9)).length]).toEqual([['s-0@x'], 0]);
  });

  test('a series that nothing threads is one all the same', async () => {
    await arrive(series('s').map((one, n): Sent => ({ ...one, id: `20260110090000.4711-${n + 1}-author@example.org`, answers: undefined, references: [] })));
    expect(watching.drafted.map(({ ready }) => [ready.key, ready.mails.length])).toEqual([['20260110090000.4711-1-author@example.org', 3]]);
  });

  test('the next version is held against the review of the one before, which is put aside', async () => {
    await arrive(series('s'));
    await arrive(series('t', { version: 2, what: 's' }));
    expect(watching.drafted[1]?.ready).toMatchObject({ key: 't-0@x', older: 's-0@x' });
    expect(watching.drafted[1]?.review.since).toMatchObject({ messageId: 's-0@x', version: 1 });
    expect([await watching.stateOf('s-0@x'), watching.cancelled]).toEqual(['dropped: a newer version is there: t-0@x', ['s-0@x: a newer version is there: t-0@x']]);
  });

  test.each<[string, Parameters<typeof series>[1], Partial<Sent>]>([
    ['by its title', { what: 's' }, {}],
    ['by what b4 calls it', { what: 'renamed', note: 'change-id: 20260110-kcov-0123456789ab\n' }, {}],
    ['by its thread', { what: 'renamed', parent: 's-0@x' }, {}],
    ['by what both add', { what: 'renamed' }, { subject: '[PATCH v2 1/2] kcov: renamed, step 1', body: patchBody('s_1_1') }],
  ])('the version before is found %s, whichever comes first', async (_, more, first) => {
    const v1 = series('s', { note: 'change-id: 20260110-kcov-0123456789ab\n' });
    const v2 = series('t', { version: 2, ...more }).map((one, i) => (i === 1 ? { ...one, ...first } : one));
    await arrive([...v2, ...v1]);
    expect([watching.reviewed, await watching.stateOf('s-0@x')]).toEqual([['t-0@x'], 'dropped: a newer version is there: t-0@x']);
    await store.close();
    store = await openStore();
    watching = new Watching(store, [mirrorAt(dir)]);
    await watching.watch.start();
    await arrive(v1.slice(0, 0));
    expect(watching.reviewed).toEqual(['t-0@x']);
  });

  test('the same patch sent again is reviewed once, the same version with changes again', async () => {
    await arrive([{ id: 'a@x', subject: '[PATCH] kcov: count', body: patchBody('count') }]);
    await arrive([{ id: 'b@x', subject: '[PATCH RESEND] kcov: count', body: patchBody('count') }]);
    expect([watching.reviewed, await watching.stateOf('b@x')]).toEqual([['a@x'], 'dropped: sent before: a@x']);
    await arrive([{ id: 'c@x', subject: '[PATCH] kcov: count', body: patchBody('counted') }]);
    expect(watching.reviewed).toEqual(['a@x', 'c@x']);
  });

  test('what its author takes back is put aside, reviewed or not', async () => {
    const one = { id: 'a@x', subject: '[PATCH] kcov: count', body: patchBody('count') };
    await arrive([one]);
    await arrive([{ id: 'b@x', subject: 'Re: [PATCH] kcov: count', answers: 'a@x', body: 'Please ignore this patch.\n' }]);
    expect([await watching.stateOf('a@x'), watching.cancelled]).toEqual(['dropped: taken back by its author', ['a@x: taken back by its author']]);
    await arrive([{ ...one, id: 'c@x', subject: '[PATCH] kcov: weigh', body: patchBody('weigh') }, { id: 'd@x', subject: 'Re: [PATCH] kcov: weigh', answers: 'c@x', body: 'Please disregard.\n' }]);
    expect(watching.reviewed).toEqual(['a@x']);
  });

  test('patches of other projects, pull requests, and patches that touch nothing of kcov are left alone', async () => {
    await arrive([
      { id: 'a@x', subject: '[PATCH] kcov: for another kernel', body: patchBody('one', 'sys/kern/kern_kcov.c') },
      { id: 'b@x', subject: '[GIT PULL] kcov', body: patchBody('two') }, { id: 'c@x', subject: '[PATCH] doc: say kcov', body: patchBody('three', 'Documentation/dev-tools/kcov.rst') },
    ]);
    expect(await Promise.all(['a@x', 'b@x', 'c@x'].map((key) => watching.stateOf(key)))).toEqual(['dropped: a patch of another project', 'unknown', 'dropped: changes nothing of kcov']);
    expect(watching.reviewed).toEqual([]);
  });

  test('two mirrors with the same mails, and one mail by two lists, are one review', async () => {
    const second = sandbox.path('other');
    watching = new Watching(store, [mirrorAt(dir), mirrorAt(second, 'two', ['other@example.org'])]);
    await watching.watch.start();
    writeEpoch(second, 0, series('s').map((one) => ({ mail: `List-Id: <other.example.org>\n${rawMail(one)}`, timeS: DAY_S })));
    await arrive(series('s'));
    expect(watching.drafted.map(({ ready }) => [ready.key, ready.lists])).toEqual([['s-0@x', ['list@example.org', 'other@example.org']]]);
  });

  test('a watch that ends in the middle goes on where it was, and reviews what was not', async () => {
    const asked: string[] = [];
    watching.review = ({ submission }) => {
      asked.push(submission.messageId ?? '');
      return Promise.reject(new Error('the power went'));
    };
    sent.push(...series('s'), { id: 'a@x', subject: '[PATCH] kcov: count', body: patchBody('count') });
    writeEpoch(dir, 0, sent.map((one) => ({ mail: rawMail(one), timeS: DAY_S })));
    await watching.watch.round();
    await watching.queue.stop();
    expect(await watching.stateOf('s-0@x')).toBe('ready');
    watching = new Watching(store, [mirrorAt(dir)]);
    await watching.watch.start();
    expect((await watching.round()).read['one']).toMatchObject({ mails: 0, kept: 0 });
    expect(watching.reviewed.sort()).toEqual(['a@x', 's-0@x']);
  });

  test('what is dropped or changed while it is reviewed is not answered as it was', async () => {
    let meanwhile: (() => Promise<void>) | null = async () => {
      sent.push(...series('t', { version: 2, what: 's' }));
      writeEpoch(dir, 0, sent.map((one) => ({ mail: rawMail(one), timeS: DAY_S })));
      await watching.watch.round();
    };
    watching.review = async ({ submission }) => {
      const first = meanwhile;
      meanwhile = null;
      await first?.();
      return emptyReview(submission);
    };
    await arrive(series('s'));
    expect([watching.reviewed, await watching.stateOf('s-0@x'), await watching.stateOf('t-0@x')]).toEqual([['t-0@x'], 'dropped: a newer version is there: t-0@x', 'reviewed']);
    // Its review is there for the version after it all the same.
    expect(await store.lists.review('s-0@x')).not.toBeNull();
    const [cover, one, two] = series('u') as [Sent, Sent, Sent];
    await arrive([cover, two], watching.nowMs / 1000 - 7200);
    expect(watching.reviewed).toEqual(['t-0@x', 'u-0@x']);
    await arrive([one]);
    expect(watching.reviewed).toEqual(['t-0@x', 'u-0@x', 'u-0@x']);
  });

  test('a review that fails each time is said and not tried for ever; the others are made', async () => {
    watching.review = ({ submission }) => (submission.messageId === 'a@x' ? Promise.reject(new Error('out of memory')) : Promise.reject(new Error('never')));
    const good = watching.review;
    watching.review = (request, watch) => (request.submission.messageId === 'a@x' ? good(request, watch) : new Watching(store, []).review(request, watch));
    await arrive([{ id: 'a@x', subject: '[PATCH] kcov: count', body: patchBody('count') }, ...series('s')]);
    expect([await watching.stateOf('a@x'), watching.reviewed]).toEqual(['failed: out of memory', ['s-0@x']]);
    await watching.round();
    expect(await watching.stateOf('a@x')).toBe('failed: out of memory');
  });

  test('mails that are no text, that name thousands of others, or come under an id that is known, cost no more than themselves', async () => {
    const references = Array.from({ length: 5_000 }, (_, i) => `ref-${i}@x`);
    writeEpoch(dir, 0, [
      { mail: `${mailOf('bin@x', { subject: 'kcov' })}${'\x01\x02\x03\0'.repeat(4_000)}` },
      { mail: rawMail({ id: 'many@x', subject: '[PATCH] kcov: many', references, body: patchBody('many') }) },
      { mail: rawMail({ id: 'many@x', subject: '[PATCH] kcov: forged', body: patchBody('forged') }) },
      ...series('s').map((one) => ({ mail: rawMail(one) })),
    ]);
    await watching.round();
    expect(watching.said('a mail cannot be read')).toEqual([{ mail: 'bin@x', reason: 'the input is binary data' }]);
    expect(watching.reviewed).toEqual(['many@x', 's-0@x']);
    expect(watching.drafted[0]?.ready.submission.subject).toBe('kcov: many');
  });
});
