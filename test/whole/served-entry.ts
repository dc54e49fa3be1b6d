/**
 * @module A server, or a worker, as a process of its own for tests that kill it: what `kcovet serve` puts together, on the store and the
 * queue that the environment names, with waits so short that tests need none, and with an engine that knows its answers. A patch with
 * HOLD in it is checked until the process is killed, in those processes that are told to; one with HUNGRY takes all memory.
 * KCOVET_TEST_CONFIG names a kcovet.yml.
 */
import { readFileSync } from 'node:fs';
import { readServeConfig, type ServeConfig } from '../../src/config.js';
import { servedWatch } from '../../src/cli/served-watch.js';
import type { Io } from '../../src/cli/io.js';
import { engineFor } from '../../src/engine/child-engine.js';
import { Superseded, type Engine } from '../../src/engine/engine.js';
import { readUnread } from '../../src/engine/unread.js';
import { InProcessQueue } from '../../src/queue/in-process-queue.js';
import { openBullQueue } from '../../src/queue/open-bull-queue.js';
import type { Queue } from '../../src/queue/queue.js';
import { serve } from '../../src/serve.js';
import { jsonLog } from '../../src/service/log.js';
import { openPostgresStore } from '../../src/store/postgres-store.js';
import { openSqliteStore } from '../../src/store/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { markedEngine } from '../app/marked-engine.js';

/** What a test tells the process. */
export type Told = { readonly kind: 'jump'; readonly ms: number } | { readonly kind: 'upload'; readonly patches: readonly string[] };
/** What it says. */
export type Said = { readonly kind: 'ready'; readonly url: string; readonly pages: string } | { readonly kind: 'reviewing' } | { readonly kind: 'uploaded'; readonly ids: readonly string[] };

const say = (said: Said): void => void process.send?.(said);
const policy = { attemptsMax: 3, backoffMs: 50, backoffMaxMs: 500 };
/** Megabytes of the process of a hungry patch. */
const HUNGRY_MB = 200;

let jumpMs = 0;
const realNow = Date.now;
Date.now = () => realNow() + jumpMs;

function failed(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
}

async function storeOf({ database, data }: ServeConfig): Promise<Store> {
  const opened = database === null ? await openSqliteStore(`${data}/kcovet.sqlite`) : await openPostgresStore(database);
  return 'store' in opened ? opened.store : failed(opened.failure);
}

async function queueOf({ redis }: ServeConfig, store: Store): Promise<Queue> {
  if (redis === null) return new InProcessQueue(store.jobs, { policy });
  const opened = await openBullQueue({ ...redis, policy, times: { lockMs: 1500, stalledMs: 500, lookMs: 200, parkMs: 500, answerMs: 2000 } });
  return 'queue' in opened ? opened.queue : failed(opened.failure);
}

function engineOf(): Engine {
  const marked = markedEngine();
  const hungry = engineFor({ states: 1, memoryMb: 1, seconds: 60, jobs: 1, version: 'test' }, { entry: new URL('./hungry-entry.js', import.meta.url), residentMb: HUNGRY_MB });
  const engine: Engine = {
    ...marked,
    reviewUnread: async ({ unread, ...request }, watch) => await engine.review({ ...request, submission: await readUnread(unread) }, watch),
    review: async (request, watch) => {
      const text = JSON.stringify(request.submission);
      if (text.includes('HUNGRY')) return await hungry.review(request, watch);
      if (!text.includes('HOLD') || process.env['KCOVET_TEST_HOLD'] !== '1') return await marked.review(request, watch);
      say({ kind: 'reviewing' });
      return await new Promise((_, reject) => watch.signal.addEventListener('abort', () => reject(new Superseded())));
    },
  };
  return engine;
}

async function* nothing(): AsyncGenerator<Uint8Array> { /* No input. */ }

/** As many people at a time as a server has to expect. */
const UPLOADS = 50;

async function uploadAll(patches: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < patches.length; at += UPLOADS) {
    const made = await Promise.all(patches.slice(at, at + UPLOADS).map((patch) => serving.uploads.add(patch, {})));
    ids.push(...made.map(({ id }) => id));
  }
  return ids;
}

const { KCOVET_TEST_CONFIG: file = '' } = process.env;
const read = readServeConfig(process.env, file === '' ? null : { path: file, text: readFileSync(file, 'utf8') });
const config = read.ok ? read.config : failed(read.problems.join('; '));
const store = await storeOf(config);
const io = { env: process.env, stdin: nothing() } as unknown as Io;
const serving = await serve(config, {
  store, queue: await queueOf(config, store), engine: engineOf(), log: jsonLog((line) => process.stderr.write(line)), works: process.argv[2] !== 'no-workers', token: config.token ?? '', version: 'test',
  ...(config.watch === null ? {} : { lists: await servedWatch(config.watch, { data: config.data, io }) }),
});
process.on('message', (told: Told) => {
  if (told.kind === 'jump') jumpMs = told.ms;
  else void uploadAll(told.patches).then((ids) => say({ kind: 'uploaded', ids }));
});
process.on('SIGTERM', () => void serving.stop().then(() => process.exit(0)));
process.on('disconnect', () => process.exit(1));
say({ kind: 'ready', url: serving.url, pages: serving.pages });
