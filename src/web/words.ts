/** @module What pages say of versions and times, in a few words each. */
import type { Origin, SubmissionEntry, VersionEntry } from '../store/submission-store.js';
import { plural } from '../render/count.js';
import { html, type Html } from './html.js';

/** Verdicts of a review without questions. */
const verdicts: Readonly<Record<string, string>> = { nothingToAsk: 'nothing to ask', notPlaced: 'not placed', alreadyApplied: 'applied already', outOfScope: 'out of scope' };

/** "3 questions", "nothing to ask", "running: 12 of 34 scenarios": how a version stands. */
export function standing({ state, verdict, questions, progress }: VersionEntry): string {
  if (state !== 'reviewed') return progress === '' ? state : `${state}: ${progress}`;
  return verdict === null || verdict === 'questions' ? plural(questions, 'question') : verdicts[verdict] ?? verdict;
}

/** What of a version its colour is chosen by: a word of the style sheet. */
export function tone({ state, questions }: VersionEntry): 'asks' | 'clean' | 'failed' | 'open' {
  if (state === 'failed') return 'failed';
  return state === 'reviewed' ? (questions > 0 ? 'asks' : 'clean') : 'open';
}

/** Where submissions come from, as filters name it. */
export const ORIGIN_WORDS: Readonly<Record<Origin, string>> = { github: 'GitHub', list: 'mailing list', upload: 'upload' };

/** Where it comes from: the list, the pull request, or that it was uploaded. */
export function originOf({ where, origin }: SubmissionEntry): string {
  return where === '' ? ORIGIN_WORDS[origin] : where;
}

/** A point in time to the minute, UTC, as machines can read it, too. */
export function time(ms: number): Html {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return html`-`;
  const text = new Date(ms).toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')}</time>`;
}
