/**
 * @module What a service must survive, with real processes that really die: on its own store and queue, and on Redis and Postgres. Whatever
 * happens, each submission has one review in the end, one post on GitHub, and at most one mail. docs/operating.md has the table.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildEntry, type BuiltEntry } from '../built-entry.js';
import { noRedisServer, RedisServer } from '../queue/redis.js';
import { OPEN_POLICY } from '../lists/post.js';
import { startMailServer } from '../lists/mail-server.js';
import { noSqlite } from '../store/sqlite.js';
import { placeKinds, placeOn } from './places.js';
import { noPostgresServer, PostgresServer } from './postgres-server.js';
import type { Served } from './served.js';
import { Story } from './story.js';

const REVIEWS = /\/pulls\/\d+\/reviews$/u;
const CHECK = /\/check-runs\/\d+$/u;

let built: BuiltEntry;
beforeAll(() => { built = buildEntry('test/whole/served-entry.ts'); });
afterAll(() => built.remove());

const hunk = (line: string): string => ['diff --git a/kernel/kcov.c b/kernel/kcov.c', '--- a/kernel/kcov.c', '+++ b/kernel/kcov.c', '@@ -10,2 +10,3 @@ void kcov_f(void)', ' \tint x;', `+\t${line}`, ' \treturn;', ''].join('\n');
const uploadOf = (i: number): string => `Subject: [PATCH] kcov: upload ${i}\nFrom: A <a@example.org>\nMessage-ID: <upload-${i}@example.org>\n\nText.\n---\n${hunk(`x = ${i};`)}-- \n2.0\n`;
const listMail = `From x Mon Sep 17 00:00:00 2001\nFrom: Jane <jane@example.net>\nTo: linux-test@vger.example.org\nDate: ${new Date().toUTCString()}\nSubject: [PATCH] kcov: x\nMessage-ID: <one@example.net>\n\nText.\n---\n${hunk('x = 1; /* ASK one */')}-- \n2.0\n`;

/** Where a process is when it is killed, and how it is brought there; what is given back ends what was held. */
const stages: readonly { readonly name: string; readonly text: string; readonly reach: (story: Story, served: Served) => Promise<() => void> }[] = [
  { name: 'fetched: while it is checked', text: 'HOLD', reach: async (_, served) => {
    await served.when('it is checked', () => served.said.some(({ kind }) => kind === 'reviewing'));
    return () => undefined;
  } },
  // What is there already is read when the review is made, and before anything is claimed.
  { name: 'checked: before its review is claimed', text: '', reach: async ({ github }) => {
    const held = github.faults.hold({ method: 'GET', path: REVIEWS });
    await held.reached;
    return held.drop;
  } },
  { name: 'claimed: before the review has arrived', text: '', reach: async ({ github }) => {
    const held = github.faults.hold({ method: 'POST', path: REVIEWS });
    await held.reached;
    return held.drop;
  } },
  { name: 'half posted: the review arrives when nobody waits for it any more', text: '', reach: async ({ github }) => {
    const held = github.faults.hold({ method: 'POST', path: REVIEWS });
    await held.reached;
    return held.release;
  } },
  { name: 'half posted: the review is there, and nobody was told', text: '', reach: async ({ github }) => {
    const held = github.faults.hold({ method: 'POST', path: REVIEWS, done: true });
    await held.reached;
    return held.drop;
  } },
  { name: 'posted: before the check is at its end', text: '', reach: async ({ github }) => {
    const posted = github.faults.hold({ method: 'POST', path: REVIEWS, done: true });
    await posted.reached;
    const held = github.faults.hold({ method: 'PATCH', path: CHECK });
    posted.release();
    await held.reached;
    return held.drop;
  } },
];

