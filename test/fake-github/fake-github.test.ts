/** @module The fake GitHub itself: what it refuses, since a fake that takes everything proves nothing. */
import { createSign } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeGithub } from './fake-github.js';

const github = new FakeGithub();
let token = '';

beforeAll(async () => {
  await github.start();
  const repo = github.repository('o', 'linux');
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i + 1}`);
  const [base = ''] = repo.git.commit(null, [{ message: 'base', files: { 'a.c': `${lines.join('\n')}\n` } }]);
  repo.branches.set('master', base);
  const changed = lines.map((line, i) => (i === 9 || i === 29 ? `${line} changed` : line));
  const [head = ''] = repo.git.commit(base, [{ message: 'a change', files: { 'a.c': `${changed.join('\n')}\n` } }]);
  const user = { login: 'author', type: 'User' } as const;
  repo.pulls.set(1, { number: 1, title: 'a change', body: '', state: 'open', draft: false, user, base: { ref: 'master' }, head: { ref: 'topic', sha: head, repo: 'o/linux' } });
  token = String((await asApp('POST', '/app/installations/11/access_tokens')).json.token);
});
afterAll(() => github.stop());

interface Answer { readonly status: number; readonly json: Record<string, unknown>; readonly headers: Headers }

async function request(method: string, path: string, { body, auth }: { body?: unknown; auth: string }): Promise<Answer> {
  const response = await fetch(`${github.url}${path}`, { method, headers: { authorization: `Bearer ${auth}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, json: await response.json() as Record<string, unknown>, headers: response.headers };
}

function asApp(method: string, path: string): Promise<Answer> {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256' })}.${part({ iss: 7 })}`;
  return request(method, path, { auth: `${text}.${createSign('RSA-SHA256').update(text).sign(github.credentials.privateKey, 'base64url')}` });
}

const ask = (method: string, path: string, body?: unknown): Promise<Answer> => request(method, `/repos/o/linux${path}`, { body, auth: token });
const review = (comment: object): Promise<Answer> => ask('POST', '/pulls/1/reviews', { event: 'COMMENT', body: 'x', comments: [{ path: 'a.c', body: 'q', side: 'RIGHT', ...comment }] });

test('who has no token, or an old one, is refused', async () => {
  expect((await request('GET', '/repos/o/linux', { auth: 'ghs_none' })).status).toBe(401);
  const old = String((await asApp('POST', '/app/installations/11/access_tokens')).json.token);
  expect((await request('GET', '/repos/o/linux', { auth: old })).status).toBe(200);
});

test('a line outside of the hunks fails the whole review', async () => {
  expect((await review({ line: 20 })).status).toBe(422);
  expect((await review({ line: 10, start_line: 10 })).status).toBe(422);
  expect((await review({ line: 30, start_line: 10 })).status).toBe(422);
  expect((await review({ line: 10, path: 'b.c' })).status).toBe(422);
  expect(github.repository('o', 'linux').reviews).toHaveLength(0);
  expect((await review({ line: 10, start_line: 9 })).status).toBe(200);
  expect((await review({ line: 10, side: 'LEFT' })).status).toBe(200);
});

test('more than 50 annotations are refused, and those of two requests are added up', async () => {
  const head = github.repository('o', 'linux').pulls.get(1)?.head.sha;
  const annotations = (n: number): object[] => Array.from({ length: n }, () => ({ path: 'a.c', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'q' }));
  const output = (n: number): object => ({ title: 't', summary: 's', annotations: annotations(n) });
  expect((await ask('POST', '/check-runs', { name: 'k', head_sha: head, output: output(51) })).status).toBe(422);
  const made = await ask('POST', '/check-runs', { name: 'k', head_sha: head, output: output(50) });
  await ask('PATCH', `/check-runs/${String(made.json.id)}`, { output: output(3) });
  expect(github.repository('o', 'linux').checks[0]?.annotations).toHaveLength(53);
});

test('lists have pages', async () => {
  const page = await ask('GET', '/pulls/1/comments?per_page=1');
  expect(page.json).toHaveLength(1);
  expect(page.headers.get('link')).toContain('page=2');
});

test('a fault happens as often as it was asked for, before or after the work', async () => {
  const comments = github.repository('o', 'linux').issueComments;
  github.faults.add({ method: 'POST', path: /comments$/u, answer: { status: 503 } });
  github.faults.add({ method: 'POST', path: /comments$/u, done: true });
  expect((await ask('POST', '/issues/1/comments', { body: 'x' })).status).toBe(503);
  expect(comments).toHaveLength(0);
  await expect(ask('POST', '/issues/1/comments', { body: 'x' })).rejects.toThrow();
  expect(comments).toHaveLength(1);
});

test('a request that is held goes on when it is let go', async () => {
  const held = github.faults.hold({ method: 'GET', path: /commits$/u });
  const answer = ask('GET', '/pulls/1/commits');
  await held.reached;
  expect(github.asked.at(-1)?.path).not.toContain('/commits');
  held.release();
  expect((await answer).status).toBe(200);
});
