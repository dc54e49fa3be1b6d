/**
 * @module The outbox as pages: what waits, each draft as it would go, and a form that approves, drops or retries it. For a moderator
 * at the machine itself: whoever has the token decides. No script, nothing from elsewhere, all text escaped. Pure but for the store.
 */
import { timingSafeEqual } from 'node:crypto';
import { DRAFT_STATES, type Draft, type DraftStore } from '../lists/draft.js';
import { moderate, VERBS, type Verb } from '../lists/moderate.js';
import { draftLines, entryOf } from '../lists/outbox.js';

/** Drafts on the page. */
const SHOWN_MAX = 200;
/** Characters of a reason. */
const WHY_MAX = 300;
const COOKIE = 'kcovet-outbox';

export interface PageRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly cookie: string;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface OutboxPageOptions {
  readonly drafts: DraftStore;
  /** What the address that the command prints has; the page keeps it as a cookie. */
  readonly token: string;
  readonly now: () => number;
}

const always = {
  'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (char) => `&#${char.codePointAt(0) ?? 0};`);
}

function page(status: number, title: string, body: string): PageAnswer {
  return { status, headers: always, body: `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>\n<h1>${escaped(title)}</h1>\n${body}\n</html>\n` };
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The value of our cookie. */
function tokenIn(cookie: string): string {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]{1,100})`, 'u').exec(cookie)?.[1] ?? '';
}

/** What may be done with a draft in its state. */
function verbsFor({ state, bounces }: Draft): readonly Verb[] {
  if (state === 'waiting' || state === 'held') return ['approve', 'reject'];
  if (state === 'approved') return ['reject'];
  return state === 'unsure' || state === 'refused' ? ['retry', 'reject'] : state === 'sent' && bounces.length > 0 ? ['retry'] : [];
}

function row(draft: Draft): string {
  const { id, state, made, subject, why } = entryOf(draft);
  return `<tr><td><a href="/outbox/${id}">${id}</a><td>${state}<td>${made ?? ''}<td>${escaped(subject)}<td>${escaped(why)}`;
}

/** One draft; the form says which text was shown, so that nothing else is approved. */
function draftPage(draft: Draft, token: string, remark = ''): PageAnswer {
  const buttons = verbsFor(draft).map((verb) => `<button name="verb" value="${verb}">${verb}</button>`).join('\n');
  const form = buttons === '' ? '' : `<form method="post" action="/outbox/${draft.id}"><input type="hidden" name="token" value="${token}"><input type="hidden" name="shown" value="${escaped(draft.mail.messageId)}">
<label>Why: <input name="why" maxlength="${WHY_MAX}" size="60"></label>\n${buttons}</form>`;
  return page(remark === '' ? 200 : 409, draft.subject, `<p><a href="/outbox">outbox</a></p>${remark === '' ? '' : `<p><strong>${escaped(remark)}</strong></p>`}\n${form}\n<pre>${escaped(draftLines(draft).join('\n'))}</pre>`);
}

export class OutboxPage {
  constructor(private readonly options: OutboxPageOptions) {}

  /** Answers one request. */
  async answer(request: PageRequest): Promise<PageAnswer> {
    const { token, drafts } = this.options;
    const given = request.query.get('token');
    if (request.method === 'GET' && given !== null && same(given, token)) {
      return { status: 303, headers: { ...always, 'location': '/outbox', 'set-cookie': `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/` }, body: '' };
    }
    if (!same(tokenIn(request.cookie), token)) return page(403, 'kcovet', '<p>Open the address that kcovet outbox page printed.</p>');
    const id = /^\/outbox\/([0-9a-f]{12})$/u.exec(request.path)?.[1];
    if (request.path === '/' || request.path === '/outbox') return await this.list(request.query.has('all'));
    const draft = id === undefined ? null : await drafts.find(id);
    if (draft === null) return page(404, 'kcovet', '<p>There is nothing here. <a href="/outbox">outbox</a></p>');
    if (request.method === 'GET') return draftPage(draft, token);
    return request.method === 'POST' ? await this.decide(draft, request.form) : page(405, 'kcovet', '');
  }

  private async list(all: boolean): Promise<PageAnswer> {
    const states = all ? DRAFT_STATES : DRAFT_STATES.filter((one) => !['sent', 'dropped', 'refused'].includes(one));
    const found = (await this.options.drafts.inStates(states, SHOWN_MAX)).filter(({ kind }) => kind !== 'moderation');
    const table = found.length === 0 ? '<p>Nothing waits.</p>' : `<table>\n<tr><th>draft<th>state<th>made<th>subject<th>why\n${found.map(row).join('\n')}\n</table>`;
    return page(200, 'kcovet outbox', `${table}\n<p>${all ? '<a href="/outbox">what waits</a>' : '<a href="/outbox?all">what went, too</a>'}</p>`);
  }

  private async decide(draft: Draft, form: URLSearchParams): Promise<PageAnswer> {
    const { token, drafts, now } = this.options;
    const verb = VERBS.find((one) => one === form.get('verb'));
    if (!same(form.get('token') ?? '', token) || verb === undefined) return page(400, 'kcovet', '<p>This is none of our forms.</p>');
    if (form.get('shown') !== draft.mail.messageId) return draftPage(draft, token, 'The draft has another text by now: look at it again.');
    const refusal = await moderate(drafts, draft.id, { verb, by: 'the page', why: (form.get('why') ?? '').replace(/\s+/gu, ' ').trim().slice(0, WHY_MAX), nowMs: now() });
    return refusal === null ? { status: 303, headers: { ...always, location: `/outbox/${draft.id}` }, body: '' } : draftPage(await drafts.find(draft.id) ?? draft, token, refusal);
  }
}
