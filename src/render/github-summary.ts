/**
 * @module What a review says beside its comments: the text of the review on GitHub, and the check with its annotations.
 * Everything that is asked is named in it; where room is short, traces go first, and words last.
 */
import { firstSentence } from '../review/first-sentence.js';
import { compareFindings, type Finding, type Place, type Review } from '../review/review.js';
import { assumedInWords, refutationLines } from './assumed.js';
import { plural } from './count.js';
import { COMMENT_MAX, evidenceParts, markerOf, questionParts, severityInWords, stateTablePart, type GithubOptions } from './github-comment.js';
import { hunkLines } from './hunks.js';
import { clean, clip } from './line.js';
import { cell, code, codeBlock, collapsed, joined, prose } from './markdown.js';
import { baseInWords, detailsOf, limitsOf, openingOf } from './searched.js';
import { goneLines, sinceInWords } from './since.js';
import { fixedLines, namesAfter, rankedInWords, verdictInWords } from './text.js';

/** Characters of a part of a check; GitHub takes 65,535. */
const CHECK_MAX = 65_000;
/** Rows of the table of questions; more are counted. */
const ROWS_MAX = 40;
/** Lines of our own that are not wrapped, since Markdown does it. */
const ENDLESS = 100_000;
/** Columns of a trace in a code block. */
const TRACE_WIDTH = 76;

/** The questions of a review by where they stand on GitHub. */
export interface SummaryParts {
  /** Those with a comment on a line, now or since an earlier review. */
  readonly onLines: readonly Finding[];
  /** Those without: outside of the diff, or without room. */
  readonly unplaced: readonly Finding[];
  /** False where nobody reads commands: a summary without the App. */
  readonly commands?: boolean;
}

/** What a check shows. */
export interface CheckOutput {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
}

/** How many questions, and how grave: those that are asked now, which may be fewer than the review has. */
function countInWords(review: Review, findings: readonly Finding[]): string {
  return review.verdict === 'questions' && findings.length === 0 ? 'Nothing more to ask.' : rankedInWords({ ...review, findings: [...findings] });
}

/** What was run, and what came of it. */
function openingPart(review: Review, findings: readonly Finding[]): string {
  const reviewed = review.verdict === 'questions' || review.verdict === 'nothingToAsk';
  return prose(reviewed ? `${openingOf(review)}${namesAfter(review)} ${countInWords(review, findings)}` : `${verdictInWords(review)} It was tried ${baseInWords(review)}.`);
}

function placeOf({ path, function: name }: Place): string {
  return name === '' ? code(path) : code(`${name}()`);
}

/** Characters of a statement in a table. */
const STATEMENT_MAX = 44;

/** The function and, below it, the statement that "this" in a question means. */
function whereOf(place: Place): string {
  const text = clip(place.text.replace(/\s+/gu, ' ').trim().replace(/;$/u, ''), STATEMENT_MAX);
  return text === '' ? placeOf(place) : `${placeOf(place)}<br>${code(text)}`;
}

/** All questions, a row each; '' when there are none. */
function tablePart(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const rows = [...findings].sort(compareFindings).map(({ severity, place, question }) => `| ${severity} | ${cell(whereOf(place))} | ${cell(prose(firstSentence(question)))} |`);
  const more = rows.length > ROWS_MAX ? [`| | | and ${rows.length - ROWS_MAX} more |`] : [];
  return ['| | where | question |', '|---|---|---|', ...rows.slice(0, ROWS_MAX), ...more].join('\n');
}

/** What was searched, what not, and what is no question, folded away. */
function limitsPart(review: Review): string {
  const lines = [limitsOf(review), detailsOf(review) ?? '', ...fixedLines(review, ENDLESS), ...goneLines(review, ENDLESS), ...hunkLines(review, ENDLESS)];
  return collapsed('What was searched, and what was not', joined(lines.map((line) => (/^ {2}- /u.test(line) ? `- ${prose(line.slice(4))}` : prose(line)))));
}

/** What was assumed of functions, with what refutes it folded away. */
export function assumedPart({ assumed = [] }: Review): string {
  return joined(assumed.map((one) => {
    const lines = refutationLines(one, { width: TRACE_WIDTH }).map(({ text }) => text);
    return joined([prose(assumedInWords(one)), lines.length === 0 ? '' : collapsed('The schedule', codeBlock(lines))]);
  }));
}

/** A finding that no comment is about, long and short. */
interface Block {
  readonly full: string;
  readonly brief: string;
  readonly mark: string;
}

