/**
 * @module The pages and the API as one Hono app, without a socket: who serves it gives it what it reads and what it may set going. All
 * that changes something is a form of a session, or has the token; every answer has the headers that keep it to itself.
 */
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import type { Queue } from '../queue/queue.js';
import { errorField, type Log } from '../service/log.js';
import type { SubmissionEntry } from '../store/submission-store.js';
import type { Access, Visitor } from './access.js';
import { assetNamed } from './assets.js';
import { html } from './html.js';
import type { WebStore } from './reading.js';
import { askerOf, show } from './show.js';
import { addLogin, loginPage } from './login.js';
import { addSubmissionRoutes } from './submission-routes.js';

/** What is wanted of the review of an upload, as the desk that takes them checks it. */
export interface WebUploads {
  add(patch: string, options: object): Promise<{ readonly id: string; readonly number: number }>;
}

export interface WebDeps {
  readonly store: WebStore;
  readonly queue: Pick<Queue, 'counts' | 'dead' | 'retry' | 'ping'>;
  readonly uploads: WebUploads;
  /** Has the newest version of a submission reviewed again; false where it cannot be. */
  readonly rerun: (submission: SubmissionEntry) => Promise<boolean>;
  readonly access: Access;
  readonly version: string;
  readonly log: Log;
  /** Prometheus text; only for those who may act. */
  readonly metrics?: () => Promise<string>;
  /** What is wrong, in words; empty when ready. */
  readonly ready: () => Promise<readonly string[]>;
  /** The board of the queue, mounted at /admin/queues for those who may act. */
  readonly board?: Hono;
  readonly now: () => number;
}

/** What requests of ours carry. */
export interface WebEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { visitor: Visitor };
}

export type WebApp = Hono<WebEnv>;
export type WebContext = Context<WebEnv>;

const CSP = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; connect-src 'self'";

/** The pages and the API. */
export function webApp(deps: WebDeps): WebApp {
  const app: WebApp = new Hono<WebEnv>();
  app.onError((error, c) => {
    deps.log('error', 'a request failed', errorField(error));
    return c.text('failed\n', 500);
  });
  app.use(headers, async (c, next) => {
    c.set('visitor', deps.access.visitor(askerOf(c)));
    await next();
  });
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const wrong = await deps.ready();
    return wrong.length === 0 ? c.text('ready\n') : c.text(`not ready: ${wrong.join('; ')}\n`, 503);
  });
  app.get('/assets/:name', asset);
  addLogin(app, deps);
  app.use(readers);
  addSubmissionRoutes(app, deps);
  app.notFound((c) => show(c, { title: 'Nothing here', main: html`<h1>Nothing here</h1><p>There is no page of that address. <a href="/">All reviews</a></p>` }, 404));
  return app;
}

const headers: MiddlewareHandler<WebEnv> = async (c, next) => {
  await next();
  const fixed = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'x-frame-options': 'DENY' };
  for (const [name, value] of Object.entries(fixed)) c.header(name, value);
  if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', CSP);
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
};

/** Lets on who may read. */
const readers: MiddlewareHandler<WebEnv> = async (c, next) => {
  if (c.get('visitor').mayRead) return await next();
  const { pathname, search } = new URL(c.req.url);
  if (!pathname.startsWith('/api/')) return loginPage(c, { to: c.req.method === 'GET' ? pathname + search : '/' });
  return c.json({ error: 'give the token of this server: Authorization: Bearer TOKEN' }, 401, { 'www-authenticate': 'Bearer' });
};

function asset(c: WebContext): Response | Promise<Response> {
  const found = assetNamed(c.req.param('name') ?? '');
  if (found === null) return c.notFound();
  const isNamed = c.req.query('v') === found.hash;
  return c.body(found.text, 200, { 'content-type': found.type, 'cache-control': isNamed ? 'public, max-age=31536000, immutable' : 'no-cache', etag: `"${found.hash}"` });
}
