/** @module The door of the server: what does not come in, what is answered, and what is never written down. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pullEvent, signature } from '../fake-github/webhooks.js';
import { noSqlite } from '../store/sqlite.js';
import { markedEngine } from './marked-engine.js';
import { World, kcovFile } from './world.js';

/** In place of a status: no answer came before the connection was closed. */
const CLOSED = 0;

describe.skipIf(noSqlite)(`the door${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  beforeAll(async () => { world = await World.start(markedEngine()); });
  afterAll(() => world.stop());

  async function post(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<{ status: number; text: string }> {
    const response = await fetch(world.url, {
      method: 'POST', body,
      headers: { 'x-github-event': 'ping', 'x-github-delivery': `d-${Math.floor(performance.now() * 1000)}`, 'x-hub-signature-256': signature(world.github.credentials.webhookSecret, String(body)), ...headers },
    });
    return { status: response.status, text: await response.text() };
  }

  /** The status that a body of so many bytes gets. */
  const long = (headers: Readonly<Record<string, string | number>>, bytes: number): Promise<number> => new Promise((resolve) => {
    const sent = request(world.url, { method: 'POST', headers }, (response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
    });
    // A client that goes on sending may see the connection go before it sees the answer.
    sent.on('error', () => resolve(CLOSED));
    const part = Buffer.alloc(1024 * 1024);
    const more = (left: number): void => {
      if (left <= 0 || sent.destroyed) return;
      sent.write(part, () => more(left - part.length));
    };
    more(bytes);
  });

  test.each([
    ['of another secret', { 'x-hub-signature-256': signature('another', '{"secret":"text"}') }],
    ['that is none', { 'x-hub-signature-256': '' }],
    ['of another form', { 'x-hub-signature-256': 'sha1=0000' }],
    ['cut short', { 'x-hub-signature-256': 'sha256=00' }],
  ])('a signature %s is refused, and nothing of the payload is written down', async (_, headers) => {
    expect(await post('{"secret":"text"}', headers)).toEqual({ status: 401, text: 'wrong signature\n' });
    expect(world.log.join('\n')).not.toContain('text');
  });

  test('a body beyond 25 MB is refused by what it says of its length, and by what comes', async () => {
    expect(await long({ 'content-length': 26 * 1024 * 1024 }, 1024)).toBe(413);
    expect([413, CLOSED]).toContain(await long({ 'transfer-encoding': 'chunked' }, 40 * 1024 * 1024));
  });

  test.each([
    ['not JSON', 'nonsense', {}, 400], ['a number', '1', {}, 400], ['no delivery', '{}', { 'x-github-delivery': '' }, 400], ['an event with a name that is none', '{}', { 'x-github-event': 'a b' }, 400],
    ['an event that nobody listens to', '{"action":"x"}', { 'x-github-event': 'star' }, 202],
    ['a pull request without one', '{"action":"opened","installation":{"id":11}}', { 'x-github-event': 'pull_request' }, 500],
  ])('%s', async (_, body, headers, status) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    // Nothing of an error goes out, and no stack.
    expect(answer.text).toMatch(/^[a-z :]+\n$/iu);
  });

  test('other paths and methods', async () => {
    const root = new URL('/', world.url).href;
    expect([(await fetch(root)).status, (await fetch(`${root}no/such/page`)).status]).toEqual([200, 404]);
    expect(await (await fetch(`${root}healthz`)).text()).toBe('ok\n');
    const unknown = await fetch(`${root}api/patchset?id=${encodeURIComponent('<none@example.org>')}`);
    expect([unknown.status, unknown.headers.get('content-type'), await unknown.json()]).toEqual([404, 'application/json', { error: 'no patch set with that Message-ID' }]);
    expect((await fetch(`${root}api/patchset`)).status).toBe(400);
    expect((await fetch(`${root}api/patchset?id=${'x'.repeat(2000)}`)).status).toBe(400);
    expect((await fetch(`${root}api/patchset?id=x`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(world.url)).status).toBe(405);
  });

  test('an event that cannot be kept is not answered as taken, and is taken when it comes again', async () => {
    const broken = await World.start(markedEngine());
    try {
      const pull = await broken.open([{ 'kernel/kcov.c': kcovFile('ASK first') }]);
      const event = { ...pullEvent(broken.repo, pull, 'opened'), id: 'again' };
      broken.breakQueue(true);
      expect(await broken.send(event)).toEqual({ status: 500, text: 'not taken: deliver it again\n' });
      broken.breakQueue(false);
      expect((await broken.send(event)).status).toBe(202);
      await broken.idle();
      expect(broken.questions(pull)).toHaveLength(1);
    } finally {
      await broken.stop();
    }
  });

  test('what is refused is counted by what was asked for and status, and by nothing that a request can choose', async () => {
    const counted = async (): Promise<Record<string, number>> => Object.fromEntries([...(await world.figures()).matchAll(/^kcovet_refused_total\{(.*)\} (\d+)$/gmu)].map(([, labels = '', n]) => [labels, Number(n)]));
    const before = await counted();
    const root = new URL('/', world.url).href;
    await post('{}', { 'x-hub-signature-256': '' });
    await long({ 'content-length': 26 * 1024 * 1024 }, 1024);
    for (let i = 0; i < 3; i += 1) await fetch(`${root}api/reviews/${i}`);
    await fetch(`${root}api/reviews`, { method: 'POST', body: 'x' });
    await fetch(`${root}s/1/rerun`, { method: 'POST', body: new URLSearchParams({ csrf: 'x' }) });
    await fetch(root);
    const names = ['asked="webhook",status="401"', 'asked="webhook",status="413"', 'asked="api",status="404"', 'asked="api",status="401"', 'asked="page",status="403"', 'asked="page",status="200"'];
    await expect.poll(async () => {
      const after = await counted();
      return names.map((name) => (after[name] ?? 0) - (before[name] ?? 0));
    }).toEqual([1, 1, 3, 1, 1, 0]);
    expect(Object.keys(await counted()).every((labels) => /^asked="(?:webhook|api|page)",status="[45]\d\d"$/u.test(labels))).toBe(true);
  });

  test('what is written down has no word of comments, patches, secrets or tokens', async () => {
    const pull = await world.open([{ 'kernel/kcov.c': kcovFile('ASK peculiar-name') }], { title: 'peculiar title', body: 'peculiar body' });
    await world.tell(pull, 'opened');
    await world.comment(pull, '/kcovet invalid peculiar reason');
    expect(world.log.length).toBeGreaterThan(3);
    for (const word of ['peculiar', 'ghs_', 'PRIVATE KEY', world.github.credentials.webhookSecret]) expect(world.log.join('\n')).not.toContain(word);
  });

  test('the permissions of the manifest are those that are used, but for that of SARIF', async () => {
    const { manifest, used } = world.github.credentials;
    const pull = await world.open([{ 'kernel/kcov.c': kcovFile('ASK one') }]);
    await world.tell(pull, 'opened');
    await world.answer(pull, world.questions(pull)[0]!, '/kcovet help');
    // issues:read is what issue_comment needs to be sent at all; "write" is used for both.
    expect([...used].filter((one) => one.endsWith(':write')).sort()).toEqual(manifest.filter((one) => one.endsWith(':write')).sort());
    expect(manifest.sort()).toEqual(['checks:write', 'contents:read', 'issues:read', 'metadata:read', 'pull_requests:write']);
  });
});
