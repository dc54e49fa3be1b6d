/** @module Maildirs, mboxes, mirrors on GitHub and feeds as sources: what they hand out, where they go on, what they get round. */
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { githubClient } from '../../src/gateway/github-store.js';
import { LIMITS } from '../../src/gateway/limits.js';
import type { MailSource, SourceEvent } from '../../src/gateway/mail-source.js';
import { MaildirSource } from '../../src/gateway/maildir-source.js';
import { MboxSource } from '../../src/gateway/mbox-source.js';
import { MboxStream } from '../../src/gateway/mbox-stream.js';
import { atomEntries } from '../../src/gateway/public-inbox/atom-entries.js';
import { FeedSource } from '../../src/gateway/public-inbox/feed-source.js';
import { GithubMirrorSource } from '../../src/gateway/public-inbox/github-mirror-source.js';
import { remoteEpochs } from '../../src/gateway/public-inbox/manifest.js';
import { diffOf, mailOf } from './public-inbox/mirror.js';
import { Sandbox } from './repository.js';

const patch = (id: string): string => mailOf(id, { subject: '[PATCH] one line', body: diffOf('kernel/kcov.c') });
const lists = ['list@example.org'];

/** A reader that keeps cursor and Message-IDs, as the watch does. */
class Reader {
  cursor: string | null = null;
  readonly known = new Set<string>();
  constructor(private readonly source: MailSource, private readonly sinceS: number | null = null) {}

  async read(): Promise<{ ids: string[]; events: SourceEvent[] }> {
    const events: SourceEvent[] = [];
    const ids: string[] = [];
    for await (const event of this.source.read(this.cursor, { followed: this.known, isKnown: (id) => Promise.resolve(this.known.has(id)), sinceS: this.sinceS })) {
      events.push(event);
      if ('cursor' in event && event.cursor !== null) this.cursor = event.cursor;
      if (event.kind !== 'mail') continue;
      ids.push(event.mail.messageId);
      this.known.add(event.mail.messageId);
    }
    return { ids, events };
  }

  async reasons(): Promise<string[]> {
    return (await this.read()).events.flatMap((event) => ('reason' in event ? [event.reason] : []));
  }
}

async function* chunks(...parts: (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part as string);
}

let sandbox: Sandbox;
beforeAll(() => nock.disableNetConnect());
afterAll(() => nock.restore());
beforeEach(() => { sandbox = new Sandbox(); });
afterEach(() => {
  nock.cleanAll();
  sandbox.remove();
});

