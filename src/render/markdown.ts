/**
 * @module Text of patches, mails and our own as Markdown for GitHub. What comes from outside shows as it is and does nothing:
 * no person is notified, no issue is linked, no HTML is let through, no block of code is left. Follows github.github.com/gfm;
 * links by "@", "#" and addresses are made of the text after Markdown is gone, so that an escape does not help there, while
 * code is left alone.
 */
import { clean } from './line.js';

/** A character without width: keeps "@name" and "#1" apart, so that they are what they look like and nothing else. */
const APART = '\u200b';

/** Characters that mean something to Markdown within a line. */
const special = /[\\`*_[\]|~$]/gu;

/** Text in which GitHub finds no name, no issue and no address. */
export function unlinked(text: string): string {
  return text
    .replace(/@(?=\w)/gu, `@${APART}`).replace(/#(?=\d)/gu, `#${APART}`).replace(/\bGH-(?=\d)/giu, (gh) => `${gh.slice(0, 2)}${APART}-`)
    .replace(/:\/\//gu, `:${APART}//`).replace(/\bwww\./giu, (www) => `${www.slice(0, 3)}${APART}.`);
}

/** Such a text for HTML. */
function inHtml(text: string): string {
  return unlinked(text.replace(/&/gu, '&amp;').replace(/</gu, '&lt;').replace(/>/gu, '&gt;'));
}

/** Text that is not code, with nothing in it that Markdown or GitHub would act on. */
function escaped(text: string): string {
  return inHtml(text.replace(special, '\\$&'));
}

/** What would make a line of prose a heading, a list or a rule. */
function startEscaped(line: string): string {
  return line.replace(/^(\d{1,9})([.)])(?=\s|$)/u, '$1\\$2').replace(/^([-+=#])/u, '\\$1');
}

/** A piece of code within a line; '' for none. */
export function code(text: string): string {
  const line = clean(text.replace(/\s+/gu, ' ').trim());
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** The longest run of backticks in a text. */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/gu)].map((match) => match[0].length));
}

/** A word that is C: t->kcov_mode, kcov_start(), kcov_area[0], t->kcov_depth--, kernel/kcov.c, <linux/kcov.h>. */
const cWord = /^[*&!]*[A-Za-z_]\w*(?:(?:->|\.)\w+|\[\w*\]|\(\))*(?:\+\+|--)?$/u;
const pathWord = /^(?:[\w.-]+(?:\/[\w.-]+)+\.[chS]|<[\w./-]+\.h>)$/u;

function isCode(word: string): boolean {
  return pathWord.test(word) || (cWord.test(word) && /_|->|\(\)|\[/u.test(word) && !/^_+$/u.test(word));
}

/** Characters of a word that is looked at: nothing longer is a name. */
const WORD_MAX = 200;

/** A word with its punctuation left outside of the code. */
function wordOf(word: string): string {
  if (word.length > WORD_MAX) return escaped(word);
  const [, before = '', rest = ''] = /^(["'([]*)(.*)$/u.exec(word) ?? [];
  const [, core = '', after = ''] = /^(.*?(?:\(\))?)((?:'s)?["'.,;:?!)\]]*)$/u.exec(rest) ?? [];
  return isCode(core) ? `${escaped(before)}${code(core)}${escaped(after)}` : escaped(word);
}

/** Whether a quoted text is a piece of C. */
const isQuotedCode = (text: string): boolean => /->|==|!=|&&|\|\||\(|_| = |\+\+|--/u.test(text);

/** One paragraph of our own words on one line, with what is C in it as code. */
export function prose(text: string): string {
  const line = clean(text.replace(/\s+/gu, ' ').trim());
  const parts = line.split(/("[^"]{1,200}")/u).map((part) => {
    const quoted = /^"([^"]+)"$/u.exec(part)?.[1];
    return quoted !== undefined && isQuotedCode(quoted) ? code(quoted) : part.split(' ').map(wordOf).join(' ');
  });
  // Both sides of an assignment are one piece.
  return startEscaped(parts.join('').replace(/`([^`]+)` = `([^`]+)`/gu, '`$1 = $2`'));
}

/** Paragraphs of our own words, parted by empty lines. */
export function paragraphs(text: string): string[] {
  return text.split(/\n[ \t]*\n/u).map(prose).filter((one) => one !== '');
}

/** A cell of a table: code has to hide its bars, too. */
export function cell(markdown: string): string {
  return markdown.replace(/(?<!\\)\|/gu, '\\|');
}

/** Lines without the indentation that all of them have. */
function dedented(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */u.exec(line)?.[0].length ?? 0);
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line) => line.slice(least).trimEnd());
}

/** A block of code that nothing in it can end; '' for no lines. `language` is one of ours, such as "diff". */
export function codeBlock(lines: readonly string[], language = ''): string {
  if (lines.length === 0) return '';
  const text = dedented(lines.flatMap((line) => line.split('\n')).map(clean)).join('\n');
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A part that is shown when it is opened. Markdown is not looked for in its title. */
export function collapsed(title: string, body: string): string {
  return body === '' ? '' : `<details><summary>${inHtml(clean(title.replace(/\s+/gu, ' ').trim()))}</summary>\n\n${body}\n\n</details>`;
}

/** Parts with an empty line between them. */
export function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
