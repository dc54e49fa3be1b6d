/**
 * @module bull-board as a part of the pages, for those who may act: what waits, runs, was given up, and on which Redis. It only shows: to
 * try again is done on the page of health, which counts attempts anew and keeps who did it. What jobs carry is not shown.
 */
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { BullData } from '../queue/bull-job.js';
import type { BullQueue } from '../queue/bull-queue.js';

/** Its page has styles inline, and names fonts elsewhere, which are not fetched. */
const CSP = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'self'";

/** A board, or why there is none, in one line. */
export type OpenedBoard = { readonly board: Hono } | { readonly failure: string };

/** The board of a queue, to be mounted at `path`, such as /admin/queues; bull-board is an optional dependency. */
export async function openQueueBoard({ bull }: Pick<BullQueue, 'bull'>, path: string): Promise<OpenedBoard> {
  try {
    const [{ createBullBoard }, { BullAdapter }, { HonoAdapter }] = await Promise.all([import('@bull-board/api'), import('@bull-board/api/bullAdapter'), import('@bull-board/hono')]);
    const shown = new BullAdapter(bull, { readOnlyMode: true, allowRetries: false, displayName: 'kcovet', description: 'Jobs, and those that were given up' });
    shown.setFormatter('data', (data: BullData) => withoutPayload(data));
    const adapter = new HonoAdapter(serveStatic).setBasePath(path);
    createBullBoard({ queues: [shown], serverAdapter: adapter, options: { uiConfig: { boardTitle: 'kcovet: queue' } } });
    const board = new Hono();
    board.use(async (c, next) => {
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return c.text('the board only shows\n', 405, { allow: 'GET, HEAD' });
      await next();
      c.header('content-security-policy', CSP);
    });
    return { board: board.route('/', adapter.registerPlugin()) };
  } catch (error) {
    return { failure: `bull-board cannot be loaded (${(error instanceof Error ? error.message : String(error)).split('\n')[0]}): run npm install @bull-board/api @bull-board/hono` };
  }
}

/** What may be seen of the data of a job: a payload may be somebody's private patch. */
function withoutPayload({ id, seq, group, replaces, payload }: BullData): Record<string, unknown> {
  return { id, seq, group, replaces, payload: `${(JSON.stringify(payload) ?? '').length} characters` };
}
