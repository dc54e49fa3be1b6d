/** @module How the server is: what is wrong, the queue with its dead letters, what was done last. Details only for those who may act. */
import type { AuditEntry } from '../store/audit-store.js';
import type { DeadJob, JobState } from '../store/job-store.js';
import type { VersionState } from '../store/submission-store.js';
import type { Visitor } from './access.js';
import { html, nothing, type Html } from './html.js';
import { actsTable } from './submission-page.js';
import { time } from './words.js';

export interface HealthView {
  readonly version: string;
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
  /** Of the rest only what could be had: null where what keeps it does not answer. */
  readonly counts: Readonly<Record<JobState, number>> | null;
  readonly dead: readonly DeadJob[];
  readonly versions: Readonly<Record<VersionState, number>> | null;
  readonly acts: readonly AuditEntry[];
  readonly hasBoard: boolean;
}

function countTable(label: string, counts: Readonly<Record<string, number>> | null): Html {
  if (counts === null) return html`<p class="failed">${label}: no answer.</p>`;
  const entries = Object.entries(counts);
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table class="counts"><caption>${label}</caption>
<thead><tr>${entries.map(([name]) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody><tr>${entries.map(([, n]) => html`<td class="number">${n}</td>`)}</tr></tbody></table></div>`;
}

function deadRow({ job, error, atMs }: DeadJob, csrf: string): Html {
  const form = html`<form method="post" action="/health/retry"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="id" value="${job.id}"><button aria-label="Try ${job.id} again">Try again</button></form>`;
  return html`<tr><th scope="row"><code>${job.id}</code></th><td>${job.kind}</td><td class="number">${job.attempts}</td><td class="words">${error}</td><td class="time">${time(atMs)}</td><td>${form}</td></tr>\n`;
}

function deadTable(dead: readonly DeadJob[], csrf: string): Html {
  return html`<section aria-labelledby="dead"><h2 id="dead">Given up</h2>
${dead.length === 0 ? html`<p>No job was given up.</p>` : html`<div class="wide" role="region" aria-labelledby="dead" tabindex="0"><table>
<thead><tr><th scope="col">Job</th><th scope="col">Kind</th><th scope="col" class="number">Attempts</th><th scope="col">Error</th><th scope="col">When (UTC)</th><th scope="col"><span class="hidden">Act</span></th></tr></thead>
<tbody>${dead.map((one) => deadRow(one, csrf))}</tbody></table></div>`}</section>`;
}

/** The main part of the page. */
export function healthMain({ version, wrong, counts, dead, versions, acts, hasBoard }: HealthView, { mayAct, csrf }: Visitor): Html {
  const state = wrong.length === 0 ? html`<p class="clean">Ready.</p>` : html`<p class="failed">Not ready${mayAct ? html`: ${wrong.join('; ')}` : nothing}.</p>`;
  const details = html`${countTable('Jobs', counts)}
${countTable('Versions of submissions', versions)}
${hasBoard ? html`<p><a href="/admin/queues">The queue in detail</a></p>` : nothing}
${deadTable(dead, csrf)}
<section aria-labelledby="acts"><h2 id="acts">What was done last</h2>${acts.length === 0 ? html`<p>Nothing yet.</p>` : actsTable(acts)}</section>`;
  return html`<h1>Health</h1>
${state}
<p class="faint">kcovet ${version}</p>
${mayAct ? details : html`<p>More is shown to those who may act: <a href="/login?to=/health">log in</a>.</p>`}`;
}
