/** @module The API: reviews as JSON, uploads and how far they are, patch sets as b4 asks for them, and the description of all that. */
import { errorField, type Log } from '../service/log.js';
import { UploadRefused, uploadOptionsSchema, type UploadOptions } from '../service/upload-job.js';
import { queuedSchema, submissionJson, uploadSchema, versionJson } from './api-schema.js';
import type { WebApp, WebContext, WebDeps } from './app.js';
import { bodyBound } from './body-bound.js';
import { EventStreams } from './events.js';
import { openApi } from './open-api.js';
import { readApi } from './read-api.js';
import { reviewedOf, submissionFor, versionOf } from './reading.js';
import { filterOf, PAGE_MAX, queryOf } from './submissions-page.js';
import { TOO_LARGE, UPLOAD_MAX } from './upload-limit.js';

/** Seconds after which a review may be asked for again. */
const AGAIN_S = 2;
/** Seconds after which what could not be kept may be sent again. */
const LATER_S = 30;
/** Kinds of text that are a patch as they are. */
const PLAIN = /^(?:text\/(?:plain|x-diff|x-patch)|message\/rfc822|application\/mbox)\b/iu;

const notHere = (c: WebContext): Response => c.json({ error: 'nothing here' }, 404);

/** Adds it. */
export function addApi(app: WebApp, deps: WebDeps): void {
  const { submissions, lists } = deps.store;
  const events = new EventStreams(submissions, deps.log, deps.eventPollMs);
  app.get('/api/openapi.json', (c) => c.json(openApi(deps.version)));
  app.get('/api/patchset', async (c) => {
    const answer = await readApi(new URL(c.req.url), { lists, submissions }, c.get('visitor'));
    return answer === null ? notHere(c) : c.body(answer.text, answer.status as 200, { 'content-type': answer.type });
  });
  app.get('/api/reviews', async (c) => {
    const query = new URL(c.req.url).searchParams;
    const filter = filterOf(query, c.get('visitor').mayAct);
    const { entries, next } = await submissions.submissions(filter, { max: PAGE_MAX, after: query.get('after') });
    return c.json({ submissions: entries.map(submissionJson), next: next === null ? null : `/api/reviews${queryOf(filter, next)}` });
  });
  app.post('/api/reviews', async (c, next) => {
    // A cookie and a password are sent by browsers, whoever made the form: only a header that nobody else can write counts.
    if (c.get('visitor').by === 'bearer') return await next();
    return c.json({ error: 'uploads need the token of this server: Authorization: Bearer TOKEN' }, 401, { 'www-authenticate': 'Bearer' });
  }, bodyBound(UPLOAD_MAX, (c) => c.json({ error: TOO_LARGE }, 413)), async (c) => await upload(c, deps));
  app.get('/api/reviews/:id', async (c) => {
    const entry = await submissionFor(c.req.param('id'), c.get('visitor'), submissions);
    return entry === null ? notHere(c) : c.json({ ...submissionJson(entry), versions: (await submissions.versions(entry.id)).map((version) => versionJson(entry.id, version)) });
  });
  app.get('/api/reviews/:id/events', async (c) => {
    const entry = await submissionFor(c.req.param('id'), c.get('visitor'), submissions);
    return entry === null ? notHere(c) : events.answer(c, entry);
  });
  app.get('/api/reviews/:id/:n', async (c) => await review(c, deps));
}

/** The review of a version; how it stands as long as there is none. */
async function review(c: WebContext, { store: { submissions } }: WebDeps): Promise<Response> {
  const entry = await submissionFor(c.req.param('id') ?? '', c.get('visitor'), submissions);
  const version = entry && await versionOf(entry, c.req.param('n') ?? '', submissions);
  if (!entry || !version) return notHere(c);
  const view = await reviewedOf(entry, version, submissions);
  if (view) return c.body(view.reviewed.json, 200, { 'content-type': 'application/json' });
  const isUnderWay = version.state === 'waiting' || version.state === 'running';
  return isUnderWay ? c.json(versionJson(entry.id, version), 202, { 'retry-after': String(AGAIN_S) }) : c.json(versionJson(entry.id, version), 409);
}

type Upload = { readonly patch: string; readonly options: UploadOptions };

/** What was sent; a sentence that says what is wrong with it. */
async function uploadIn(c: WebContext): Promise<Upload | string> {
  const type = c.req.header('content-type') ?? '';
  const text = await c.req.text();
  if (PLAIN.test(type)) {
    const query = new URL(c.req.url).searchParams;
    if (query.has('bounds')) return 'bounds: give them as assume=nmi=0, or in JSON';
    const options = uploadOptionsSchema.safeParse(Object.fromEntries([...new Set(query.keys())].map((name) => [name, queryValue(name, query)])));
    return options.success ? { patch: text, options: options.data } : wrongIn(options.error.issues);
  }
  if (!/^application\/json\b/iu.test(type)) return 'give the patch as text/plain, message/rfc822 or application/mbox, or JSON with a field patch';
  try {
    const parsed = uploadSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return wrongIn(parsed.error.issues);
    const { patch, ...options } = parsed.data;
    return { patch, options };
  } catch {
    return 'this is no JSON';
  }
}

/** One title, yes or no, or many texts. */
function queryValue(name: string, query: URLSearchParams): unknown {
  const [first = ''] = query.getAll(name);
  if (name === 'private') return first === 'true' || first === 'false' ? first === 'true' : first;
  return name === 'title' ? first : query.getAll(name);
}

/** What zod found wrong, in a sentence. */
export function wrongIn(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  return issues.map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`)).join('; ');
}

/** Says that something could not be kept, and logs why. */
export function notKept(c: WebContext, log: Log, error: unknown): string {
  log('error', 'an upload was not kept', errorField(error));
  c.header('retry-after', String(LATER_S));
  return 'It could not be kept: the queue or the store does not answer. Send it again later.';
}

async function upload(c: WebContext, { uploads, log }: WebDeps): Promise<Response> {
  const sent = await uploadIn(c);
  if (typeof sent === 'string') return c.json({ error: sent }, 400);
  try {
    const { id, number } = await uploads.add(sent.patch, sent.options);
    const path = `/api/reviews/${id}/${number}`;
    return c.json(queuedSchema.parse({ id, number, review: path, events: `/api/reviews/${id}/events`, page: `/s/${id}/${number}` }), 202, { location: path });
  } catch (error) {
    if (error instanceof UploadRefused) return c.json({ error: error.message }, 422);
    return c.json({ error: notKept(c, log, error) }, 503);
  }
}
