/** @module The shape of each request that writes on GitHub, held against a golden: what the fake GitHub takes, nock shows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Octokit } from '@octokit/rest';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CheckRuns } from '../../src/gateway/check-runs.js';
import { GithubFailure } from '../../src/gateway/github-failure.js';
import { PullConversation } from '../../src/gateway/pull-conversation.js';

const GOLDEN = 'test/gateway/requests.golden.json';
const ref = { installation: 11, owner: 'o', repo: 'linux', repositoryId: 1, number: 7 };
const client = new Octokit({ auth: 'token', log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } });
const talk = new PullConversation(client, ref);
const checks = new CheckRuns(client, ref);
const api = 'https://api.github.com';

beforeAll(() => { nock.disableNetConnect(); });
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

/** Everything that is written, as method, path and body. */
async function written(): Promise<unknown[]> {
  const seen: unknown[] = [];
  const answer = { id: 1, output: { annotations_count: 0 }, data: { repository: { pullRequest: null } } };
  for (const method of ['get', 'post', 'patch'] as const) {
    nock(api).persist()[method](/.*/u).reply(200, function reply(path: string, body: unknown) {
      if (method !== 'get') seen.push({ method: method.toUpperCase(), path, body });
      return answer;
    });
  }
  const comment = { path: 'kernel/kcov.c', side: 'RIGHT', line: 12, startLine: 10, body: 'A question?' } as const;
  await talk.review({ headSha: 'a'.repeat(40), body: 'All of it', comments: [comment, { ...comment, startLine: null, side: 'LEFT' }] });
  await talk.lineComment('a'.repeat(40), comment);
  await talk.reply(5, 'Gone.');
  await talk.say('An answer.');
  await talk.react({ kind: 'issue', id: 6 }, 'eyes');
  await talk.react({ kind: 'review', id: 6 }, 'confused');
  await talk.threads();
  const output = { title: 'T', summary: 'S', text: 'X' };
  await checks.begin('a'.repeat(40), '1/7/a', output);
  await checks.progress(9, output);
  const annotation = { path: 'kernel/kcov.c', startLine: 1, endLine: 2, level: 'warning', title: 't', message: 'm' } as const;
  await checks.end(9, { conclusion: 'neutral', output, annotations: [annotation] });
  return seen;
}

test('requests are those of the golden', async () => {
  const text = `${JSON.stringify(await written(), null, 2)}\n`;
  if (process.env['BLESS'] === '1') writeFileSync(GOLDEN, text);
  expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
});

test.each([
  [401, {}, 'unauthorized', 0], [403, {}, 'forbidden', 0], [404, {}, 'missing', 0], [410, {}, 'missing', 0], [422, {}, 'refused', 0],
  [429, {}, 'limited', 60_000], [403, { 'retry-after': '30' }, 'limited', 30_000], [403, { 'x-ratelimit-remaining': '0', 'retry-after': '5' }, 'limited', 5_000],
  [500, {}, 'unavailable', 0], [502, {}, 'unavailable', 0],
] as const)('%d %j is %s', async (status, headers, kind, afterMs) => {
  nock(api).post(/.*/u).reply(status, { message: 'no' }, headers);
  const failure = await talk.say('x').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GithubFailure);
  expect(failure).toMatchObject({ kind, afterMs, nothingDone: kind !== 'unavailable' });
});
