/**
 * @module A base from GitHub, with answers of our own: nock for what it says, a server on loopback for what it does not
 * say in time.
 */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { blobId } from '../../src/apply/blob-id.js';
import { findBase } from '../../src/gateway/find-base.js';
import type { FindBaseOptions, FoundBase } from '../../src/gateway/find-base.js';
import { parseGithubName } from '../../src/gateway/github.js';
import { addCommit, formatPatch, history, kcovText, makefile, Sandbox, submissionOf, withoutIds } from './repository.js';

const box = new Sandbox();
const before = kcovText();
let mail = '';
const sha = (digit: string): string => digit.repeat(40);

beforeAll(() => {
  nock.disableNetConnect();
  nock.enableNetConnect('127.0.0.1');
  history(box.path('r'), [{ files: { 'kernel/kcov.c': before }, timeS: 1_500_000_000 }]);
  addCommit(box.path('r'), { files: { 'kernel/kcov.c': kcovText({ gamma: 7 }) }, timeS: 1_500_000_100 });
  mail = formatPatch(box.path('r'), '-1', ['--abbrev=40']);
});
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.restore();
  box.remove();
});

const api = 'https://api.github.com';

/** Contents of a commit; files that are not named are not there. */
function contents(commit: string, files: Readonly<Record<string, string>>): void {
  nock(api).persist().get(new RegExp(`^/repos/o/linux/contents/.*ref=${commit}`, 'u')).reply((uri) => {
    const path = decodeURIComponent(uri.replace(/^\/repos\/o\/linux\/contents\//u, '').replace(/\?.*$/u, ''));
    const text = files[path];
    if (text === undefined) return [404, { message: 'Not Found' }];
    return [200, { type: 'file', encoding: 'base64', sha: blobId(text), content: Buffer.from(text).toString('base64') }];
  });
}

/** A branch, tag or commit id. */
function commit(ref: string, id: string): void {
  nock(api).persist().get(`/repos/o/linux/commits/${encodeURIComponent(ref)}`).query(true).reply(200, { sha: id });
}

function noCommit(ref: string): void {
  nock(api).persist().get(`/repos/o/linux/commits/${ref}`).query(true).reply(422, { message: 'No commit found' });
}

function repository(): void {
  nock(api).persist().get('/repos/o/linux').reply(200, { default_branch: 'master' });
}

async function find(text: string, options: FindBaseOptions = {}): Promise<FoundBase> {
  return findBase(await submissionOf(text), { github: 'o/linux', ...options });
}

function said(found: FoundBase): string {
  return found.steps.map((step) => `${step.where}: ${step.what}`).join('\n');
}

describe('what GitHub has', () => {
  test('base-commit', async () => {
    commit(sha('1'), sha('1'));
    contents(sha('1'), { 'kernel/kcov.c': before, Makefile: makefile('6.7') });
    const found = await find(`${mail}\nbase-commit: ${sha('1')}\n`);
    expect(found.base).toMatchObject({ kind: 'github', label: '111111111111', version: 'v6.7', guessed: false });
    expect(found.base?.files.get('kernel/kcov.c')).toBe(before);
    expect(said(found)).toContain('github o/linux: base-commit 111111111111 is there');
  });

  test('the given ref', async () => {
    commit('v6.7', sha('2'));
    contents(sha('2'), { 'kernel/kcov.c': before });
    expect((await find(mail, { github: 'o/linux@v6.7' })).base).toMatchObject({ label: 'v6.7', guessed: false });
  });

  test('the default branch without ids in the patch: a guess', async () => {
    repository();
    commit('master', sha('3'));
    contents(sha('3'), { 'kernel/kcov.c': before });
    const found = await find(withoutIds(mail));
    expect(found.base).toMatchObject({ label: '333333333333', guessed: true });
  });

  test('a blob by its full id', async () => {
    repository();
    commit('master', sha('3'));
    contents(sha('3'), { 'kernel/kcov.c': kcovText({ alpha: 8 }), 'include/linux/kcov.h': '/* h */\n' });
    nock(api).get(`/repos/o/linux/git/blobs/${blobId(before)}`).reply(200, { encoding: 'base64', content: Buffer.from(before).toString('base64') });
    const found = await find(mail);
    expect(found.base?.guessed).toBe(false);
    expect(found.base?.files.get('kernel/kcov.c')).toBe(before);
    expect(found.base?.files.get('include/linux/kcov.h')).toBe('/* h */\n');
    expect(said(found)).toContain(`blob ${blobId(before).slice(0, 12)} (kernel/kcov.c) is there`);
  });

  test('a commit of the history of the file, by an abbreviated id', async () => {
    repository();
    commit('master', sha('3'));
    contents(sha('3'), { 'kernel/kcov.c': kcovText({ alpha: 8 }) });
    nock(api).get('/repos/o/linux/commits').query((query) => query['path'] === 'kernel/kcov.c' && query['until'] === '2017-07-14T02:41:40.000Z')
      .reply(200, [{ sha: sha('5') }, { sha: sha('6') }]);
    contents(sha('5'), { 'kernel/kcov.c': kcovText({ alpha: 9 }) });
    contents(sha('6'), { 'kernel/kcov.c': before });
    const found = await find(mail.replace(/^index (\w{9})\w+\.\.(\w{9})\w+/gmu, 'index $1..$2'));
    expect(found.base).toMatchObject({ label: '666666666666', guessed: false });
    expect(said(found)).toContain(`666666666666 has kernel/kcov.c ${blobId(before).slice(0, 12)}`);
  });

  test('a file above 1 MB comes as a blob', async () => {
    commit('v6.7', sha('2'));
    nock(api).get(`/repos/o/linux/contents/${encodeURIComponent('kernel/kcov.c')}`).query(true).reply(200, { type: 'file', encoding: 'none', sha: blobId(before), content: '' });
    nock(api).get(`/repos/o/linux/git/blobs/${blobId(before)}`).reply(200, { encoding: 'base64', content: Buffer.from(before).toString('base64') });
    contents(sha('2'), {});
    const found = await find(mail, { github: 'o/linux@v6.7' });
    expect(found.base?.files.get('kernel/kcov.c')).toBe(before);
  });

  test('content that does not have its id is refused', async () => {
    commit('v6.7', sha('2'));
    nock(api).persist().get(/contents/u).reply(200, { type: 'file', encoding: 'base64', sha: sha('9'), content: 'AAAA' });
    expect(said(await find(mail, { github: 'o/linux@v6.7' }))).toContain('does not have that id');
  });

  test('the token goes into the header, and into no step', async () => {
    nock(api, { reqheaders: { authorization: 'token s3cret' } }).get('/repos/o/linux').reply(401, { message: 'Bad credentials s3cret' });
    const found = await find(mail, { token: 's3cret' });
    expect(said(found)).toContain('the token is refused (401)');
    expect(said(found)).not.toContain('s3cret');
  });
});

describe('refusals: a reason, no base, no further requests', () => {
  const refusals: readonly [string, number, Record<string, string>, RegExp][] = [
    ['not there', 404, {}, /no such repository \(404\)/u],
    ['rate limit', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1500000000' }, /the rate limit is reached \(403\)/u],
    ['second rate limit', 429, { 'retry-after': '60' }, /the rate limit is reached \(429\)/u],
    ['forbidden', 403, {}, /access is refused \(403\)/u],
    ['broken', 500, {}, /GitHub failed \(500\)/u],
    ['bad gateway', 502, {}, /answered with 502/u],
  ];
  test.each(refusals)('%s', async (_, status, headers, reason) => {
    let requests = 0;
    nock(api).persist().get(/./u).reply(() => {
      requests += 1;
      return [status, { message: 'no' }, headers];
    });
    const found = await find(mail);
    expect(found.base).toBeNull();
    expect(said(found)).toMatch(reason);
    expect(requests).toBe(1);
  });

  test('a ref that is not there', async () => {
    noCommit('nothing');
    expect(said(await find(mail, { github: 'o/linux@nothing' }))).toContain('no such repository or ref (404): o/linux@nothing');
  });

  test('a rate limit in the middle keeps what was found', async () => {
    repository();
    commit('master', sha('3'));
    contents(sha('3'), { 'kernel/kcov.c': kcovText({ alpha: 8 }) });
    nock(api).persist().get(/git\/blobs/u).reply(404, {});
    nock(api).persist().get('/repos/o/linux/commits').query(true).reply(403, {}, { 'x-ratelimit-remaining': '0' });
    const found = await find(mail);
    expect(found.base).toMatchObject({ guessed: true, label: '333333333333' });
    expect(said(found)).toContain('the rate limit is reached');
  });

  test('no more requests than the limit', async () => {
    let requests = 0;
    nock(api).persist().get(/./u).reply(() => {
      requests += 1;
      return [200, { sha: sha('3'), default_branch: 'master', type: 'file', encoding: 'base64', content: '' }];
    });
    const found = await find(mail, { limits: { requests: 3 } });
    expect(requests).toBeLessThanOrEqual(3);
    expect(found.base).toBeNull();
  });

  test.each(['[]', '"text"', 'null', '{}', 'not json', ''])('an answer of %s', async (body) => {
    nock(api).persist().get(/./u).reply(200, body, { 'content-type': 'application/json' });
    const found = await find(mail);
    expect(found.base).toBeNull();
    expect(found.steps.length).toBeGreaterThan(0);
  });
});

describe('a server that is slow', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const silences: readonly [string, RequestListener][] = [
    ['never answers', () => undefined],
    ['never ends its headers', (_, response) => void response.flushHeaders()],
    ['never ends its body', (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":')],
  ];
  test.each(silences)('%s: given up', async (_, listener) => {
    const githubUrl = await serve(listener);
    const begun = Date.now();
    const found = await find(mail, { githubUrl, limits: { requestMs: 150 } });
    expect(said(found)).toContain('no answer within 0.2 s');
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  test('sends without end: given up', async () => {
    const githubUrl = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const send = (): void => {
        while (response.write('x'.repeat(10_000)) && !response.destroyed);
        if (!response.destroyed) response.once('drain', send);
      };
      send();
    });
    expect(said(await find(mail, { githubUrl, limits: { answerBytes: 50_000 } }))).toContain('more than 50000 bytes');
  });

  test('is not there', async () => {
    const githubUrl = await serve(() => undefined);
    server?.close();
    expect(said(await find(mail, { githubUrl }))).toContain('cannot be reached: ECONNREFUSED');
  });
});

test.each([
  ['torvalds/linux', { owner: 'torvalds', repo: 'linux', ref: null }],
  ['a/b@v6.1', { owner: 'a', repo: 'b', ref: 'v6.1' }],
  ['a/b@feature/x', { owner: 'a', repo: 'b', ref: 'feature/x' }],
  ['https://github.com/a/b.git', { owner: 'a', repo: 'b', ref: null }],
  ['linux', null], ['a/b/c', null], ['../b', null], ['a/b@../c', null], ['a/b@x y', null], ['', null], ['a/b?x=1', null],
])('the name %s', (text, name) => {
  expect(parseGithubName(text)).toEqual(name);
});

test('a name that is none is a step', async () => {
  expect(said(await find(mail, { github: 'nonsense' }))).toContain('is not OWNER/REPO or OWNER/REPO@REF');
});
