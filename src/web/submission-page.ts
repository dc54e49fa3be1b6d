/** @module One submission: its versions, and side by side what became of each question from one to the next. */
import { firstSentence } from '../review/first-sentence.js';
import type { Gone } from '../review/review.js';
import type { AuditEntry } from '../store/audit-store.js';
import type { SubmissionEntry, VersionEntry } from '../store/submission-store.js';
import type { Visitor } from './access.js';
import { html, nothing, type Html } from './html.js';
import { findingHref } from './question-view.js';
import type { ReviewedView } from './reading.js';
import { questionRows, type QuestionRow, type VersionCell } from './version-rows.js';
import { originOf, standing, time, tone } from './words.js';

/** Versions side by side: the newest. */
export const VERSIONS_MAX = 8;

export interface SubmissionView {
  readonly entry: SubmissionEntry;
  readonly versions: readonly VersionEntry[];
  /** Of those that were reviewed, the newest, in their order. */
  readonly views: readonly ReviewedView[];
  readonly visitor: Visitor;
  readonly acts: readonly AuditEntry[];
}

const WHY: Readonly<Record<Gone['why'], string>> = { notFound: 'gone', inBase: 'in the base', answered: 'answered later in the series', notSearched: 'not searched' };
const STATES: readonly (readonly [QuestionRow['state'], string])[] = [['new', 'New'], ['remaining', 'Remaining'], ['gone', 'Gone']];

function versionRow({ id, newest }: SubmissionEntry, version: VersionEntry, withReasons: boolean): Html {
  const { number, label, reason, base, atMs, changedMs, state } = version;
  const isUnderWay = number === newest.number && (state === 'waiting' || state === 'running');
  return html`<tr><th scope="row"><a href="/s/${id}/${number}">${label}</a></th><td class="${tone(version)}"${isUnderWay ? html` data-events="/api/reviews/${id}/events"` : nothing}>${standing(version)}</td>${withReasons ? html`<td>${reason}</td>` : nothing}<td>${base}</td><td class="time">${time(atMs)}</td><td class="time">${time(changedMs)}</td></tr>\n`;
}

function versionTable(entry: SubmissionEntry, versions: readonly VersionEntry[]): Html {
  const withReasons = versions.some(({ reason }) => reason !== '');
  return html`<div class="wide" role="region" aria-label="Versions" tabindex="0"><table>
<thead><tr><th scope="col">Version</th><th scope="col">Result</th>${withReasons ? html`<th scope="col">Reason</th>` : nothing}<th scope="col">Base</th><th scope="col">Came (UTC)</th><th scope="col">Changed (UTC)</th></tr></thead>
<tbody>
${[...versions].reverse().map((version) => versionRow(entry, version, withReasons))}</tbody></table></div>`;
}

function cell(one: VersionCell, { entry, version }: ReviewedView): Html {
  if (one.kind === 'none') return html`<td class="faint">-</td>`;
  if (one.kind === 'gone') return html`<td class="${one.why === 'notSearched' ? 'open' : 'clean'}">${WHY[one.why]}</td>`;
  return html`<td><a href="${findingHref(`/s/${entry.id}/${version.number}`, one.finding)}">asked</a></td>`;
}

/** The questions side by side; nothing as long as there are not two reviews. */
function comparison(views: readonly ReviewedView[]): Html {
  if (views.length < 2) return nothing;
  const rows = questionRows(views);
  const group = (state: QuestionRow['state'], words: string): Html => {
    const all = rows.filter((row) => row.state === state);
    return all.length === 0 ? nothing : html`<tbody><tr><th scope="rowgroup" colspan="${views.length + 1}" class="group">${words}: ${all.length}</th></tr>
${all.map(({ finding, cells }) => html`<tr><th scope="row" class="words"><span class="severity ${finding.severity}">${finding.severity}</span> <code>${finding.place.function === '' ? finding.place.path : `${finding.place.function}()`}</code> ${firstSentence(finding.question)}</th>${cells.map((one, i) => cell(one, views[i] as ReviewedView))}</tr>\n`)}</tbody>`;
  };
  return html`<section aria-labelledby="questions">
<h2 id="questions">Questions from version to version</h2>
<div class="wide" role="region" aria-labelledby="questions" tabindex="0"><table class="compare">
<thead><tr><th scope="col">Question</th>${views.map(({ entry, version }) => html`<th scope="col"><a href="/s/${entry.id}/${version.number}">${version.label}</a></th>`)}</tr></thead>
${STATES.map(([state, words]) => group(state, words))}</table></div>
</section>`;
}

/** What those who may act see besides: what was done, and the form that has it reviewed again. */
function actorsPart({ entry, visitor, acts }: SubmissionView): Html {
  if (!visitor.mayAct) return nothing;
  // The same input gives the same review: an upload is tried again only where it failed.
  const mayRerun = entry.newest.state === 'failed' || (entry.origin !== 'upload' && entry.newest.state !== 'waiting' && entry.newest.state !== 'running');
  const form = html`<form method="post" action="/s/${entry.id}/rerun"><input type="hidden" name="csrf" value="${visitor.csrf}"><button>Review ${entry.newest.label} again</button></form>`;
  return html`${mayRerun ? form : nothing}
${acts.length === 0 ? nothing : html`<section aria-labelledby="acts"><h2 id="acts">What was done</h2>${actsTable(acts)}</section>`}`;
}

/** Entries of the audit, the newest first. */
export function actsTable(acts: readonly AuditEntry[]): Html {
  return html`<div class="wide" role="region" aria-labelledby="acts" tabindex="0"><table>
<thead><tr><th scope="col">When (UTC)</th><th scope="col">Act</th><th scope="col">What</th><th scope="col">By</th></tr></thead>
<tbody>${acts.map(({ atMs, act, what, by }) => html`<tr><td class="time">${time(atMs)}</td><td>${act}</td><td>${what}</td><td>${by}</td></tr>\n`)}</tbody></table></div>`;
}

/** The main part of the page. */
export function submissionMain(view: SubmissionView): Html {
  const { entry, versions, views } = view;
  return html`<h1>${entry.title === '' ? 'a bare diff' : entry.title}</h1>
<p class="facts"><span>${entry.author}</span> <span>${originOf(entry)}</span>${entry.isPrivate ? html` <span class="tag">private</span>` : nothing}</p>
${versionTable(entry, versions)}
${comparison(views)}
${actorsPart(view)}`;
}
