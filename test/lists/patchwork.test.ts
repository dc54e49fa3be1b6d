/** @module Checks in Patchwork: once for each patch with something to say, whatever fails on the way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Patchwork } from '../../src/gateway/patchwork.js';
import type { KeptSeries } from '../../src/lists/list-store.js';
import { openWatch } from '../../src/lists/open-watch.js';
import { addChecks, checksJob } from '../../src/lists/patchwork-checks.js';
import type { PatchworkChecks } from '../../src/lists/patchwork-checks.js';
import { parsePolicy } from '../../src/lists/policy.js';
import type { Said } from '../../src/lists/said-store.js';
import { readWatchConfig } from '../../src/lists/watch-config.js';
import type { Review } from '../../src/review/review.js';
import type { Engine } from '../../src/engine/engine.js';
import { forQueue } from '../../src/service/failure.js';
import { noLog } from '../../src/service/log.js';
import { RetryLater } from '../../src/queue/queue.js';
import type { Store } from '../../src/store/store.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { worldOf } from '../web/world.js';
import { reviewOfTwo } from './review-of-two.js';
import { PatchworkServer } from './patchwork-server.js';
import { kept, patchBody, rawMail } from './threads.js';

/** One list that agreed to all. */
const OPEN = 'stop: false\nlists:\n  - {list: list@example.org, send: list}\n';

