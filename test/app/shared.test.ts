/**
 * @module Several processes on one Redis and one Postgres: a server that leaves the work to workers, two workers that share it, one watcher
 * at a time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBackend } from '../../src/backend.js';
import { defaultConfig, type ServeConfig } from '../../src/config.js';
import { serve, type Serving } from '../../src/serve.js';
import { noLog } from '../../src/service/log.js';
import type { Backend } from '../../src/sides.js';
import { watchAlone } from '../../src/watch-alone.js';
import { work, type AtWork } from '../../src/worker.js';
import { freshPrefix, noRedis, redisUrl } from '../queue/redis.js';
import { newDatabase, noPostgres } from '../store/postgres.js';
import { markedEngine, type MarkedEngine } from './marked-engine.js';

const missing = noRedis || noPostgres;
const patchOf = (n: number): string => `diff --git a/kernel/kcov.c b/kernel/kcov.c\n--- a/kernel/kcov.c\n+++ b/kernel/kcov.c\n@@ -10,1 +10,2 @@ int kcov_f(void)\n \tint first;\n+/* ASK q${n} */\n`;

describe.skipIf(missing)(`on Redis and Postgres${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let dir: string;
  let config: ServeConfig;
  let backends: Backend[];
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kcovet-shared-'));
    backends = [];
    config = { ...defaultConfig, port: 0, data: dir, database: await newDatabase(), redis: { url: redisUrl, prefix: freshPrefix() } };
  });
  afterEach(async () => {
    for (const one of backends) await one.release();
    rmSync(dir, { recursive: true });
  });

  const backend = async (): Promise<Backend> => {
    const opened = await openBackend(config, { version: '0', log: noLog });
    if ('failure' in opened) throw new Error(opened.failure);
    backends.push(opened);
    return opened;
  };
  const worker = async (engine: MarkedEngine, more: Partial<ServeConfig> = {}): Promise<AtWork> => await work({ ...config, ...more }, { ...await backend(), engine, log: noLog, version: '0' });

  test('what a server takes in two workers do, each job once, and pages show it', async () => {
    const engines = [markedEngine(), markedEngine(), markedEngine()];
    const own = await backend();
    const server: Serving = await serve(config, { ...own, engine: engines[0]!, log: noLog, works: false, token: 'a token of this test' });
    const workers = [await worker(engines[1]!, { workerPort: 0 }), await worker(engines[2]!)];
    const taken = await Promise.all(Array.from({ length: 8 }, (_, n) => server.uploads.add(patchOf(n), {})));
    await expect.poll(() => own.store.submissions.versionCounts(), { timeout: 30_000 }).toMatchObject({ reviewed: 8 });
    expect([engines[0]!.requests.length, engines[1]!.requests.length + engines[2]!.requests.length, new Set(taken.map(({ id }) => id)).size]).toEqual([0, 8, 8]);
    expect(await (await fetch(new URL('/readyz', workers[0]!.url!))).text()).toBe('ready\n');
    expect(await (await fetch(new URL('/readyz', server.pages))).text()).toBe('ready\n');
    for (const one of [...workers, server]) await one.stop();
  });

  test('lists are watched by one of two servers, and by the other when that is gone', async () => {
    const [one, two] = [await backend(), await backend()];
    const watching: string[] = [];
    const watch = (name: string) => async (signal: AbortSignal): Promise<void> => {
      watching.push(name);
      await new Promise((resolve) => { signal.addEventListener('abort', resolve); });
      watching.splice(watching.indexOf(name), 1);
    };
    const [stopOne, stopTwo] = [new AbortController(), new AbortController()];
    const first = watchAlone({ lock: one.watchLock, watch: watch('one'), signal: stopOne.signal, log: noLog, againMs: 50 });
    await expect.poll(() => watching).toEqual(['one']);
    let elsewhere = '';
    const second = watchAlone({ lock: two.watchLock, watch: watch('two'), signal: stopTwo.signal, log: (_, what) => { elsewhere = what; }, againMs: 50 });
    await expect.poll(() => elsewhere, { timeout: 10_000 }).toBe('lists are watched elsewhere');
    expect(watching).toEqual(['one']);
    stopOne.abort();
    await first;
    await expect.poll(() => watching, { timeout: 10_000 }).toEqual(['two']);
    stopTwo.abort();
    await second;
    for (const { store } of [one, two]) await store.close();
  });
});

test('a worker without both says what it needs, and so does a server without workers', async () => {
  const { kcovet } = await import('../cli/fake-io.js');
  expect((await kcovet(['worker'], { env: { REDIS_URL: 'redis://127.0.0.1:1' } })).stderr).toMatch(/^kcovet: worker: needs DATABASE_URL: several processes share/u);
  expect((await kcovet(['serve', '--no-workers'])).stderr).toMatch(/^kcovet: serve --no-workers: needs REDIS_URL and DATABASE_URL/u);
});
