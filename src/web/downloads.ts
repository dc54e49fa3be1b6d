/** @module A review as files: the patch, the reply, and the formats of `kcovet review`. Text is shown by a browser, never run. */
import type { Context } from 'hono';
import { readSubmission } from '../mail/read-submission.js';
import type { Submission } from '../mail/submission.js';
import { locator } from '../render/locate.js';
import { patchesToAnswer, renderMail, renderMbox } from '../render/mail.js';
import { renderText } from '../render/text.js';
import type { Review } from '../review/review.js';
import type { WebApp, WebDeps } from './app.js';
import { executionOf } from './finding-page.js';
import type { ReviewedView } from './reading.js';
import { reviewedView } from './submission-routes.js';

const TEXT_WIDTH = 80;
/** Sender of a reply that somebody takes from here; they put their own address in its place. */
const FROM = 'kcovet <kcovet@localhost>';

interface File {
  readonly type: string;
  readonly text: string;
}

const TEXT = 'text/plain; charset=utf-8';

/** The text of each format; null where there is none. */
const FORMATS: Readonly<Record<string, (view: ReviewedView) => Promise<File | null>>> = {
  mbox: async ({ reviewed }) => ({ type: TEXT, text: reviewed.patch }),
  json: async ({ reviewed }) => ({ type: 'application/json', text: reviewed.json }),
  txt: async ({ review }) => ({ type: TEXT, text: renderText(review, { color: false, width: TEXT_WIDTH, show: 'new', file: 'PATCH' }) }),
  mail: async ({ review, reviewed }) => {
    const text = replies(review, await submissionIn(reviewed.patch));
    return text === '' ? null : { type: TEXT, text };
  },
  sarif: async ({ review, reviewed }) => {
    const [{ renderSarif }, { rules }] = await Promise.all([import('../render/sarif.js'), import('../../rules/index.js')]);
    return { type: 'application/sarif+json', text: renderSarif(review, { rules, locate: locator({ submission: await submissionIn(reviewed.patch), root: '' }) }) };
  },
};

async function submissionIn(patch: string): Promise<Submission> {
  return await readSubmission('patch', Buffer.from(patch, 'utf8'));
}

/** The replies to all patches that are asked about, dated as the patch is. */
function replies(review: Review, submission: Submission): string {
  const time = Date.parse(submission.patches[0]?.mail?.date ?? '');
  const date = new Date(Number.isNaN(time) ? 0 : time).toUTCString().replace('GMT', '+0000');
  const mails = patchesToAnswer(review, submission).map((patch) => renderMail(review, submission, { from: FROM, date, patch }));
  return mails.length > 1 ? renderMbox(mails) : mails.join('');
}

function sent(c: Context, { type, text }: File, name: string): Response {
  const how = type === TEXT ? 'inline' : 'attachment';
  return c.body(text, 200, { 'content-type': type, 'content-disposition': `${how}; filename="${name}"`, 'content-security-policy': "default-src 'none'; sandbox" });
}

/** Adds the addresses of the files. */
export function addDownloads(app: WebApp, deps: WebDeps): void {
  app.get('/s/:id/:file{[0-9]+\\.[a-z]+}', async (c) => {
    const [n = '', format = ''] = c.req.param('file').split('.');
    const view = Object.hasOwn(FORMATS, format) ? await reviewedView(c, deps, n) : null;
    const file = view && await FORMATS[format]?.(view);
    return view && file ? sent(c, file, `kcovet-${view.entry.id}-${n}.${format}`) : await c.notFound();
  });
  app.get('/s/:id/:n/f/:finding/schedule', async (c) => {
    const view = await reviewedView(c, deps);
    const finding = view?.review.findings.find((one) => one.id === c.req.param('finding'));
    const schedule = finding && executionOf(finding, Number(c.req.query('trace') ?? 0))?.schedule;
    return schedule ? sent(c, { type: TEXT, text: `${schedule}\n` }, `${finding.id}.schedule`) : await c.notFound();
  });
}
