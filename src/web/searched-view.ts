/** @module What was searched for a review, scenario by scenario, and what of the patch was not placed or not seen. */
import { hunkLines } from '../render/hunks.js';
import { detailsOf, limitsOf } from '../render/searched.js';
import type { Review, ScenarioRun } from '../review/review.js';
import { html, nothing, type Html } from './html.js';

const VERDICTS: Readonly<Record<ScenarioRun['verdict'], string>> = { violated: 'violated', holds: 'holds', holdsWithinBound: 'holds within bounds', gaveUp: 'gave up' };

function pairs(record: Readonly<Record<string, unknown>>, without: readonly string[] = []): string {
  return Object.entries(record).filter(([name, value]) => !without.includes(name) && value !== 0).map(([name, value]) => `${name}=${String(value)}`).join(' ');
}

function row({ name, image, patch, config, bounds, verdict, states, gaveUp }: ScenarioRun): Html {
  return html`<tr><th scope="row">${name}</th><td>${image === 'pre' ? 'base' : patch === null ? 'patched' : `after patch ${patch}`}</td><td class="${verdict}">${VERDICTS[verdict]}${gaveUp === undefined ? nothing : html` <span class="faint">${gaveUp}</span>`}</td><td class="number">${states}</td><td>${pairs(bounds, ['states'])}</td><td>${pairs(config)}</td></tr>\n`;
}

/** How the base was found, step by step. */
function baseSteps({ base }: Review): Html {
  const { steps = [] } = base;
  return steps.length === 0 ? nothing : html`<p>Base: ${steps.map(({ where, what }) => `${where}: ${what}`).join('; ')}.</p>`;
}

/** All of it; the long table is closed at first. */
export function searchedSection(review: Review): Html {
  const { scenarios, unaffected = [], withoutEffect = [] } = review;
  const details = detailsOf(review);
  return html`<section aria-labelledby="searched">
<h2 id="searched">What was searched</h2>
<p>${limitsOf(review)}</p>
${details === null ? nothing : html`<p>${details}</p>`}
${hunkLines(review, Number.MAX_SAFE_INTEGER).map((line) => html`<p>${line}</p>`)}
${baseSteps(review)}
${withoutEffect.length === 0 ? nothing : html`<p>Calls without effect: ${withoutEffect.join(', ')}.</p>`}
${unaffected.length === 0 ? nothing : html`<p>Not affected by the patch: ${unaffected.join(', ')}.</p>`}
<details><summary>${scenarios.length} searches</summary>
<div class="wide" role="region" aria-label="Searches" tabindex="0"><table>
<thead><tr><th scope="col">Scenario</th><th scope="col">Image</th><th scope="col">Verdict</th><th scope="col" class="number">States</th><th scope="col">Bounds</th><th scope="col">Configuration</th></tr></thead>
<tbody>
${scenarios.map(row)}</tbody></table></div>
</details>
</section>`;
}
