/** @module Checks in Patchwork: once for each patch with something to say, whatever fails on the way. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Patchwork } from '../../src/gateway/patchwork.js';
import type { KeptSeries } from '../../src/lists/list-store.js';
import { addChecks, checksJob } from '../../src/lists/patchwork-checks.js';
import type { PatchworkChecks } from '../../src/lists/patchwork-checks.js';
import type { Review } from '../../src/review/review.js';
import { forQueue } from '../../src/service/failure.js';
import { RetryLater } from '../../src/service/queue.js';
import type { Store } from '../../src/service/store.js';
import { noSqlite, openStore } from '../service/sqlite.js';
import { reviewOfTwo } from './review-of-two.js';
import { PatchworkServer } from './patchwork-server.js';

describe.skipIf(noSqlite)(`checks in Patchwork${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let store: Store;
  let server: PatchworkServer;
  let checks: PatchworkChecks;
  const told: string[] = [];
  beforeEach(async () => {
    store = await openStore();
    server = await PatchworkServer.start({ 'one@example.org': 11, 'two@example.org': 12 });
    checks = {
      patchwork: new Patchwork({ url: `${server.url}/`, token: 'secret' }), context: 'kcovet', store,
      pageOf: (id) => `https://kcovet.example.org/${id}`, log: (_, what) => void told.push(what),
    };
    const series = (key: string): KeptSeries => ({ key, thread: 't', version: 1, title: 't', author: 'a@example.org', changeId: '', digest: 'd', mails: [], older: null, state: 'reviewed', reason: '', dueMs: 0, atMs: 1 });
    await store.lists.settle('t', { series: [series('key'), series('other')], gone: [] });
    await store.lists.saveReview('key', JSON.stringify(reviewOfTwo()), 1);
  });
  afterEach(async () => {
    await server.stop();
    await store.close();
  });

  test('a warning for a patch with questions, success for one without; a patch that is none of ours gets none', async () => {
    await addChecks('key', checks);
    expect(server.checks).toEqual([
      { id: 1, patch: 11, state: 'warning', context: 'kcovet', description: '2 questions: 1 high, 1 low', target_url: 'https://kcovet.example.org/one@example.org' },
      { id: 2, patch: 12, state: 'success', context: 'kcovet', description: 'nothing to ask; 2 scenarios searched', target_url: 'https://kcovet.example.org/two@example.org' },
    ]);
    await addChecks('key', checks);
    expect(server.checks).toHaveLength(2);
  });

  test('what was done without an answer is not done again', async () => {
    server.faults.push({ method: 'POST', status: 502, done: true });
    await expect(addChecks('key', checks)).rejects.toThrow('Patchwork failed (502)');
    expect(server.checks).toHaveLength(1);
    await addChecks('key', checks);
    expect(server.checks.map((one) => one.patch)).toEqual([11, 12]);
  });

  test('a refusal before anything was done is tried again, after as long as it asks for', async () => {
    server.faults.push({ method: 'POST', status: 429, headers: { 'retry-after': '7' } });
    const failure: unknown = await addChecks('key', checks).catch((error: unknown) => forQueue(error));
    expect(failure).toBeInstanceOf(RetryLater);
    expect(failure).toMatchObject({ afterMs: 7000 });
    expect(server.checks).toEqual([]);
    await addChecks('key', checks);
    expect(server.checks).toHaveLength(2);
  });

  test('a token that is not taken, an instance that is none, a redirect', async () => {
    const wrong = { ...checks, patchwork: new Patchwork({ url: server.url, token: 'other' }) };
    await expect(addChecks('key', wrong)).rejects.toThrow('does not take the token (401)');
    server.faults.push({ method: 'GET', status: 302, headers: { location: 'http://127.0.0.1:9/' } });
    await expect(addChecks('key', checks)).rejects.toThrow('Patchwork cannot be reached');
    const none = { ...checks, patchwork: new Patchwork({ url: 'http://127.0.0.1:9', token: 'secret' }) };
    await expect(addChecks('key', none)).rejects.toThrow('Patchwork cannot be reached');
    expect(server.checks).toEqual([]);
  });

  test('a patch that it does not know, a series without a review: said, and nothing else', async () => {
    const review = reviewOfTwo();
    const unknown: Review = { ...review, submission: { ...review.submission, patches: review.submission.patches.map((one) => ({ ...one, messageId: `x${one.messageId}` })) } };
    await store.lists.saveReview('other', JSON.stringify(unknown), 1);
    await addChecks('other', checks);
    await addChecks('none', checks);
    expect(server.checks).toEqual([]);
    expect(told).toContain('Patchwork does not know a patch');
    expect(checksJob('key', review)).toMatchObject({ payload: { key: 'key' } });
  });
});
