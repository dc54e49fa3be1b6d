/** @module How many bytes the body of a request may have, whether it says so first or comes in chunks. */
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { WebContext, WebEnv } from './app.js';

/** Lets on what has so many bytes at most; what is said to more, a bare 413 when left out. */
export function bodyBound(bytesMax: number, tooLarge?: (c: WebContext) => Response): MiddlewareHandler<WebEnv> {
  const limit = bodyLimit({ maxSize: bytesMax, ...(tooLarge ? { onError: tooLarge } : {}) });
  return async (c, next) => {
    const { method, headers, body } = c.req.raw;
    // The limit makes a Request of what it has counted, for which it needs one that is of this Node, and not of hono's server.
    if (body !== null && headers.has('transfer-encoding')) c.req.raw = new Request(c.req.url, { method, headers, body, duplex: 'half' });
    return await limit(c, next);
  };
}
