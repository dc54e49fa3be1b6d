/** @module The pages as requests: what is shown, to whom, under which headers; what forms do, and what nobody gets to see. */
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lanesStyle } from '../../src/render/lanes/style.js';
import { RemoteFailure } from '../../src/gateway/remote-failure.js';
import { reviewOfTwo } from '../lists/review-of-two.js';
import { review as invented } from '../render/fixtures/invented-review.js';
import { noSqlite } from '../store/sqlite.js';
import { TOKEN, worldOf, type World } from './world.js';

const SECRET = 'kcov: not for everybody';

/** The text of a page, without tags. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/gu, ' ').replace(/&lt;/gu, '<').replace(/&gt;/gu, '>').replace(/&quot;/gu, '"').replace(/&#39;/gu, "'").replace(/&amp;/gu, '&').replace(/\s+/gu, ' ');
}

describe.skipIf(noSqlite)(`pages${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let world: World;
  let id: string;
  let secret: string;
  beforeEach(async () => {
    world = await worldOf('open');
    const first = reviewOfTwo();
    const second = { ...first, findings: first.findings.slice(0, 1).map((finding) => ({ ...finding, question: 'What about <b>this</b>?' })) };
    id = await world.keep({ title: 'kcov: <script>alert(1)</script>' }, [{ label: 'v1', review: first }, { label: 'v2', review: second }]);
    secret = await world.keep({ key: '7/1', origin: 'github', where: 'owner/secret#1', title: SECRET, isPrivate: true }, [{ label: '0123456789ab', review: first }]);
  });
  afterEach(async () => await world.store.close());
  const page = async (path: string, who?: 'nobody' | 'session'): Promise<string> => await (await world.ask(path, who)).text();

  test('the list links what was reviewed and escapes its titles', async () => {
    const html = await page('/');
    expect(html).toContain(`<a href="/s/${id}">kcov: &lt;script&gt;alert(1)&lt;/script&gt;</a>`);
    expect(textOf(html)).toContain('1 question v2 of 2 Ann linux-mm@example.org');
    expect(html).not.toContain('<script>');
  });

  test.each([['?q=alert', 1], ['?q=nowhere', 0], ['?origin=list', 1], ['?origin=upload', 0], ['?state=failed', 0], ['?result=asks', 1], ['?result=silent', 0], ['?origin=moon&state=x&after=y', 1]])('%s narrows it to %i', async (query, n) => {
    expect((await page(`/${query}`)).match(new RegExp(`/s/${id}"`, 'gu')) ?? []).toHaveLength(n);
  });

  test('a mail leads to the review of its series, for who may see it', async () => {
    const series = { key: 'one@x.org', thread: 'one@x.org', version: 1, title: '', author: '', changeId: '', digest: '', mails: ['one@x.org', 'two/2@x.org'], older: null, state: 'reviewed', reason: '', dueMs: 0, atMs: 1 } as const;
    for (const messageId of ['one@x.org', 'two/2@x.org']) await world.store.lists.keepMail({ messageId, raw: Buffer.from(''), lists: [], source: 's', atMs: 1, links: ['one@x.org'] }, null);
    await world.store.lists.settle('one@x.org', { series: [series], gone: [] });
    const of = await world.keep({ key: 'list/one@x.org', isPrivate: true }, [{ label: 'one@x.org', review: reviewOfTwo() }]);
    expect((await world.ask('/mail/two%2F2@x.org')).status).toBe(404);
    for (const mail of ['two%2F2%40x.org', '%3Cone@x.org%3E']) expect((await world.ask(`/mail/${mail}`, 'session')).headers.get('location')).toBe(`/s/${of}/1`);
    await world.store.submissions.setPrivate({ key: 'list/one@x.org' }, false);
    expect([(await world.ask('/mail/one@x.org')).status, (await world.ask('/mail/2@x.org')).status, (await world.ask(`/mail/${'a'.repeat(2000)}`)).status]).toEqual([303, 404, 404]);
  });

  test('the board is there with a slash behind it, too, and a patch may be given for everybody', async () => {
    const board = new Hono();
    board.get('/', (c) => c.text('the board'));
    const other = await worldOf('open', { board });
    expect(await (await other.ask('/admin/queues', 'session')).text()).toBe('the board');
    expect([(await other.ask('/admin/queues/', 'session')).headers.get('location'), (await other.ask('/admin/queues/')).status]).toEqual(['/admin/queues', 401]);
    await other.send('/new', { patch: '+x', open: 'on' });
    expect(other.done).toEqual(['upload +x {"private":false}']);
    await other.store.close();
  });

  test('versions stand side by side', async () => {
    const text = textOf(await page(`/s/${id}`));
    expect(text).toMatch(/Remaining: 1 high kcov_f\(\) What about <b>this<\/b>\? asked asked/u);
    expect(text).toMatch(/Gone: 1 low kcov_f\(\) What about second here\? asked gone/u);
    expect(text).not.toContain('New:');
  });

  test('a version shows its questions under the lines they are about', async () => {
    const html = await page(`/s/${id}/1`);
    expect(html).toContain('<span class="add">+\tx = 1;</span>');
    expect(html).toContain(`href="/s/${id}/1/f/first"`);
    expect(textOf(html)).toContain('high What about first here? It is "quoted". And more.');
    expect((await world.ask(`/s/${id}/1/f/first`)).status).toBe(200);
  });

  test.each(['/s/ffffffffffff', '/s/x', '/s/ID/3', '/s/ID/0', '/s/ID/1/f/none', '/s/ID/1.exe', '/s/ID/9.json', '/s/ID/1.constructor', '/rules/none', '/nowhere', '/assets/none.css', '/assets/constructor'])('%s is not there', async (path) => {
    expect((await world.ask(path.replace('ID', id), 'session')).status).toBe(404);
  });

  test('a private submission is nowhere for who may not see it', async () => {
    for (const path of ['/', '/?q=everybody', '/?origin=github', '/health', '/api/reviews', '/api/reviews?q=everybody', '/api/patchset?id=cover@example.org']) expect(await page(path)).not.toMatch(/not for everybody|owner\/secret/u);
    const paths = ['', '/1', '/1/f/first', '/1/f/first/schedule', '/1.json', '/1.mbox', '/1.txt', '/1.sarif', '/1.mail'].map((rest) => `/s/${secret}${rest}`);
    for (const path of [...paths, `/api/reviews/${secret}`, `/api/reviews/${secret}/1`, `/api/reviews/${secret}/events`]) {
      const [hidden, nothing] = [await world.ask(path), await world.ask(path.replace(secret, 'ffffffffffff'))];
      expect([path, hidden.status]).toEqual([path, 404]);
      expect(await hidden.text()).toBe(await nothing.text());
    }
    expect(textOf(await page('/', 'session'))).toContain(`${SECRET} private`);
    expect((await world.ask(`/s/${secret}/1`, 'session')).status).toBe(200);
  });

  test('every answer keeps itself to itself', async () => {
    for (const path of ['/', `/s/${id}/1`, '/nowhere', '/api/reviews', `/s/${id}/1.json`]) {
      const { headers } = await world.ask(path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/u);
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect([headers.get('x-content-type-options'), headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['nosniff', 'no-store', 'same-origin']);
    }
    expect((await world.ask('/assets/style.css')).headers.get('cache-control')).toBe('no-cache');
    const lanes = await world.ask('/assets/lanes.css');
    expect([lanes.headers.get('content-type'), await lanes.text()]).toEqual(['text/css; charset=utf-8', lanesStyle]);
    const href = /href="(\/assets\/style\.css[^"]*)"/u.exec(await page('/'))?.[1] ?? '';
    expect((await world.ask(href)).headers.get('cache-control')).toContain('immutable');
  });

  test('no page has style or script in it, and headings come in order', async () => {
    for (const path of ['/', `/s/${id}`, `/s/${id}/1`, '/rules', '/rules/lost-state', '/matrix', '/health', '/outbox', '/new', '/login', '/nowhere']) {
      const html = await page(path, 'session');
      expect(html).not.toMatch(/<style|<script(?! src="\/assets\/)|\sstyle=|\son[a-z]+=/u);
      expect(html).toMatch(/<a class="skip" href="#main">[\s\S]*<main id="main"/u);
      const levels = [...html.matchAll(/<h([1-6])/gu)].map((match) => Number(match[1]));
      expect(levels[0]).toBe(1);
      levels.reduce((before, level) => { expect(level).toBeLessThanOrEqual(before + 1); return level; });
      for (const [th = ''] of html.matchAll(/<th[ >][^>]*>?/gu)) expect(th).toContain('scope=');
    }
  });

  test.each([['mbox', 'text/plain', 'a patch'], ['txt', 'text/plain', '2 questions'], ['json', 'application/json', '"kcovet/review@1"'], ['sarif', 'application/sarif+json', '"2.1.0"']])('a review as %s', async (format, type, part) => {
    const answer = await world.ask(`/s/${id}/1.${format}`);
    expect(answer.headers.get('content-type')).toContain(type);
    expect(answer.headers.get('content-disposition')).toContain(`kcovet-${id}-1.${format}`);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(await answer.text()).toContain(part);
  });

  test('the schedule of an execution is a file, that of another by its number', async () => {
    const both = invented.findings.map((one) => ({ ...one, evidence: [...one.evidence, ...one.evidence.filter(({ trace }) => trace.length > 0).map((other) => ({ ...other, schedule: 's:0:t1' }))] }));
    const [finding] = both.filter(({ evidence }) => evidence.some(({ schedule }) => schedule === 's:0:t1'));
    const number = 1 + (finding?.evidence.filter(({ kind, trace }) => kind === 'counterexample' && trace.length > 0).findIndex(({ schedule }) => schedule === 's:0:t1') ?? 0);
    const of = `/s/${await world.keep({ key: 'other' }, [{ label: 'v1', review: { ...invented, findings: both } }])}/1/f/${finding?.id ?? ''}`;
    const schedule = async (query: string): Promise<string> => await page(`${of}/schedule${query}`);
    expect(await page(of)).toContain(`href="${of}/schedule?trace=`);
    expect([await schedule(`?trace=${number}`), await schedule('')]).toEqual(['s:0:t1\n', expect.not.stringContaining('s:0:t1')]);
    expect(await schedule('?trace=99')).toBe(await schedule(''));
  });

  test('who may act has a submission reviewed again, and tries again what was given up', async () => {
    expect([(await world.send(`/s/${id}/rerun`)).status, (await world.send('/health/retry', { id: 'job 1' })).status]).toEqual([303, 303]);
    expect(world.done).toEqual([`rerun ${id}`, 'retry job 1']);
    expect(await world.store.audit.entries({ max: 5 })).toMatchObject([{ act: 'retried', what: 'job job 1', by: 'the page' }, { act: 'review asked', submission: 'list/1' }]);
  });

  test.each<[string, Record<string, string>, Record<string, string>, number]>([
    ['without the secret of the session', { csrf: '' }, {}, 403], ['from elsewhere', {}, { 'sec-fetch-site': 'cross-site' }, 403], ['from another port', {}, { 'sec-fetch-site': 'same-site' }, 403],
    ['without a session', {}, { cookie: '' }, 403], ['as text, which any page may send', {}, { 'content-type': 'text/plain' }, 400], ['too large', { id: 'x'.repeat(20_000) }, {}, 413],
  ])('a form %s does nothing', async (_, fields, headers, status) => {
    for (const path of [`/s/${id}/rerun`, '/health/retry']) expect((await world.send(path, fields, headers)).status).toBe(status);
    expect((await world.send('/logout', { csrf: '' }, headers)).headers.get('set-cookie')).toBeNull();
    expect(world.done).toEqual([]);
  });

  test('where GitHub does not answer that is said; an upload is tried again only where it failed', async () => {
    const away = await worldOf('open', { rerun: () => Promise.reject(new RemoteFailure('GitHub does not answer', 'unavailable')) });
    const { id: upload } = await away.store.submissions.begin({ submission: { key: 'upload/1', origin: 'upload', title: 't', author: '', where: '', isPrivate: false }, id: 'v1', label: 'v1', atMs: 1 });
    const answer = await away.send(`/s/${upload}/rerun`);
    expect([answer.status, (await answer.text()).includes('GitHub does not answer')]).toEqual([503, true]);
    const hasButton = async (state: 'failed' | 'dropped'): Promise<boolean> => {
      await away.store.submissions.setVersionState('upload/1', 'v1', { state, reason: 'r', atMs: 2 });
      return (await (await away.ask(`/s/${upload}`, 'session')).text()).includes('/rerun');
    };
    expect([await hasButton('failed'), await hasButton('dropped')]).toEqual([true, false]);
    await away.store.close();
  });

  test('a patch is pasted, and reviewed; what is wrong with it is said above the form', async () => {
    const sent = await world.send('/new', { patch: 'a diff\r\n+x', assume: 'nmi=0\r\n\r\nirqs off in kcov_start', title: 'T' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/s\/[0-9a-f]{12}\/1$/u)]);
    expect(world.done).toEqual(['upload a diff\n+x {"assume":["nmi=0","irqs off in kcov_start"],"private":true,"title":"T"}']);
    for (const fields of [{ patch: ' ' }, { patch: '<b>', assume: 'the moon' }]) {
      const again = await world.send('/new', fields as Record<string, string>);
      expect([again.status, await again.text()]).toEqual([422, expect.stringContaining('role="alert"')]);
    }
    expect([(await world.ask('/new')).status, (await world.send('/new', { patch: 'x', csrf: '' })).status, world.done.length]).toEqual([401, 403, 1]);
  });

  test.each(['/s/ID/rerun', '/health/retry?id=1', '/logout'])('%s is nothing that a link does', async (path) => {
    expect((await world.ask(path.replace('ID', id), 'session')).status).toBe(404);
    expect(world.done).toEqual([]);
  });

  test('metrics and details of health are for those who may act', async () => {
    expect([(await world.ask('/metrics')).status, (await world.ask('/metrics', 'token')).status]).toEqual([401, 200]);
    expect(textOf(await page('/health'))).not.toContain('Given up');
    expect(textOf(await page('/health', 'session'))).toContain('Given up');
    expect((await world.ask('/outbox')).status).toBe(401);
  });
});

describe.skipIf(noSqlite)('pages behind the token', () => {
  test('show the way in and nothing else, but whether the server lives', async () => {
    const world = await worldOf('token', { ready: () => Promise.resolve(['store: gone']) });
    const id = await world.keep({}, [{ label: 'v1', review: reviewOfTwo() }]);
    for (const path of ['/', `/s/${id}/1`, `/s/${id}/1.json`, '/rules', '/health', '/nowhere']) {
      const answer = await world.ask(path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(await answer.text()).not.toContain('kcov: a change');
    }
    expect(await (await world.ask('/api/reviews')).json()).toEqual({ error: 'give the token of this server: Authorization: Bearer TOKEN' });
    expect([(await world.ask('/healthz')).status, await (await world.ask('/readyz')).text(), await (await world.ask('/readyz', 'token')).text()]).toEqual([200, 'not ready\n', 'not ready: store: gone\n']);
    await world.store.close();
  });

  test('lead back to where somebody wanted to go, and never elsewhere', async () => {
    const world = await worldOf('token');
    const enter = async (to: string): Promise<string | null> => (await world.ask(`/login?token=${TOKEN}&to=${encodeURIComponent(to)}`)).headers.get('location');
    expect([await enter('/s/1?x=2'), await enter('https://evil.example/'), await enter('//evil.example/'), await enter('/\\evil.example'), await enter('javascript:alert(1)')]).toEqual(['/s/1?x=2', '/', '/', '/', '/']);
    const sent = await world.send('/login', { token: TOKEN, to: '/rules' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/rules']);
    expect((await world.send('/login', { token: TOKEN }, { 'sec-fetch-site': 'cross-site' })).headers.get('set-cookie')).toBeNull();
    await world.store.close();
  });
});
