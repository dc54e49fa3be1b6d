/** @module The frame of every page: head, way through the pages, one main part. No style and no script stands in it. */
import type { Visitor } from './access.js';
import { assetUrl } from './assets.js';
import { html, nothing, type Html } from './html.js';

export interface Page {
  /** On the tab, and the heading where there is none. */
  readonly title: string;
  readonly main: Html;
  /** Path of the entry of the navigation that it belongs to. */
  readonly under?: string;
  /** Names of further style sheets. */
  readonly styles?: readonly string[];
  /** Names of scripts, which add to what is there without them. */
  readonly scripts?: readonly string[];
  /** Seconds after which browsers without scripts load it again. */
  readonly again?: number;
}

/** The way through the pages, and who sees the entry. */
const ENTRIES: readonly { readonly path: string; readonly name: string; readonly actors?: true }[] = [
  { path: '/', name: 'Reviews' }, { path: '/outbox', name: 'Outbox', actors: true }, { path: '/rules', name: 'Rules' }, { path: '/matrix', name: 'Scenarios' }, { path: '/health', name: 'Health' },
];

function navigation(under: string, visitor: Visitor): Html {
  const entries = ENTRIES.filter(({ actors }) => !actors || visitor.mayAct);
  return html`<nav aria-label="Pages"><ul>${entries.map(({ path, name }) => html`<li><a href="${path}"${path === under ? html` aria-current="page"` : nothing}>${name}</a></li>`)}</ul></nav>`;
}

/** Who is logged in, and the way out; or the way in. */
function who({ name, by, csrf }: Visitor): Html {
  if (by === 'session') return html`<form method="post" action="/logout"><input type="hidden" name="csrf" value="${csrf}"><button class="plain">Log out</button></form>`;
  return name === '' ? html`<a href="/login">Log in</a>` : html`<span>${name}</span>`;
}

/** The whole text of a page; `alone` where there are no others to go to. */
export function pageText({ title, main, under = '', styles = [], scripts = [], again }: Page, visitor: Visitor, alone = false): string {
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title === 'kcovet' ? title : `${title} - kcovet`}</title>
<link rel="icon" href="data:,">
${['style.css', ...styles].map((name) => html`<link rel="stylesheet" href="${assetUrl(name)}">\n`)}${scripts.map((name) => html`<script src="${assetUrl(name)}" defer></script>\n`)}${again === undefined ? nothing : html`<noscript><meta http-equiv="refresh" content="${again}"></noscript>\n`}</head>
<body>
<a class="skip" href="#main">To the content</a>
<header class="top"><a class="home" href="/">kcovet</a>${alone ? nothing : navigation(under, visitor)}<div class="who">${who(visitor)}</div></header>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`;
  return String(body);
}
