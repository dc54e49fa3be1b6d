/** @module The outbox as pages: what waits, and each draft as it would go, with the form that approves, drops or retries it. */
import type { Draft } from '../lists/draft.js';
import type { Verb } from '../lists/moderate.js';
import { entryOf } from '../lists/outbox.js';
import type { Visitor } from './access.js';
import { html, nothing, type Html } from './html.js';

/** Characters of a reason. */
export const WHY_MAX = 300;

const BUTTONS: Readonly<Record<Verb, string>> = { approve: 'Approve', reject: 'Drop', retry: 'Send again' };

/** What may be done with a draft in its state. */
function verbsFor({ state, bounces }: Draft): readonly Verb[] {
  if (state === 'waiting' || state === 'held') return ['approve', 'reject'];
  if (state === 'approved') return ['reject'];
  return state === 'unsure' || state === 'refused' ? ['retry', 'reject'] : state === 'sent' && bounces.length > 0 ? ['retry'] : [];
}

/** ISO 8601 to the minute, UTC. */
function when(text: string | null): Html {
  return text === null ? nothing : html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')}</time>`;
}

function row(draft: Draft): Html {
  const { id, state, made, subject, why, to } = entryOf(draft);
  const tone = state === 'unsure' || state === 'refused' ? 'failed' : state === 'waiting' ? 'asks' : 'open';
  return html`<tr><th scope="row"><a href="/outbox/${id}">${subject}</a></th><td class="${tone}">${state}</td><td>${to.join(', ')}</td><td>${why}</td><td class="time">${when(made)}</td></tr>\n`;
}

/** The list; `all` shows those, too, that went or were dropped. */
export function outboxMain(drafts: readonly Draft[], all: boolean): Html {
  const table = html`<div class="wide" role="region" aria-label="Drafts" tabindex="0"><table class="list">
<thead><tr><th scope="col">Draft</th><th scope="col">State</th><th scope="col">Goes to</th><th scope="col">Why</th><th scope="col">Made (UTC)</th></tr></thead>
<tbody>
${drafts.map(row)}</tbody></table></div>`;
  return html`<h1>Outbox</h1>
<p>${all ? html`<a href="/outbox">What has not gone</a>` : html`<a href="/outbox?all">What went or was dropped, too</a>`}</p>
${drafts.length === 0 ? html`<p>Nothing waits.</p>` : table}`;
}

/** The form says which text was shown, so that nothing else is approved. */
function decisionForm(draft: Draft, { csrf }: Visitor): Html {
  const verbs = verbsFor(draft);
  if (verbs.length === 0) return nothing;
  return html`<form method="post" action="/outbox/${draft.id}">
<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="shown" value="${draft.mail.messageId}">
${verbs.map((verb) => html`<button name="verb" value="${verb}">${BUTTONS[verb]}</button>\n`)}
<label>Why <input name="why" maxlength="${WHY_MAX}" size="40"></label>
</form>`;
}

/** One draft as it would go; `remark` says why something was not done. */
export function draftMain(draft: Draft, visitor: Visitor, remark = ''): Html {
  const { id, kind, state, why, to, answers, made, due, sent, attempts, bounces } = entryOf(draft);
  const facts: readonly (readonly [string, string | Html])[] = [
    ['State', why === '' ? state : `${state}: ${why}`], ['Kind', kind], ['Goes to', to.join(', ')], ['Answers', answers], ['Made', when(made)], [sent === null ? 'Due' : 'Sent', when(sent ?? due)],
    ...(attempts > 0 ? [['Tries', String(attempts)] as const] : []), ...bounces.map((one) => ['Came back', one] as const),
  ];
  return html`<p class="path"><a href="/outbox">Outbox</a></p>
<h1>${draft.subject}</h1>
${remark === '' ? nothing : html`<p role="alert" class="alert">${remark}</p>`}
<p class="faint">Draft ${id}</p>
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
${decisionForm(draft, visitor)}
<h2>As it would go</h2>
<pre class="mail">${draft.mail.raw.trimEnd()}</pre>`;
}
