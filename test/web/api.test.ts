/** @module The API: uploads and who may make them, reviews and how they stand, progress as events, and what describes it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UploadRefused, uploadOptionsSchema } from '../../src/service/upload-job.js';
import { queuedSchema, submissionsSchema, versionsSchema } from '../../src/web/api-schema.js';
import { reviewSchema } from '../../src/review/schema.js';
import { reviewOfTwo } from '../lists/review-of-two.js';
import { noSqlite } from '../store/sqlite.js';
import { TOKEN, worldOf, type World } from './world.js';

describe.skipIf(noSqlite)(`the API${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let world: World;
  beforeEach(async () => { world = await worldOf('open'); });
  afterEach(async () => await world.store.close());
  const post = async (body: string, type: string, { who = 'token', query = '' }: { who?: 'nobody' | 'session' | 'token'; query?: string } = {}): Promise<Response> =>
    await world.ask(`/api/reviews${query}`, who, { method: 'POST', body, headers: { 'content-type': type } });

  test.each([
    ['text/plain', 'a diff', '', 'upload a diff {}'], ['message/rfc822', 'a mail', '?title=T&assume=nmi%3D0', 'upload a mail {"assume":["nmi=0"],"title":"T"}'],
    ['application/json', '{"patch":"a diff","bounds":{"nmi":0}}', '', 'upload a diff {"bounds":{"nmi":0}}'],
  ])('takes a patch as %s', async (type, body, query, done) => {
    const answer = await post(body, type, { query });
    expect(answer.status).toBe(202);
    const queued = queuedSchema.parse(await answer.json());
    expect([answer.headers.get('location'), queued.number]).toEqual([queued.review, 1]);
    expect(world.done).toEqual([done]);
    const waiting = await world.ask(queued.review);
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([202, '2']);
  });

  test.each([
    ['application/json', '{"patch":', 400, 'this is no JSON'], ['application/json', '{"patch":"x","path":"/etc/passwd"}', 400, 'path'], ['application/json', '{"patch":"x","bounds":{"nmi":-1}}', 400, 'bounds.nmi'],
    ['application/json', '{}', 400, 'patch'], ['image/png', 'x', 400, 'text/plain'], ['text/plain', 'x'.repeat(9 * 1024 * 1024), 413, 'bytes'],
  ])('%s %.40s: %i', async (type, body, status, why) => {
    const answer = await post(body, type);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(await answer.json())).toContain(why);
    expect(world.done).toEqual([]);
  });

  test.each([['?scenario=softirq-in-owner', 'scenario'], ['?bounds=nmi', 'assume=nmi=0']])('an option in the address that there is not is refused: %s', async (query, why) => {
    const answer = await post('a diff', 'text/plain', { query });
    expect([answer.status, world.done]).toEqual([400, []]);
    expect(JSON.stringify(await answer.json())).toContain(why);
  });

  test('nobody uploads without the token in a header', async () => {
    expect([(await post('x', 'text/plain', { who: 'nobody' })).status, (await post('x', 'text/plain', { who: 'session' })).status]).toEqual([401, 401]);
    const basic = { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`, 'content-type': 'text/plain' };
    expect((await world.app.request('/api/reviews', { method: 'POST', body: 'x', headers: basic })).status).toBe(401);
    expect(world.done).toEqual([]);
  });

  test('says why a patch is refused', async () => {
    const other = await worldOf('open', { uploads: { add: () => Promise.reject(new UploadRefused('no patch in it')) } });
    const answer = await other.ask('/api/reviews', 'token', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } });
    expect([answer.status, await answer.json()]).toEqual([422, { error: 'no patch in it' }]);
    await other.store.close();
  });

  test('gives reviews as they are kept', async () => {
    const id = await world.keep({}, [{ label: 'v1', review: reviewOfTwo() }]);
    expect(submissionsSchema.parse(await (await world.ask('/api/reviews')).json()).submissions).toMatchObject([{ id, newest: { verdict: 'questions', questions: 2 } }]);
    const { versions } = versionsSchema.parse(await (await world.ask(`/api/reviews/${id}`)).json());
    expect(versions).toHaveLength(1);
    expect(reviewSchema.parse(await (await world.ask(versions[0]?.review ?? '')).json())).toEqual(reviewOfTwo());
    await world.store.submissions.begin({ submission: { key: 'list/1', origin: 'list', title: '', author: '', where: '', isPrivate: false }, id: 'v2', label: 'v2', atMs: 5 });
    await world.store.submissions.setVersionState('list/1', 'v2', { state: 'failed', reason: 'too slow', atMs: 6 });
    const failed = await world.ask(`/api/reviews/${id}/2`);
    expect([failed.status, await failed.json()]).toMatchObject([409, { state: 'failed', reason: 'too slow' }]);
  });

  test('tells progress until the end, and to who comes back only what is new', async () => {
    const { submissions } = world.store;
    const { id } = await submissions.begin({ submission: { key: 'upload/2', origin: 'upload', title: 't', author: '', where: '', isPrivate: false }, id: 'v1', label: 'v1', atMs: 1 });
    const answer = await world.ask(`/api/reviews/${id}/events`);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (part: string): Promise<void> => {
      while (!text.includes(part)) text += (await reader.read()).value ?? '';
    };
    await until('"state":"waiting"');
    await submissions.setVersionState('upload/2', 'v1', { state: 'running', reason: '', atMs: 2 });
    await submissions.setProgress('upload/2', 'v1', '1 of 2 scenarios');
    await until('"standing":"running: 1 of 2 scenarios"');
    const last = [...text.matchAll(/^id: (\w+)$/gmu)].at(-1)?.[1] ?? '';
    const again = await world.ask(`/api/reviews/${id}/events`, 'nobody', { headers: { 'last-event-id': last } });
    const review = reviewOfTwo();
    await submissions.saveVersion('upload/2', 'v1', { json: JSON.stringify(review), patch: '', base: '', verdict: review.verdict, questions: 2, atMs: 3 });
    await until('event: end');
    expect((await reader.read()).done).toBe(true);
    const rest = await again.text();
    expect([...rest.matchAll(/^event: (\w+)$/gmu)].map((match) => match[1])).toEqual(['end']);
    expect(rest).toContain('"standing":"2 questions"');
  });

  test('who leaves many streams open keeps nobody else out, and may open others when they are closed', async () => {
    const { id } = await world.store.submissions.begin({ submission: { key: 'upload/3', origin: 'upload', title: 't', author: '', where: '', isPrivate: false }, id: 'v1', label: 'v1', atMs: 1 });
    const listen = async (who: 'nobody' | 'session'): Promise<Response> => await world.ask(`/api/reviews/${id}/events`, who);
    const open = await Promise.all(Array.from({ length: 10 }, () => listen('nobody')));
    const others = [await listen('nobody'), await listen('session')];
    expect([...open, ...others].map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 200), 503, 200]);
    for (const { body } of [...open, ...others]) await body?.cancel();
    await expect.poll(async () => {
      const one = await listen('nobody');
      await one.body?.cancel();
      return one.status;
    }).toBe(200);
  });

  test('a store that fails ends a stream, and the log says so', async () => {
    const told: string[] = [];
    const failing = await worldOf('open', { log: (level, what) => { told.push(`${level} ${what}`); } });
    const { id } = await failing.store.submissions.begin({ submission: { key: 'upload/4', origin: 'upload', title: 't', author: '', where: '', isPrivate: false }, id: 'v1', label: 'v1', atMs: 1 });
    const answer = await failing.ask(`/api/reviews/${id}/events`);
    const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain('event: progress');
    await failing.store.close();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
    expect([rest, told]).toEqual(['', ['error a stream of events ended early']]);
  });

  test('is described', async () => {
    const described = await (await world.ask('/api/openapi.json')).json() as { openapi: string; paths: Record<string, object>; components: { schemas: Record<string, object> } };
    expect(described.openapi).toBe('3.1.0');
    const text = JSON.stringify(described);
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/gu)) expect(described.components.schemas).toHaveProperty(name);
    const { post } = described.paths['/api/reviews'] as { post: { parameters: { name: string }[] } };
    // Bounds are numbers by name, which a query does not have.
    expect(post.parameters.map(({ name }) => name).sort()).toEqual(Object.keys(uploadOptionsSchema.shape).filter((name) => name !== 'bounds').sort());
    for (const path of Object.keys(described.paths)) {
      const answer = await world.ask(path.replace(/\{\w+\}/gu, '1'));
      expect([path, answer.headers.get('content-type')]).toEqual([path, expect.stringContaining('application/json')]);
    }
  });
});