for (const { name, skipped, shared, make } of placeKinds) {
  describe.skipIf(skipped)(`${name}${skipped ? ` (skipped: ${skipped})` : ''}`, () => {
    let story: Story;
    beforeEach(async () => { story = await Story.begin(await make(), built.entry); });
    afterEach(() => story.end());

    test.each(stages)('killed when a pull request is $name', async ({ text, reach }) => {
      const first = await story.serve({ env: { KCOVET_TEST_HOLD: '1' } });
      const pull = story.pull('ASK one', 'ASK two', text);
      const reached = reach(story, first);
      expect(await story.tell(first, pull)).toBe(202);
      const letGo = await reached;
      await first.kill();
      letGo();
      await story.serve();
      await story.checked(pull);
      await story.saidOnce(pull, 'one', 'two');
    });

    test('the clock jumps two days on and back again while a pull request is reviewed', async () => {
      const served = await story.serve();
      const [first, second] = [story.pull('ASK one'), story.pull('ASK two')];
      const held = story.github.faults.hold({ method: 'POST', path: REVIEWS, done: true });
      await story.tell(served, first);
      await held.reached;
      served.tell({ kind: 'jump', ms: 2 * 86_400_000 });
      held.release();
      await story.checked(first);
      const again = story.github.faults.hold({ method: 'POST', path: REVIEWS });
      await story.tell(served, second);
      await again.reached;
      served.tell({ kind: 'jump', ms: -86_400_000 });
      again.release();
      await story.checked(second);
      await story.saidOnce(first, 'one');
      await story.saidOnce(second, 'two');
    });

    test('500 jobs at once, all servers with the same pull requests: each is reviewed once', async () => {
      const served = await story.serve();
      const other = shared ? await story.serve() : served;
      const pulls = Array.from({ length: 5 }, (_, i) => story.pull(`ASK q${i}`));
      const patches = Array.from({ length: 500 }, (_, i) => uploadOf(i));
      served.tell({ kind: 'upload', patches });
      // The same events, each told to both; GitHub gives each telling an id of its own.
      const answers = await Promise.all(pulls.flatMap((pull) => [story.tell(served, pull), story.tell(other, pull)]));
      expect(new Set(answers)).toEqual(new Set([202]));
      await story.checked(...pulls);
      await served.when('all are taken', () => served.said.some(({ kind }) => kind === 'uploaded'));
      await story.looking(async (store) => {
        await expect.poll(async () => (await store.submissions.versionCounts({ withPrivate: true })).reviewed, { timeout: 120_000, interval: 200 }).toBe(505);
        expect(await store.submissions.versionCounts({ withPrivate: true })).toMatchObject({ waiting: 0, running: 0, failed: 0 });
      });
      for (const [i, pull] of pulls.entries()) await story.saidOnce(pull, `q${i}`);
      if (shared) expect(Math.min(...[served, other].map((one) => one.log.filter((line) => line.includes('"job done"')).length))).toBeGreaterThan(20);
    });

    test('a job that needs all its memory loses its attempts and nothing else', async () => {
      const served = await story.serve();
      const [hungry, other] = [story.pull('ASK none', 'HUNGRY'), story.pull('ASK one')];
      await story.tell(served, hungry);
      await story.tell(served, other);
      await story.checked(hungry, other);
      await story.saidOnce(other, 'one');
      expect(story.repo.checks.filter(({ head }) => head === hungry.head.sha).map(({ conclusion }) => conclusion)).toEqual(['neutral']);
      expect(story.repo.reviews.filter((one) => one.pull === hungry.number)).toEqual([]);
      expect(served.isOver).toBe(false);
      expect(served.log.join('\n')).toMatch(/memory|MB/u);
    });

    test('killed when a mail has gone, before its server has answered: unsure, and never sent again', async () => {
      const server = await startMailServer();
      try {
        writeFileSync(join(story.place.dir, 'policy.yml'), OPEN_POLICY);
        writeFileSync(join(story.place.dir, 'list.mbox'), listMail);
        writeFileSync(join(story.place.dir, 'watch.yml'), `policy: policy.yml\noutbox: {smtp: {host: 127.0.0.1, port: ${server.port}}}\npoll: 1.hour\nsources: [{name: one, kind: mbox, path: list.mbox, lists: [linux-test@vger.example.org]}]\n`);
        const env = { KCOVET_WATCH: join(story.place.dir, 'watch.yml') };
        server.fault('silent-after-text');
        const first = await story.serve({ env });
        await Promise.race([server.text, sleep(40_000).then(() => Promise.reject(new Error(`no mail was sent; log: ${first.log.join('\n')}`)))]);
        await first.kill();
        server.fault('none');
        await story.serve({ env });
        await story.looking(async (store) => {
          await expect.poll(async () => (await store.drafts.inStates(['unsure', 'sent'], 10)).map(({ kind, state }) => `${kind} ${state}`).sort(), { timeout: 60_000 }).toEqual(['moderation sent', 'review unsure']);
        });
        expect(server.mails.map(({ to }) => to)).toEqual([['mod@example.org']]);
      } finally {
        await server.stop();
      }
    });
  });
}

