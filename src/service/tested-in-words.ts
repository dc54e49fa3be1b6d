/** @module What became of open questions, as words that comments and mails lay out in their own way. */
import { firstSentence } from '../review/first-sentence.js';
import type { Finding } from '../review/review.js';
import type { Tested } from './commands/try-patch.js';

/** More scenarios are counted instead of named. */
const NAMES_MAX = 12;

/** Questions by what became of them; what is new comes last. */
type Outcome = Pick<Tested, 'gone' | 'remaining' | 'unclear' | 'fresh'>;

/** "1 gone, 2 still there". */
export function countsOf({ gone, remaining, unclear, fresh }: Outcome): string {
  return [`${gone.length} gone`, `${remaining.length} still there`, ...(unclear.length > 0 ? [`${unclear.length} not known`] : []), ...(fresh.length > 0 ? [`${fresh.length} new`] : [])].join(', ');
}

/** Each question by its first sentence. */
export function rowsOf({ gone, remaining, unclear, fresh }: Outcome): { word: string; question: string }[] {
  const row = (word: string) => (finding: Finding): { word: string; question: string } => ({ word, question: firstSentence(finding.question) });
  return [...gone.map(row('gone')), ...remaining.map(row('still there')), ...unclear.map(row('not known')), ...fresh.map(row('new'))];
}

/** What was searched; `name` marks the name of a scenario. */
export function searchedAgain({ gone, scenarios, states }: Tested, name: (scenario: string) => string): string {
  const what = scenarios.length > NAMES_MAX ? `${scenarios.length} scenarios` : scenarios.map(name).join(', ');
  return `Searched again, within the bounds of the review: ${what}; ${states} states.${gone.length === 0 ? '' : ' What is gone was not found there; that is no proof.'}`;
}
