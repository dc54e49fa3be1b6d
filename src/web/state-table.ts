/** @module The table of the task's kcov fields through one section: a row for each change, a column for each field that changes. */
import { fieldsOf, headOf, isMarked } from '../render/state-table.js';
import { stateTableTitle } from '../render/text.js';
import type { Review, TaskStateRow } from '../review/review.js';
import { html, nothing, type Html } from './html.js';

function row(rows: readonly TaskStateRow[], i: number, fields: readonly string[]): Html {
  const { function: name, text, values } = rows[i] as TaskStateRow;
  const before = rows[i - 1]?.values;
  const cell = (field: string): Html => {
    const value = values[field] ?? '';
    if (isMarked(rows, i, field)) return html`<td class="wrong">${value} <span class="mark">wrong by now</span></td>`;
    return before !== undefined && before[field] !== value ? html`<td class="changed">${value}</td>` : html`<td>${value}</td>`;
  };
  return html`<tr><th scope="row">${name === '' || rows[i - 1]?.function === name ? nothing : html`<span class="function">${name}()</span> `}<code>${text.replace(/\s+/gu, ' ').trim()}</code></th>${fields.map(cell)}</tr>\n`;
}

/** The table under its heading; nothing where a review has none. */
export function stateTable(review: Review): Html {
  const rows = review.taskState;
  if (rows.length === 0) return nothing;
  const fields = fieldsOf(review);
  const changing = fields.filter((field) => rows.some((one) => one.values[field] !== rows[0]?.values[field]));
  const shown = changing.length > 0 ? changing : fields;
  const constant = fields.filter((field) => !shown.includes(field)).map((field) => `${headOf(field)} ${rows[0]?.values[field] ?? ''}`);
  return html`<section aria-labelledby="state">
<h2 id="state">Task state</h2>
<p>${stateTableTitle(review)}.${constant.length === 0 ? nothing : html` <span class="faint">Unchanged: ${constant.join(', ')}.</span>`}</p>
<div class="wide" role="region" aria-labelledby="state" tabindex="0"><table class="state">
<thead><tr><th scope="col">After</th>${shown.map((field) => html`<th scope="col">${headOf(field)}</th>`)}</tr></thead>
<tbody>
${rows.map((_, i) => row(rows, i, shown))}</tbody></table></div>
</section>`;
}
