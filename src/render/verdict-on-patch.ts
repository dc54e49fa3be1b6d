/** @module What a review says about one patch of a series, in a line: for tools that show one state for each patch. */
import type { Finding, Review } from '../review/review.js';
import { plural } from './count.js';

export interface PatchVerdict {
  /** `nothing`: it changes nothing of kcov, or nothing can be said about it. */
  readonly state: 'clean' | 'questions' | 'nothing';
  /** "2 questions: 1 high, 1 low", or what was searched in vain. */
  readonly summary: string;
  /** What is asked about this patch, in the order of the review. */
  readonly findings: readonly Finding[];
}

/** What a review asks about a patch. */
export function findingsOn(review: Review, patch: number): Finding[] {
  return review.findings.filter((one) => one.asked && (one.quote?.patch ?? one.introducedBy ?? patch) === patch);
}

/** Whether one of a patch's hunks is to a file that the review ran. */
function concerns(review: Review, patch: number): boolean {
  return review.hunks.some((hunk) => hunk.patch === patch && review.base.files.some((file) => file.path === hunk.path));
}

export function verdictOn(review: Review, patch: number): PatchVerdict {
  const findings = findingsOn(review, patch);
  if (findings.length > 0) return { state: 'questions', summary: countInWords(findings), findings };
  const said = review.verdict === 'questions' || review.verdict === 'nothingToAsk';
  if (!said || review.stopped === true || !concerns(review, patch)) return { state: 'nothing', summary: '', findings };
  const searched = new Set(review.scenarios.filter((run) => run.image === 'post').map((run) => run.name)).size;
  const within = searched === 0 ? 'it affects no scenario' : `${plural(searched, 'scenario')} searched${review.complete ? '' : ', not all to the end'}`;
  return { state: 'clean', summary: `nothing to ask; ${within}`, findings };
}

function countInWords(findings: readonly Finding[]): string {
  const ranks = (['high', 'medium', 'low', 'note'] as const).map((severity) => ({ severity, n: findings.filter((one) => one.severity === severity).length })).filter(({ n }) => n > 0);
  return `${plural(findings.length, 'question')}: ${ranks.map(({ severity, n }) => (severity === 'note' ? plural(n, 'note') : `${n} ${severity}`)).join(', ')}`;
}
