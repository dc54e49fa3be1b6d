/** @module The pages of the outbox, over HTTP: who gets in, what is shown, what a form decides, and what it cannot. */
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { draftNotes } from '../../src/lists/audited-drafts.js';
import { prepareDrafts } from '../../src/lists/prepare-drafts.js';
import { noLog } from '../../src/service/log.js';
import type { Store } from '../../src/store/store.js';
import { accessOf, COOKIE } from '../../src/web/access.js';
import { outboxApp } from '../../src/web/outbox-routes.js';
import { startPageServer, type PageServer } from '../../src/web/page-server.js';
import { officeOf, onlyDraft, OPEN_POLICY, readySeries, review } from '../lists/post.js';
import { noSqlite, openStore } from '../store/sqlite.js';

const TOKEN = 'a-token-of-this-test';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

describe.skipIf(noSqlite)(`pages of the outbox${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let store: Store;
  let server: PageServer;
  const access = accessOf({ pages: 'token', token: TOKEN }, () => 5);
  const session = `x=1; ${COOKIE}=${access.newSession(5)}`;
  const { csrf } = access.visitor({ header: (name) => (name === 'cookie' ? session : ''), peer: '' });
  beforeEach(async () => {
    store = await openStore();
    const { submission } = readySeries();
    const patches = submission.patches.map((one) => ({ ...one, subject: '[PATCH] kcov: <script>alert(1)</script> & "more"' }));
    await prepareDrafts(officeOf(store.drafts, { policy: { text: OPEN_POLICY.replace('send: list', 'send: moderators') } }), { ready: readySeries({}, { ...submission, patches }), review, nowMs: 1 });
    server = await startPageServer(outboxApp({ drafts: store.drafts, note: draftNotes(store), now: () => 5 }, { access, log: noLog }), 0);
  });
  afterEach(async () => {
    await server.stop();
    await store.close();
  });
  const ask = (path: string, { body, cookie = session, host = `127.0.0.1:${server.port}`, site = 'same-origin' }: { body?: string; cookie?: string; host?: string; site?: string } = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = { cookie, host, 'sec-fetch-site': site, ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }) };
      const sent = request({ port: server.port, host: '127.0.0.1', path, method: body === undefined ? 'GET' : 'POST', headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
      });
      sent.on('error', reject).end(body);
    });
  const form = (change: Record<string, string>, shown: string): string => new URLSearchParams({ csrf, shown, verb: 'approve', why: '', ...change }).toString();

  test('let in whoever has the address, once, and then by a cookie', async () => {
    expect((await ask('/outbox', { cookie: '' })).status).toBe(401);
    expect((await ask('/login?token=another-token-here-x&to=/outbox', { cookie: '' })).status).toBe(401);
    const first = await ask(`/login?token=${TOKEN}&to=/outbox`, { cookie: '' });
    const set = String(first.headers['set-cookie']);
    expect([first.status, first.headers['location']]).toEqual([303, '/outbox']);
    expect(set).toMatch(/HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/u);
    expect(set).not.toContain(TOKEN);
    expect((await ask('/outbox', { cookie: set.split(';')[0] })).status).toBe(200);
    expect((await ask('/outbox', { host: 'evil.example' })).status).toBe(403);
  });

  test('show what waits and each draft as it would go, with nothing that runs', async () => {
    const { id, mail } = await onlyDraft(store.drafts);
    const list = await ask('/outbox');
    expect(list.text).toContain(`<a href="/outbox/${id}">`);
    expect(list.text).toContain('>waiting</td>');
    const { text, headers } = await ask(`/outbox/${id}`);
    for (const one of [list.text, text]) expect(one).not.toMatch(/<script|"more"|<nav/u);
    const shown = /<pre class="mail">([\s\S]*)<\/pre>/u.exec(text)?.[1]?.replace(/&(lt|gt|quot|amp|#39);/gu, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? "'") ?? '';
    expect(shown).toBe(mail.raw.trimEnd());
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect((await ask('/outbox/ffffffffffff')).status).toBe(404);
  });

  test('a form approves the text that was shown', async () => {
    const { id, mail } = await onlyDraft(store.drafts);
    expect(await ask(`/outbox/${id}`, { body: form({ verb: 'approve' }, mail.messageId) })).toMatchObject({ status: 303 });
    expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'approved', why: 'approved by the page' });
    expect(await store.audit.entries({ max: 5 })).toMatchObject([{ act: 'approved', by: 'the page', what: expect.stringContaining(`draft ${id} to `) as string }]);
    expect(await ask(`/outbox/${id}`, { body: form({ verb: 'approve' }, mail.messageId) })).toMatchObject({ status: 409, text: expect.stringContaining('there is nothing to approve') as string });
  });

  test('or drops it for a reason', async () => {
    const { id, mail } = await onlyDraft(store.drafts);
    await ask(`/outbox/${id}`, { body: form({ verb: 'reject', why: 'the lock\nis held' }, mail.messageId) });
    expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'dropped', why: 'rejected by the page: the lock is held' });
  });

  test.each<[string, Record<string, string>, number, { site?: string; cookie?: string }?]>([
    ['another text was shown', { shown: 'kcovet-0@example.org' }, 409], ['it is no form of ours', { csrf: 'x' }, 403], ['it says something else', { verb: 'burn' }, 400], ['it is too long', { why: 'x'.repeat(20_000) }, 413],
    ['it comes from elsewhere', {}, 403, { site: 'cross-site' }], ['nobody is logged in', {}, 401, { cookie: '' }],
  ])('nothing happens where %s', async (_, change, status, asker = {}) => {
    const { id, mail } = await onlyDraft(store.drafts);
    expect((await ask(`/outbox/${id}`, { body: form(change, mail.messageId), ...asker })).status).toBe(status);
    expect((await onlyDraft(store.drafts)).state).toBe('waiting');
    expect(await store.audit.entries({ max: 5 })).toEqual([]);
  });
});
