/** @module The list of submissions, the one that changed last first, with filters as a form of the address: no script, and it can be linked. */
import { ORIGINS, VERSION_STATES, type SubmissionEntry, type SubmissionFilter, type SubmissionPage } from '../store/submission-store.js';
import { html, nothing, type Html } from './html.js';
import { ORIGIN_WORDS, originOf, standing, time, tone } from './words.js';

/** Submissions on one page. */
export const PAGE_MAX = 50;
/** Characters of a search. */
const TEXT_MAX = 200;

/** The filter in the query of the address; what is none of ours is left out. */
export function filterOf(query: URLSearchParams, withPrivate: boolean): SubmissionFilter {
  const origin = ORIGINS.find((one) => one === query.get('origin'));
  const state = VERSION_STATES.find((one) => one === query.get('state'));
  const result = query.get('result');
  const text = (query.get('q') ?? '').trim().slice(0, TEXT_MAX);
  return {
    ...(origin ? { origin } : {}), ...(state ? { state } : {}), ...(text === '' ? {} : { text }), withPrivate,
    ...(result === 'asks' ? { asks: true } : result === 'silent' ? { asks: false } : {}),
  };
}

/** The filter as a query, without `withPrivate`. */
export function queryOf({ origin, state, asks, text }: SubmissionFilter, after?: string): string {
  const query = new URLSearchParams({ ...(text === undefined ? {} : { q: text }), ...(origin ? { origin } : {}), ...(state ? { state } : {}), ...(asks === undefined ? {} : { result: asks ? 'asks' : 'silent' }), ...(after === undefined ? {} : { after }) });
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function options(chosen: string, entries: readonly (readonly [value: string, words: string])[]): Html[] {
  return entries.map(([value, words]) => html`<option value="${value}"${value === chosen ? html` selected` : nothing}>${words}</option>`);
}

function filterForm({ origin, state, asks, text }: SubmissionFilter): Html {
  const result = asks === undefined ? '' : asks ? 'asks' : 'silent';
  return html`<form class="filter" method="get" action="/" role="search">
<label>Search <input type="search" name="q" value="${text ?? ''}" maxlength="${TEXT_MAX}" placeholder="title, author, list"></label>
<label>From <select name="origin">${options(origin ?? '', [['', 'anywhere'], ...ORIGINS.map((one) => [one, ORIGIN_WORDS[one]] as const)])}</select></label>
<label>State <select name="state">${options(state ?? '', [['', 'any'], ...VERSION_STATES.map((one) => [one, one] as const)])}</select></label>
<label>Result <select name="result">${options(result, [['', 'any'], ['asks', 'has questions'], ['silent', 'nothing to ask']])}</select></label>
<button>Filter</button>
</form>`;
}

/** Where a submission leads: to its one review, or to its versions. */
function hrefOf({ id, versions, newest }: SubmissionEntry): string {
  return versions === 1 && newest.state === 'reviewed' ? `/s/${id}/${newest.number}` : `/s/${id}`;
}

function row(entry: SubmissionEntry): Html {
  const { title, author, versions, newest, isPrivate, changedMs } = entry;
  return html`<tr>
<th scope="row"><a href="${hrefOf(entry)}">${title === '' ? 'a bare diff' : title}</a>${isPrivate ? html` <span class="tag">private</span>` : nothing}</th>
<td class="${tone(newest)}">${standing(newest)}</td>
<td>${newest.label}${versions > 1 ? html` <span class="faint">of ${versions}</span>` : nothing}</td>
<td>${author}</td>
<td>${originOf(entry)}</td>
<td class="time">${time(changedMs)}</td>
</tr>
`;
}

/** The list as the main part of a page; who may act finds the way to give a patch. */
export function submissionsMain({ entries, next }: SubmissionPage, filter: SubmissionFilter, mayAct: boolean): Html {
  const isFiltered = queryOf(filter) !== '';
  const empty = html`<p>${isFiltered ? html`Nothing is like that. <a href="/">All reviews</a>` : 'Nothing was reviewed yet.'}</p>`;
  const table = html`<div class="wide" role="region" aria-label="Reviews" tabindex="0"><table class="list">
<thead><tr><th scope="col">Submission</th><th scope="col">Result</th><th scope="col">Version</th><th scope="col">Author</th><th scope="col">From</th><th scope="col">Changed (UTC)</th></tr></thead>
<tbody>
${entries.map(row)}</tbody></table></div>`;
  return html`<h1>Reviews</h1>
${filterForm(filter)}
${mayAct ? html`<p><a href="/new">Review a patch</a></p>` : nothing}
${entries.length === 0 ? empty : table}
${next === null ? nothing : html`<p><a rel="next" href="/${queryOf(filter, next)}">Older</a></p>`}`;
}
