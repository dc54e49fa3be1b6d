/** @module The pages and addresses of who operates the server: health, dead letters, another review, metrics, the board of the queue. */
import { RemoteFailure } from '../gateway/remote-failure.js';
import type { WebApp, WebContext, WebDeps } from './app.js';
import { acting, refused, smallForm } from './acting.js';
import { fieldsOf } from './form-body.js';
import { healthMain } from './health-page.js';
import { submissionFor } from './reading.js';
import { loginPage } from './login.js';
import { show } from './show.js';

const DEAD_MAX = 100;
const ACTS_MAX = 30;

/** Adds them. */
export function addOperatingRoutes(app: WebApp, deps: WebDeps): void {
  const { store, queue, board, metrics, now } = deps;
  const note = async (c: WebContext, entry: { act: 'retried' | 'review asked'; what: string; submission: string }): Promise<void> =>
    await store.audit.note({ ...entry, by: c.get('visitor').name, atMs: now() });
  app.get('/health', async (c) => await healthPage(c, deps));
  app.post('/health/retry', smallForm, acting, async (c) => {
    const { id = '' } = await fieldsOf(c);
    if (!await queue.retry(id)) return refused(c, 'That job is not given up any more.', 409);
    await note(c, { act: 'retried', what: `job ${id}`, submission: '' });
    return c.redirect('/health', 303);
  });
  app.post('/s/:id/rerun', smallForm, acting, async (c) => {
    const entry = await submissionFor(c.req.param('id'), c.get('visitor'), store.submissions);
    if (entry === null) return await c.notFound();
    const rerun = await deps.rerun(entry).catch((error: unknown) => {
      if (error instanceof RemoteFailure) return error;
      throw error;
    });
    if (rerun instanceof RemoteFailure) return refused(c, `It cannot be reviewed again now: ${rerun.message}.`, rerun.kind === 'missing' ? 409 : 503);
    if (!rerun) return refused(c, 'It cannot be reviewed again: what it was made of is not there any more.', 409);
    await note(c, { act: 'review asked', what: `${entry.newest.label} of ${entry.title}`, submission: entry.key });
    return c.redirect(`/s/${entry.id}`, 303);
  });
  app.get('/metrics', async (c) => {
    if (!c.get('visitor').mayAct) return c.text('give the token of this server: Authorization: Bearer TOKEN\n', 401, { 'www-authenticate': 'Bearer' });
    return metrics ? c.body(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }) : await c.notFound();
  });
  if (board === undefined) return;
  app.use('/admin/queues/*', async (c, next) => (c.get('visitor').mayAct ? await next() : loginPage(c, { to: '/admin/queues' })));
  app.get('/admin/queues/', (c) => c.redirect('/admin/queues', 301));
  app.route('/admin/queues', board as unknown as WebApp);
}

/** What there is of something that may not answer. */
async function orElse<T>(wanted: Promise<T>, otherwise: T): Promise<T> {
  return await wanted.catch(() => otherwise);
}

async function healthPage(c: WebContext, { store, queue, board, ready, version }: WebDeps): Promise<Response> {
  const visitor = c.get('visitor');
  const wrong = await ready();
  const [counts, dead, versions, acts] = visitor.mayAct
    ? await Promise.all([orElse(queue.counts(), null), orElse(queue.dead(DEAD_MAX), []), orElse(store.submissions.versionCounts(), null), orElse(store.audit.entries({ max: ACTS_MAX }), [])])
    : [null, [], null, []];
  return show(c, { title: 'Health', under: '/health', main: healthMain({ version, wrong, counts, dead, versions, acts, hasBoard: board !== undefined }, visitor) });
}
