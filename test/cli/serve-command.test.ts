/** @module `kcovet serve`: how to begin, what is wrong with credentials, registration by one click, start and end. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeGithub } from '../fake-github/fake-github.js';
import { deliver } from '../fake-github/webhooks.js';
import { lockStore } from '../../src/store/sqlite-store.js';
import { VARIABLES } from '../../src/settings.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { kcovet } from './fake-io.js';

const dir = mkdtempSync(join(tmpdir(), 'kcovet-serve-'));
const github = new FakeGithub();
beforeAll(() => github.start());
afterAll(async () => {
  await github.stop();
  rmSync(dir, { recursive: true });
});

const enterprise = (): Record<string, string> => ({ GHE_HOST: new URL(github.url).host, GHE_PROTOCOL: 'http', PORT: '0' });

test('its help has the three steps to credentials, the settings, and lines that fit', async () => {
  const { stdout } = await kcovet(['help', 'serve']);
  expect(stdout).toMatch(/Three steps[\s\S]*1\. kcovet serve --register[\s\S]*2\. Install[\s\S]*3\. kcovet serve --env/u);
  for (const name of Object.keys(VARIABLES).filter((one) => !/PROTOCOL|PREFIX|WORKER_PORT|URL$/u.test(one))) expect(stdout).toContain(name);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test.each([
  [{ APP_ID: '1' }, ['WEBHOOK_SECRET is missing', 'PRIVATE_KEY_PATH is missing']],
  [{ APP_ID: 'mine', WEBHOOK_SECRET: 'short', PRIVATE_KEY: 'none' }, ['APP_ID is the number', 'WEBHOOK_SECRET is too short', 'no private key']],
  [{ APP_ID: '1', WEBHOOK_SECRET: 'long enough', PRIVATE_KEY_PATH: '/nonexistent/key.pem' }, ['PRIVATE_KEY_PATH: ', 'no such file']],
  [{ APP_ID: '1', WEBHOOK_SECRET: 'long enough', PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----', PORT: '70000' }, ['PORT']],
  [{ KCOVET_STORE: 'kcovet.sqlite', KCOVET_TOKEN: 'short', KCOVET_PAGES: 'all' }, ['KCOVET_STORE is KCOVET_DATA by now', 'KCOVET_TOKEN is too short', 'KCOVET_PAGES is open, token or proxy']],
])('what is wrong with the configuration is said, all of it, in one line: %j', async (env, words) => {
  const { status, stderr } = await kcovet(['serve'], { env });
  expect(status).toBe(2);
  for (const word of words) expect(stderr).toContain(word);
  expect(stderr).toMatch(/^kcovet: serve: [^\n]+\n$/u);
});

test('a port of the demonstration that is none', async () => {
  for (const PORT of ['99999', 'x']) expect(await kcovet(['serve', '--demo'], { env: { PORT } })).toMatchObject({ status: 2, stderr: 'kcovet: serve --demo: PORT is a number from 0 to 65535\n' });
});

test('a file of variables that is not there', async () => {
  expect((await kcovet(['serve', '--env', join(dir, 'none')])).stderr).toMatch(/^kcovet: .*none: .*: give the file that --register wrote/u);
});

describe('registration', () => {
  test('needs the address at which GitHub reaches it', async () => {
    expect((await kcovet(['serve', '--register'])).stderr).toContain('--url: the address at which GitHub reaches');
  });

  test('one click: the manifest goes to GitHub, its credentials into a file for nobody else, which is enough to start', async () => {
    const file = join(dir, 'app.env');
    let clicked: Promise<string> = Promise.resolve('');
    const outcome = await kcovet(['serve', '--register', '--url', 'https://kcovet.example.org', '--org', 'kernel', '--env', file], {
      env: enterprise(), onOutput: (text) => {
        const page = /open (http:\S+)/u.exec(text)?.[1];
        if (page) clicked = click(page);
      },
    });
    expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('Install it: https://github.example/apps/kcovet/installations/new') });
    expect(await clicked).toContain('Install it');
    expect(statSync(file).mode & 0o077).toBe(0);
    const again = await kcovet(['serve', '--register', '--url', 'https://kcovet.example.org', '--env', file], { env: enterprise() });
    expect(again.stderr).toContain('is there already');
    if (!noSqlite) await started(['serve', '--env', file], enterprise());
  });

  /** What a person does: opens the page, sees what is asked for, and comes back from GitHub with a code. */
  async function click(page: string): Promise<string> {
    const html = await (await fetch(page)).text();
    const action = /action="([^"]+)"/u.exec(html)?.[1] ?? '';
    expect(action).toMatch(/\/organizations\/kernel\/settings\/apps\/new\?state=[0-9a-f]{32}$/u);
    const manifest = JSON.parse((/name="manifest" value="([^"]+)"/u.exec(html)?.[1] ?? '').replace(/&quot;/gu, '"').replace(/&amp;/gu, '&')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: 'kcovet', public: false, hook_attributes: { url: 'https://kcovet.example.org/api/github/webhooks' }, default_permissions: { checks: 'write' } });
    expect((await fetch(`${page}registered?code=a-code&state=wrong`)).status).toBe(404);
    const state = new URL(action).searchParams.get('state') ?? '';
    return await (await fetch(`${String(manifest['redirect_url'])}?code=a-code&state=${state}`)).text();
  }
});