function blockOf(finding: Finding, options: GithubOptions): Block {
  const { place } = finding;
  const text = place.text.trim() === '' ? '' : `: ${code(place.text)}`;
  const at = `In ${placeOf(place)}${text}`;
  const mark = markerOf(finding);
  return { full: joined([at, ...questionParts(finding), collapsed('The evidence', joined(evidenceParts(finding, options))), mark]), brief: joined([at, `${severityInWords(finding)} ${prose(firstSentence(finding.question))}`, mark]), mark };
}

/** Blocks within some room: all briefly, then in full as long as there is room; those beyond leave their mark alone. */
function fitted(blocks: readonly Block[], room: number): string {
  let left = room;
  const shown = blocks.map(({ mark }) => {
    left -= mark.length + 2;
    return mark;
  });
  for (const form of ['brief', 'full'] as const) {
    for (const [i, block] of blocks.entries()) {
      const cost = block[form].length - (shown[i]?.length ?? 0);
      if (form === 'full' && shown[i] === block.mark) continue;
      if (cost > left) continue;
      left -= cost;
      shown[i] = block[form];
    }
  }
  const unsaid = blocks.filter((block, i) => shown[i] === block.mark).length;
  return joined([...shown, unsaid === 0 ? '' : `and ${plural(unsaid, 'question')} more, for which there is no room: ${code('kcovet review')} shows them.`]);
}

/** Questions that no comment is about, by the reason. */
function unplacedPart(findings: readonly Finding[], { options, room }: { options: GithubOptions; room: number }): string {
  const sorted = [...findings].sort(compareFindings);
  const outside = sorted.filter((one) => !one.place.inDiff);
  const beside = sorted.filter((one) => one.place.inDiff);
  const part = (title: string, some: readonly Finding[], max: number): string =>
    (some.length === 0 ? '' : joined([title, fitted(some.map((one) => blockOf(one, options)), max - title.length)]));
  const first = part('### Outside of the diff', outside, Math.floor(room * (outside.length / Math.max(1, sorted.length))));
  return joined([first, part('### More questions', beside, room - first.length)]);
}

/** How people answer. */
const answers = 'Answer below a question: `/kcovet invalid WHY`, `/kcovet assume WHAT`, `/kcovet test` with a patch; `/kcovet help` says more.';

/** The text of a review on GitHub: what was run, all questions in a table, and in full those that no comment is about. */
export function renderReviewBody(review: Review, { onLines, unplaced, commands = true }: SummaryParts, options: GithubOptions = {}): string {
  const all = [...onLines, ...unplaced];
  const top = [openingPart(review, all), prose(sinceInWords(review)), tablePart(all), assumedPart(review)];
  const last = commands ? answers : '';
  const bottom = [limitsPart(review), last];
  const used = joined([...top, ...bottom]).length;
  const within = used < COMMENT_MAX / 2 ? bottom : [last];
  const room = COMMENT_MAX - joined([...top, ...within]).length - 10;
  return joined([...top, unplacedPart(unplaced, { options, room }), ...within]);
}

/** What the check of a review shows: a title, the summary, and every question in full as far as there is room. */
export function renderCheck(review: Review, { onLines, unplaced }: SummaryParts, options: GithubOptions = {}): CheckOutput {
  const all = [...onLines, ...unplaced].sort(compareFindings);
  const title = countInWords(review, all).replace(/\.$/u, '');
  const summary = joined([openingPart(review, all), prose(sinceInWords(review)), tablePart(all), assumedPart(review), limitsPart(review)]);
  const state = stateTablePart(review, all);
  const text = joined([fitted(all.map((one) => blockOf(one, options)), CHECK_MAX - state.length - 10), state]);
  return { title: title.slice(0, 250), summary: summary.length <= CHECK_MAX ? summary : joined([openingPart(review, all), tablePart(all)]), ...(text === '' ? {} : { text }) };
}

/** A note on lines of a file, beside the diff; plain text. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning';
  readonly title: string;
  readonly message: string;
}

/** A finding as an annotation of lines of its file; grave ones are warnings. None is a failure: it is a question. */
export function renderAnnotation(finding: Finding, at: { readonly path: string; readonly startLine: number; readonly endLine: number }): Annotation {
  const { severity, rule, question } = finding;
  const level = severity === 'high' || severity === 'medium' ? 'warning' : 'notice';
  return { path: at.path, startLine: at.startLine, endLine: at.endLine, level, title: `${severity}: ${rule}`, message: question.split('\n').map(clean).join('\n').slice(0, 60_000) };
}