describe('a Maildir', () => {
  const put = (name: string, mail: string, { part = 'new', timeS = 1_000_000 } = {}): string => {
    for (const one of ['new', 'cur', 'tmp']) mkdirSync(sandbox.path('box', one), { recursive: true });
    const path = sandbox.path('box', part, name);
    writeFileSync(path, mail);
    utimesSync(path, timeS, timeS);
    return path;
  };

  test('gives new/ and cur/ in the order of coming, then what is new; a mail that moves and one that is known are not given again', async () => {
    const reader = new Reader(new MaildirSource({ name: 'box', lists, dir: sandbox.path('box') }));
    const first = put('1.a', patch('1@x'), { timeS: 2_000_000 });
    put('0.a:2,S', patch('0@x'), { part: 'cur', timeS: 1_000_000 });
    put('2.a', mailOf('chat@x'), { timeS: 2_000_001 });
    put('tmp', patch('half@x'), { part: 'tmp' });
    expect((await reader.read()).ids).toEqual(['0@x', '1@x']);
    renameSync(first, sandbox.path('box', 'cur', '1.a:2,S'));
    put('3.a', patch('3@x'), { timeS: 2_000_002 });
    put('late', patch('late@x'), { timeS: 1_999_900 });
    expect((await reader.read()).ids).toEqual(['late@x', '3@x']);
    expect((await reader.read()).ids).toEqual([]);
  });

  test('skips what is too large without reading it, follows no links, and says that it is not there', async () => {
    truncateSync(put('big', ''), 100 * 1024 * 1024);
    put('1.a', patch('1@x'));
    symlinkSync('/etc/passwd', sandbox.path('box', 'new', 'link'));
    const { ids, events } = await new Reader(new MaildirSource({ name: 'box', lists, dir: sandbox.path('box') })).read();
    expect([ids, events.filter(({ kind }) => kind === 'skipped')]).toEqual([['1@x'], [{ kind: 'skipped', where: 'big', reason: 'too large' }]]);
    rmSync(sandbox.path('box'), { recursive: true });
    expect(await new Reader(new MaildirSource({ name: 'box', lists, dir: sandbox.path('box') })).reasons()).toEqual([expect.stringContaining('ENOENT')]);
  });

  test('begins where it is told to', async () => {
    put('1.a', patch('1@x'), { timeS: 1_000 });
    put('2.a', patch('2@x'), { timeS: 3_000 });
    const reader = new Reader(new MaildirSource({ name: 'box', lists, dir: sandbox.path('box') }), 2_000);
    expect((await reader.read()).ids).toEqual(['2@x']);
    renameSync(sandbox.path('box', 'new', '1.a'), sandbox.path('box', 'cur', '1.a:2,S'));
    expect((await reader.read()).ids).toEqual([]);
  });

  const FUTURE_S = Date.UTC(2099, 0, 1) / 1000;

  test('a file from the future hides nothing that comes after it, and came now; what has an old time is read, too, once', async () => {
    const reader = new Reader(new MaildirSource({ name: 'box', lists, dir: sandbox.path('box') }));
    put('1.a', patch('1@x'), { timeS: FUTURE_S });
    const [first] = (await reader.read()).events;
    expect(first).toMatchObject({ kind: 'mail', mail: { messageId: '1@x' } });
    expect(first?.kind === 'mail' && first.mail.atMs <= Date.now()).toBe(true);
    put('2.a', patch('2@x'), { timeS: Date.now() / 1000 - 3_600 });
    put('3.a', patch('3@x'), { timeS: 1_000 });
    expect((await reader.read()).ids).toEqual(['3@x', '2@x']);
    reader.known.clear();
    expect((await reader.read()).ids).toEqual([]);
  });

  test('a cursor from the future, as it was kept before, is none', async () => {
    const reader = new Reader(new MaildirSource({ name: 'box', lists, dir: sandbox.path('box') }));
    put('1.a', patch('1@x'));
    reader.cursor = JSON.stringify({ atMs: FUTURE_S * 1000 });
    expect((await reader.read()).ids).toEqual(['1@x']);
  });

  test('names that are remembered are bounded, and let go with their files', async () => {
    const reader = new Reader(new MaildirSource({ name: 'box', lists, dir: sandbox.path('box'), seenMax: 3 }));
    const seen = (): string[] => (JSON.parse(reader.cursor ?? '{}') as { seen: string[] }).seen;
    for (let i = 0; i < 5; i += 1) put(`${i}.a`, patch(`${i}@x`), { timeS: 1_000_000 + i });
    expect((await reader.read()).ids).toHaveLength(5);
    expect(seen()).toHaveLength(3);
    expect((await reader.read()).ids).toEqual([]);
    for (let i = 0; i < 4; i += 1) rmSync(sandbox.path('box', 'new', `${i}.a`));
    await reader.read();
    expect(seen()).toHaveLength(1);
  });
});

