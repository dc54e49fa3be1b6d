import { gunzipSync } from 'node:zlib';
import nock from 'nock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uploadSarif } from '../../src/gateway/code-scanning.js';
import { githubClient } from '../../src/gateway/github-store.js';
import { LIMITS } from '../../src/gateway/limits.js';

beforeAll(() => { nock.disableNetConnect(); });
afterAll(() => { nock.restore(); });

const upload = { owner: 'o', repo: 'r', number: 7, headSha: 'a'.repeat(40), sarif: '{"version":"2.1.0"}\n' };

test('SARIF is sent packed, for the head of the pull request', async () => {
  let body: Record<string, string> = {};
  nock('https://api.github.com').post('/repos/o/r/code-scanning/sarifs', (sent: Record<string, string>) => { body = sent; return true; }).reply(202, { id: '47' });
  expect(await uploadSarif(githubClient({}, LIMITS), upload)).toBe('47');
  const { sarif = '', ...rest } = body;
  expect(gunzipSync(Buffer.from(sarif, 'base64')).toString()).toBe(upload.sarif);
  expect(rest).toEqual({ commit_sha: 'a'.repeat(40), ref: 'refs/pull/7/head', tool_name: 'kcovet' });
});

test.each([[403, 'forbidden'], [404, 'missing'], [503, 'unavailable']])('a %d is a failure of kind %s', async (status, kind) => {
  nock('https://api.github.com').post('/repos/o/r/code-scanning/sarifs').reply(status, { message: 'no' });
  await expect(uploadSarif(githubClient({}, LIMITS), upload)).rejects.toMatchObject({ name: 'GithubFailure', kind });
});
