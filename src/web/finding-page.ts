/** @module One finding: its question under the lines of the patch, the interleaving that shows it as a picture and as a list, and the C beside it. */
import { raw } from 'hono/html';
import { addedTexts, mainOf } from '../render/evidence.js';
import { lanesOf, type LanesPicture } from '../render/lanes/picture.js';
import { lanesFile, renderLanes } from '../render/lanes/svg.js';
import { codeOfPicture, type CodeFunction } from '../render/lanes/code.js';
import { stepText, summaryOf, turnText } from '../render/lanes/words.js';
import { namesInWords } from '../render/names.js';
import { begun, labelsOf } from '../render/questions.js';
import { renderTrace } from '../render/trace.js';
import { firstSentence } from '../review/first-sentence.js';
import type { Evidence, Finding, Review } from '../review/review.js';
import type { SubmissionEntry, VersionEntry } from '../store/submission-store.js';
import { html, nothing, type Html } from './html.js';
import { diffLines } from './question-view.js';

export interface FindingView {
  readonly entry: SubmissionEntry;
  readonly version: VersionEntry;
  readonly review: Review;
  readonly finding: Finding;
  /** Whether every access is wanted, an exchange as several, too. */
  readonly all: boolean;
  /** Which of its executions is shown, from 1; the one that shows its own property when absent or when there is none of that number. */
  readonly trace?: number;
}

/** Columns of the text for a mail. */
const WIDTH = 76;

function executionsOf({ evidence }: Finding): Evidence[] {
  return evidence.filter(({ kind, trace }) => kind === 'counterexample' && trace.length > 0);
}

/** The execution of a number, from 1, or the one that shows it best; undefined where the finding has none. */
export function executionOf(finding: Finding, trace: number): Evidence | undefined {
  const executions = executionsOf(finding);
  const main = mainOf(finding);
  return executions[trace - 1] ?? (main && main.trace.length > 0 ? main : executions[0]);
}

function pathOf({ entry, version, finding }: FindingView): string {
  return `/s/${entry.id}/${version.number}/f/${finding.id}`;
}

/** What kind of finding it is, and where. */
function facts({ finding }: FindingView): Html {
  const { severity, rule, status, place, asked, notAskedWhy } = finding;
  const where = `${place.function === '' ? '' : `${place.function}(), `}${place.path}${place.line === null ? '' : ` line ${place.line}`}`;
  const silent = asked ? nothing : html` <span class="tag">not asked${notAskedWhy === null ? nothing : `: ${notAskedWhy}`}</span>`;
  return html`<p class="facts"><span class="severity ${severity}">${severity}</span> <span><a href="/rules/${rule}">${rule}</a></span> <span class="tag">${status}</span> <span>in ${where}</span>${silent}</p>`;
}

function quote({ quote: lines }: Finding): Html {
  if (!lines) return nothing;
  const shown = begun(lines);
  return html`<section aria-labelledby="patch"><h2 id="patch">In the patch</h2>
<pre class="diff" tabindex="0"><span class="hunk">${shown.header}</span>
${diffLines(shown.lines)}</pre></section>`;
}

/** Places that belong to it besides its own, as far as the picture does not show them. */
function labels(finding: Finding, shown: Evidence | undefined): Html {
  const { named, more } = labelsOf(finding, shown?.trace ?? []);
  if (named.length === 0) return nothing;
  return html`<ul class="labels">${named.map(({ text, statement, where }) => html`<li>${text}${statement === '' ? nothing : html`: <code>${statement}</code>`}${where === '' ? '' : ` in ${where}()`}</li>`)}${more > 0 ? html`<li>and ${more} more</li>` : nothing}</ul>`;
}

/** What observations, other places and edits that were searched add to the question. */
function besides(finding: Finding, shown: Evidence | undefined): Html {
  const alternatives = finding.evidence.filter(({ kind, text }) => kind === 'alternative' && text !== undefined);
  const places = labels(finding, shown);
  const texts = addedTexts(finding);
  if (texts.length + alternatives.length === 0 && places === nothing) return nothing;
  return html`<section aria-labelledby="besides"><h2 id="besides">Besides</h2>
${texts.map((text) => html`<p>${text}</p>`)}${places}${alternatives.map(({ text, edit = [] }) => html`<p>${text ?? ''}</p>${edit.length === 0 ? nothing : html`<pre class="diff" tabindex="0">${diffLines(edit)}</pre>`}`)}</section>`;
}

const stepLink = (number: number): Html => html`<a href="#step-${number}">${number}</a>`;