describe.skipIf(noSqlite)(`checks in Patchwork${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let store: Store;
  let server: PatchworkServer;
  let checks: PatchworkChecks;
  let policy: string;
  let nowMs: number;
  const told: string[] = [];
  beforeEach(async () => {
    store = await openStore();
    server = await PatchworkServer.start({ 'one@example.org': 11, 'two@example.org': 12 });
    [policy, nowMs] = [OPEN, Date.UTC(2026, 0, 12)];
    told.splice(0);
    checks = {
      patchwork: new Patchwork({ url: `${server.url}/`, token: 'secret' }), context: 'kcovet', store,
      pageOf: (id) => `https://kcovet.example.org/${id}`, log: (_, what) => void told.push(what), policy: () => Promise.resolve(parsePolicy(policy)), own: ['kcovet@example.org'], now: () => nowMs,
    };
    await keep('', 'key');
  });

  /** A reviewed series of three patches, with something before its Message-IDs. */
  async function keep(mark: string, key: string): Promise<void> {
    const mails = ['one', 'two', 'three'].map((name, i) => kept({ id: `${mark}${name}@example.org`, subject: `[PATCH ${i + 1}/3] x`, body: patchBody(`${mark}${name}`, i === 2 ? 'fs/other.c' : 'kernel/kcov.c') }));
    const first = mails[0]?.messageId ?? '';
    for (const mail of mails) await store.lists.keepMail({ ...mail, links: [first] }, null);
    const series: KeptSeries = { key, thread: first, version: 1, title: 't', author: 'author@example.org', changeId: '', digest: 'd', mails: mails.map(({ messageId }) => messageId), older: null, state: 'reviewed', reason: '', dueMs: 0, atMs: 1 };
    await store.lists.settle(first, { series: [series], gone: [] });
    const review = reviewOfTwo();
    await store.lists.saveReview(key, JSON.stringify({ ...review, submission: { ...review.submission, patches: review.submission.patches.map((one) => ({ ...one, messageId: `${mark}${one.messageId ?? ''}` })) } }), 1);
  }

  afterEach(async () => {
    await server.stop();
    await store.close();
  });

  test('a warning for a patch with questions, success for one without; a patch that is none of ours gets none', async () => {
    await addChecks('key', 0, checks);
    expect(server.checks).toEqual([
      { id: 1, patch: 11, state: 'warning', context: 'kcovet', description: '2 questions: 1 high, 1 low', target_url: 'https://kcovet.example.org/one@example.org' },
      { id: 2, patch: 12, state: 'success', context: 'kcovet', description: 'nothing to ask; 2 scenarios searched', target_url: 'https://kcovet.example.org/two@example.org' },
    ]);
    await addChecks('key', 0, checks);
    expect(server.checks).toHaveLength(2);
  });

  test('is in the audit of the submission that the series is a version of, added or refused, and on its page', async () => {
    const web = await worldOf('open', { store });
    const first = await store.lists.series('key');
    if (first === null) throw new Error('not kept');
    await store.lists.settle('newer@example.org', { series: [{ ...first, key: 'newer', thread: 'newer@example.org', version: 2, older: 'key' }], gone: [] });
    await store.lists.saveReview('newer', (await store.lists.review('key')) ?? '', 2);
    const { id } = await store.submissions.begin({ submission: { key: 'list/key', origin: 'list', title: 't', author: 'a', where: 'list@example.org', isPrivate: false }, id: 'key', label: 'v1', atMs: 1 });
    server.faults.push({ method: 'POST', status: 403 });
    await expect(addChecks('newer', 0, checks)).rejects.toThrow('(403)');
    await addChecks('newer', 0, checks);
    expect((await store.audit.entries({ submission: 'list/key', max: 5 })).map(({ act, what }) => `${act} ${what}`)).toEqual([
      'posted check of two@example.org in Patchwork (2)', 'posted check of one@example.org in Patchwork (1)', 'refused check of one@example.org in Patchwork',
    ]);
    expect(await store.audit.entries({ submission: 'patchwork', max: 5 })).toEqual([]);
    const page = async (who: 'nobody' | 'token'): Promise<string> => await (await web.ask(`/s/${id}`, who)).text();
    expect([await page('token'), await page('nobody')]).toEqual([expect.stringContaining('check of one@example.org in Patchwork'), expect.not.stringContaining('in Patchwork')]);
    await web.store.close();
  });

  test('what was done without an answer is not done again', async () => {
    server.faults.push({ method: 'POST', status: 502, done: true });
    await expect(addChecks('key', 0, checks)).rejects.toThrow('Patchwork failed (502)');
    expect(server.checks).toHaveLength(1);
    await addChecks('key', 0, checks);
    expect(server.checks.map((one) => one.patch)).toEqual([11, 12]);
  });

  test('a refusal before anything was done is tried again, after as long as it asks for', async () => {
    server.faults.push({ method: 'POST', status: 429, headers: { 'retry-after': '7' } });
    const failure: unknown = await addChecks('key', 0, checks).catch((error: unknown) => forQueue(error));
    expect(failure).toBeInstanceOf(RetryLater);
    expect(failure).toMatchObject({ afterMs: 7000 });
    expect(server.checks).toEqual([]);
    await addChecks('key', 0, checks);
    expect(server.checks).toHaveLength(2);
  });

  test('a token that is not taken, an instance that is none, a redirect', async () => {
    const wrong = { ...checks, patchwork: new Patchwork({ url: server.url, token: 'other' }) };
    await expect(addChecks('key', 0, wrong)).rejects.toThrow('does not take the token (401)');
    server.faults.push({ method: 'GET', status: 302, headers: { location: 'http://127.0.0.1:9/' } });
    await expect(addChecks('key', 0, checks)).rejects.toThrow('Patchwork cannot be reached');
    const none = { ...checks, patchwork: new Patchwork({ url: 'http://127.0.0.1:9', token: 'secret' }) };
    await expect(addChecks('key', 0, none)).rejects.toThrow('Patchwork cannot be reached');
    expect(server.checks).toEqual([]);
  });

  test('a patch that it does not know is waited for, then said; a series without a review: nothing', async () => {
    await keep('x', 'other');
    await addChecks('none', 0, checks);
    await expect(addChecks('other', 5, checks)).rejects.toMatchObject({ name: 'RetryLater', afterMs: 600_000 });
    expect(told).not.toContain('Patchwork does not know a patch');
    await addChecks('other', 6, checks);
    expect(server.checks).toEqual([]);
    expect(told).toContain('Patchwork does not know a patch');
  });

  test('another job where other mails came, or something else is said', () => {
    const [one, review] = [{ key: 'key', digest: 'd', mails: ['a', 'b'] }, reviewOfTwo()];
    const id = (series: typeof one, said: Review): string => checksJob(series, said).id;
    const same = id(one, { ...review, tool: { version: '9', rulesHash: '9' } });
    expect(checksJob(one, review)).toMatchObject({ id: same, payload: { key: 'key' } });
    const others = [id({ ...one, digest: 'e' }, review), id({ ...one, mails: ['a', 'b', 'c'] }, review), id(one, { ...review, findings: review.findings.slice(1) })];
    expect(new Set([same, ...others]).size).toBe(4);
  });

  describe('the policy is asked', () => {
    const descriptions = (): string[] => server.checks.map(({ description }) => description);
    const NONE = 'nothing to ask; 2 scenarios searched';

    test.each([
      ['stop', OPEN.replace('stop: false', 'stop: true')], ['a list that did not agree', 'stop: false\n'], ['one that is off', OPEN.replace('send: list', 'send: off')],
      ['moderators', OPEN.replace('send: list', 'send: moderators')], ['the author alone', OPEN.replace('send: list', 'send: author')], ['an author who opted out', `${OPEN}optOut: [author@example.org]\n`],
    ])('nothing is added where it says %s', async (_, text) => {
      policy = text;
      await addChecks('key', 0, checks);
      expect([server.checks, server.asked]).toEqual([[], []]);
    });

    test('what an embargo holds is added when it is over, the rest at once; one without an end is looked at again', async () => {
      policy = `${OPEN}embargoes:\n  - {thread: one@example.org, until: 2026-02-01}\n`;
      nowMs = Date.UTC(2026, 0, 31, 23);
      await expect(addChecks('key', 0, checks)).rejects.toMatchObject({ name: 'RetryLater', afterMs: 3_600_000 });
      policy = `${OPEN}embargoes:\n  - {path: kernel/kcov.c}\n`;
      await expect(addChecks('key', 1, checks)).rejects.toMatchObject({ name: 'RetryLater', afterMs: 2 * 86_400_000 });
      expect(descriptions()).toEqual([NONE]);
      policy = `${OPEN}embargoes:\n  - {thread: one@example.org, until: 2026-02-01}\n`;
      nowMs = Date.UTC(2026, 1, 1);
      await addChecks('key', 1, checks);
      expect(descriptions()).toEqual([NONE, '2 questions: 1 high, 1 low']);
    });

    test('while it cannot be read nothing is added', async () => {
      policy = 'stop: perhaps\n';
      await expect(addChecks('key', 0, checks)).rejects.toMatchObject({ name: 'RetryLater' });
      expect(server.asked).toEqual([]);
    });

    const invalid = (what: string): Said => ({ series: 'key', kind: 'invalid', what, note: '', by: 'author@example.org', mail: 'm@x', atMs: 1 });

    test('what was answered as invalid is no question; of who said stop nothing is said', async () => {
      await store.said.say(invalid('f-first'));
      await addChecks('key', 0, checks);
      expect(descriptions()).toEqual(['1 question: 1 low', NONE]);
      await store.said.say(invalid('f-second'));
      await addChecks('key', 0, checks);
      expect(descriptions()).toEqual(['1 question: 1 low', NONE, NONE]);
      await store.lists.saveReview('key', JSON.stringify({ ...reviewOfTwo(), complete: false }), 1);
      await store.said.say({ ...invalid(''), kind: 'stop' });
      await addChecks('key', 0, checks);
      expect(server.checks).toHaveLength(3);
    });

    test('what is only kept back is not counted, and is no success', async () => {
      policy = OPEN.replace('send: list', 'send: list, severities: [low]');
      await addChecks('key', 0, checks);
      expect(descriptions()).toEqual(['1 question: 1 low', NONE]);
      policy = OPEN.replace('send: list', 'send: list, severities: [medium]');
      server.checks.splice(0);
      await addChecks('key', 0, checks);
      expect(descriptions()).toEqual([]);
    });

    test('a series that is to be reviewed again, or was put aside, gets none', async () => {
      for (const state of ['ready', 'dropped', 'open', 'failed'] as const) {
        await store.lists.setState('key', state, '');
        await addChecks('key', 0, checks);
      }
      expect(server.asked).toEqual([]);
    });
  });
});

