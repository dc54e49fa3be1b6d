/**
 * @module The pages and the API as one Hono app, without a socket: who serves it gives it what it reads and what it may set going. All
 * that changes something is a form of a session, or has the token.
 */
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import type { Queue } from '../queue/queue.js';
import { draftNotes } from '../lists/audited-drafts.js';
import type { Log } from '../service/log.js';
import type { UploadDesk } from '../service/upload-job.js';
import type { Store } from '../store/store.js';
import type { SubmissionEntry } from '../store/submission-store.js';
import type { Access, Visitor } from './access.js';
import { addApi } from './api.js';
import { addDownloads } from './downloads.js';
import { addFrame } from './frame.js';
import { loginPage } from './login.js';
import { addOperatingRoutes } from './operating-routes.js';
import { addOutboxRoutes } from './outbox-routes.js';
import { addReferenceRoutes } from './reference-routes.js';
import { addSubmissionRoutes } from './submission-routes.js';
import { addUploadPage } from './upload-page.js';

export interface WebDeps {
  readonly store: Store;
  readonly queue: Pick<Queue, 'counts' | 'dead' | 'retry' | 'ping'>;
  readonly uploads: UploadDesk;
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
  /** How people reach it; null where that is not said. */
  readonly url?: string | null;
  /** Names that it is asked under, besides that of `url`, localhost and addresses; any when left out. */
  readonly names?: readonly string[];
  /** Milliseconds between two looks of a stream of events at the store; a second when left out. */
  readonly eventPollMs?: number;
}

/** What requests of ours carry. */
export interface WebEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { visitor: Visitor; alone: boolean; origin: string };
}

export type WebApp = Hono<WebEnv>;
export type WebContext = Context<WebEnv>;

/** The pages and the API. */
export function webApp(deps: WebDeps): WebApp {
  const app: WebApp = new Hono<WebEnv>();
  addFrame(app, deps);
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const wrong = await deps.ready();
    if (wrong.length === 0) return c.text('ready\n');
    return c.text(c.get('visitor').mayRead ? `not ready: ${wrong.join('; ')}\n` : 'not ready\n', 503);
  });
  app.use(readers);
  addSubmissionRoutes(app, deps);
  addDownloads(app, deps);
  addUploadPage(app, deps);
  addReferenceRoutes(app);
  addOutboxRoutes(app, { drafts: deps.store.drafts, note: draftNotes(deps.store), now: deps.now });
  addOperatingRoutes(app, deps);
  addApi(app, deps);
  return app;
}

/** Lets on who may read. */
const readers: MiddlewareHandler<WebEnv> = async (c, next) => {
  if (c.get('visitor').mayRead) return await next();
  const { pathname, search } = new URL(c.req.url);
  if (!pathname.startsWith('/api/')) return loginPage(c, { to: c.req.method === 'GET' ? pathname + search : '/' });
  return c.json({ error: 'give the token of this server: Authorization: Bearer TOKEN' }, 401, { 'www-authenticate': 'Bearer' });
};
