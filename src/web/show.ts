/** @module From a request to who asks, and from a page to an answer. */
import type { Asker } from './access.js';
import type { WebContext } from './app.js';
import { pageText, type Page } from './page.js';

/** A page for who asks. */
export function show(c: WebContext, page: Page, status: 200 | 400 | 401 | 403 | 404 | 409 | 413 | 422 | 503 = 200): Response {
  return c.html(pageText(page, c.get('visitor'), c.get('alone')), status);
}

/** Who asks, as access sees it. */
export function askerOf(c: WebContext): Asker {
  return { header: (name) => c.req.header(name) ?? '', peer: c.env?.incoming?.socket?.remoteAddress ?? '', origin: c.get('origin') };
}
