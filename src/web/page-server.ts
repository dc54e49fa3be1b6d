/** @module Pages over HTTP on this machine alone: waits are bounded, and requests under another name than ours are refused. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { WebApp } from './app.js';

const REQUEST_MS = 10_000;

export interface PageServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1; any free port for 0. Rejects where it cannot. */
export async function startPageServer(app: WebApp, port: number): Promise<PageServer> {
  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => {
    // A page elsewhere whose name leads here asks under that name.
    if (/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/u.test(request.headers.host ?? '')) return void listener(request, response);
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', 'connection': 'close' }).end('no\n');
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
