/** @module Forms that change something: of a session that may act, from a page of ours, small, and named in the audit. */
import type { MiddlewareHandler } from 'hono';
import type { WebContext, WebEnv } from './app.js';
import { bodyBound } from './body-bound.js';
import { fieldsOf } from './form-body.js';
import { html } from './html.js';
import { whyNotActing } from './same-site.js';
import { askerOf, show } from './show.js';

const BODY_MAX = 16 * 1024;

/** Lets on only forms that may act. */
export const acting: MiddlewareHandler<WebEnv> = async (c, next) => {
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/u.test(c.req.header('content-type') ?? '')) return refused(c, 'This is none of our forms.', 400);
  const { csrf = '' } = await fieldsOf(c);
  const why = whyNotActing(c.get('visitor'), askerOf(c), csrf);
  return why === null ? await next() : refused(c, why, 403);
};

/** The bound that stands before it. */
export const smallForm = bodyBound(BODY_MAX, (c) => refused(c, 'The form is too large.', 413));

/** A page that says why nothing happened. */
export function refused(c: WebContext, why: string, status: 400 | 403 | 409 | 413 | 503): Response {
  return show(c, { title: 'Nothing was done', main: html`<h1>Nothing was done</h1><p role="alert" class="alert">${why}</p>` }, status);
}
