/** @module Which property is checked by which scenario, as a table: computed from what the operations of a scenario do (simulator/scenario/matrix.ts). */
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { CIRCUMSTANCES, COLUMNS, EVERYWHERE } from '../../simulator/scenario/matrix.js';
import { html, type Html } from './html.js';

function mark(meets: boolean): Html {
  return meets ? html`<td class="cell">x</td>` : html`<td class="cell"></td>`;
}

function row(scenario: KcovScenario): Html {
  return html`<tr><th scope="row" id="${scenario.name}"><code>${scenario.name}</code></th>${COLUMNS.map(({ meets }) => mark(meets(scenario)))}${CIRCUMSTANCES.map(({ has }) => mark(has(scenario)))}<td>${scenario.checks}</td></tr>\n`;
}

/** The table, with what its letters mean above it. */
export function matrixMain(scenarios: readonly KcovScenario[]): Html {
  const heads = [...COLUMNS, ...CIRCUMSTANCES].map(({ code, says }) => html`<th scope="col" class="cell"><abbr title="${says}">${code}</abbr></th>`);
  return html`<h1>Scenarios and properties</h1>
<p>${scenarios.length} scenarios are run on each patch that they can meet. In every one: ${EVERYWHERE.join(', ')}.</p>
<details open><summary>Properties of some, and circumstances</summary>
<dl class="legend">${COLUMNS.map(({ code, says, properties }) => html`<dt><code>${code}</code></dt><dd>${says}: ${properties.join(', ')}</dd>\n`)}${CIRCUMSTANCES.map(({ code, says }) => html`<dt><code>${code}</code></dt><dd>${says}</dd>\n`)}</dl>
</details>
<div class="wide" role="region" aria-label="Scenarios" tabindex="0"><table class="matrix">
<thead><tr><th scope="col">Scenario</th>${heads}<th scope="col">What it checks</th></tr></thead>
<tbody>
${scenarios.map(row)}</tbody></table></div>`;
}
