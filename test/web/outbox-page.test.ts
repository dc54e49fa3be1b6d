/** @module The pages of the outbox, over HTTP: who gets in, what is shown, what a form decides, and what it cannot. */
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareDrafts } from '../../src/lists/prepare-drafts.js';
import { noLog } from '../../src/service/log.js';
import type { Store } from '../../src/store/store.js';
import { OutboxPage } from '../../src/web/outbox-page.js';
import { startPageServer, type PageServer } from '../../src/web/page-server.js';
import { officeOf, onlyDraft, OPEN_POLICY, readySeries, review } from '../lists/post.js';
import { noSqlite, openStore } from '../store/sqlite.js';

const TOKEN = 'a-token-of-this-test';

describe.skipIf(noSqlite)(`pages of the outbox${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let store: Store;
  let server: PageServer;
  beforeEach(async () => {
    store = await openStore();
    const { submission } = readySeries();
    const patches = submission.patches.map((one) => ({ ...one, subject: '[PATCH] kcov: <script>alert(1)</script> & "more"' }));
    await prepareDrafts(officeOf(store.drafts, { policy: { text: OPEN_POLICY.replace('send: list', 'send: moderators') } }), { ready: readySeries({}, { ...submission, patches }), review, nowMs: 1 });
    const page = new OutboxPage({ drafts: store.drafts, token: TOKEN, now: () => 5 });
    server = await startPageServer((one) => page.answer(one), { port: 0, log: noLog });
  });
  afterEach(async () => {
    await server.stop();
    await store.close();
  });
  const ask = (path: string, { body, cookie = `x=1; kcovet-outbox=${TOKEN}`, host = `127.0.0.1:${server.port}` }: { body?: string; cookie?: string; host?: string } = {}): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> =>
    new Promise((resolve, reject) => {
      const sent = request({ port: server.port, host: '127.0.0.1', path, method: body === undefined ? 'GET' : 'POST', headers: { cookie, host, ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
      });
      sent.on('error', reject).end(body);
    });
  const form = (change: Record<string, string>, shown: string): string => new URLSearchParams({ token: TOKEN, shown, verb: 'approve', why: '', ...change }).toString();

  test('let in whoever has the address, once, and then by a cookie', async () => {
    expect((await ask('/outbox', { cookie: '' })).status).toBe(403);
    expect((await ask('/outbox?token=another-token-here-x', { cookie: '' })).status).toBe(403);
    const first = await ask(`/outbox?token=${TOKEN}`, { cookie: '' });
    expect([first.status, first.headers['location'], first.headers['set-cookie']]).toEqual([303, '/outbox', [`kcovet-outbox=${TOKEN}; HttpOnly; SameSite=Strict; Path=/`]]);
    expect((await ask('/outbox')).status).toBe(200);
    expect((await ask('/outbox', { host: 'evil.example' })).status).toBe(403);
  });

  test('show what waits and each draft as it would go, with nothing that runs', async () => {
    const { id, mail } = await onlyDraft(store.drafts);
    const list = await ask('/outbox');
    expect(list.text).toContain(`<a href="/outbox/${id}">${id}</a><td>waiting`);
    const { text, headers } = await ask(`/outbox/${id}`);
    for (const one of [list.text, text]) expect(one).not.toMatch(/<script|"more"/u);
    const shown = /<pre>([\s\S]*)<\/pre>/u.exec(text)?.[1]?.replace(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code))) ?? '';
    expect(shown).toContain(mail.raw.trimEnd());
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect((await ask('/outbox/ffffffffffff')).status).toBe(404);
  });

  test('a form approves the text that was shown', async () => {
    const { id, mail } = await onlyDraft(store.drafts);
    expect(await ask(`/outbox/${id}`, { body: form({ verb: 'approve' }, mail.messageId) })).toMatchObject({ status: 303 });
    expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'approved', why: 'approved by the page' });
    expect(await ask(`/outbox/${id}`, { body: form({ verb: 'approve' }, mail.messageId) })).toMatchObject({ status: 409, text: expect.stringContaining('there is nothing to approve') as string });
  });

  test('or drops it for a reason', async () => {
    const { id, mail } = await onlyDraft(store.drafts);
    await ask(`/outbox/${id}`, { body: form({ verb: 'reject', why: 'the lock\nis held' }, mail.messageId) });
    expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'dropped', why: 'rejected by the page: the lock is held' });
  });

  test.each<[string, Record<string, string>, number]>([
    ['another text was shown', { shown: 'kcovet-0@example.org' }, 409], ['it is no form of ours', { token: 'x' }, 400], ['it says something else', { verb: 'burn' }, 400], ['it is too long', { why: 'x'.repeat(9_000) }, 413],
  ])('nothing happens where %s', async (_, change, status) => {
    const { id, mail } = await onlyDraft(store.drafts);
    expect((await ask(`/outbox/${id}`, { body: form(change, mail.messageId) })).status).toBe(status);
    expect((await onlyDraft(store.drafts)).state).toBe('waiting');
  });
});