describe.skipIf(noSqlite)('a disk that is full', () => {
  test('is said to whoever sends work, and takes it again when there is room; what was under way is done once', async () => {
    const [kind] = placeKinds;
    if (!kind) return;
    const story = await Story.begin(await kind.make(), built.entry);
    try {
      const served = await story.serve();
      const [first, second] = [story.pull('ASK one'), story.pull('ASK two')];
      const held = story.github.faults.hold({ method: 'POST', path: REVIEWS });
      await story.tell(served, first);
      await held.reached;
      served.limitFiles(1);
      expect(await story.tell(served, second, 'second')).toBeGreaterThanOrEqual(500);
      held.release();
      await story.github.when('the review arrives', () => story.repo.reviews.length === 1);
      await served.when('a write failed', () => served.log.some((line) => /full|I\/O/u.test(line)));
      served.limitFiles(null);
      expect(await story.tell(served, second, 'second')).toBe(202);
      await story.checked(first, second);
      await story.saidOnce(first, 'one');
      await story.saidOnce(second, 'two');
    } finally {
      await story.end();
    }
  });
});

const noServers = noRedisServer || noPostgresServer;

describe.skipIf(noServers)(`servers that go and come back${noServers ? ` (skipped: ${noServers})` : ''}`, () => {
  let redis: RedisServer;
  let postgres: PostgresServer;
  let story: Story;
  beforeAll(async () => { [redis, postgres] = [await RedisServer.start(), await PostgresServer.start()]; });
  afterAll(async () => {
    await redis.remove();
    postgres.remove();
  });
  afterEach(() => story.end());

  test.each([
    ['Redis', () => redis.down(), () => redis.up()], ['Postgres', async () => postgres.down(), async () => postgres.up()],
  ])('%s is stopped and started while pull requests are reviewed', async (_, down, up) => {
    story = await Story.begin(placeOn(await postgres.database(), redis.url), built.entry);
    const served = await story.serve();
    const [first, second, third] = [story.pull('ASK one'), story.pull('ASK two'), story.pull('ASK three')];
    const held = story.github.faults.hold({ method: 'POST', path: REVIEWS, done: true });
    await story.tell(served, first);
    await held.reached;
    await down();
    expect(await story.tell(served, second, 'second')).toBeGreaterThanOrEqual(500);
    held.release();
    await up();
    // GitHub is told to send it again.
    await expect.poll(() => story.tell(served, second, 'second'), { timeout: 30_000, interval: 500 }).toBe(202);
    expect(await story.tell(served, third)).toBe(202);
    await story.checked(first, second, third);
    for (const [pull, name] of [[first, 'one'], [second, 'two'], [third, 'three']] as const) await story.saidOnce(pull, name);
    expect(served.isOver).toBe(false);
  });
});
