/** @module The addresses of the outbox, for those who may act alone: moderation on the pages of a server, and on a machine without one. */
import { Hono } from 'hono';
import type { NoteDraft } from '../lists/audited-drafts.js';
import { DRAFT_STATES, type Draft, type DraftStore } from '../lists/draft.js';
import { moderate, VERBS } from '../lists/moderate.js';
import type { Log } from '../service/log.js';
import type { Access } from './access.js';
import { acting, refused, smallForm } from './acting.js';
import { fieldsOf } from './form-body.js';
import type { WebApp, WebContext, WebEnv } from './app.js';
import { addFrame } from './frame.js';
import { loginPage } from './login.js';
import { draftMain, outboxMain, WHY_MAX } from './outbox-page.js';
import { show } from './show.js';

/** Drafts on the page. */
const SHOWN_MAX = 200;

export interface OutboxDeps {
  readonly drafts: DraftStore;
  readonly note: NoteDraft;
  readonly now: () => number;
}

/** Adds them. */
export function addOutboxRoutes(app: WebApp, deps: OutboxDeps): void {
  for (const path of ['/outbox', '/outbox/*']) {
    app.use(path, async (c, next) => (c.get('visitor').mayAct ? await next() : loginPage(c, { to: c.req.path })));
  }
  app.get('/outbox', async (c) => {
    const all = c.req.query('all') !== undefined;
    const states = all ? DRAFT_STATES : DRAFT_STATES.filter((one) => !['sent', 'dropped', 'refused'].includes(one));
    const drafts = (await deps.drafts.inStates(states, SHOWN_MAX)).filter(({ kind }) => kind !== 'moderation');
    return show(c, { title: 'Outbox', under: '/outbox', main: outboxMain(drafts, all) });
  });
  app.get('/outbox/:id{[0-9a-f]{12}}', async (c) => {
    const draft = await deps.drafts.find(c.req.param('id'));
    return draft === null ? await c.notFound() : show(c, { title: draft.subject, under: '/outbox', main: draftMain(draft, c.get('visitor')) });
  });
  app.post('/outbox/:id{[0-9a-f]{12}}', smallForm, acting, async (c) => {
    const draft = await deps.drafts.find(c.req.param('id'));
    return draft === null ? await c.notFound() : await decide(c, draft, deps);
  });
}

/** Carries a decision out, about the text that was shown. */
async function decide(c: WebContext, draft: Draft, { drafts, note, now }: OutboxDeps): Promise<Response> {
  const { verb: name, shown, why = '' } = await fieldsOf(c);
  const verb = VERBS.find((one) => one === name);
  const by = c.get('visitor').name;
  const again = (one: Draft, remark: string): Response => show(c, { title: one.subject, under: '/outbox', main: draftMain(one, c.get('visitor'), remark) }, 409);
  if (verb === undefined) return refused(c, 'This is none of our forms.', 400);
  if (shown !== draft.mail.messageId) return again(draft, 'The draft has another text by now: look at it again.');
  const refusal = await moderate(drafts, draft.id, { verb, by, why: why.replace(/\s+/gu, ' ').trim().slice(0, WHY_MAX), nowMs: now(), note });
  if (refusal !== null) return again(await drafts.find(draft.id) ?? draft, refusal);
  return c.redirect(`/outbox/${draft.id}`, 303);
}

/** The outbox alone, for a machine without a server. */
export function outboxApp(deps: OutboxDeps, { access, log }: { readonly access: Access; readonly log: Log }): WebApp {
  const app: WebApp = new Hono<WebEnv>();
  addFrame(app, { access, log, now: deps.now, alone: true });
  app.get('/', (c) => c.redirect('/outbox', 303));
  addOutboxRoutes(app, deps);
  return app;
}
