/** @module A watch of a real public-inbox over HTTP: what comes, what is gone, and what the server does not do. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MboxStream } from '../../src/gateway/mbox-stream.js';
import { FeedSource } from '../../src/gateway/public-inbox/feed-source.js';
import { fetchMirror } from '../../src/gateway/public-inbox/fetch-mirror.js';
import type { MailSource } from '../../src/gateway/mail-source.js';
import { MirrorSource } from '../../src/gateway/public-inbox/mirror-source.js';
import type { Store } from '../../src/store/store.js';
import { Sandbox } from '../gateway/repository.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { InboxServer, noPublicInbox } from './inbox-server.js';
import { patchBody, rawMail, series, type Sent } from './threads.js';
import { Watching } from './watching.js';

const skipped = noPublicInbox || noSqlite;
const one: Sent = { id: 'a@x', subject: '[PATCH] kcov: count', body: patchBody('count') };
const chat = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => rawMail({ id: `chat-${from + i}@x`, subject: `mm: thought ${from + i}`, body: `Words ${from + i}.\n` }));

/** The mails of our examples. */
function examples(): string[] {
  const files = readdirSync('examples').filter((name) => name.endsWith('.mbox')).sort();
  return files.flatMap((name) => {
    const stream = new MboxStream(1_000_000);
    return [...stream.push(readFileSync(`examples/${name}`)), ...stream.end()].map((mail) => mail?.toString('utf8') ?? '');
  });
}

describe.skipIf(skipped)(`a watch of a public-inbox${skipped ? ` (skipped: ${skipped})` : ''}`, { timeout: 120_000 }, () => {
  let sandbox: Sandbox;
  let store: Store;
  let inbox: InboxServer;
  let watching: Watching;
  const mirror = (limits: { ms: number; bytes: number } = { ms: 20_000, bytes: 1_000_000 }): MirrorSource => {
    const dir = sandbox.path('mirrors', 'one');
    return new MirrorSource({ name: 'one', lists: ['list@example.org'], dir, update: (sinceS) => fetchMirror({ url: inbox.url, dir, manifest: limits, fetchMs: 20_000 }, sinceS) });
  };
  const begin = async (source: MailSource = mirror(), sinceS: number | null = null): Promise<void> => {
    watching = new Watching(store, [source], { sinceS });
    await watching.watch.start();
  };
  beforeEach(async () => {
    sandbox = new Sandbox();
    store = await openStore();
    inbox = await InboxServer.make(sandbox.path('inbox'));
    await begin();
  });
  afterEach(async () => {
    await watching.queue.stop();
    await inbox.stop();
    await store.close();
    sandbox.remove();
  });

  test('threads of ours among some thousand mails; then a new epoch; then a purge that rewrites history: each series once', async () => {
    inbox.add([...chat(0, 1_500), ...examples(), ...chat(1_500, 1_500)]);
    await inbox.start();
    expect((await watching.round()).read['one']).toMatchObject({ mails: 3_000 + examples().length, stopped: false });
    const first = watching.reviewed.sort();
    expect(first).toEqual(['20200212130327.5120-1-dev@example.org', '20200217083000.4712-1-dev@example.org', '20200220164002.1201-1-tidy@example.org', '20200311080001.310-1-series@example.org']);
    expect((await watching.round()).read['one']).toMatchObject({ mails: 0 });

    inbox.add([...chat(3_000, 20), ...series('s').map(rawMail)], true);
    await watching.round();
    expect(readdirSync(sandbox.path('mirrors', 'one', 'git')).length).toBeGreaterThan(1);
    expect(watching.reviewed.slice(4)).toEqual(['s-0@x']);

    inbox.purge(chat(700, 1)[0] ?? '');
    inbox.add([rawMail(one)]);
    await watching.round();
    expect(watching.said('source').some(({ what }) => String(what).includes('its history was rewritten'))).toBe(true);
    expect(watching.reviewed.slice(5)).toEqual(['a@x']);
  });

  test('ended in the middle it goes on with the next start, and gives nothing twice', async () => {
    inbox.add([...chat(0, 50), ...series('s').map(rawMail), ...chat(50, 50), rawMail(one)]);
    await inbox.start();
    const { lists } = store;
    const keep = lists.keepMail.bind(lists);
    let kept = 0;
    lists.keepMail = async (...args) => {
      if (++kept === 2) watching.stop.abort();
      return await keep(...args);
    };
    await watching.round();
    expect([kept, watching.reviewed]).toEqual([2, []]);
    await watching.queue.stop();
    await begin();
    await watching.round();
    expect([kept, watching.reviewed.sort()]).toEqual([4, ['a@x', 's-0@x']]);
  });

  test('a server that is down, away in the middle, or only slow costs a line in the log; what is here is read', async () => {
    inbox.add(series('s').map(rawMail));
    expect((await watching.round()).read['one']).toMatchObject({ stopped: true });
    expect(watching.said('a source cannot be read on')[0]).toMatchObject({ reason: 'not fetched: cannot be reached: ECONNREFUSED' });
    await inbox.start();
    await watching.round();
    expect(watching.reviewed).toEqual(['s-0@x']);
    inbox.add([rawMail(one)]);
    await inbox.stop();
    await watching.round();
    await inbox.start();
    await watching.round();
    expect(watching.reviewed).toEqual(['s-0@x', 'a@x']);

    const silent: Server = createServer(() => undefined).listen(0, '127.0.0.1');
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    const dir = sandbox.path('mirrors', 'one');
    await new Promise((resolve) => silent.once('listening', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/list`;
    const events = [];
    for await (const event of fetchMirror({ url, dir, manifest: { ms: 200, bytes: 1000 } }, null)) events.push(event);
    expect(events).toEqual([{ kind: 'stopped', reason: 'not fetched: no answer within 0.2 s' }]);
    sockets.forEach((socket) => socket.destroy());
    silent.close();
  });

  test('its feed and a search of it do without a mirror; what a series lacks comes from the thread', async () => {
    const [cover, first, second] = series('s').map((mail, i) => (i === 1 ? { ...mail, subject: '[PATCH 1/2] mm: step', body: patchBody('w', 'mm/slab.c') } : mail)) as [Sent, Sent, Sent];
    const old = rawMail({ id: 'old@x', subject: '[PATCH] kcov: old', body: patchBody('old') }).replace(/Date: .*/u, 'Date: Mon, 5 Jan 2026 10:00:00 +0100');
    inbox.add([old, ...chat(0, 5), ...[cover, first, second].map(rawMail), rawMail(one)]);
    await inbox.start();
    for (const query of ['dfn:kernel/kcov.c', undefined]) {
      await watching.queue.stop();
      await store.close();
      store = await openStore();
      await begin(new FeedSource({ name: 'one', lists: ['list@example.org'], url: inbox.url, now: () => watching.nowMs, ...(query === undefined ? {} : { query }) }), Date.UTC(2026, 0, 10) / 1000);
      await watching.round();
      expect(watching.reviewed.sort()).toEqual(['a@x', 's-0@x']);
      expect(watching.drafted.find(({ ready }) => ready.key === 's-0@x')?.ready.mails.map(({ messageId }) => messageId)).toEqual(['s-0@x', 's-1@x', 's-2@x']);
      expect((await watching.round()).read['one']).toMatchObject({ mails: 0, stopped: false });
    }
    inbox.add([rawMail({ id: 'b@x', subject: '[PATCH] kcov: weigh', body: patchBody('weigh') })]);
    await watching.round();
    expect(watching.reviewed).toContain('b@x');
    await inbox.stop();
    expect((await watching.round()).read['one']).toMatchObject({ stopped: true });
  });
});
