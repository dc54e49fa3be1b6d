/**
 * @module A list whose mirror is kept on GitHub, watched by the server itself: a signed push, and the mails that are new are
 * read through the API of the App, reviewed, and answered by a draft. Rounds are an hour apart: only pushes begin one here.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kcovet } from '../cli/fake-io.js';
import { FakeGithub } from '../fake-github/fake-github.js';
import type { Repository } from '../fake-github/state.js';
import { deliver, pushEvent } from '../fake-github/webhooks.js';
import { noSqlite } from '../store/sqlite.js';

const example = readFileSync('examples/annotate-driver.mbox', 'utf8').replace(/^From .*\n/u, '').replace(/^Date: .*$/mu, `Date: ${new Date().toUTCString()}`);
const FIRST = '20200212130327.5120-1-dev@example.org';
const SECOND = 'second@example.org';
/** The same hazard in another driver. */
const other = example.replaceAll('echo_link', 'tone_link').replace(FIRST, SECOND);
const chat = (id: string): string => `From: A <a@example.org>\nSubject: lunch\nMessage-ID: <${id}>\n\nAt noon.\n`;

/** A mirror: one commit a mail, which is the file m of its tree. */
class Mirror {
  readonly repo: Repository;

  constructor(readonly github: FakeGithub) {
    this.repo = github.repository('o', 'kcov-list');
    this.add(chat('0@example.org'));
  }

  add(...mails: string[]): void {
    const made = this.repo.git.commit(this.repo.branches.get('master') ?? null, mails.map((m) => ({ message: 'mail', files: { m } })));
    this.repo.branches.set('master', made.at(-1) ?? '');
  }

  /** Blobs that were asked for. */
  get read(): number {
    return this.github.done('GET', /\/git\/blobs\//u).length;
  }
}

/** Resolves when it is so; looks often, since files tell nobody. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !isSo();) {
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.skipIf(noSqlite)(`a mirror on GitHub${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  const github = new FakeGithub();
  const dir = mkdtempSync(join(tmpdir(), 'kcovet-mirror-'));
  beforeAll(() => github.start());
  afterAll(async () => {
    await github.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  const drafts = (): string[] => (existsSync(join(dir, 'drafts')) ? readdirSync(join(dir, 'drafts')).filter((name) => name.endsWith('.eml')).map((name) => readFileSync(join(dir, 'drafts', name), 'utf8')) : []);
  const answered = (): string[] => drafts().map((mail) => /^In-Reply-To: <(.*)>$/mu.exec(mail)?.[1] ?? '').sort();

  test('each push brings its new mails, and a draft to the patch among them', { timeout: 120_000 }, async () => {
    const mirror = new Mirror(github);
    writeFileSync(join(dir, 'watch.yml'), ['sources:', '  - {name: kcov, kind: github-mirror, repository: o/kcov-list, lists: [list@example.org]}', 'since: 500.weeks', 'poll: 1.hour', 'outbox: drafts', ''].join('\n'));
    const { appId, privateKey, webhookSecret } = github.credentials;
    let url = '';
    let log = '';
    const story = async (): Promise<void> => {
      await until('the first round', () => mirror.read === 1 && log.includes('kcov'));
      mirror.add(chat('1@example.org'), example);
      expect(await deliver(github, url, pushEvent(mirror.repo))).toMatchObject({ status: 202 });
      await until('a draft', () => drafts().length === 1);
      expect(answered()).toEqual([FIRST]);
      expect(drafts()[0]).toMatch(/^Subject: Re: \[PATCH\] misc: echo_link: [\s\S]*\n> \+\tkcov_remote_start_common\([\s\S]*Is a kcov_remote_stop\(\) missing/mu);
      const before = mirror.read;
      expect(before).toBe(3);
      mirror.add(other);
      expect(await deliver(github, url, pushEvent(mirror.repo))).toMatchObject({ status: 202 });
      await until('a second draft', () => drafts().length === 2);
      expect(answered()).toEqual([FIRST, SECOND]);
      expect(mirror.read).toBe(before + 1);
    };
    const outcome = await kcovet(['serve'], {
      env: {
        GHE_HOST: new URL(github.url).host, GHE_PROTOCOL: 'http', PORT: '0', APP_ID: String(appId), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret,
        KCOVET_DATA: join(dir, 'data'), KCOVET_WATCH: join(dir, 'watch.yml'),
      },
      onOutput: (text) => {
        url ||= /listening on (\S+)/u.exec(text)?.[1] ?? '';
        log += text;
      },
      untilStopped: story,
    });
    expect(outcome.status, log).toBe(0);
    expect(log).not.toContain('"level":"error"');
  });
});
