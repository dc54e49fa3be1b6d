/**
 * @module Edits of an image that do not change what the code does (a pair of braces put in or taken out, a local
 * renamed), made token by token so that every line keeps its origin.
 */
import type { Image, LineOrigin } from './image.js';
import type { Token } from './tokens.js';

/** One edit at a token, given by its index. */
export type Edit =
  /** Puts `text` and a blank before the token. */
  | { readonly kind: 'before'; readonly token: number; readonly text: string }
  /** Puts a blank and `text` after the token. */
  | { readonly kind: 'after'; readonly token: number; readonly text: string }
  | { readonly kind: 'replace'; readonly token: number; readonly text: string }
  | { readonly kind: 'delete'; readonly token: number };

/** Makes the edits; lines that become blank by them are dropped. `tokens` are those of the image. */
export function applyEdits(image: Image, tokens: readonly Token[], edits: readonly Edit[]): Image {
  const byLine = new Map<number, Edit[]>();
  for (const edit of edits) {
    const line = tokens[edit.token]?.line;
    if (line === undefined) continue;
    const here = byLine.get(line);
    if (here) here.push(edit);
    else byLine.set(line, [edit]);
  }
  const lines: string[] = [];
  const origins: LineOrigin[] = [];
  image.lines.forEach((text, index) => {
    const edited = editLine(text, tokens, byLine.get(index) ?? []);
    const origin = image.origins[index];
    if (!origin || (edited !== text && edited.trim() === '')) return;
    lines.push(edited);
    origins.push(origin);
  });
  return { path: image.path, lines, origins };
}

function editLine(text: string, tokens: readonly Token[], edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  let result = text;
  const order = edits.map((edit, given) => ({ edit, given }))
    .sort((a, b) => b.edit.token - a.edit.token || rank(b.edit) - rank(a.edit) || b.given - a.given);
  for (const { edit } of order) {
    const token = tokens[edit.token];
    if (!token) continue;
    const [from, to, put] = editSpan(edit, token);
    result = result.slice(0, from) + put + result.slice(to);
  }
  return result.trimEnd();
}

/** At one token the edit behind it is made first, so that columns before it stay true. */
function rank(edit: Edit): number {
  return edit.kind === 'before' ? 0 : edit.kind === 'after' ? 2 : 1;
}

function editSpan(edit: Edit, token: Token): [number, number, string] {
  switch (edit.kind) {
    case 'before': return [token.start, token.start, `${edit.text} `];
    case 'after': return [token.end, token.end, ` ${edit.text}`];
    case 'replace': return [token.start, token.end, edit.text];
    case 'delete': return [token.start, token.end, ''];
  }
}
