/**
 * @module The composition root of the server: store, queue, engine, the sides that it has, pages, door. Everything that waits for the
 * outside has a limit; at the end everything is closed in its order.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { ServeConfig } from './config.js';
import type { Engine } from './engine/engine.js';
import type { GithubSide } from './github-side.js';
import { InProcessQueue } from './queue/in-process-queue.js';
import type { Clock, RetryPolicy } from './queue/in-process-queue.js';
import type { Queue } from './queue/queue.js';
import { addGauges, countedStore, countRefused, countRuns } from './service/figures.js';
import { workOn } from './service/job-table.js';
import type { Log } from './service/log.js';
import { Metrics } from './service/metrics.js';
import { keepPruned } from './service/pruning.js';
import { readiness } from './service/readiness.js';
import { doorServer, WEBHOOK_PATH } from './service/webhook-server.js';
import { ServeFailure } from './serve-failure.js';
import { openSides, type Backend, type Sides, type WatchedLists } from './sides.js';
import { watchAlone } from './watch-alone.js';
import type { Store } from './store/store.js';
import { accessOf } from './web/access.js';
import { webApp } from './web/app.js';
import { openQueueBoard } from './web/queue-board.js';

/** Where the board is mounted. */
const BOARD_PATH = '/admin/queues';

/** Milliseconds that requests under way have to end when the server stops. */
const CLOSING_MS = 2_000;

export interface ServeParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly log: Log;
  /** In this process, on the jobs of the store, when left out. */
  readonly queue?: Queue;
  readonly bull?: Backend['bull'];
  readonly watchLock?: Backend['watchLock'];
  /** What pages are opened with; a token that nobody knows when left out. */
  readonly token?: string;
  readonly version?: string;
  /** Whether jobs are done here, or only by workers. */
  readonly works?: boolean;
  readonly lists?: WatchedLists;
  /** For tests: told of pushes to repositories of the App. */
  readonly onPush?: (repository: string) => void;
  /** For tests: when a job is tried again. */
  readonly retry?: { readonly policy?: Partial<RetryPolicy>; readonly clock?: Clock };
}

/** A server that runs. */
export interface Serving {
  /** Where webhooks are to be sent. */
  readonly url: string;
  /** Where its pages are. */
  readonly pages: string;
  readonly queue: Queue;
  readonly uploads: Sides['uploads'];
  readonly metrics: Metrics;
  /** A client for a repository that the App is installed on; null without an App. */
  readonly clientOf: GithubSide['clientOf'] | null;
  /** Takes nothing more, ends what runs, and closes the store. */
  readonly stop: () => Promise<void>;
}

/** Starts to listen and to work. Rejects with ServeFailure for what whoever starts it can mend. */
export async function serve(config: ServeConfig, parts: ServeParts): Promise<Serving> {
  const { log, version = 'unknown', works = true } = parts;
  const metrics = new Metrics();
  const store = countedStore(parts.store, metrics);
  const queue = parts.queue ?? new InProcessQueue(store.jobs, parts.retry);
  const stopping = new AbortController();
  const sides = await openSides(config, { ...parts, store, queue, metrics, signal: stopping.signal });
  if ('failure' in sides) throw new ServeFailure(sides.failure);
  addGauges(metrics, { queue, store, version });
  const ready = readiness({ store, queue, stopping: stopping.signal });
  const access = accessOf({ pages: config.pages, token: parts.token ?? crypto.randomUUID(), ...(config.proxy === null ? {} : { proxy: config.proxy }) });
  const app = webApp({ store, queue, uploads: sides.uploads, rerun: sides.rerun, access, version, log, metrics: () => metrics.text(), ready: ready.problems, now: Date.now, url: config.url, names: [config.host], ...await boardOf(parts) });
  const { github } = sides;
  const webhooks = github && config.github ? { secret: config.github.webhookSecret, store, log, receive: github.receive } : null;
  const server = doorServer(webhooks, { rest: getRequestListener(app.fetch, { overrideGlobalObjects: false }), onAnswer: countRefused(metrics) });
  const pages = await listening(server, config);
  // Neither the door nor what runs waits for the other.
  const halt = async (): Promise<void> => {
    stopping.abort();
    await Promise.all([closed(server), queue.stop(config.graceMs)]);
  };
  const end = await begun({ config, parts: { ...parts, works }, store, queue, sides, metrics, signal: stopping.signal }).catch(async (error: unknown) => {
    await halt().catch(() => undefined);
    throw error;
  });
  ready.started();
  const stop = async (): Promise<void> => {
    await halt();
    await end();
    await store.close();
  };
  return { url: new URL(WEBHOOK_PATH, pages).href, pages, queue, uploads: sides.uploads, metrics, clientOf: github?.clientOf ?? null, stop };
}

interface Begun {
  readonly config: ServeConfig;
  readonly parts: ServeParts;
  readonly store: Store;
  readonly queue: Queue;
  readonly sides: Sides;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
}

/** Begins what goes on beside the door: work, the watch, pruning; the function it gives waits for their end, after the signal. */
async function begun({ config, parts, store, queue, sides, metrics, signal }: Begun): Promise<() => Promise<void>> {
  const { log } = parts;
  const work = parts.works ? await workOn(queue, sides.jobs, { concurrency: config.reviews, log, onRun: countRuns(metrics) }) : null;
  const watching = watched(sides, { parts, signal });
  const endPruning = keepPruned(store, { log, clock: parts.retry?.clock, retention: config.retention });
  return async () => {
    await work?.told();
    await watching;
    await endPruning();
  };
}

/** Lists are watched until the signal. */
async function watched({ lists: side }: Sides, { parts: { lists, watchLock: lock, log }, signal }: { parts: ServeParts; signal: AbortSignal }): Promise<void> {
  if (side && lists) await watchAlone({ lock, signal, log, watch: (until) => lists.run(side, { signal: until, log }) });
}

/** The board of a queue in Redis, where there is one. */
async function boardOf({ bull, log }: ServeParts): Promise<{ board?: Hono }> {
  if (bull === undefined) return {};
  const opened = await openQueueBoard(bull, BOARD_PATH);
  if ('board' in opened) return { board: opened.board };
  log('warn', 'there is no board of the queue', { why: opened.failure });
  return {};
}

/** Listens; the address of the pages. */
async function listening(server: Server, { host, port }: ServeConfig): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ServeFailure(`cannot listen on ${host}:${port} (${error.message}): set HOST and PORT`)));
    server.listen(port, host, resolve);
  });
  const { address, port: taken, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}/`;
}

/** Takes no further request, and gives those under way a moment. */
async function closed(server: Server): Promise<void> {
  const ended = new Promise((resolve) => { server.close(resolve); });
  server.closeIdleConnections();
  await Promise.race([ended, sleep(CLOSING_MS, undefined, { ref: false })]);
  server.closeAllConnections();
  await ended;
}
