/**
 * @module What is asked about one patch as a reply that quotes the diff, each question under its line: the form in which b4 and
 * others take over remarks (`> diff --git`, `> @@`, quoted lines, then our own).
 */
import type { Submission } from '../mail/submission.js';
import { compareFindings, type Finding, type Review } from '../review/review.js';
import { clean, type Line } from './line.js';
import { questionLines } from './questions.js';
import { findingsOn } from './verdict-on-patch.js';

/** Columns of our own text. */
const WIDTH = 76;
/** Lines of all traces. */
const TRACE_LINES_MAX = 120;

/** '' where nothing is asked about the patch at a line of its diff. */
export function inlineReview(review: Review, submission: Submission, patch: number): string {
  const files = submission.patches.find(({ n }) => n === patch)?.diff.files ?? [];
  const placed = findingsOn(review, patch).filter((one) => one.quote).sort(compareFindings);
  return files.flatMap((file, index) => {
    const own = placed.filter((one) => one.quote?.file === index);
    return own.length === 0 ? [] : [`> diff --git a/${clean(file.path)} b/${clean(file.path)}`, ...hunksOf(own), ''];
  }).join('\n');
}

/** The questions of one file, hunk by hunk, with the header of each above it. */
function hunksOf(findings: readonly Finding[]): string[] {
  const hunks = [...new Set(findings.map((one) => one.quote?.hunk))];
  return hunks.flatMap((hunk) => {
    const own = findings.filter((one) => one.quote?.hunk === hunk);
    const header = clean(own[0]?.quote?.header ?? '');
    const lines = questionLines(own, { width: WIDTH, traceLinesMax: TRACE_LINES_MAX }).map(({ text }: Line) => text);
    return [`> ${header}`, ...lines.filter((line) => line !== `> ${header}`)];
  });
}
