/**
 * @module What is asked about one patch as a reply that quotes the diff, each question under its line: the form in which b4 and
 * others take over remarks (`> diff --git`, `> @@`, quoted lines, then our own). Each quote has a header of its own with the
 * lines where it begins, so that remarks get the right ones.
 */
import type { Hunk } from '../patch/diff.js';
import type { Submission } from '../mail/submission.js';
import { compareFindings, type Finding, type Quote, type Review } from '../review/review.js';
import { clean, type Line } from './line.js';
import { begun, questionLines } from './questions.js';
import { findingsOn } from './verdict-on-patch.js';

/** Columns of our own text. */
const WIDTH = 76;

/** '' where nothing is asked about the patch at a line of its diff. */
export function inlineReview(review: Review, submission: Submission, patch: number): string {
  const files = submission.patches.find(({ n }) => n === patch)?.diff.files ?? [];
  const placed = findingsOn(review, patch).filter((one) => one.quote).sort(compareFindings);
  return files.flatMap((file, index) => {
    const own = placed.filter((one) => one.quote?.file === index);
    return own.length === 0 ? [] : [`> diff --git a/${clean(file.path)} b/${clean(file.path)}`, ...own.flatMap((one) => linesOf(one, file.hunks)), ''];
  }).join('\n');
}

function linesOf(finding: Finding, hunks: readonly Hunk[]): string[] {
  if (!finding.quote) return [];
  const quote = begun(finding.quote);
  const numbered = { ...finding, quote: { ...quote, header: headerOf(quote, hunks[quote.hunk - 1]) } };
  return questionLines([numbered], { width: WIDTH }).map(({ text }: Line) => text);
}

/** The header of the hunk as if it were of the quoted lines alone. */
function headerOf({ header, from, lines }: Quote, hunk: Hunk | undefined): string {
  const context = / @@ ?(.*)$/u.exec(header)?.[1] ?? '';
  const before = hunk?.lines.slice(0, from) ?? [];
  const count = (texts: readonly string[], other: string): number => texts.filter((line) => !line.startsWith(other)).length;
  const start = (first: number, other: 'added' | 'removed'): number => first + before.filter((line) => line.kind !== other).length;
  if (!hunk) return header;
  return `@@ -${start(hunk.oldStart, 'added')},${count(lines, '+')} +${start(hunk.newStart, 'removed')},${count(lines, '-')} @@${context === '' ? ' ' : ` ${context}`}`;
}
