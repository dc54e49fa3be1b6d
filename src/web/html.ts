/**
 * @module HTML as text. Every value between the tags is escaped, and made harmless first: control and bidi characters of a patch
 * become visible, so that what is shown is what is there. Only what this tag made itself goes in as it is.
 */
import { html as escape } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { clean } from '../render/line.js';

/** HTML that may be sent. */
export type Html = HtmlEscapedString;

/** What may stand between tags: nothing for null, undefined and false. */
export type Piece = string | number | Html | null | undefined | false | readonly Piece[];

function isHtml(piece: Piece): piece is Html {
  return typeof piece === 'object' && piece !== null && 'isEscaped' in piece;
}

function harmless(piece: Piece): unknown {
  if (Array.isArray(piece)) return (piece as readonly Piece[]).map(harmless);
  if (typeof piece !== 'string' || isHtml(piece)) return piece;
  return piece.split('\n').map(clean).join('\n');
}

/** The tag for all HTML of ours. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Html {
  // A promise only where a value is one, and none is.
  return escape(strings, ...values.map(harmless)) as Html;
}

/** No HTML. */
export const nothing: Html = html``;
