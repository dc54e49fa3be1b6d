/** @module Pages over HTTP on this machine alone: bodies and waits are bounded, and requests under another name than ours are refused. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorField, type Log } from '../service/log.js';
import { bodyOf } from '../service/request-body.js';
import type { PageAnswer, PageRequest } from './outbox-page.js';

const BODY_MAX = 8 * 1024;
const REQUEST_MS = 10_000;

export interface PageServer {
  readonly port: number;
  stop(): Promise<void>;
}

const refused = (status: number): PageAnswer => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8', 'connection': 'close' }, body: 'no\n' });

async function answerTo(request: IncomingMessage, answer: (request: PageRequest) => Promise<PageAnswer>): Promise<PageAnswer> {
  // A page elsewhere whose name leads here asks under that name.
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/u.test(request.headers.host ?? '')) return refused(403);
  const url = URL.canParse(request.url ?? '/', 'http://localhost') ? new URL(request.url ?? '/', 'http://localhost') : null;
  const body = request.method === 'POST' ? await bodyOf(request, BODY_MAX) : Buffer.alloc(0);
  if (url === null || body === null) return refused(url === null ? 400 : 413);
  return await answer({ method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, form: new URLSearchParams(body.toString('utf8')), cookie: request.headers.cookie ?? '' });
}

/** Listens on 127.0.0.1; any free port for 0. Rejects where it cannot. */
export async function startPageServer(answer: (request: PageRequest) => Promise<PageAnswer>, { port, log }: { port: number; log: Log }): Promise<PageServer> {
  const server: Server = createServer((request, response) => {
    void answerTo(request, answer).catch((error: unknown) => {
      log('error', 'a request failed', errorField(error));
      return refused(500);
    }).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
