/**
 * @module What became of the questions on an older version of the series, in words: how many remain, which are gone and why.
 */
import type { Gone, Review } from '../review/review.js';
import { plural } from './count.js';
import { clean, wrap } from './line.js';

type Since = NonNullable<Review['since']>;

/** "v1"; the version before where its number tells nothing. */
function olderName(since: Since, review: Review): string {
  return since.version < review.submission.version ? `v${since.version}` : 'the version before';
}

/** "Of 12 questions on v1 9 are gone, 2 remain, 1 cannot be told; 3 are new."; '' without an older version. */
export function sinceInWords(review: Review): string {
  const { since } = review;
  if (!since) return '';
  const untold = since.gone.filter((one) => one.why === 'notSearched').length;
  const gone = since.gone.length - untold;
  const are = (n: number, what: string): string => `${n} ${n === 1 ? 'is' : 'are'} ${what}`;
  const parts = [are(gone, 'gone'), `${since.remaining} remain${since.remaining === 1 ? 's' : ''}`, ...(untold > 0 ? [`${untold} could not be searched`] : [])];
  return `Of ${plural(since.asked, 'question')} on ${olderName(since, review)}, ${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}; ${are(since.new, 'new')}.`;
}

/** Why a question is not asked again, behind its words. */
const reasons: Readonly<Record<Gone['why'], string>> = {
  notFound: '', inBase: ' (the base has it by now)', answered: ' (a later patch of the series answers it)', notSearched: '',
};

function item({ place, question, why }: Gone, width: number): string[] {
  const at = place.function === '' ? clean(place.path) : `${clean(place.function)}()`;
  return wrap(`${at}: ${clean(question)}${reasons[why]}`, { width, first: '  - ', rest: '    ' });
}

/** The questions that are gone, and those that nobody can tell of, each with its first sentence and its place. */
export function goneLines(review: Review, width: number): string[] {
  const { since } = review;
  if (!since) return [];
  const gone = since.gone.filter((one) => one.why !== 'notSearched');
  const untold = since.gone.filter((one) => one.why === 'notSearched');
  const list = (title: string, all: readonly Gone[]): string[] => (all.length === 0 ? [] : [title, ...all.flatMap((one) => item(one, width))]);
  return [
    ...list(`Gone since ${olderName(since, review)}:`, gone),
    ...list(`Asked of ${olderName(since, review)}, and not searched to the end here:`, untold),
  ];
}
