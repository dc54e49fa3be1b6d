/**
 * @module How a mail begins: that a program writes, what it ran the patch on and within which bounds, in two lines. What does
 * not fit there is handed back as sentences for the end of the mail.
 */
import type { Review } from '../review/review.js';
import { plural } from './count.js';
import { clip, wrap } from './line.js';
import { baseInWords, baseNamesOf, boundsInWords, countedRuns, extentInWords } from './searched.js';

/** Columns of a line of it. */
const WIDTH = 72;
/** Lines of it. */
const LINES_MAX = 2;
/** Characters of a path and of a name of a base that cannot be said in full: the first with which it fits. */
const SHORT = [28, 22, 16, 10];

/** The first lines of a mail, and what they leave to its last paragraph. */
export interface Introduction {
  /** One or two lines of at most 72 columns. */
  readonly lines: readonly string[];
  /** Sentences: how far the search came, and the name of the base where it was too long. */
  readonly rest: readonly string[];
}

/** How far the search came, or why there was none. */
function extentOf(review: Review): string {
  if (countedRuns(review).length > 0) return `It ran ${extentInWords(review)}.`;
  const bystanders = review.unaffected?.length ?? 0;
  return bystanders > 0 ? `Nothing was run, since the patch affects none of ${plural(bystanders, 'scenario')}.` : 'There was nothing to run.';
}

/** The base in few words, by its blob id where it has one. */
function shortBase(review: Review, size: number): string {
  const { path, label, blob } = baseNamesOf(review);
  return `on ${review.base.kind === 'model' ? 'a model of ' : ''}${clip(path, size)}, base ${blob === '' ? clip(label, size) : blob}`;
}

/** The introduction of a review. */
export function introductionOf(review: Review): Introduction {
  const runs = countedRuns(review);
  const bounds = boundsInWords(runs);
  const within = bounds === '' ? '' : ` with up to ${bounds}`;
  const linesFor = (base: string): string[] => wrap(`kcovet, a program, ${runs.length === 0 ? 'put' : 'ran'} this ${base}${within}.`, { width: WIDTH });
  const fits = (lines: readonly string[]): boolean => lines.length <= LINES_MAX && lines.every((line) => line.length <= WIDTH);
  const extent = extentOf(review);
  const lines = linesFor(baseInWords(review));
  if (fits(lines)) return { lines, rest: [extent] };
  const { path, label } = baseNamesOf(review);
  const short = SHORT.map((size) => linesFor(shortBase(review, size)));
  return { lines: short.find(fits) ?? short.at(-1) ?? [], rest: [`The base is ${path} of ${label}.`, extent] };
}
