/** @module How large uploads may be, over real sockets: the largest that is taken, the smallest that is not, and that whoever sends more reads why. */
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { doorServer } from '../../src/service/webhook-server.js';
import { TOO_LARGE, UPLOAD_LIMIT, UPLOAD_MAX } from '../../src/web/upload-limit.js';
import { noSqlite } from '../store/sqlite.js';
import { TOKEN, worldOf, type World } from './world.js';

interface Answer { readonly status: number; readonly text: string }

/** A patch of so many bytes, in short lines. */
const patchOf = (bytes: number): string => '+x = y;\n'.repeat(Math.ceil(bytes / 8)).slice(0, bytes);

describe.skipIf(noSqlite)(`the size of uploads${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let world: World;
  let server: Server;
  const logged: string[] = [];
  beforeEach(async () => {
    logged.length = 0;
    world = await worldOf('open', { log: (level, what) => { logged.push(`${level} ${what}`); } });
    server = doorServer(null, { rest: getRequestListener(world.app.fetch, { overrideGlobalObjects: false }) });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
    await world.store.close();
  });

  /** Sends all of a body, and reads the answer then: what a browser does. */
  async function send(path: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<Answer> {
    return await new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const sent = request({ port, host: '127.0.0.1', path, method: 'POST', headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  const measured = (body: Buffer): Record<string, string> => ({ 'content-length': String(body.length) });
  const CHUNKED = { 'transfer-encoding': 'chunked' };
  const api = async (bytes: number, how: (body: Buffer) => Record<string, string> = measured): Promise<Answer> => {
    const body = Buffer.from(patchOf(bytes));
    return await send('/api/reviews', body, { 'authorization': `Bearer ${TOKEN}`, 'content-type': 'text/plain', ...how(body) });
  };
  /** The form as a browser sends it: a pasted patch has two characters at the end of each line. */
  const form = async (patch: string, as: 'pasted' | 'file', how: (body: Buffer) => Record<string, string> = measured): Promise<Answer> => {
    const { headers, csrf } = world.session();
    const fields = new FormData();
    fields.set('csrf', csrf);
    fields.set('patch', as === 'pasted' ? patch.replace(/\n/gu, '\r\n') : '');
    if (as === 'file') fields.set('file', new Blob([patch]), 'x.patch');
    const asked = new Request('http://localhost/', { method: 'POST', body: fields });
    const body = Buffer.from(await asked.arrayBuffer());
    return await send('/new', body, { ...headers, 'content-type': asked.headers.get('content-type') ?? '', ...how(body) });
  };

  test.each([['with its length', measured], ['in chunks', () => CHUNKED]])('the API takes what comes %s up to the limit, and not a byte more', async (_, how) => {
    expect((await api(UPLOAD_MAX, how)).status).toBe(202);
    const more = await api(UPLOAD_MAX + 1, how);
    expect([more.status, JSON.parse(more.text)]).toEqual([413, { error: TOO_LARGE }]);
    expect((await api(3 * UPLOAD_MAX, how)).status).toBe(413);
    expect([world.done.length, logged]).toEqual([1, []]);
  });

  test.each(['pasted', 'file'] as const)('the page takes a patch, %s, up to the same limit, and not a byte more', async (as) => {
    expect([(await form(patchOf(UPLOAD_MAX), as)).status, (await form(patchOf(UPLOAD_MAX), as, () => CHUNKED)).status]).toEqual([303, 303]);
    for (const [bytes, how] of [[UPLOAD_MAX + 1, measured], [UPLOAD_MAX + 1, () => CHUNKED], [3 * UPLOAD_MAX, measured], [3 * UPLOAD_MAX, () => CHUNKED]] as const) {
      const more = await form(patchOf(bytes), as, how);
      expect([bytes, more.status, more.text]).toEqual([bytes, 413, expect.stringContaining(TOO_LARGE)]);
    }
    expect([world.done.length, logged]).toEqual([2, []]);
  });

  test('both say the limit and the way out, before and after', async () => {
    expect(TOO_LARGE).toMatch(new RegExp(`${UPLOAD_LIMIT} \\(${UPLOAD_MAX} bytes\\).*one series.*kcovet review FILE`, 'u'));
    expect(UPLOAD_MAX).toBe(Number.parseInt(UPLOAD_LIMIT, 10) * 1024 * 1024);
    expect(await (await world.ask('/new', 'session')).text()).toContain(`of up to ${UPLOAD_LIMIT}`);
    expect(JSON.stringify(await (await world.ask('/api/openapi.json')).json())).toContain(`more than ${UPLOAD_MAX} bytes`);
  });

  test('other forms that come in chunks are read, too, up to their own limits', async () => {
    const { headers, csrf } = world.session();
    const of = async (path: string, fields: Record<string, string>): Promise<Answer> => await send(path, Buffer.from(new URLSearchParams({ csrf, ...fields }).toString()), { ...headers, 'content-type': 'application/x-www-form-urlencoded', ...CHUNKED });
    expect([(await of('/login', { token: TOKEN })).status, (await of('/health/retry', { id: 'job 1' })).status, world.done]).toEqual([303, 303, ['retry job 1']]);
    expect([(await of('/login', { token: 'x'.repeat(5000) })).status, (await of('/health/retry', { id: 'x'.repeat(20_000) })).status, logged]).toEqual([413, 413, []]);
  });

  test('who may not upload is told that, and not how much is too much', async () => {
    const body = Buffer.from(patchOf(3 * UPLOAD_MAX));
    expect((await send('/api/reviews', body, { 'content-type': 'text/plain', ...measured(body) })).status).toBe(401);
  });
});
