/** @module What is answered to commands in mails, as lines of our own. */
import { assumedInWords, refutationLines } from '../../render/assumed.js';
import { blank, clean, wrap, type Line } from '../../render/line.js';
import { MAIL_WIDTH } from '../../render/reply.js';
import { firstSentence } from '../../review/first-sentence.js';
import type { Assumed, Finding } from '../../review/review.js';
import type { Tested } from '../../service/commands/try-patch.js';
import { countsOf, rowsOf, searchedAgain } from '../../service/tested-in-words.js';

/** Questions that are named one by one. */
const ROWS_MAX = 20;
/** Reasons that are named. */
const REASONS_MAX = 10;

/** A paragraph. */
export function paragraph(text: string): Line[] {
  return wrap(text, { width: MAIL_WIDTH }).map((one): Line => ({ kind: 'own', text: one }));
}

function item(text: string): Line[] {
  return wrap(text, { width: MAIL_WIDTH, first: '  - ', rest: '    ' }).map((one): Line => ({ kind: 'own', text: one }));
}

/** What can be said to kcovet by mail. */
export function helpLines(): Line[] {
  return [
    ...paragraph('At the start of a line, by the author of the patch, a moderator or a maintainer of the policy:'), blank,
    ...[
      '#kcovet invalid: WHY, below the quoted question: it is none here. It is not asked again of this series and its later versions.',
      '#kcovet assume: irqs off in kcov_start. Checked in every execution, now and in each later review. Bounds such as nmi=0 and Kconfig symbols such as KCOV_ENABLE_COMPARISONS=n can be assumed, too; unassume takes either back.',
      '#kcovet test, with a patch in the mail or attached: it goes on top, and what showed the open questions is searched again.',
      '#kcovet stop: no mail to the author any more, nothing about this series.',
      '#kcovet upstream, by moderators: it is merged, or over. Nothing more is sent about it.',
    ].flatMap(item),
  ];
}

export function unknownLines(why: string): Line[] {
  return [...paragraph(`${why.charAt(0).toUpperCase()}${why.slice(1)}.`), blank, ...helpLines()];
}

export function invalidLines({ question, place }: Finding): Line[] {
  const where = place.function === '' ? '' : ` (${clean(place.function)}())`;
  return paragraph(`Noted: "${clean(firstSentence(question))}"${where} is not asked again of this series and its later versions.`);
}

export const noQuestionText = 'Which question is meant? None of this series is quoted above the command: write it right below the question, or name the schedule of its replay line: "#kcovet invalid SCHEDULE why".';
export const moderatorsOnlyText = 'Only moderators can say that.';
export const notReviewedText = 'This series is not reviewed, so there is nothing to hold that against.';
export const nothingOpenText = 'There is no open question to test a patch against.';
export const noPatchText = 'There is no patch in the mail: put a diff against the series below the command, or attach it.';
export const stoppedText = 'That took longer than a review may take, so nothing can be said about it.';
export const keptText = 'It is checked again in every review of this series and its later versions, and named there.';

/** An assumption that is kept from now on; `checked` where it is about a function. */
export function assumedText(text: string, checked: Assumed | undefined): string {
  if (checked === undefined) return `Assumed from now on, for this series and its later versions: ${clean(text)}.`;
  return `${assumedInWords(checked)} ${keptText}${checked.verdict === 'holds' ? ' Since no execution breaks it, it takes no question back by itself.' : ''}`;
}

/** An assumption that an execution refutes, or that cannot be checked. */
export function notAssumedLines(checked: Assumed): Line[] {
  return [...paragraph(`${assumedInWords(checked)} It is not kept.`), blank, ...refutationLines(checked, { width: MAIL_WIDTH })];
}

export function assumedAlreadyText(text: string): string {
  return `${clean(text)} is assumed already.`;
}

export function unassumedText(text: string, wasThere: boolean): string {
  return `${clean(text)} ${wasThere ? 'is not assumed any more.' : 'was not assumed.'}`;
}

/** What became of the open questions; `after` says under which circumstances. */
export function testedLines(after: string, tested: Tested): Line[] {
  const rows = rowsOf(tested);
  const more = rows.length > ROWS_MAX ? item(`and ${rows.length - ROWS_MAX} more`) : [];
  return [
    ...paragraph(`${after}: ${countsOf(tested)}.`), blank,
    ...rows.slice(0, ROWS_MAX).flatMap(({ word, question }) => item(`${word}: ${clean(question)}`)), ...more, ...(rows.length === 0 ? [] : [blank]),
    ...paragraph(searchedAgain(tested, clean)),
  ];
}

/** A patch that does not go on the series. */
export function notPlacedLines(reasons: readonly string[]): Line[] {
  return [...paragraph('The patch does not go on top of this series:'), blank, ...reasons.slice(0, REASONS_MAX).flatMap((one) => item(clean(one)))];
}
