/** @module One question as a reader of the patch meets it: the lines it is about, the words, the places, the execution in short. */
import { addedTexts, mainOf } from '../render/evidence.js';
import { begun, labelsOf } from '../render/questions.js';
import { renderTrace } from '../render/trace.js';
import { titleOf } from '../render/trace-row.js';
import type { Finding, Place, Quote } from '../review/review.js';
import { html, nothing, type Html } from './html.js';

/** Columns of a trace: what a mail has. */
const TRACE_WIDTH = 76;

const KINDS: Readonly<Record<string, string>> = { '+': 'add', '-': 'del' };

/** Lines of a diff; the sign of each stands in the text, colour only repeats it. */
export function diffLines(lines: readonly string[]): Html[] {
  return lines.map((line) => html`<span class="${KINDS[line.charAt(0)] ?? 'ctx'}">${line === '' ? ' ' : line}</span>\n`);
}

function quoted(quote: Quote, path: string): Html {
  const { header, lines } = begun(quote);
  return html`<figure class="quote"><figcaption>${path} ${header}</figcaption>
<pre class="diff">${diffLines(lines)}</pre></figure>`;
}

/** "kcov_start(): t->kcov = kcov;", where no hunk shows the place. */
function placeLine({ path, function: name, text }: Place): Html {
  return html`<p class="place">In ${name === '' ? path : html`<code>${name}()</code>`}${text.trim() === '' ? nothing : html`: <code>${text.replace(/\s+/gu, ' ').trim()}</code>`}</p>`;
}

/** The words of a question, a paragraph each. */
export function questionWords({ question, severity, evidence }: Finding): Html {
  const answers = evidence.flatMap(({ kind, text }) => (kind === 'alternative' && text !== undefined ? [text] : []));
  const [first = '', ...rest] = [...question.split(/\n[ \t]*\n/u), ...answers].map((text) => text.replace(/\s+/gu, ' ').trim());
  return html`<p class="question"><span class="severity ${severity}">${severity}</span> ${first}</p>${rest.map((text) => html`<p>${text}</p>`)}`;
}

function labels(finding: Finding): Html {
  const { named, more } = labelsOf(finding, mainOf(finding)?.trace ?? []);
  if (named.length === 0) return nothing;
  return html`<ul class="labels">${named.map(({ text, statement, where }) => html`<li>${text}${statement === '' ? nothing : html`: <code>${statement}</code>`}${where === '' ? nothing : html` in <code>${where}()</code>`}</li>`)}${more > 0 ? html`<li>and ${more} more</li>` : nothing}</ul>`;
}

/** The execution that shows it, closed at first: its columns in short, and the way to its picture. */
function execution(finding: Finding, href: string): Html {
  const main = mainOf(finding);
  if (main === undefined || main.trace.length === 0) return nothing;
  const contexts = [...new Set(main.trace.map(titleOf))].join(', ');
  return html`<details class="trace"><summary>Execution: ${contexts}</summary>
<pre>${renderTrace(main, { width: TRACE_WIDTH, file: 'PATCH' }).join('\n')}</pre>
<p><a href="${href}">Step through it</a></p></details>`;
}

/** Why something that was found is not asked. */
function notAsked({ asked, status, notAskedWhy }: Finding): Html {
  return asked ? nothing : html`<p class="faint">Not asked: ${notAskedWhy ?? status}</p>`;
}

/** How the links of one finding begin. */
export function findingHref(version: string, { id }: Finding): string {
  return `${version}/f/${encodeURIComponent(id)}`;
}

/** One question with all of it; `version` is the path of the page of its version. */
export function questionArticle(finding: Finding, version: string): Html {
  const { id, rule, quote, place, since } = finding;
  const href = findingHref(version, finding);
  const state = since === undefined ? nothing : html` <span class="tag">${since.state === 'new' ? 'new' : 'still open'}</span>`;
  return html`<article id="${id}" class="asked">
<h3><a href="${href}">${place.function === '' ? place.path : `${place.function}()`}</a> <a class="rule" href="/rules/${rule}">${rule}</a>${state}</h3>
${quote ? quoted(quote, place.path) : placeLine(place)}
${questionWords(finding)}
${notAsked(finding)}${labels(finding)}${addedTexts(finding).map((text) => html`<p>${text}</p>`)}
${execution(finding, href)}
</article>
`;
}
