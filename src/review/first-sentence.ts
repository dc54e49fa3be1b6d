/** @module The first sentence of a text, for lists in which a question is named and not put. */

/** Characters that are kept of a sentence without an end. */
const SENTENCE_MAX = 240;

/** The text up to its first full stop, question or exclamation mark that a blank follows; on one line. */
export function firstSentence(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const end = /(?<!\b(?:e\.g|i\.e|etc|vs|cf))[.?!]+["')]?(?= |$)/u.exec(line);
  const sentence = end ? line.slice(0, end.index + end[0].length) : line;
  return sentence.length <= SENTENCE_MAX ? sentence : `${sentence.slice(0, SENTENCE_MAX).replace(/\s+\S*$/u, '')} ...`;
}
