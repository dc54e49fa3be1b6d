/** @module The form of a question, for the tests of rules, goldens and corpus: short, for people, without line numbers. */
import { widthOf, wrap } from '../../src/render/line.js';

/** Sentences of a question. */
export const SENTENCES_MAX = 4;
/** Columns of a mail. */
const COLUMNS = 76;
/** Capitals that are names. */
const NAMES = new Set(['CPU', 'NMI', 'NULL', 'WARN', 'RFC', 'DISABLED', 'EBUSY', 'EINVAL', 'ENOMEM', 'EEXIST', 'ENOTTY']);

/** What is wrong with the text of a question, [] when nothing is. */
export function questionProblems(text: string): string[] {
  const problems: string[] = [];
  const say = (what: string): number => problems.push(`${what}: ${text}`);
  if (text.trim() !== text || text === '') say('blank at an end, or empty');
  if (!/[?.]$/u.test(text)) say('does not end with ? or .');
  if (/\n/u.test(text)) say('has a line break');
  if (/undefined|\[object|null\b|NaN/u.test(text)) say('a value is missing');
  if (/ {2}|\( | \)|\?\?|\.\.$| [,.?]/u.test(text)) say('typed badly');
  if ((text.match(/[.?!](?=\s|$)/gu) ?? []).length > SENTENCES_MAX) say(`more than ${SENTENCES_MAX} sentences`);
  if (/\blines? \d|[a-z]\.[ch]:\d/u.test(text)) say('names a line by its number');
  if (/!(?:\s|$)/u.test(text)) say('shouts');
  if ((text.match(/\b[A-Z]{3,}\b/gu) ?? []).some((word) => !NAMES.has(word))) say('has capitals');
  if (/\b(?:Acked|Nacked|Reviewed|Tested)-by\b|\bN?ACK\b/iu.test(text)) say('gives a verdict');
  if (wrap(text, { width: COLUMNS }).some((line) => widthOf(line) > COLUMNS)) say(`does not wrap at ${COLUMNS}`);
  return problems;
}
