import { expect, test } from 'vitest';
import { GithubFailure } from '../../src/gateway/github-failure.js';
import type { Asker } from '../../src/gateway/github-store.js';
import type { PullHead } from '../../src/gateway/pull-request.js';
import { scan } from '../../src/service/scanning.js';
import { review, submission } from '../render/fixtures/invented-review.js';

const head: PullHead = { owner: 'o', repo: 'r', number: 7, title: '', body: '', author: 'a', state: 'open', draft: false, headSha: 'a'.repeat(40), baseSha: 'b'.repeat(40), baseRef: 'main', isPrivate: false, changedFiles: 1 };
const scanned = { review, submission, root: '', head };

/** A client that answers, or fails with a status. */
function client(status: number): Asker {
  const answer = (): Promise<unknown> => (status < 300 ? Promise.resolve({ status, data: { id: '1' } }) : Promise.reject(Object.assign(new Error('no'), { status, response: { headers: {} } })));
  return { request: answer as unknown as Asker['request'] };
}

test('an upload that is taken needs no word', async () => {
  expect(await scan(client(202), scanned)).toBeNull();
});

test.each([[403, /give the App write access to "Code scanning alerts"/u], [404, /turn code scanning on/u], [422, /GitHub refused it \(422\)/u]])('a %d is a sentence with the way out', async (status, words) => {
  expect(await scan(client(status), scanned)).toMatch(words);
});

test.each([401, 429, 500])('a %d is tried again', async (status) => {
  await expect(scan(client(status), scanned)).rejects.toBeInstanceOf(GithubFailure);
});
