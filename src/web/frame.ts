/** @module What every app of ours has around its pages: headers that keep answers to themselves, who asks, what pages load, the way in. */
import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { errorField, type Log } from '../service/log.js';
import type { Access } from './access.js';
import type { WebApp, WebContext, WebEnv } from './app.js';
import { assetNamed } from './assets.js';
import { html } from './html.js';
import { addLogin } from './login.js';
import { ownNames } from './own-names.js';
import { askerOf, show } from './show.js';

const CSP = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; connect-src 'self'";

const FIXED: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'x-frame-options': 'DENY',
  // Not no-referrer: a browser would not say then which page a form is from.
  'referrer-policy': 'same-origin',
};

export interface FrameDeps {
  readonly access: Access;
  readonly log: Log;
  readonly now: () => number;
  readonly url?: string | null;
  readonly names?: readonly string[];
  /** There are no other pages than those of one part. */
  readonly alone?: boolean;
}

const headers: MiddlewareHandler<WebEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(FIXED)) c.header(name, value);
  if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', CSP);
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
};

function asset(c: WebContext): Response | Promise<Response> {
  const found = assetNamed(c.req.param('name') ?? '');
  if (found === null) return c.notFound();
  const isNamed = c.req.query('v') === found.hash;
  return c.body(found.text, 200, { 'content-type': found.type, 'cache-control': isNamed ? 'public, max-age=31536000, immutable' : 'no-cache', etag: `"${found.hash}"` });
}

/** Adds it; first, since what comes later is inside. */
export function addFrame(app: WebApp, deps: FrameDeps): void {
  app.onError((error, c) => {
    const isApi = c.req.path.startsWith('/api/');
    if (error instanceof HTTPException) return isApi ? c.json({ error: error.message }, error.status) : c.text(`${error.message}\n`, error.status);
    deps.log('error', 'a request failed', errorField(error));
    return isApi ? c.json({ error: 'failed' }, 500) : c.text('failed\n', 500);
  });
  app.use(headers, async (c, next) => {
    c.set('visitor', deps.access.visitor(askerOf(c)));
    c.set('alone', deps.alone ?? false);
    c.set('origin', deps.url ? new URL(deps.url).origin : '');
    await next();
  });
  if (deps.names) app.use(ownNames([...deps.names, ...(deps.url ? [new URL(deps.url).host] : [])], deps.log));
  app.notFound((c) => {
    if (c.req.path.startsWith('/api/')) return c.json({ error: 'nothing here' }, 404);
    return show(c, { title: 'Nothing here', main: html`<h1>Nothing here</h1><p>There is no page of that address. <a href="/">The first page</a></p>` }, 404);
  });
  app.get('/assets/:name', asset);
  // A picture that is opened by itself cannot say that it has no icon.
  app.get('/favicon.ico', (c) => c.body(null, 204));
  addLogin(app, deps);
}
