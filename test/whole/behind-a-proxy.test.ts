/**
 * @module A server whose pages a proxy lets people on to, as a process: the proxy asks from one address of loopback, everybody else from
 * another. Who may see and act is whom it names, and nobody who only says so.
 */
import { writeFileSync } from 'node:fs';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildEntry, type BuiltEntry } from '../built-entry.js';
import { placeKinds, type Place } from './places.js';
import { Served } from './served.js';
import { TOKEN } from './story.js';

const [PROXY, ELSEWHERE] = ['127.0.0.2', '127.0.0.1'];
const SETTINGS = `pages: proxy\nproxy: {header: X-Forwarded-User, from: [${PROXY}], actors: [ann]}\n`;
const patch = ['diff --git a/kernel/kcov.c b/kernel/kcov.c', '--- a/kernel/kcov.c', '+++ b/kernel/kcov.c', '@@ -10,2 +10,3 @@ void kcov_f(void)', ' \tint x;', '+\tx = 1;', ' \treturn;', ''].join('\n');

interface Answer { readonly status: number; readonly text: string; readonly location: string }
interface Asking { readonly from?: string; readonly headers?: OutgoingHttpHeaders; readonly form?: Readonly<Record<string, string>> }

const [kind] = placeKinds;
// Elsewhere loopback is one address.
const skipped = kind?.skipped || (process.platform === 'linux' ? false : 'asks from 127.0.0.2, which Linux has');

describe.skipIf(skipped)(`behind a proxy${skipped ? ` (skipped: ${skipped})` : ''}`, () => {
  let built: BuiltEntry;
  let place: Place;
  let served: Served;
  let secret: string;
  beforeAll(async () => {
    built = buildEntry('test/whole/served-entry.ts');
    place = await kind!.make();
    const file = join(place.dir, 'kcovet.yml');
    writeFileSync(file, SETTINGS);
    served = await Served.start(built.entry, { ...place.env, PORT: '0', KCOVET_TOKEN: TOKEN, KCOVET_TEST_CONFIG: file }, false);
    served.tell({ kind: 'upload', patches: [patch] });
    const uploaded = (): readonly string[] => served.said.flatMap((one) => (one.kind === 'uploaded' ? one.ids : []));
    await served.when('a patch is taken', () => uploaded().length > 0);
    secret = `/s/${uploaded()[0] ?? ''}`;
  });
  afterAll(async () => {
    await served.kill();
    place.remove();
    built.remove();
  });

  /** A request, with a form if there is one. */
  const ask = async (path: string, { from = PROXY, headers = {}, form }: Asking = {}): Promise<Answer> => await new Promise((resolve, reject) => {
    const method = form ? { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers } } : { headers };
    request(new URL(path, served.pages), { localAddress: from, agent: false, ...method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => resolve({ status: response.statusCode ?? 0, text, location: response.headers.location ?? '' }));
    }).on('error', reject).end(form ? new URLSearchParams(form).toString() : undefined);
  });
  const named = (name: string, more: Asking = {}): Asking => ({ ...more, headers: { 'x-forwarded-user': name, ...more.headers } });
  const statuses = async (asking: Asking): Promise<number[]> => {
    const all: number[] = [];
    for (const path of ['/', secret, `${secret}/1.json`, '/rules', '/outbox', '/new', '/metrics', '/api/reviews', `/api/reviews${secret.slice(2)}`]) all.push((await ask(path, asking)).status);
    return all;
  };
  const NOBODY = [401, 401, 401, 401, 401, 401, 401, 401, 401];
  const csrfOf = async (name: string): Promise<string> => /name="csrf" value="([^"]+)"/u.exec((await ask('/new', named(name))).text)?.[1] ?? '';

  test('whom it names sees the pages; what is private, moderation and figures only who may act', async () => {
    expect(await statuses(named('bob'))).toEqual([200, 404, 404, 200, 401, 401, 401, 200, 404]);
    expect(await statuses(named('ann'))).toEqual([200, 200, 404, 200, 200, 200, 200, 200, 200]);
  });

  test('nobody is let in whom it does not name, and nobody who names himself', async () => {
    expect(await statuses({})).toEqual(NOBODY);
    expect(await statuses(named('  '))).toEqual(NOBODY);
    expect(await statuses(named('ann', { from: ELSEWHERE }))).toEqual(NOBODY);
    // What says where a request came from says so of itself.
    const forged = { 'x-forwarded-for': PROXY, 'x-real-ip': PROXY, 'forwarded': `for=${PROXY}` };
    expect(await statuses(named('ann', { from: ELSEWHERE, headers: forged }))).toEqual(NOBODY);
    expect((await ask('/', named('ann', { from: ELSEWHERE }))).text).toContain('Log in');
    expect([(await ask('/healthz', { from: ELSEWHERE })).status, (await ask('/readyz', { from: ELSEWHERE })).text]).toEqual([200, 'ready\n']);
  });

  test('a header that a proxy added to instead of replacing it names nobody who may act', async () => {
    expect((await ask('/outbox', { headers: { 'x-forwarded-user': ['ann', 'mallory'] } })).status).toBe(401);
    expect((await ask('/outbox', { headers: { 'x-forwarded-user': ['mallory', 'ann'] } })).status).toBe(401);
  });

  test('a form acts for whom it was made for, when that one may act, and from the proxy alone', async () => {
    const csrf = await csrfOf('ann');
    const send = async (asking: Asking): Promise<Answer> => await ask('/new', { form: { csrf, patch: `${patch}\n`, title: 'of ann' }, ...asking });
    expect([csrf.length > 20, await csrfOf('bob')]).toEqual([true, '']);
    expect((await send(named('ann', { from: ELSEWHERE }))).status).toBe(401);
    expect([(await send(named('bob'))).status, (await send(named('ann', { headers: { 'sec-fetch-site': 'cross-site' } }))).status]).toEqual([403, 403]);
    const sent = await send(named('ann'));
    expect([sent.status, sent.location]).toEqual([303, expect.stringMatching(/^\/s\/[0-9a-f]{12}\/1$/u)]);
    expect((await ask(sent.location, named('ann'))).text).toContain('of ann');
  });

  test('the API takes patches for the token alone, which is good from everywhere', async () => {
    const headers = { 'content-type': 'text/plain' };
    const status = async (asking: Asking): Promise<number> => (await ask('/api/reviews', { ...asking, form: {} })).status;
    expect(await status(named('ann', { headers }))).toBe(401);
    const token = { from: ELSEWHERE, headers: { ...headers, authorization: `Bearer ${TOKEN}` } };
    expect([await status(token), (await ask(secret, token)).status]).toEqual([422, 200]);
  });
});
