/** @module What pages know of series: all versions of one are one submission, with their states, and mails that left are in the audit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { markedEngine } from '../app/marked-engine.js';
import { submissionId } from '../../src/store/submission-store.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import type { Store } from '../../src/store/store.js';
import { auditedDrafts } from '../../src/lists/audited-drafts.js';
import { reviewAgainJob } from '../../src/lists/review-series.js';
import { AnsweringWorld, asking } from './answering-world.js';

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
