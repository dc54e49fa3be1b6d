/**
 * @module Under which names a server is asked. A page elsewhere can have its own name lead to a server that only this network reaches, and
 * its requests then look as if they came from a page of ours: what is asked under a foreign name is refused. An address is no such name.
 */
import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import type { Log } from '../service/log.js';
import type { WebEnv } from './app.js';

/** What is answered to everybody; it says nothing about anybody. */
const FOR_ALL: readonly string[] = ['/healthz', '/readyz'];

/** The name in a Host header, without its port; '' for what is none. */
function nameIn(host: string): string {
  return /^[^/?#@\s]+$/u.test(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/\.$/u, '') : '';
}

/** Refuses requests under other names than these, localhost and addresses; who has the token is no page of somebody else. */
export function ownNames(names: readonly string[], log: Log): MiddlewareHandler<WebEnv> {
  const own = new Set(['localhost', ...names.map(nameIn)]);
  let isTold = false;
  return async (c, next) => {
    const host = nameIn(c.req.header('host') ?? new URL(c.req.url).host);
    const isOwn = own.has(host) || isIP(host.replace(/^\[|\]$/gu, '')) !== 0;
    if (host !== '' && isOwn || FOR_ALL.includes(c.req.path) || c.get('visitor').by === 'bearer') return await next();
    if (!isTold) log('warn', 'asked under a name that is not its own: set url [KCOVET_URL] to how people reach it, and let a proxy pass Host on', { host: host.slice(0, 253) });
    isTold = true;
    return c.text('this server is not known by that name\n', 421);
  };
}
