/**
 * @module The mark at a violating step, in the few words that fit beside it; the JSON has the sentence. A note of another
 * form stays as it is.
 */
import { clean } from './line.js';

/** Sentences of the contract and what remains of them beside a row that shows the rest. */
const shorter: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/^a PC of .* is recorded in (.+)$/u, ([, where = '']) => `recorded in ${where}`],
  [/^(\d+) of (\d+) records did not reach (?:the area of )?.+$/u, ([, lost, all]) => (lost === all
    ? `${lost} record${lost === '1' ? '' : 's'} lost` : `${lost} of ${all} records lost`)],
  [/^(entry \d+ of \d+) in the area of \w+ is counted before it is written$/u, ([, entry = '']) => `${entry} not written yet`],
  [/^interrupts were (on|off) .*, are (on|off) .*$/u, ([, before, now]) => `interrupts ${now}, were ${before}`],
  [/^preempt_count was (\w+) .*, is (\w+) .*$/u, ([, before, now]) => `preempt_count ${now}, was ${before}`],
];

/** A note as it stands behind "<--", without controls. Several notes of one step are parted by "; ". */
export function shortNote(note: string): string {
  return clean(note).split('; ').map((one) => {
    for (const [form, words] of shorter) {
      const match = form.exec(one);
      if (match) return words(match);
    }
    return one;
  }).join('; ');
}
