/**
 * @module The composition root of the server: store, queue, engine, the sides that it has, pages, door. Everything that waits for the
 * outside has a limit; at the end everything is closed in its order.
 */
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { ServeConfig } from './config.js';
import type { Engine } from './engine/engine.js';
import type { GithubSide } from './github-side.js';
import { InProcessQueue } from './queue/in-process-queue.js';
import type { Clock, RetryPolicy } from './queue/in-process-queue.js';
import type { Queue } from './queue/queue.js';
import { addGauges, countedStore, countRuns } from './service/figures.js';
import { workOn } from './service/job-table.js';
import { errorField, type Log } from './service/log.js';
import { Metrics } from './service/metrics.js';
import { keepPruned } from './service/pruning.js';
import { readiness } from './service/readiness.js';
import { doorServer, WEBHOOK_PATH } from './service/webhook-server.js';
import { openSides, type Sides, type WatchedLists } from './sides.js';
import type { Store } from './store/store.js';
import { accessOf } from './web/access.js';
import { webApp } from './web/app.js';
import { readApi } from './web/read-api.js';

/** Milliseconds that requests under way have to end when the server stops. */
const CLOSING_MS = 2_000;

export interface ServeParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly log: Log;
  /** In this process, on the jobs of the store, when left out. */
  readonly queue?: Queue;
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
  /** A client for a repository that the App is installed on; null without an App. */
  readonly clientOf: GithubSide['clientOf'] | null;
  /** Takes nothing more, ends what runs, and closes the store. */
  readonly stop: () => Promise<void>;
}

/** What keeps a server from starting, with the way out. */
export class ServeFailure extends Error {}

/** Starts to listen and to work. Rejects with ServeFailure for what whoever starts it can mend. */
export async function serve(config: ServeConfig, parts: ServeParts): Promise<Serving> {
  const { engine, log, version = 'unknown', works = true } = parts;
  const metrics = new Metrics();
  const store = countedStore(parts.store, metrics);
  const queue = parts.queue ?? new InProcessQueue(store.jobs, parts.retry);
  const stopping = new AbortController();
  const sides = await openSides(config, { ...parts, store, queue, metrics, signal: stopping.signal });
  if ('failure' in sides) throw new ServeFailure(sides.failure);
  addGauges(metrics, { queue, store, version });
  const ready = readiness({ store, queue, stopping: stopping.signal });
  const access = accessOf({ pages: config.pages, token: parts.token ?? crypto.randomUUID(), ...(config.proxy === null ? {} : { proxy: config.proxy }) });
  const app = webApp({ store, queue, uploads: sides.uploads, rerun: sides.rerun, access, version, log, metrics: () => metrics.text(), ready: ready.problems, now: Date.now });
  const { github } = sides;
  const webhooks = github && config.github ? { secret: config.github.webhookSecret, store, log, receive: github.receive } : null;
  const server = doorServer(webhooks, withPatchsets(getRequestListener(app.fetch, { overrideGlobalObjects: false }), store));
  const pages = await listening(server, config);
  const work = works ? await workOn(queue, sides.jobs, { concurrency: config.reviews, log, onRun: countRuns(metrics) }) : null;
  const watching = sides.lists && parts.lists?.run(sides.lists, { signal: stopping.signal, log }).catch((error: unknown) => log('error', 'lists are not watched any more', errorField(error)));
  const endPruning = keepPruned(store, { log, clock: parts.retry?.clock });
  ready.started();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await closed(server);
    await queue.stop(config.graceMs);
    await work?.told();
    await watching;
    await endPruning();
    await store.close();
  };
  return { url: new URL(WEBHOOK_PATH, pages).href, pages, queue, uploads: sides.uploads, clientOf: github?.clientOf ?? null, stop };
}

/** The patch sets of lists, which b4 asks for without a token; all else is a page. */
function withPatchsets(rest: RequestListener, store: Store): RequestListener {
  return (request, response) => {
    const url = URL.canParse(request.url ?? '', 'http://localhost') ? new URL(request.url ?? '', 'http://localhost') : null;
    if (request.method !== 'GET' || url?.pathname !== '/api/patchset') return rest(request, response);
    void readApi(url, store).then((answer) => {
      response.writeHead(answer?.status ?? 404, { 'content-type': answer?.type ?? 'text/plain', 'x-content-type-options': 'nosniff' }).end(`${answer?.text ?? 'nothing here'}\n`);
    }, () => response.writeHead(500).end('failed\n'));
  };
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
