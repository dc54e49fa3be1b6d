/** @module What pages are told of a version whose review does not end. */
import { expect, test } from 'vitest';
import { Superseded } from '../../src/engine/engine.js';
import { VersionTrack } from '../../src/service/version-track.js';
import { submissionId } from '../../src/store/submission-store.js';
import { noSqlite, openStore } from '../store/sqlite.js';

test.skipIf(noSqlite).each([[new Error('no memory'), 'no memory'], [new Superseded(), '']])(`waits again after %s${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, async (error, reason) => {
  const store = await openStore();
  const submission = { key: 'k', origin: 'github' as const, title: 't', author: 'a', where: '', isPrivate: false };
  const track = await VersionTrack.begin(store, { submission, id: 'v', label: 'v' }, () => 1);
  await expect(track.during(() => Promise.reject(error))).rejects.toBe(error);
  expect(await store.submissions.versions(submissionId('k'))).toMatchObject([{ state: 'waiting', reason }]);
  await store.close();
});
