/** @module The pages of submissions: the list, one with its versions, one version, one finding. */
import { findingMain } from './finding-page.js';
import { html } from './html.js';
import type { WebApp, WebContext, WebDeps } from './app.js';
import { reviewedOf, submissionFor, versionOf, type ReviewedView } from './reading.js';
import { show } from './show.js';
import { filterOf, PAGE_MAX, submissionsMain } from './submissions-page.js';

/** Characters of a place to go on from. */
const AFTER_MAX = 200;

/** Adds them. */
export function addSubmissionRoutes(app: WebApp, { store }: WebDeps): void {
  const { submissions } = store;
  app.get('/', async (c) => {
    const query = new URL(c.req.url).searchParams;
    const filter = filterOf(query, c.get('visitor').mayAct);
    const page = await submissions.submissions(filter, { max: PAGE_MAX, after: query.get('after')?.slice(0, AFTER_MAX) ?? null });
    return show(c, { title: 'Reviews', under: '/', main: submissionsMain(page, filter) });
  });
  app.get('/s/:id/:n/f/:finding', async (c) => {
    const view = await viewOf(c, store.submissions);
    const finding = view?.review.findings.find((one) => one.id === c.req.param('finding'));
    if (!view || !finding) return c.notFound();
    const main = html`<p class="path"><a href="/s/${view.entry.id}/${view.version.number}">${view.entry.title}, ${view.version.label}</a></p>
${findingMain({ ...view, finding, all: c.req.query('all') !== undefined })}`;
    return show(c, { title: finding.rule, main, scripts: ['steps.js'] });
  });
}

async function viewOf(c: WebContext, submissions: WebDeps['store']['submissions']): Promise<ReviewedView | null> {
  const entry = await submissionFor(c.req.param('id') ?? '', c.get('visitor'), submissions);
  const version = entry && await versionOf(entry, c.req.param('n') ?? '', submissions);
  return entry && version ? await reviewedOf(entry, version, submissions) : null;
}
