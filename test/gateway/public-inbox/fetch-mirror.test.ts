/** @module Mirrors fetched from a plain file server on loopback: with a manifest and without, and what breaks on the way. */
import { createReadStream, existsSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SourceEvent } from '../../../src/gateway/mail-source.js';
import { fetchMirror, type MirrorFetch } from '../../../src/gateway/public-inbox/fetch-mirror.js';
import { git, Sandbox } from '../repository.js';
import { DAY_S, mailOf, Reader, writeEpoch } from './mirror.js';

let sandbox: Sandbox;
let server: Server;
let url: string;
let asked: string[];
/** Answers instead of files; 'silence' is none at all. */
let instead: (path: string) => Buffer | 'silence' | null;
beforeEach(async () => {
  sandbox = new Sandbox();
  asked = [];
  instead = () => null;
  server = createServer(({ url: path = '' }, response) => {
    const [name = ''] = path.split('?');
    asked.push(name);
    const answer = instead(name);
    const file = join(sandbox.path('www'), name);
    if (answer === 'silence') return;
    if (answer) response.end(answer);
    else if (existsSync(file) && statSync(file).isFile()) createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  sandbox.remove();
});

/** An epoch on the server, as a server without git has it. */
function publish(epoch: number, ids: readonly string[]): string {
  writeEpoch(sandbox.path('www', 'list'), epoch, ids.map((id) => ({ mail: mailOf(id, { subject: 'kcov' }) })));
  const dir = sandbox.path('www', 'list', 'git', `${epoch}.git`);
  git(dir, ['repack', '-adq']);
  git(dir, ['update-server-info']);
  return dir;
}

function manifest(epochs: Readonly<Record<number, { modified?: number; fingerprint: string }>>): void {
  writeFileSync(sandbox.path('www', 'list', 'manifest.js.gz'), gzipSync(JSON.stringify(Object.fromEntries(Object.entries(epochs).map(([n, one]) => [`/list/git/${n}.git`, one])))));
}

const dir = (): string => sandbox.path('mirror');
async function update(sinceS: number | null = null, more: Partial<MirrorFetch> = {}): Promise<SourceEvent[]> {
  const events: SourceEvent[] = [];
  for await (const event of fetchMirror({ url, dir: dir(), fetchMs: 20_000, ...more }, sinceS)) events.push(event);
  return events;
}
const read = async (): Promise<readonly string[]> => (await new Reader(dir()).read()).ids;

test('without a manifest the epochs are tried, the next time from the last one on', async () => {
  publish(0, ['0@x']);
  publish(1, ['1@x']);
  await update();
  expect(await read()).toEqual(['0@x', '1@x']);
  publish(1, ['1@x', '2@x']);
  publish(2, ['3@x']);
  asked = [];
  await update();
  expect(asked.some((path) => path.includes('/git/0.git'))).toBe(false);
  expect(await read()).toEqual(['0@x', '1@x', '2@x', '3@x']);
});

test('with one only what changed is fetched, and epochs that ended before are left out', async () => {
  publish(0, ['0@x']);
  publish(1, ['1@x']);
  manifest({ 0: { modified: DAY_S - 30 * 86_400, fingerprint: 'a' }, 1: { modified: DAY_S, fingerprint: 'b' } });
  expect(await update(DAY_S - 86_400)).toEqual([{ kind: 'note', what: 'epoch 1 is new here' }]);
  expect(await read()).toEqual(['1@x']);
  asked = [];
  await update(DAY_S - 86_400);
  expect(asked).toEqual(['/list/manifest.js.gz']);
});

test('an epoch that is damaged on the server is said, is not taken for one, and is fetched when it is whole', async () => {
  publish(0, ['0@x']);
  const broken = publish(1, ['1@x']);
  manifest({ 0: { fingerprint: 'a' }, 1: { fingerprint: 'b' } });
  const packs = join(broken, 'objects', 'pack');
  const pack = readdirSync(packs).find((name) => name.endsWith('.pack')) ?? '';
  const part = Buffer.alloc(50);
  instead = (path) => (path.endsWith(pack) ? part : null);
  expect((await update()).at(-1)).toEqual({ kind: 'stopped', reason: expect.stringMatching(/^epoch 1: not fetched: git fetch: /u) as string });
  expect([await read(), existsSync(join(dir(), 'git', '1.git'))]).toEqual([['0@x'], false]);
  instead = () => null;
  await update();
  expect(await read()).toEqual(['0@x', '1@x']);
});

test('nothing there is one reason; no other server is asked for what a manifest names', async () => {
  expect(await update()).toEqual([{ kind: 'stopped', reason: 'not fetched: neither manifest.js.gz nor git/0.git is there' }]);
  publish(0, ['0@x']);
  writeFileSync(sandbox.path('www', 'list', 'manifest.js.gz'), gzipSync(JSON.stringify({ 'https://evil.example.org/list/git/0.git': {}, '/list/git/0.git': {} })));
  await update();
  expect([...new Set(asked.map((path) => path.split('/')[1]))]).toEqual(['list']);
  truncateSync(sandbox.path('www', 'list', 'manifest.js.gz'), 10);
  expect((await update())[0]).toMatchObject({ kind: 'stopped', reason: expect.stringContaining('manifest.js.gz: cannot be read') as string });
});

test('a server that falls silent in the middle costs so much time; a watch that is ended waits for none', async () => {
  publish(0, ['0@x']);
  manifest({ 0: { fingerprint: 'a' } });
  instead = (path) => (path.endsWith('/HEAD') || path.endsWith('/info/refs') ? 'silence' : null);
  expect(await update(null, { fetchMs: 700 })).toEqual([{ kind: 'stopped', reason: 'epoch 0: not fetched: git fetch: stopped after 0.7 s' }]);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  expect(await update(null, { signal: stop.signal })).toEqual([{ kind: 'stopped', reason: 'epoch 0: not fetched: git fetch: ended early' }]);
});
