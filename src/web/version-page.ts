/** @module One version of a submission: its review as the reply says it, with the searches, the table of the task's state, and the files to download. */
import { assumedInWords } from '../render/assumed.js';
import { openingOf } from '../render/searched.js';
import { fixedLines, namesAfter, rankedInWords, verdictInWords } from '../render/text.js';
import { sinceInWords } from '../render/since.js';
import { firstSentence } from '../review/first-sentence.js';
import { compareFindings, type Finding, type Gone, type Review } from '../review/review.js';
import type { SubmissionEntry, VersionEntry } from '../store/submission-store.js';
import { html, nothing, type Html } from './html.js';
import { findingHref, questionArticle } from './question-view.js';
import type { ReviewedView } from './reading.js';
import { searchedSection } from './searched-view.js';
import { stateTable } from './state-table.js';
import { originOf, standing, time, tone } from './words.js';

/** Names of the files behind the address of a version, and what they are for. */
export const DOWNLOADS: readonly (readonly [extension: string, words: string])[] = [
  ['mbox', 'patch'], ['txt', 'text'], ['mail', 'reply'], ['json', 'JSON'], ['sarif', 'SARIF'],
];

const WHY_GONE: Readonly<Record<Gone['why'], string>> = { notFound: 'not found any more', inBase: 'the base has it by now', answered: 'a later patch of the series answers it', notSearched: 'what showed it was not searched to its end' };

/** Other versions of the submission, as links. */
function versionLinks(entry: SubmissionEntry, version: VersionEntry, all: readonly VersionEntry[]): Html {
  if (all.length < 2) return nothing;
  return html`<nav aria-label="Versions" class="versions"><a href="/s/${entry.id}">Compare</a>${all.map((one) => html` <a href="/s/${entry.id}/${one.number}"${one.number === version.number ? html` aria-current="page"` : nothing}>${one.label}</a>`)}</nav>`;
}

/** Title and the facts of a version. */
export function versionHead(entry: SubmissionEntry, version: VersionEntry, all: readonly VersionEntry[]): Html {
  const facts = [entry.author, originOf(entry), version.label, version.base].filter((text) => text !== '');
  return html`<h1>${entry.title === '' ? 'a bare diff' : entry.title}</h1>
<p class="facts">${facts.map((text) => html`<span>${text}</span> `)}${time(version.changedMs)}${entry.isPrivate ? html` <span class="tag">private</span>` : nothing}</p>
${versionLinks(entry, version, all)}`;
}

function opening(review: Review): Html {
  const isReviewed = review.verdict === 'questions' || review.verdict === 'nothingToAsk';
  const since = sinceInWords(review);
  return html`<p>${isReviewed ? `${openingOf(review)}${namesAfter(review)}` : verdictInWords(review)}${isReviewed ? html` <strong>${rankedInWords(review)}</strong>` : nothing}${since === '' ? '' : ` ${since}`}</p>`;
}

/** A finding on one line, with its page behind it. */
function brief(finding: Finding, href: string): Html {
  const { severity, place, question } = finding;
  return html`<li><span class="severity ${severity}">${severity}</span> <a href="${href}">${place.function === '' ? place.path : `${place.function}()`}</a> ${firstSentence(question)}</li>\n`;
}

function questions(asked: readonly Finding[], version: string): Html {
  if (asked.length === 0) return nothing;
  return html`<section aria-labelledby="questions">
<h2 id="questions">Questions</h2>
${asked.length < 3 ? nothing : html`<ol class="contents">${asked.map((finding) => brief(finding, `#${finding.id}`))}</ol>`}
${asked.map((finding) => questionArticle(finding, version))}
</section>`;
}

function aside(review: Review, version: string): Html {
  const older = review.findings.filter(({ status }) => status === 'pre-existing');
  const gone = review.since?.gone ?? [];
  const fixed = fixedLines(review, Number.MAX_SAFE_INTEGER);
  return html`${gone.length === 0 ? nothing : html`<section aria-labelledby="gone"><h2 id="gone">Gone since the version before</h2>
<ul>${gone.map(({ place, question, why }) => html`<li><code>${place.function === '' ? place.path : `${place.function}()`}</code> ${question} <span class="faint">${WHY_GONE[why]}</span></li>\n`)}</ul></section>`}
${fixed.length === 0 ? nothing : html`<section aria-labelledby="fixed"><h2 id="fixed">Fixed</h2><ul>${fixed.map((line) => html`<li>${line}</li>`)}</ul></section>`}
${(review.assumed ?? []).map((one) => html`<p>${assumedInWords(one)}</p>`)}
${older.length === 0 ? nothing : html`<details><summary>${older.length === 1 ? 'One finding' : `${older.length} findings`} of the base, not asked</summary><ul class="contents">${older.map((finding) => brief(finding, findingHref(version, finding)))}</ul></details>`}`;
}

/** The links to the files; there is no reply where nothing is asked. */
function downloads(version: string, asks: boolean): Html {
  return html`<p class="downloads">Download: ${DOWNLOADS.filter(([extension]) => asks || extension !== 'mail').map(([extension, words], i) => html`${i === 0 ? '' : ', '}<a href="${version}.${extension}" download>${words}</a>`)}</p>`;
}

/** The main part of the page of a version that was reviewed. */
export function versionMain({ entry, version, review }: ReviewedView, all: readonly VersionEntry[]): Html {
  const path = `/s/${entry.id}/${version.number}`;
  const asked = review.findings.filter((finding) => finding.asked).sort(compareFindings);
  return html`${versionHead(entry, version, all)}
${opening(review)}
${downloads(path, asked.length > 0)}
${questions(asked, path)}
${stateTable(review)}
${aside(review, path)}
${searchedSection(review)}`;
}

/** The same before there is a review: how it stands; a script keeps it up to date. */
export function unreviewedMain(entry: SubmissionEntry, version: VersionEntry, all: readonly VersionEntry[]): Html {
  const isUnderWay = version.state === 'waiting' || version.state === 'running';
  return html`${versionHead(entry, version, all)}
<p class="${tone(version)}" role="status"${isUnderWay ? html` data-events="/api/reviews/${entry.id}/events"` : nothing}>${standing(version)}</p>
${version.reason === '' ? nothing : html`<p>${version.reason}</p>`}
${isUnderWay ? html`<p class="faint">The review appears here when it is done.</p>` : nothing}`;
}
