/** @module `kcovet outbox` on a store with drafts: what is shown, what is decided, and errors that say the way out. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareDrafts } from '../../src/lists/prepare-drafts.js';
import { officeOf, OPEN_POLICY, onlyDraft, readySeries, review } from '../lists/post.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { kcovet, type Outcome } from './fake-io.js';

describe.skipIf(noSqlite)(`kcovet outbox${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let folder: string;
  let id: string;
  let raw: string;
  const run = (...args: string[]): Promise<Outcome> => kcovet(['outbox', ...args, '--config', join(folder, 'watch.yml')], { env: { USER: 'me' } });
  const config = (rest = ''): void => writeFileSync(join(folder, 'watch.yml'), `data: data\nsources: [{name: one, kind: mirror, path: list, lists: [linux-test@vger.example.org]}]\noutbox: drafts\npolicy: policy.yml\n${rest}`);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kcovet-outbox-'));
    mkdirSync(join(folder, 'data'));
    config();
    writeFileSync(join(folder, 'policy.yml'), OPEN_POLICY.replace('send: list', 'send: moderators'));
    const store = await openStore(join(folder, 'data', 'kcovet.sqlite'));
    await prepareDrafts(officeOf(store.drafts, { policy: { text: OPEN_POLICY.replace('send: list', 'send: moderators') } }), { ready: readySeries(), review, nowMs: Date.UTC(2026, 0, 10) });
    ({ id, mail: { raw } } = await onlyDraft(store.drafts));
    await store.close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('lists what has not gone, as text and as JSON', async () => {
    const { stdout } = await run('list');
    expect(stdout).toContain(`${id}  waiting   2026-01-10T00:00:00Z  [PATCH RFC] kcov: open a ga`);
    const { drafts } = JSON.parse((await run('list', '--format', 'json')).stdout) as { drafts: { id: string; kind: string; to: string[] }[] };
    expect(drafts.find((one) => one.kind === 'review')).toMatchObject({ id, state: 'waiting', answers: 'gate.1@example.net', made: '2026-01-10T00:00:00Z', sent: null, to: ['joerg@example.net', 'jane@example.org', 'linux-test@vger.example.org', 'else@example.com'] });
  });

  test('shows one, by the beginning of its id, and the mail byte by byte', async () => {
    const { stdout } = await run('show', id.slice(0, 6));
    expect(stdout).toMatch(/^state: +waiting \(moderators: linux-test@vger\.example\.org\)$/mu);
    expect(stdout).toContain('\n> +\tgate_swap(t);\n');
    expect((await run('show', '--raw', id)).stdout).toBe(raw);
  });

  test('approves, sends, and says so', async () => {
    expect(await run('approve', id)).toMatchObject({ status: 0, stdout: `${id}: approved\n` });
    expect((await run('send')).stdout).toBe('2 sent, 0 later, 0 refused, 0 unsure, 0 dropped\n');
    const [file = ''] = readdirSync(join(folder, 'drafts')).filter((name) => name.includes('gate') && !name.startsWith('kcovet'));
    expect(readFileSync(join(folder, 'drafts', file), 'utf8').replace(/^Date: .*$/mu, '')).toBe(raw.replace(/^Date: .*$/mu, ''));
    expect((await run('list')).stdout).toBe('nothing waits; --all shows what went, too\n');
    const store = await openStore(join(folder, 'data', 'kcovet.sqlite'));
    const noted = await store.audit.entries({ max: 10 });
    await store.close();
    expect(noted.map(({ act, by }) => `${act} by ${by}`).sort()).toEqual(['approved by me', 'mailed by kcovet', 'mailed by kcovet']);
    expect((await run('approve', id))).toMatchObject({ status: 2, stderr: `kcovet: outbox: ${id} is sent: there is nothing to approve\n` });
  });

  test('drops for a reason, which is kept', async () => {
    await run('drop', id, '--why', 'the lock is held');
    expect((await run('list', '--all', '--format', 'json')).stdout).toContain('rejected by me: the lock is held');
    await run('send');
    expect(readdirSync(join(folder, 'drafts')).filter((name) => name.startsWith('re-patch'))).toEqual([]);
  });

  test('shows pages at the address that it prints', async () => {
    let stop = (): void => {};
    let printed = (_: string): void => {};
    const address = new Promise<string>((resolve) => { printed = (text) => resolve(/http:\S+/u.exec(text)?.[0] ?? ''); });
    const ended = kcovet(['outbox', 'page', '--config', join(folder, 'watch.yml')], { untilStopped: () => new Promise((resolve) => { stop = resolve; }), onOutput: (text) => printed(text) });
    const url = await address;
    const first = await fetch(url, { redirect: 'manual' });
    const text = await (await fetch(new URL('/outbox', url), { headers: { cookie: first.headers.get('set-cookie')?.split(';')[0] ?? '' } })).text();
    expect(text).toContain(id);
    stop();
    expect((await ended).status).toBe(0);
    expect((await run('page', '--port', 'x')).stderr).toContain('give a port');
  });

  test('nothing goes while the policy says stop', async () => {
    await run('approve', id);
    writeFileSync(join(folder, 'policy.yml'), `${OPEN_POLICY}stop: true\n`);
    expect((await run('send')).stdout).toBe('nothing is sent: the policy says stop\n');
  });

  test.each([
    ['show', 'ffffffffffff', 'there is no draft ffffffffffff: kcovet outbox list --all shows them'],
    ['retry', '', 'is waiting: there is nothing to retry'],
  ])('%s %s: the reason', async (verb, given, message) => {
    const { status, stderr } = await run(verb, given === '' ? id : given);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('a configuration that is wrong, or has no store yet', async () => {
    config('outbax: x\n');
    expect((await run('list')).stderr).toContain('watch.yml:5: no such key: outbax');
    config('trust: mx\n');
    expect((await run('list')).stderr).toContain('trust: give a list of names');
    writeFileSync(join(folder, 'watch.yml'), 'data: other\nsources: [{name: one, kind: mirror, path: list, lists: [a@b.org]}]\n');
    expect((await run('list')).stderr).toContain('there is no store yet: run kcovet watch');
    expect((await kcovet(['outbox', 'list', '--config', join(folder, 'none.yml')])).stderr).toContain('cannot be read (ENOENT): name the watch.yml of the watch, or the kcovet.yml of the server, with --config');
  });

  test('the drafts of a server, by its settings: a folder, a kcovet.yml', async () => {
    const data = join(folder, 'served');
    renameSync(join(folder, 'data'), data);
    const byFolder = (...args: string[]): Promise<Outcome> => kcovet(['outbox', ...args], { env: { KCOVET_DATA: data, KCOVET_WATCH: join(folder, 'watch.yml') } });
    expect((await byFolder('list')).stdout).toContain(id);
    writeFileSync(join(folder, 'kcovet.yml'), 'data: served\n');
    const byFile = (verb: string): Promise<Outcome> => kcovet(['outbox', verb, ...(verb === 'approve' ? [id] : []), '--config', join(folder, 'kcovet.yml')]);
    expect((await byFile('approve')).stdout).toBe(`${id}: approved\n`);
    expect((await byFile('send')).stderr).toContain('no watch.yml is named');
    expect((await byFolder('send')).stdout).toContain('2 sent');
    expect((await kcovet(['outbox', 'list', '--all', '--config', join(folder, 'watch.yml')], { env: { KCOVET_DATA: data } })).stdout).toContain(`${id}  sent`);
    expect((await kcovet(['outbox', 'list'], { env: { KCOVET_DATA: join(folder, 'none') } })).stderr).toContain('there is no store: name its folder with KCOVET_DATA');
  });

  test.each([
    ['outbox: {smtp: {host: mx.example.org, port: x}}', 'outbox.smtp.port: give the port'],
    ['outbox: {dir: a, maildir: b}', 'outbox: give a folder, or one of'], ['outbox: 3', 'outbox: give a folder, or one of'],
  ])('%s: what is wrong', async (line, message) => {
    writeFileSync(join(folder, 'watch.yml'), `sources: [{name: one, kind: mirror, path: list, lists: [a@b.org]}]\n${line}\n`);
    expect((await run('list')).stderr).toContain(message);
  });
});
