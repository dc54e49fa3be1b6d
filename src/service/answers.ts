/**
 * @module The short texts that kcovet says beside its questions: that one is gone or back, and what became of a command. What
 * people wrote is repeated only as code or as plain text.
 */
import { assumedInWords, refutationLines } from '../render/assumed.js';
import { cell, code, codeBlock, collapsed, joined, prose } from '../render/markdown.js';
import { renderTrace } from '../render/trace.js';
import { firstSentence } from '../review/first-sentence.js';
import type { ReplayResult } from '../review/options.js';
import type { Assumed, Finding } from '../review/review.js';
import type { Tested } from './commands/try-patch.js';
import { countsOf, rowsOf, searchedAgain } from './tested-in-words.js';

/** Characters of an answer, with room for its hidden note; GitHub takes 65,536. */
const ANSWER_MAX = 65_000;
const WIDTH = 100;

/** The head of a commit as people write it. */
export function shortSha(sha: string): string {
  return sha.slice(0, 12);
}

export function goneText(headSha: string): string {
  return `Gone in ${shortSha(headSha)}.`;
}

export function backText(headSha: string): string {
  return `Found again in ${shortSha(headSha)}.`;
}

/** What can be said to kcovet. */
export const helpText = joined([
  'At the beginning of a line, by the author of the pull request or who may push to the repository:',
  [
    '- `/kcovet review`: review it again.',
    '- `/kcovet invalid WHY`, below a question: it is none here. It is not asked again in this pull request; the reason is kept. Elsewhere: `/kcovet invalid SCHEDULE WHY`.',
    '- `/kcovet assume irqs off in kcov_start`: checked in every execution, now and in each later review; refuted if one breaks it.',
    '- `/kcovet assume nmi=0`: review it with another bound, or with a Kconfig symbol such as `KCOV_ENABLE_COMPARISONS=n`, and keep that for this pull request. `/kcovet unassume` takes either back.',
    '- `/kcovet test` with a patch in a code block below it: put it on the head, and search the scenarios of the open questions again.',
    '- `/kcovet replay` below a question: all steps of its schedule. Elsewhere: `/kcovet replay SCHEDULE`.',
    '- `/kcovet help`: this.',
  ].join('\n'),
]);

export const notAllowedText = 'Only the author of the pull request, or who may push to the repository, can ask for that.';

export function unknownText(why: string): string {
  return joined([`${why.charAt(0).toUpperCase()}${why.slice(1)}.`, helpText]);
}

export function reviewingText(headSha: string): string {
  return `Reviewing ${shortSha(headSha)} again: the check says what comes of it.`;
}

export function invalidText(finding: Finding | null): string {
  return `Noted: ${finding === null ? 'this' : `"${prose(firstSentence(finding.question))}"`} is not asked again in this pull request.`;
}

export function assumedText(text: string, isNew: boolean, checked?: Assumed): string {
  if (!isNew) return `${code(text)} is assumed already.`;
  if (checked === undefined) return `Assumed from now on in this pull request: ${code(text)}. It is reviewed again with that, and the review says so.`;
  return joined([prose(assumedInWords(checked)), `It is checked again in every review of this pull request, and named there${checked.verdict === 'holds' ? ': since no execution breaks it, it takes no question back by itself' : ''}.`]);
}

/** An assumption that an execution refutes, or that cannot be checked. */
export function notAssumedText(checked: Assumed): string {
  const lines = refutationLines(checked, { width: WIDTH }).map(({ text }) => text);
  return joined([`${prose(assumedInWords(checked))} It is not kept.`, lines.length === 0 ? '' : codeBlock(fitting(lines))]);
}

export function unassumedText(text: string, wasThere: boolean): string {
  return wasThere ? `Not assumed any more: ${code(text)}. It is reviewed again.` : `${code(text)} was not assumed.`;
}

/** No question is meant that kcovet knows. */
export const noFindingText = 'There is no such question here: write it below the question, or name the schedule that its replay command has.';

export const noScheduleText = 'That question needs no schedule: it is about what the text says.';

/** The steps of a schedule, or why there are none. */
export function replayText(result: ReplayResult): string {
  if (result.kind === 'refused') return `The schedule does not run on the head as it is now: ${prose(result.why)}. That says nothing about the question: ${code('/kcovet review')} searches for it again.`;
  const end = result.kind === 'violated' ? `It is violated again: ${prose(result.property)}.` : 'It ran to its end, and no property was violated.';
  const lines = renderTrace({ ...result.evidence, schedule: null }, { width: WIDTH, form: 'steps' });
  return joined([end, collapsed(`All steps of ${result.evidence.scenario ?? 'the schedule'}`, codeBlock(fitting(lines)))]);
}

/** Lines as far as there is room, with the number of those left out. */
function fitting(lines: readonly string[]): string[] {
  let left = ANSWER_MAX - 1_000;
  const shown = lines.filter((line) => {
    left -= line.length + 1;
    return left > 0;
  });
  return shown.length === lines.length ? shown : [...shown, `... and ${lines.length - shown.length} lines more: kcovet replay shows them`];
}

/** Rows of a table at most. */
const ROWS_MAX = 60;

export function testedText(tested: Tested): string {
  const rows = rowsOf(tested).map(({ word, question }) => `| ${word} | ${cell(prose(question))} |`);
  const more = rows.length > ROWS_MAX ? [`| | and ${rows.length - ROWS_MAX} more |`] : [];
  return joined([
    `With that patch on the head: ${countsOf(tested)}.`,
    ['| | question |', '|---|---|', ...rows.slice(0, ROWS_MAX), ...more].join('\n'),
    searchedAgain(tested, code),
  ]);
}

export const nothingToTestText = 'There is no open question to test a patch against.';
export const notReviewedText = 'The head as it is now is not reviewed yet, so there is nothing to hold it against: try again when the check is done.';
export const noPatchText = 'There is no patch below the command: put a diff against the head into a code block.';

/** A patch of a comment that does not go on the head. */
export function notPlacedText(reasons: readonly string[]): string {
  return joined(['The patch does not go on the head as it is now:', reasons.slice(0, 10).map((one) => `- ${prose(one)}`).join('\n')]);
}
