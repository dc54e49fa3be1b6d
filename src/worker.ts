/**
 * @module A worker: does the jobs that servers take in, on their store and their queue, with their configuration. It has no pages; where it
 * is told to it answers how it is.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServeConfig } from './config.js';
import { addGauges, countedStore, countRuns } from './service/figures.js';
import { workOn } from './service/job-table.js';
import type { Log } from './service/log.js';
import { Metrics } from './service/metrics.js';
import { readiness } from './service/readiness.js';
import { ServeFailure } from './serve-failure.js';
import { accessOf } from './web/access.js';
import { openSides, type Backend, type WatchedLists } from './sides.js';

export interface WorkerParts extends Pick<Backend, 'store' | 'queue' | 'engine'> {
  readonly log: Log;
  readonly version: string;
  /** What /metrics is read with; a token that nobody knows when left out. */
  readonly token?: string;
  readonly lists?: WatchedLists;
}

/** A worker that runs. */
export interface AtWork {
  /** Where it answers; null: nowhere. */
  readonly url: string | null;
  /** Begins nothing more, ends what runs, and closes the store. */
  readonly stop: () => Promise<void>;
}

/** Begins to work. Rejects with ServeFailure for what whoever starts it can mend. */
export async function work(config: ServeConfig, { store: kept, queue, engine, log, version, lists, token = crypto.randomUUID() }: WorkerParts): Promise<AtWork> {
  const metrics = new Metrics();
  const store = countedStore(kept, metrics);
  const stopping = new AbortController();
  const sides = await openSides(config, { store, queue, engine, log, metrics, signal: stopping.signal, ...(lists ? { lists } : {}) });
  if ('failure' in sides) throw new ServeFailure(sides.failure);
  addGauges(metrics, { queue, store, version });
  const ready = readiness({ store, queue, stopping: stopping.signal });
  const access = accessOf({ pages: 'token', token });
  const server = await answering(config, async (path, authorization) => {
    if (path === '/healthz') return [200, 'ok\n'];
    if (path === '/metrics') return access.visitor({ header: (name) => (name === 'authorization' ? authorization : ''), peer: '' }).mayAct ? [200, await metrics.text()] : [401, 'give the token: Authorization: Bearer TOKEN\n'];
    const problems = path === '/readyz' ? await ready.problems() : null;
    return problems === null ? [404, 'nothing here\n'] : [problems.length === 0 ? 200 : 503, problems.length === 0 ? 'ready\n' : `not ready: ${problems.join('; ')}\n`];
  });
  const working = await workOn(queue, sides.jobs, { concurrency: config.reviews, log, onRun: countRuns(metrics) });
  ready.started();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await queue.stop(config.graceMs);
    await working.told();
    server?.close();
    server?.closeAllConnections();
    await store.close();
  };
  return { url: server === null ? null : `http://${config.host}:${(server.address() as AddressInfo).port}/`, stop };
}

/** Answers GET on the port of a worker; null where it has none. */
async function answering({ host, workerPort }: ServeConfig, answer: (path: string, authorization: string) => Promise<readonly [number, string]>): Promise<Server | null> {
  if (workerPort === null) return null;
  const send = (response: ServerResponse, [status, text]: readonly [number, string]): void => {
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'x-content-type-options': 'nosniff' }).end(text);
  };
  const server = createServer((request, response) => {
    void answer((request.url ?? '').split('?')[0] ?? '', request.headers.authorization ?? '').then((answered) => send(response, answered), () => send(response, [500, 'failed\n']));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ServeFailure(`cannot listen on ${host}:${workerPort} (${error.message}): set KCOVET_WORKER_PORT`)));
    server.listen(workerPort, host, resolve);
  });
  return server;
}
