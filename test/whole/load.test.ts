/**
 * @module A burst of webhooks, and what two workers do that one does not. All times are ratios within one run, of a machine that does other
 * things too. With KCOVET_FIGURES=1 the figures go into docs/operating.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildEntry, type BuiltEntry } from '../built-entry.js';
import { pullEvent, signature } from '../fake-github/webhooks.js';
import { UPLOAD_MAX } from '../../src/web/upload-limit.js';
import { placeKinds } from './places.js';
import type { Served } from './served.js';
import { Story, TOKEN } from './story.js';

interface Sent { body?: string; headers?: Record<string, string> }
interface Load { readonly latency: { readonly p50: number; readonly p99: number }; readonly requests: { readonly average: number }; readonly '2xx': number; readonly non2xx: number; readonly errors: number }
type Autocannon = (options: { url: string; amount: number; connections: number; timeout: number; requests: readonly { method: string; path: string; setupRequest?: (sent: Sent) => Sent }[] }) => Promise<Load>;
const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon;

const BURST = 1000;
const CONNECTIONS = 50;
/** Times the 99th percentile of /healthz that the one of webhooks may be. */
const RATIO_MAX = 50;
const JOBS = 200;
/** Answers, one after the other, while an upload is read that takes a thousand times as long. */
const MEANWHILE = 20;

let built: BuiltEntry;
beforeAll(() => { built = buildEntry('test/whole/served-entry.ts'); });
afterAll(() => built.remove());

/** Writes a row of a table in the docs, in place of the one that begins alike. */
function record(row: readonly string[]): void {
  if (process.env['KCOVET_FIGURES'] !== '1') return;
  const file = 'docs/operating.md';
  const start = `| ${row[0]} |`;
  writeFileSync(file, readFileSync(file, 'utf8').split('\n').map((line) => (line.startsWith(start) ? `| ${row.join(' | ')} |` : line)).join('\n'));
}

/** Jobs by state, as the metrics have them. */
async function jobsOf(served: Served): Promise<number> {
  const text = await (await fetch(new URL('/metrics', served.pages), { headers: { authorization: `Bearer ${TOKEN}` } })).text();
  return [...text.matchAll(/^kcovet_jobs\{[^}]*\} (\d+)$/gmu)].reduce((sum, [, n]) => sum + Number(n), 0);
}

for (const { name, skipped, shared, make } of placeKinds) {
  describe.skipIf(skipped)(`${name}${skipped ? ` (skipped: ${skipped})` : ''}`, () => {
    let story: Story;
    beforeEach(async () => { story = await Story.begin(await make(), built.entry); });
    afterEach(() => story.end());

    test(`${BURST} signed webhooks at once are taken in time, and none is lost`, async () => {
      // Where one process is all there is, it works on what it takes meanwhile.
      const served = await story.serve({ works: !shared });
      const event = pullEvent(story.repo, story.pull('ASK one'), 'opened').payload;
      let sent = 0;
      const setupRequest = (one: Sent): Sent => {
        sent += 1;
        const body = JSON.stringify({ ...event, number: sent, pull_request: { ...event['pull_request'] as object, number: sent } });
        const headers = { 'content-type': 'application/json', 'x-github-event': 'pull_request', 'x-github-delivery': `burst-${sent}`, 'x-hub-signature-256': signature(story.github.credentials.webhookSecret, body) };
        return { ...one, body, headers };
      };
      const at = { url: served.pages, amount: BURST, connections: CONNECTIONS, timeout: 60 };
      const health = await autocannon({ ...at, requests: [{ method: 'GET', path: '/healthz' }] });
      const burst = await autocannon({ ...at, requests: [{ method: 'POST', path: new URL(served.url).pathname, setupRequest }] });
      expect(burst, JSON.stringify(burst)).toMatchObject({ '2xx': BURST, non2xx: 0, errors: 0 });
      const ratio = burst.latency.p99 / Math.max(1, health.latency.p99);
      record([`${BURST} webhooks, ${name}`, `${burst.latency.p99} ms`, `${health.latency.p99} ms`, `${ratio.toFixed(1)} x`]);
      expect(ratio).toBeLessThan(RATIO_MAX);
      // autocannon may set one more request up than it sends.
      await expect.poll(() => jobsOf(served), { timeout: 30_000 }).toBeGreaterThanOrEqual(BURST);
    });

    test.runIf(!shared)('while the largest upload is read others are answered', async () => {
      const served = await story.serve({ works: false });
      const upload = async (text: string): Promise<number> => (await fetch(new URL('/api/reviews', served.pages), { method: 'POST', body: text, headers: { 'authorization': `Bearer ${TOKEN}`, 'content-type': 'text/plain' } })).status;
      // So that what reads it has begun.
      expect(await upload(uploadOf(1))).toBe(202);
      let [isRead, answered] = [false, 0];
      const large = upload(`Subject: x\nFrom: A <a@example.org>\n\n${'> x\n'.repeat(UPLOAD_MAX / 4 - 16)}`).finally(() => { isRead = true; });
      while (!isRead) {
        expect((await fetch(new URL('/healthz', served.pages))).status).toBe(200);
        answered += 1;
      }
      // In the thread that answers it would be as many as get in before it begins.
      expect([await large, answered > MEANWHILE], `${answered} answers`).toEqual([422, true]);
    });

    test.runIf(shared)(`${JOBS} jobs by one worker and by two`, async () => {
      const server = await story.serve({ works: false });
      const took: number[] = [];
      let made = 0;
      for (const workers of [1, 2]) {
        const patches = Array.from({ length: JOBS }, () => uploadOf((made += 1)));
        const said = server.said.length;
        server.tell({ kind: 'upload', patches });
        await server.when('all are taken', () => server.said.slice(said).some(({ kind }) => kind === 'uploaded'));
        const all = await Promise.all(Array.from({ length: workers }, () => story.serve({ env: { KCOVET_REVIEWS: '1' } })));
        const began = performance.now();
        await story.looking(async (store) => expect.poll(async () => (await store.submissions.versionCounts({ withPrivate: true })).reviewed, { timeout: 120_000, interval: 50 }).toBe(made));
        took.push(performance.now() - began);
        for (const one of all) await one.stop();
      }
      const [one = 0, two = 1] = took;
      record([`${JOBS} jobs, ${name}`, '1', (one / two).toFixed(2)]);
      expect(one / two).toBeGreaterThan(0.5);
    });
  });
}

function uploadOf(i: number): string {
  return `Subject: [PATCH] kcov: upload ${i}\nFrom: A <a@example.org>\nMessage-ID: <upload-${i}@example.org>\n\nText.\n---\ndiff --git a/kernel/kcov.c b/kernel/kcov.c\n--- a/kernel/kcov.c\n+++ b/kernel/kcov.c\n@@ -10,2 +10,3 @@ void kcov_f(void)\n \tint x;\n+\tx = ${i};\n \treturn;\n-- \n2.0\n`;
}