/** The functions that run; steps.js marks the line of the step that is looked at. */
function code(functions: readonly CodeFunction[]): Html {
  return html`<section class="code" aria-labelledby="code"><h3 id="code">The C that runs</h3>
${functions.map(({ name, steps, lines }) => html`<section><h4 data-steps="${steps.join(' ')}"><code>${name}()</code> <span class="at">${steps.map(stepLink)}</span></h4>
<ol>${lines.map((line) => html`<li data-steps="${line.steps.join(' ')}"${line.isWrong ? html` class="wrong"` : nothing}><code>${line.text}</code> <span class="at">${line.steps.map(stepLink)}</span></li>\n`)}</ol></section>`)}</section>`;
}

/** The same as a list: for who cannot see the picture, and for searching. */
function list(picture: LanesPicture): Html {
  const { steps, lanes } = picture;
  return html`<details><summary>The steps as a list</summary>
<ol class="step-list">${steps.map((step) => html`<li value="${step.number}">${step.turn === null || step.turn.from === null ? nothing : html`<strong>${turnText(step, lanes)}.</strong> `}<a href="#step-${step.number}">${stepText(step, picture)}</a></li>\n`)}</ol></details>`;
}

/** What the marks in the picture mean, of those that are in it. */
function legend({ stretches, holds }: LanesPicture): Html {
  const waits = stretches.some(({ state }) => state === 'waits');
  const held = holds.length > 0;
  return html`<figcaption>Time runs down. A bar is code that runs${waits ? ', a dotted line what is interrupted meanwhile' : ''}${held ? ', a thin line beside a bar a lock held or interrupts off' : ''}. A full dot changes a value, a faint one does not; the cross is where it goes wrong.</figcaption>`;
}

/** The picture and what is beside it. */
function execution(view: FindingView, shown: Evidence): Html {
  const picture = lanesOf(shown, { all: view.all });
  const text = renderTrace(shown, { width: WIDTH }).join('\n');
  return html`<section class="execution" aria-labelledby="execution"><h2 id="execution">What happens</h2>
${shown.setup === undefined || shown.setup === '' ? nothing : html`<p class="after"><strong>Before:</strong> ${shown.setup}.</p>`}
<ul class="summary">${summaryOf(picture).map((sentence) => html`<li>${sentence}</li>`)}</ul>
<div class="beside"><figure class="steps">
<div class="controls" hidden><button data-go="first">First</button><button data-go="back">&larr; Back</button><button data-go="on">On &rarr;</button><button data-go="all">All</button><output aria-live="polite"></output></div>
${raw(renderLanes(picture))}
${legend(picture)}
</figure>
${code(codeOfPicture(picture))}</div>
${list(picture)}
<details><summary>As text, for a mail</summary>
<p><button class="copy" data-copy="trace-text" hidden>Copy</button></p>
<pre id="trace-text" tabindex="0">${text}</pre></details>
${ways(view, shown)}</section>`;
}

/** Other forms of the same, and other executions. */
function ways(view: FindingView, shown: Evidence): Html {
  const executions = executionsOf(view.finding);
  const path = pathOf(view);
  const number = executions.indexOf(shown) + 1;
  const others = executions.flatMap((_, i) => (i + 1 === number ? [] : [html`<li><a href="${path}?trace=${i + 1}">Another execution that shows it</a></li>`]));
  const minimal = shown.minimal === true ? ' No schedule shows the same with fewer contexts, switches and steps.' : '';
  return html`<ul class="ways">
${shown.schedule === null ? nothing : html`<li>Every step: <code>kcovet replay ${shown.schedule} FILE</code>.${minimal} <a href="${path}/schedule?trace=${number}">The schedule as a file</a></li>`}
${view.finding.evidence.some(({ program }) => program) ? html`<li>On a real kernel: <code>kcovet repro ${view.finding.id} FILE</code> makes a C program that shows it from user space.</li>
` : nothing}<li><a href="${path}.svg?trace=${number}" download>The picture as a file</a></li>
${others}</ul>`;
}

/** The main part of the page; the way back stands above it already. */
export function findingMain(view: FindingView): Html {
  const { finding, review } = view;
  const title = firstSentence(finding.question);
  const rest = finding.question.replace(/\s+/gu, ' ').trim().slice(title.length).trim();
  const shown = executionOf(view.finding, view.trace ?? 0);
  const names = shown ? namesInWords({ ...review, findings: [{ ...finding, asked: true }], taskState: [] }) : '';
  return html`<article class="finding">
${facts(view)}
<h1>${title}</h1>
${rest === '' ? nothing : html`<p class="question">${title.endsWith(' ...') ? finding.question : rest}</p>`}
${quote(finding)}
${shown ? execution(view, shown) : nothing}
${besides(finding, shown)}
${names === '' ? nothing : html`<p class="faint">${names}</p>`}
</article>`;
}

/** The picture as a file of its own; null where the finding has none. */
export function findingPicture(view: FindingView): string | null {
  const shown = executionOf(view.finding, view.trace ?? 0);
  return shown ? lanesFile(lanesOf(shown, { all: view.all })) : null;
}