describe('an mbox', () => {
  const joined = (...mails: string[]): string => mails.map((mail) => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${mail.replace(/^(>*From )/gmu, '>$1')}\n`).join('');
  const source = (path: string, stdin = chunks()): MboxSource => new MboxSource({ name: 'm', lists, path, stdin, now: () => 5 });

  test('on standard input is read once, in any cut; From in a text is none', async () => {
    const text = joined(patch('1@x'), mailOf('2@x', { subject: 'kcov', body: 'From here on\n\nFrom there\n>From mail\n' }), patch('3@x'));
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), async (cuts) => {
      const parts: string[] = [];
      for (let at = 0, i = 0; at < text.length; i++) {
        const length = cuts[i % cuts.length] ?? 1;
        parts.push(text.slice(at, at + length));
        at += length;
      }
      const one = source('-', chunks(...parts));
      const { ids, events } = await new Reader(one).read();
      expect(ids).toEqual(['1@x', '2@x', '3@x']);
      expect(events.flatMap((event) => (event.kind === 'mail' ? [event.mail.raw.toString()] : []))[1]).toContain('From here on\n\nFrom there\n>From mail\n');
      expect((await new Reader(one).read()).ids).toEqual([]);
    }), { numRuns: 30 });
  });

  test('as a file; a single mail will do; a mail of 100 MB is let go while it comes', async () => {
    writeFileSync(sandbox.path('one'), patch('1@x'));
    expect((await new Reader(source(sandbox.path('one'))).read()).ids).toEqual(['1@x']);
    expect(await new Reader(source(sandbox.path('none'))).reasons()).toEqual([expect.stringContaining('ENOENT')]);
    const before = process.memoryUsage().rss;
    const big = async function* (): AsyncGenerator<Uint8Array> {
      yield* chunks(joined(patch('1@x')), 'From mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: kcov\n\n');
      for (let i = 0; i < 100; i++) yield Buffer.alloc(1024 * 1024, i % 2 === 0 ? 'x' : 'y\n');
      yield* chunks(`\n\n${joined(patch('3@x'))}`);
    };
    const { ids, events } = await new Reader(source('-', big())).read();
    expect([ids, events.filter(({ kind }) => kind === 'skipped')]).toEqual([['1@x', '3@x'], [{ kind: 'skipped', where: 'mail 2', reason: 'too large' }]]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  test('of any bytes is taken apart without loss of all of it', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('\nFrom a@b\nX: y\n\n', '\n', 'From ', '>From x\n', '\r\n', '\0'))), (parts) => {
      const stream = new MboxStream(1_000);
      const mails = [...stream.push(Buffer.from(parts.join(''))), ...stream.end()];
      expect(mails.every((mail) => mail === null || mail.length <= 1_000)).toBe(true);
    }));
  });
});

describe('a mirror on GitHub', () => {
  const api = 'https://api.github.com';
  const sha = (digit: string): string => digit.repeat(40);
  const source = (): GithubMirrorSource => new GithubMirrorSource({ name: 'g', lists, repository: { owner: 'o', repo: 'list', ref: null }, client: () => Promise.resolve(githubClient({}, LIMITS)) });
  const listed = (...commits: string[]): void => {
    nock(api).get('/repos/o/list/commits').query(true).reply(200, commits.map((one) => ({ sha: sha(one), commit: { committer: { date: '2026-01-10T00:00:00Z' } } })));
  };
  const holds = (commit: string, mail: string | null, size = 100): void => {
    nock(api).get(`/repos/o/list/git/trees/${sha(commit)}`).reply(200, { tree: [{ path: mail === null ? 'd' : 'm', type: 'blob', sha: sha(commit), size }] });
    if (mail !== null && size <= 1000) nock(api).get(`/repos/o/list/git/blobs/${sha(commit)}`).reply(200, { encoding: 'base64', content: Buffer.from(mail).toString('base64') });
  };
  const common = (before: string, base: string | null): void => {
    nock(api).get(`/repos/o/list/compare/${sha(before)}...HEAD`).query(true).reply(base === null ? 404 : 200, base === null ? {} : { merge_base_commit: { sha: sha(base) } });
  };

  test('is read from its first mail, then from the last one; deleted and too large ones are passed over', async () => {
    const reader = new Reader(source());
    listed('4', '3', '2', '1');
    holds('1', patch('1@x'));
    holds('2', null);
    holds('3', patch('3@x'), 100_000_000);
    holds('4', mailOf('chat@x'));
    const { ids, events } = await reader.read();
    expect([ids, events.filter(({ kind }) => kind === 'skipped'), reader.cursor]).toEqual([['1@x'], [{ kind: 'skipped', where: 'commit 333333333333', reason: 'too large' }], sha('4')]);
    common('4', '4');
    listed('5', '4', '3');
    holds('5', patch('5@x'));
    expect((await reader.read()).ids).toEqual(['5@x']);
  });

  test('survives rewritten history, a refusal, and says of both', async () => {
    const reader = new Reader(source());
    reader.cursor = sha('9');
    reader.known.add('1@x');
    common('9', null);
    listed('3', '1');
    holds('1', patch('1@x'));
    holds('3', patch('3@x'));
    const { ids, events } = await reader.read();
    expect([ids, events[0]]).toEqual([['3@x'], { kind: 'note', what: expect.stringContaining('history was rewritten') as string }]);
    nock(api).get(/compare/u).query(true).reply(500);
    expect(await reader.reasons()).toEqual([expect.stringContaining('GitHub failed (500)')]);
    expect(reader.cursor).toBe(sha('3'));
  });
});

describe('what a server says', () => {
  const url = 'https://lists.example.org/one';
  const feed = (...ids: string[]): string => `<?xml version="1.0" encoding="us-ascii"?>\n<feed\nxmlns="http://www.w3.org/2005/Atom"><title>a</title><link\nrel="alternate"\nhref="${url}/"/>${
    ids.map((id) => `<entry><title>x &lt;link href=&quot;https://evil.example.org/&quot;&gt;</title><updated>2026-01-12T10:49:59Z</updated><link\nhref="${url}/${encodeURIComponent(id)}/"/><content><pre>https://evil.example.org/</pre></content></entry>`).join('')}</feed>`;

  test('only the Message-ID of an entry is used, never its address', () => {
    expect(atomEntries(feed('a/b@x', 'c@x'), url)).toEqual([{ messageId: 'a/b@x', atMs: Date.UTC(2026, 0, 12, 10, 49, 59) }, { messageId: 'c@x', atMs: expect.any(Number) as number }]);
    expect(atomEntries('<html>no</html>', url)).toBeNull();
    expect(atomEntries(feed().replace('</feed>', '<entry><link href="https://evil.example.org/etc/a%0ab/"/></entry></feed>'), url)).toEqual([]);
    fc.assert(fc.property(fc.string(), (text) => { atomEntries(`<feed>${text}<entry>${text}<link href="${text}`, url); }));
  });

  test('mails that are gone or too large are skipped once; a server that fails is asked again later', async () => {
    const server = nock('https://lists.example.org');
    const source = new FeedSource({ name: 'f', lists, url, limits: { ms: 1000, bytes: 20_000 }, now: () => 5 });
    const reader = new Reader(source);
    server.get('/one/new.atom').times(2).reply(200, feed('3@x', '2@x', '1@x', '0@x'));
    server.get('/one/0%40x/raw').reply(404);
    server.get('/one/1%40x/raw').reply(200, 'x'.repeat(30_000));
    server.get('/one/2%40x/raw').reply(503);
    server.get('/one/3%40x/raw').reply(200, `From mboxrd@z Thu Jan  1 00:00:00 1970\n${patch('3@x')}`);
    expect((await reader.read()).events.map((event) => ('reason' in event ? event.reason : event.kind))).toEqual(['gone', 'too large', 'mail', '1 mails could not be read', 'passed']);
    server.get('/one/2%40x/raw').reply(200, patch('2@x'));
    expect((await reader.read()).ids).toEqual(['2@x']);
    server.get('/one/new.atom').reply(200, feed('9@x'));
    server.get('/one/9%40x/raw').reply(200, patch('9@x'));
    expect((await reader.read()).events[0]).toEqual({ kind: 'note', what: expect.stringContaining('mails between may be missed') as string });
    server.get('/one/new.atom').reply(200, 'a page');
    expect(await reader.reasons()).toEqual([expect.stringContaining('no Atom feed')]);
  });

  test('a manifest names epochs of this inbox only, and cannot be a bomb', async () => {
    const answer = (body: unknown): void => { nock('https://lists.example.org').get('/one/manifest.js.gz').reply(200, gzipSync(JSON.stringify(body))); };
    answer({ '/one/git/10.git': { modified: 7, fingerprint: 'f' }, '/one/git/2.git': {}, '/other/git/0.git': {}, '/one/git/../../x.git': {}, '/one/all.git': {}, '/one/git/3.git': { modified: 'x', fingerprint: 5 } });
    expect(await remoteEpochs(url)).toEqual([
      { number: 2, url: `${url}/git/2.git`, modifiedS: null, fingerprint: null }, { number: 3, url: `${url}/git/3.git`, modifiedS: null, fingerprint: null }, { number: 10, url: `${url}/git/10.git`, modifiedS: 7, fingerprint: 'f' },
    ]);
    answer({});
    await expect(remoteEpochs(url)).rejects.toThrow('names no epoch');
    nock('https://lists.example.org').get('/one/manifest.js.gz').reply(200, gzipSync(Buffer.alloc(100 * 1024 * 1024)));
    await expect(remoteEpochs(url)).rejects.toThrow('cannot be read');
    nock('https://lists.example.org').get('/one/manifest.js.gz').reply(200, 'no gzip');
    await expect(remoteEpochs(url)).rejects.toThrow('cannot be read');
  });
});
