/** @module docs/pages.md: each address in it leads somewhere, and what it sends is taken. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { uploadSchema } from '../../src/web/api-schema.js';
import { UPLOAD_MAX } from '../../src/web/upload-limit.js';
import { SESSION_SECONDS } from '../../src/web/access.js';
import { reviewOfTwo } from '../lists/review-of-two.js';
import { noSqlite } from '../store/sqlite.js';
import { worldOf } from '../web/world.js';

const page = readFileSync('docs/pages.md', 'utf8');

test.skipIf(noSqlite)('the addresses of its table are there', async () => {
  const world = await worldOf('open');
  const id = await world.keep({}, [{ label: 'v1', review: reviewOfTwo() }]);
  const rows = [...page.matchAll(/^\| (`\/.*?`) \|/gmu)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/gu)].map((match) => match[1] ?? ''));
  // Files that a review has only with questions, and mails, which this world has none of: test/web has both.
  const paths = rows.map((path) => (path.startsWith('.') ? `/s/ID/N${path}` : path)).filter((path) => !/^\/mail\/|\.mail$|\/schedule$/u.test(path));
  expect(paths.length).toBeGreaterThan(10);
  for (const path of paths) {
    const { status } = await world.ask(path.replace('ID', id).replace('/N', '/1').replace('FINDING', 'first'), 'session');
    expect([path, status]).toEqual([path, 200]);
  }
  await world.store.close();
});

test('its JSON is an upload, and its limits are ours', () => {
  const json = /^\{ "patch".*\}$/mu.exec(page)?.[0] ?? '';
  expect(uploadSchema.safeParse(JSON.parse(json)).error).toBeUndefined();
  expect(page).toContain(`up to ${UPLOAD_MAX / 1024 / 1024} MB`);
  expect(page).toContain(`for ${SESSION_SECONDS / 24 / 3600} days`);
});
