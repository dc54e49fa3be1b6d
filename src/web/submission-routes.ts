/** @module The pages of submissions: the list, one with its versions, one version, one finding. */
import type { WebApp, WebContext, WebDeps } from './app.js';
import { findingMain, findingPicture } from './finding-page.js';
import { html } from './html.js';
import { reviewedOf, submissionFor, versionOf, versionOfSeries, type ReviewedView } from './reading.js';
import { show } from './show.js';
import { submissionMain, VERSIONS_MAX } from './submission-page.js';
import { filterOf, PAGE_MAX, submissionsMain } from './submissions-page.js';
import { unreviewedMain, versionMain } from './version-page.js';

/** Characters of a place to go on from. */
const AFTER_MAX = 200;
/** Characters of a Message-ID. */
const MESSAGE_ID_MAX = 1000;
/** Entries of the audit below a submission. */
const ACTS_MAX = 30;
/** Seconds between two looks at a review that is under way, without scripts. */
const AGAIN_S = 5;

/** Adds them. */
export function addSubmissionRoutes(app: WebApp, deps: WebDeps): void {
  const { submissions } = deps.store;
  app.get('/', async (c) => {
    const query = new URL(c.req.url).searchParams;
    const { mayAct } = c.get('visitor');
    const filter = filterOf(query, mayAct);
    const page = await submissions.submissions(filter, { max: PAGE_MAX, after: query.get('after')?.slice(0, AFTER_MAX) ?? null });
    return show(c, { title: 'Reviews', under: '/', main: submissionsMain(page, filter, mayAct) });
  });
  app.get('/mail/:messageId{.+}', async (c) => await mailPage(c, deps));
  app.get('/s/:id', async (c) => await submissionPage(c, deps));
  app.get('/s/:id/:n{[0-9]+}', async (c) => await versionPage(c, deps));
  app.get('/s/:id/:n/f/:finding', async (c) => await findingPage(c, deps));
}

/** The review that a mail is in, by its Message-ID: what checks in Patchwork lead to. */
async function mailPage(c: WebContext, { store }: WebDeps): Promise<Response> {
  const messageId = (c.req.param('messageId') ?? '').replace(/^<|>$/gu, '');
  const series = messageId.length > MESSAGE_ID_MAX ? null : await store.lists.series(messageId) ?? await store.lists.seriesWith(messageId);
  const found = series && await versionOfSeries(series, c.get('visitor'), store);
  return found ? c.redirect(`/s/${found.entry.id}/${found.version.number}`, 303) : await c.notFound();
}

/** One finding, or its picture as a file. */
async function findingPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const [, name = '', file] = /^(.*?)(\.svg)?$/u.exec(c.req.param('finding') ?? '') ?? [];
  const view = await reviewedView(c, deps);
  const finding = view?.review.findings.find((one) => one.id === name);
  if (!view || !finding) return await c.notFound();
  const shown = { ...view, finding, all: c.req.query('all') !== undefined, trace: Number(c.req.query('trace') ?? 0) };
  if (file !== undefined) {
    const picture = findingPicture(shown);
    return picture === null ? await c.notFound() : c.body(picture, 200, { 'content-type': 'image/svg+xml; charset=utf-8', 'content-disposition': `attachment; filename="${name.replace(/[^\w-]/gu, '-')}.svg"` });
  }
  const { entry, version } = view;
  const main = html`<p class="path"><a href="/s/${entry.id}/${version.number}">${entry.title === '' ? 'a bare diff' : entry.title}, ${version.label}</a></p>
${findingMain(shown)}`;
  return show(c, { title: finding.rule, main, styles: ['lanes.css', 'finding.css'], scripts: ['steps.js'] });
}

async function submissionPage(c: WebContext, { store }: WebDeps): Promise<Response> {
  const entry = await submissionFor(c.req.param('id') ?? '', c.get('visitor'), store.submissions);
  if (entry === null) return await c.notFound();
  const versions = await store.submissions.versions(entry.id);
  const reviewed = await Promise.all(versions.filter(({ state }) => state === 'reviewed').slice(-VERSIONS_MAX).map(async (version) => await reviewedOf(entry, version, store.submissions)));
  const visitor = c.get('visitor');
  const acts = visitor.mayAct ? await store.audit.entries({ submission: entry.key, max: ACTS_MAX }) : [];
  return show(c, { title: entry.title, ...underWay(entry.newest.state), main: submissionMain({ entry, versions, views: reviewed.filter((one) => one !== null), visitor, acts }) });
}

async function versionPage(c: WebContext, { store }: WebDeps): Promise<Response> {
  const entry = await submissionFor(c.req.param('id') ?? '', c.get('visitor'), store.submissions);
  const version = entry && await versionOf(entry, c.req.param('n') ?? '', store.submissions);
  if (!entry || !version) return await c.notFound();
  const all = await store.submissions.versions(entry.id);
  const view = await reviewedOf(entry, version, store.submissions);
  const title = `${entry.title}, ${version.label}`;
  // A review that is made again shows the one before until then.
  return view ? show(c, { title, main: versionMain(view, all) }) : show(c, { title, ...underWay(version.state), main: unreviewedMain(entry, version, all) });
}

/** How a page is brought up to date as long as a review is under way. */
function underWay(state: string): { readonly scripts?: readonly string[]; readonly again?: number } {
  return state === 'waiting' || state === 'running' ? { scripts: ['live.js'], again: AGAIN_S } : {};
}

/** The version with its review that the address names; null where there is none for who asks. */
export async function reviewedView(c: WebContext, { store: { submissions } }: Pick<WebDeps, 'store'>, n: string = c.req.param('n') ?? ''): Promise<ReviewedView | null> {
  const entry = await submissionFor(c.req.param('id') ?? '', c.get('visitor'), submissions);
  const version = entry && await versionOf(entry, n, submissions);
  return entry && version ? await reviewedOf(entry, version, submissions) : null;
}
