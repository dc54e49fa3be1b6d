/**
 * @module Whether a sentence of evidence adds to its question, or says the same again. Words are compared by their
 * beginnings; those of every such sentence do not count.
 */

/** Words that tell nothing apart, and those in which observations are always put. */
const empty = new Set(['a', 'an', 'the', 'of', 'in', 'is', 'are', 'was', 'were', 'be', 'this', 'that', 'it', 'its', 'and', 'or', 'to', 'by', 'with',
  'which', 'every', 'execution', 'executions', 'statement', 'here', 'already', 'these']);

/** Letters of a word that are compared: "returns" and "return" are the same. */
const STEM = 5;
/** Share of a sentence's words that the question may have before the sentence counts as said. */
const KNOWN_SHARE = 0.5;

/** The words that count, shortened; identifiers stay whole. */
function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  return new Set(words.filter((word) => !empty.has(word)).map((word) => (word.includes('_') ? word : word.slice(0, STEM))));
}

/** False when at least half of what the sentence says stands in the question. */
export function saysNew(sentence: string, question: string): boolean {
  const known = wordsOf(question);
  const words = [...wordsOf(sentence)];
  return words.filter((word) => known.has(word)).length < words.length * KNOWN_SHARE;
}
