/** @module Requests that are none of ours: names that lead here, hosts that a proxy rewrote, forms that are none, a queue that is down. */
import { afterEach, expect, test, describe } from 'vitest';
import { noSqlite } from '../store/sqlite.js';
import { TOKEN, worldOf, type World } from './world.js';

describe.skipIf(noSqlite)(`the door of the pages${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let world: World;
  const told: string[] = [];
  const behind = async (): Promise<World> => {
    told.length = 0;
    return await worldOf('open', { url: 'https://kcov.example.org', names: ['0.0.0.0'], log: (level, what) => { told.push(`${level} ${what}`); } });
  };
  afterEach(async () => await world.store.close());

  test('a name that somebody else had lead here is refused, but for what says nothing and for who has the token; the log says the way out once', async () => {
    world = await behind();
    const status = async (host: string, path = '/', who: 'nobody' | 'session' | 'token' = 'nobody'): Promise<number> => (await world.ask(path, who, { headers: { host } })).status;
    for (const host of ['kcov.example.org', 'kcov.example.org:443', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000', '10.1.2.3']) expect([host, await status(host)]).toEqual([host, 200]);
    for (const host of ['evil.example', 'evil.example:3000', 'kcov.example.org.evil.example', 'x@localhost', '127.0.0.1.evil.example', '']) expect([host, await status(host, '/', 'session')]).toEqual([host, 421]);
    expect([await status('evil.example', '/healthz'), await status('evil.example', '/readyz'), await status('kcovet', '/metrics', 'token')]).toEqual([200, 200, 200]);
    expect(told.filter((line) => line.includes('KCOVET_URL'))).toHaveLength(1);
  });

  test('behind a proxy that says another host forms act still, and the cookie is for https', async () => {
    world = await behind();
    const form = async (origin: string): Promise<Response> => await world.app.request('/login', {
      method: 'POST', body: new URLSearchParams({ token: TOKEN }), headers: { origin, 'host': '127.0.0.1:3000', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect((await form('https://kcov.example.org')).headers.get('set-cookie')).toMatch(/; Secure/u);
    expect([(await form('https://evil.example')).status, (await form('http://kcov.example.org')).status]).toEqual([401, 401]);
  });

  test.each(['/new', '/login', '/logout'])('%s: a body that is no form is told so', async (path) => {
    world = await behind();
    const answer = await world.ask(path, 'session', { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data', 'sec-fetch-site': 'same-origin' } });
    expect([answer.status, told]).toEqual([400, []]);
  });

  test('where one goes on to after the way in is an address of ours, and one line', async () => {
    world = await behind();
    const to = async (path: string): Promise<string | null> => (await world.ask(`/login?token=${TOKEN}&to=${encodeURIComponent(path)}`)).headers.get('location');
    expect([await to('/a\r\nx: y'), await to('/s/1?a=b#c'), await to('//evil.example'), await to('/.//evil.example'), await to('/\\evil.example')]).toEqual(['/ax:%20y', '/s/1?a=b#c', '/', '/', '/']);
  });

  test('a patch that cannot be kept now is to be sent later', async () => {
    world = await worldOf('open', { uploads: { add: () => Promise.reject(new Error('Redis does not answer')) } });
    const sent = await world.ask('/api/reviews', 'token', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } });
    expect([sent.status, sent.headers.get('retry-after'), await sent.json()]).toEqual([503, '30', { error: expect.stringContaining('Send it again later') as string }]);
    expect((await world.send('/new', { patch: 'x' })).status).toBe(503);
  });
});