describe.skipIf(noSqlite)(`a watch with a Patchwork${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  /** Has one patch reviewed; what was added. */
  async function added(change: string, patches: Readonly<Record<string, number>>): Promise<string[]> {
    const [folder, server] = [mkdtempSync(join(tmpdir(), 'kcovet-patchwork-')), await PatchworkServer.start(patches)];
    try {
      writeFileSync(join(folder, 'list.mbox'), `From x Mon Sep 17 00:00:00 2001\n${rawMail({ id: 'one@example.org', subject: '[PATCH] kcov: x', body: patchBody('one') })}`);
      writeFileSync(join(folder, 'policy.yml'), 'stop: false\n');
      const config = readWatchConfig(`sources:\n  - {name: a, kind: mbox, path: list.mbox, lists: [list@example.org]}\ndata: .\nsince: 2026-01-01\npatchwork: {url: "${server.url}"}\n${change}`, 'watch.yml');
      if (!config.ok) throw new Error(config.problems.join());
      const engine: Engine = { review: () => Promise.resolve(reviewOfTwo()), reviewUnread: () => Promise.reject(new Error('not here')), replay: () => Promise.reject(new Error('not here')), assumed: () => Promise.reject(new Error('not here')) };
      const opened = await openWatch(config.config, { folder, log: noLog, signal: new AbortController().signal, version: '0', env: { KCOVET_PATCHWORK_TOKEN: 'secret' }, stdin: process.stdin, github: { token: undefined, url: undefined }, engine });
      if ('failure' in opened) throw new Error(opened.failure);
      await opened.watch.round();
      await opened.watch.idle();
      await opened.close();
      return server.checks.map(({ description }) => description);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  }

  test('who names one and no policy agrees for it; a policy rules; what it does not know yet keeps nobody waiting', async () => {
    expect(await added('', { 'one@example.org': 11 })).toEqual(['2 questions: 1 high, 1 low']);
    expect(await added('policy: policy.yml\n', { 'one@example.org': 11 })).toEqual([]);
    expect(await added('', {})).toEqual([]);
  });
});
