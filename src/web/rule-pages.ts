/** @module What kcovet can ask: the list of the rules, and the page of each, from the fields of its file. */
import type { Example, Rule } from '../analysis/rule.js';
import { evidenceWords, exampleDiff } from '../render/rule-page.js';
import { html, nothing, type Html } from './html.js';
import { diffLines } from './question-view.js';

/** The list. */
export function rulesMain(rules: readonly Rule[]): Html {
  return html`<h1>What kcovet can ask</h1>
<p>${rules.length} rules. Where there is no evidence, it stays silent.</p>
<div class="wide" role="region" aria-label="Rules" tabindex="0"><table class="list">
<thead><tr><th scope="col">Rule</th><th scope="col">Evidence</th><th scope="col">Asks when</th></tr></thead>
<tbody>
${rules.map(({ id, evidence, summary }) => html`<tr><th scope="row"><a href="/rules/${id}">${id}</a></th><td>${evidence}</td><td>${summary}</td></tr>\n`)}</tbody></table></div>`;
}

/** Text with the addresses in it as links. */
function linked(text: string): Html {
  return html`${text.split(/(https:\/\/[^\s<>"),;]+[^\s<>"),;.])/u).map((part, i) => (i % 2 === 0 ? part : html`<a href="${part}" rel="noreferrer">${part}</a>`))}`;
}

function example(one: Example): Html {
  return html`<figure class="quote"><figcaption class="plain">${one.name}</figcaption>
<pre class="diff">${diffLines(exampleDiff(one))}</pre></figure>
`;
}

function examples(id: string, title: string, list: readonly Example[]): Html {
  return list.length === 0 ? nothing : html`<h2 id="${id}">${title}</h2>\n${list.map(example)}`;
}

/** The page of one. */
export function ruleMain({ id, summary, why, evidence, gaps, origin, fires, silent }: Rule): Html {
  return html`<p class="path"><a href="/rules">Rules</a></p>
<h1>${id}</h1>
<p>${summary}</p>
<dl>
<dt>Why</dt><dd>${why}</dd>
<dt>Evidence</dt><dd>${evidenceWords[evidence]}</dd>
<dt>Known gaps</dt><dd>${gaps}</dd>
<dt>Learnt from</dt><dd>${linked(origin)}</dd>
</dl>
${examples('fires', 'Asks about', fires)}
${examples('silent', 'Is silent about', silent)}`;
}
