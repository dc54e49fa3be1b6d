/**
 * @module Lines of a rendered review before they are painted or mailed: each knows what it is, so that the terminal can
 * colour it and the mail can tell its own words from quoted ones. Wrapping and cleaning of text live here too.
 */

/** One output line without newline. */
export interface Line {
  /** `quote` is a line of the patch and is never wrapped; `trace` and `table` keep their columns; `own` is our text. */
  readonly kind: 'quote' | 'own' | 'question' | 'trace' | 'table' | 'heading' | 'faint';
  readonly text: string;
}

/** An empty line of our own. */
export const blank: Line = { kind: 'own', text: '' };

/**
 * Control characters, written as escapes: text from a patch must not move the cursor of a terminal or start a header of
 * a mail. Covers C0 except tab, DEL, C1 and the two Unicode line separators; bidi overrides too, which reorder C text.
 */
const controls = new RegExp('[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]', 'gu');

/** The text with control characters made visible as \x1b or \u202e; tabs and all other characters stay. */
export function clean(text: string): string {
  return text.replace(controls, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** Number of characters as a reader counts them: code points, combining marks not counted. */
export function widthOf(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length;
}

/** Pads on the right to a width in characters. */
export function padRight(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** How wrap() lays out a paragraph. */
export interface WrapOptions {
  /** Longest line in characters, indentation included. */
  readonly width: number;
  /** Text before the first line. */
  readonly first?: string;
  /** Text before the lines after it. */
  readonly rest?: string;
}

/** Wraps one paragraph at blanks; a word longer than the width gets a line of its own and is not cut. */
export function wrap(text: string, options: WrapOptions): string[] {
  const { width, first = '', rest = '' } = options;
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of clean(text.replace(/\s+/gu, ' ')).split(' ')) {
    if (word === '') continue;
    if (!empty && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line.trimEnd());
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  if (!empty) lines.push(line.trimEnd());
  return lines;
}

/** Wraps text of several paragraphs, parted by empty lines; the result keeps one empty line between them. */
export function wrapParagraphs(text: string, options: WrapOptions): string[] {
  const paragraphs = text.split(/\n[ \t]*\n/u).map((paragraph) => wrap(paragraph, options));
  return paragraphs.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

/** Cuts text to a width, saying so with "..."; the width is at least 4. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${[...text].slice(0, Math.max(1, width - 3)).join('')}...`;
}
