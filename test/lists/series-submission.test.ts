/** @module What pages know of series: all versions of one are one submission, with their states, and mails that left are in the audit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { markedEngine } from '../app/marked-engine.js';
import { submissionId } from '../../src/store/submission-store.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import type { Store } from '../../src/store/store.js';
import { auditedDrafts, draftNotes } from '../../src/lists/audited-drafts.js';
import { reviewAgainJob } from '../../src/lists/review-series.js';
import { moderate } from '../../src/lists/moderate.js';
import { AnsweringWorld, asking, POLICY } from './answering-world.js';

describe.skipIf(noSqlite)(`series as submissions${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let store: Store;
  let world: AnsweringWorld;
  let dir: string;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kcovet-series-'));
    store = await openStore();
    world = await AnsweringWorld.start(store, markedEngine());
  });
  afterEach(async () => {
    await world.stop();
    rmSync(dir, { recursive: true });
  });

  test('versions that follow each other are one submission, with the patch of each', async () => {
    await world.arrive(asking('one@x', ['/* ASK first */']));
    await world.arrive(asking('two@x', ['/* ASK first */', '/* ASK second */'], { subject: '[PATCH v2] kcov: ask' }));
    const id = submissionId('list/one@x');
    expect(await store.submissions.submission(id)).toMatchObject({ origin: 'list', title: 'kcov: ask', author: 'A Uthor', where: 'list@example.org', versions: 2 });
    expect(await store.submissions.versions(id)).toMatchObject([{ id: 'one@x', label: 'v1', state: 'reviewed', questions: 1 }, { id: 'two@x', label: 'v2', state: 'reviewed', questions: 2 }]);
    expect((await store.submissions.reviewedVersion(id, 2))?.patch).toMatch(/Message-ID: <two@x>[\s\S]*\+\/\* ASK second/u);
  });

  test('everybody sees a series once what was drafted went to the list, and never what the policy or a person holds back', async () => {
    const isPrivate = async (id: string): Promise<boolean | undefined> => (await store.submissions.submission(submissionId(`list/${id}`)))?.isPrivate;
    const versions = [asking('one@x', ['/* ASK first */']), asking('clean@x', ['/* nothing */'], { subject: '[PATCH] kcov: more' })];
    await world.arrive(...versions);
    expect([await isPrivate('one@x'), await isPrivate('clean@x')]).toEqual([false, false]);
    for (const [id, policy] of [
      ['held@x', 'delay: 1.day\n'], ['embargo@x', 'delay: 0\nembargoes:\n  - path: "**"\n'], ['low@x', 'delay: 0\nseverities: []\n'], ['stop@x', 'stop: true\n'],
    ] as const) {
      world.policy.text = POLICY.replace('delay: 0\n', policy);
      await world.arrive(asking(id, [`/* ASK ${id.slice(0, -2)} */`], { subject: `[PATCH] kcov: ${id}` }), asking(`clean-${id}`, [`/* ${id} */`], { subject: `[PATCH] kcov: clean ${id}` }));
      expect([id, await isPrivate(id)]).toEqual([id, true]);
    }
    expect([await isPrivate('clean-embargo@x'), await isPrivate('clean-held@x')]).toEqual([true, false]);
    for (const send of ['off', 'moderators', 'author'] as const) {
      world.policy.text = POLICY.replace('send: list', `send: ${send}`);
      await world.arrive(asking(`${send}@x`, [`/* ASK ${send} */`], { subject: `[PATCH] kcov: ${send}` }));
      expect([send, await isPrivate(`${send}@x`)]).toEqual([send, true]);
    }
  });

  test('what a moderator rejected stays hidden, also when a later version goes out', async () => {
    world.policy.text = POLICY.replace('send: list', 'send: moderators');
    await world.arrive(asking('one@x', ['/* ASK first */']));
    const id = submissionId('list/one@x');
    const [draft] = (await store.drafts.ofSeries('one@x')).filter(({ kind }) => kind === 'review');
    await moderate(store.drafts, draft?.id ?? '', { verb: 'reject', by: 'mod', why: '', nowMs: 1, note: draftNotes(store) });
    expect(await store.audit.entries({ submission: 'list/one@x', max: 9 })).toMatchObject([{ act: 'rejected', by: 'mod' }]);
    world.policy.text = POLICY;
    await world.arrive(asking('two@x', ['/* ASK second */'], { subject: '[PATCH v2] kcov: ask' }));
    expect(await store.submissions.submission(id)).toMatchObject({ versions: 2, isPrivate: true });
  });

  test('one is reviewed again when it is asked for, and not when a newer version is there', async () => {
    await world.arrive(asking('one@x', ['/* ASK first */']));
    expect(await reviewAgainJob('one@x', 'again 1', store.lists)).toMatchObject({ payload: { key: 'one@x' }, priority: 3 });
    await world.arrive(asking('two@x', ['/* ASK first */', '/* ASK second */'], { subject: '[PATCH v2] kcov: ask' }));
    expect(await reviewAgainJob('one@x', 'again 2', store.lists)).toBeNull();
  });

  test('a mail that leaves, and one that may have, are in the audit; one that comes back to wait is not', async () => {
    await world.arrive(asking('one@x', ['/* ASK first */']));
    const drafts = auditedDrafts(store, () => 7);
    const { id } = await store.drafts.add({ ...(await store.drafts.ofSeries('one@x'))[0]!, mail: { ...(await store.drafts.ofSeries('one@x'))[0]!.mail, messageId: 'another@x' }, state: 'approved', answers: 'other@x' } as Parameters<typeof drafts.add>[0]);
    for (const to of ['approved', 'unsure'] as const) {
      await drafts.claim(id, { from: 'approved', by: 'me', nowMs: 10, caps: null });
      expect(await drafts.step(id, { from: ['claimed'], to, why: 'x' })).toBe(true);
    }
    expect(await store.audit.entries({ submission: 'list/one@x', max: 9 })).toMatchObject([{ act: 'unsure', by: 'kcovet', what: expect.stringMatching(/^draft \S+ to .*@/u) }]);
  });
});