/** Starts a server, sends it a ping, ends it. */
async function started(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  let url = '';
  let log = '';
  const outcome = await kcovet(args, {
    env: { ...env, KCOVET_DATA: join(dir, 'data') },
    onOutput: (text) => {
      url ||= /listening on (\S+)/u.exec(text)?.[1] ?? '';
      log += text;
    },
    untilStopped: async () => {
      expect(await deliver(github, url, { name: 'ping', payload: { zen: 'z' } })).toMatchObject({ status: 202 });
    },
  });
  expect(outcome).toMatchObject({ status: 0 });
  expect(log).toContain('"what":"delivery"');
}

describe.skipIf(noSqlite)(`the server${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  test('starts with variables of the environment, and ends when it is told to', async () => {
    const { appId, privateKey, webhookSecret } = github.credentials;
    writeFileSync(join(dir, 'key.pem'), privateKey);
    await started(['serve'], { ...enterprise(), APP_ID: String(appId), PRIVATE_KEY_PATH: join(dir, 'key.pem'), WEBHOOK_SECRET: webhookSecret });
  });

  test('beside it lists are watched, and what became of their patches can be asked', async () => {
    const { appId, privateKey, webhookSecret } = github.credentials;
    const patch = ['@@ -10,2 +10,3 @@ void kcov_f(void)', ' \tint x;', '+\tx = 1;', ' \treturn;', '-- ', '2.0', ''];
    const mail = ['From: A <a@example.org>', `Date: ${new Date().toUTCString()}`, 'Subject: [PATCH] kcov: x', 'Message-ID: <one@example.org>', '', 'Text.', '---', 'diff --git a/kernel/kcov.c b/kernel/kcov.c', '--- a/kernel/kcov.c', '+++ b/kernel/kcov.c', ...patch];
    writeFileSync(join(dir, 'list.mbox'), `From x Mon Sep 17 00:00:00 2001\n${mail.join('\n')}\n`);
    writeFileSync(join(dir, 'watch.yml'), 'sources:\n  - {name: a, kind: mbox, path: list.mbox, lists: [list@example.org]}\noutbox: drafts\n');
    let url = '';
    let answer: unknown = null;
    const outcome = await kcovet(['serve'], {
      env: { ...enterprise(), APP_ID: String(appId), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret, KCOVET_DATA: join(dir, 'watched'), KCOVET_WATCH: join(dir, 'watch.yml'), KCOVET_PAGES: 'open' },
      onOutput: (text) => {
        url ||= /listening on (\S+)/u.exec(text)?.[1] ?? '';
      },
      untilStopped: async () => {
        for (let tries = 0; tries < 600 && answer === null; tries += 1) {
          const response = await fetch(new URL('/api/patchset?id=one@example.org', url));
          if (response.ok) answer = await response.json();
          else await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
    });
    expect(outcome.status).toBe(0);
    expect(answer).toMatchObject({ message_id: 'one@example.org', patches: [{ message_id: 'one@example.org', part_index: 1 }] });
  });

  test('without credentials and lists it takes uploads, and shows them to who has the token', async () => {
    const data = join(dir, 'bare');
    let [pages, told] = ['', ''];
    const outcome = await kcovet(['serve'], {
      env: { PORT: '0', KCOVET_DATA: data },
      onOutput: (text) => { told += text; },
      untilStopped: async () => {
        pages = /pages on (\S+)/u.exec(told)?.[1] ?? '';
        expect((await fetch(pages)).status).toBe(401);
        expect(statSync(join(data, 'token')).mode & 0o077).toBe(0);
        const token = readFileSync(join(data, 'token'), 'utf8').trim();
        expect((await fetch(pages, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
        expect(await (await fetch(new URL('/readyz', pages))).text()).toBe('ready\n');
        expect((await fetch(new URL('/api/github/webhooks', pages), { method: 'POST' })).status).not.toBe(202);
      },
    });
    expect([outcome.status, told]).toEqual([0, expect.stringMatching(/no GitHub App.*\n.*no list is watched/u)]);
  });

  test('a store that a watch works on is refused, with who has it and the way out, and is left as it was', async () => {
    const { appId, privateKey, webhookSecret } = github.credentials;
    const data = join(dir, 'taken');
    mkdirSync(data);
    const store = join(data, 'kcovet.sqlite');
    const [lock, kept] = [await lockStore(store), await openStore(store)];
    await kept.jobs.add({ id: 'a', kind: 'review a series', payload: { key: 'k' } }, 1);
    const env = { ...enterprise(), APP_ID: String(appId), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret, KCOVET_DATA: data };
    const { status, stderr } = await kcovet(['serve'], { env });
    expect([status, stderr]).toEqual([2, expect.stringMatching(new RegExp(`^kcovet: serve: KCOVET_DATA: .*kcovet\\.sqlite: another process works on this store \\(process ${process.pid} on .*\\): end it first, or give .*KCOVET_WATCH`, 'u'))]);
    expect(await kept.jobs.find('a')).toMatchObject({ state: 'waiting', attempts: 0 });
    await kept.close();
    if ('release' in lock) lock.release();
  });

  test('a port that is taken, a store that cannot be: one line with the way out', async () => {
    const { appId, privateKey, webhookSecret } = github.credentials;
    const env = { APP_ID: String(appId), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret, KCOVET_DATA: join(dir, 'other') };
    expect((await kcovet(['serve'], { env: { ...env, PORT: new URL(github.url).port } })).stderr).toMatch(/cannot listen on 127\.0\.0\.1:\d+ .*: set HOST and PORT/u);
    expect((await kcovet(['serve'], { env: { ...env, PORT: '0', KCOVET_DATA: join(dir, 'key.pem', 'folder') } })).stderr).toMatch(/cannot be the data folder/u);
  });
});

