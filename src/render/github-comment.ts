/**
 * @module One question as a comment on GitHub: the question first, what was tried instead, the schedule that makes it
 * necessary, the table of the task's state folded away, and a hidden mark by which it is found again.
 */
import type { Evidence, Finding, Review } from '../review/review.js';
import { addedTexts, alsoLines, mainOf } from './evidence.js';
import { code, codeBlock, collapsed, joined, paragraphs, prose } from './markdown.js';
import { labelsOf } from './questions.js';
import { renderStateTable } from './state-table.js';
import { concernsTaskState, stateTableTitle } from './text.js';
import { renderTrace } from './trace.js';

/** Characters of a comment, with room for what its sender adds; GitHub takes 65,536. */
export const COMMENT_MAX = 65_000;
/** Columns of a trace: what a comment beside a diff shows without scrolling. */
const WIDTH = 76;
/** Other executions that are named. */
const OTHERS_MAX = 3;

export interface GithubOptions {
  /** What stands behind "kcovet replay SCHEDULE", such as "--github-pr OWNER/REPO#N"; nothing when absent. */
  readonly replay?: string;
  /** Where a server shows the whole trace of a finding; null or absent where none does. */
  readonly pageOf?: (finding: Finding) => string | null;
}

/** The hidden mark of a finding. */
export function markerOf({ fingerprint }: Pick<Finding, 'fingerprint'>): string {
  return `<!-- kcovet:${fingerprint.replace(/[^\w.-]/gu, '')} -->`;
}

/** "**High:**", what a question begins with. */
export function severityInWords({ severity }: Finding): string {
  return `**${severity[0]?.toUpperCase() ?? ''}${severity.slice(1)}:**`;
}

/** The question: its first paragraph with how grave it is in front, then the others. */
export function questionParts(finding: Finding): string[] {
  const [first = '', ...rest] = paragraphs(finding.question);
  return [`${severityInWords(finding)} ${first}`, ...rest];
}

/** Edits with which the scenarios were searched again. */
function alternativeParts({ evidence }: Finding): string[] {
  return evidence.filter((one) => one.kind === 'alternative').flatMap(({ text, edit }) => [
    ...(text === undefined ? [] : paragraphs(text)),
    ...(edit === undefined || edit.length === 0 ? [] : [collapsed('That edit', codeBlock(edit, 'diff'))]),
  ]);
}

/** Labelled places as a list. */
function labelPart(finding: Finding, main: Evidence | undefined): string {
  const { named, more } = labelsOf(finding, main?.trace ?? []);
  const items = named.map(({ text, statement, where }) => `- ${prose(text)}${statement === '' ? '' : `: ${code(statement)}`}${where === '' ? '' : ` in ${code(`${where}()`)}`}`);
  return [...items, ...more > 0 ? [`- and ${more} more`] : []].join('\n');
}

function tracePart(main: Evidence | undefined, options: GithubOptions): string {
  return main === undefined ? '' : codeBlock(renderTrace(main, { width: WIDTH, ...(options.replay === undefined ? {} : { file: options.replay }) }));
}

/** Other executions that show the same, folded away. */
function otherPart(finding: Finding, main: Evidence | undefined, options: GithubOptions): string {
  const others = finding.evidence.filter((one) => one !== main && one.kind === 'counterexample' && one.schedule !== null && one.schedule !== main?.schedule);
  const lines = others.slice(0, OTHERS_MAX).flatMap((one) => alsoLines(one, { width: WIDTH, ...(options.replay === undefined ? {} : { file: options.replay }) }));
  return collapsed(others.length === 1 ? 'Another execution' : `${others.length} other executions`, codeBlock(lines));
}

/** The table of the task's state, folded away; '' where no question with an execution is about it. */
export function stateTablePart(review: Review, findings: readonly Finding[]): string {
  return concernsTaskState(review, findings.filter((one) => mainOf(one) !== undefined)) ? collapsed(stateTableTitle(review), codeBlock(renderStateTable(review, WIDTH))) : '';
}

/** Places, evidence, other executions: what stands below a question. */
export function evidenceParts(finding: Finding, options: GithubOptions): string[] {
  const main = mainOf(finding);
  const page = options.pageOf?.(finding) ?? null;
  return [
    ...alternativeParts(finding), labelPart(finding, main), ...addedTexts(finding).flatMap(paragraphs),
    tracePart(main, options), otherPart(finding, main, options), page === null ? '' : `[All steps](<${page.replace(/[<>\s]/gu, encodeURIComponent)}>)`,
  ];
}

/** A finding as a comment: all of it, or as much as there is room for; never without its mark. */
export function renderComment(finding: Finding, review: Review, options: GithubOptions = {}): string {
  const end = `<sub>asked by ${code(finding.rule)}</sub>\n${markerOf(finding)}`;
  const whole = joined([...questionParts(finding), ...evidenceParts(finding, options), stateTablePart(review, [finding]), end]);
  return whole.length <= COMMENT_MAX ? whole : joined([shortened(questionParts(finding).join('\n\n'), COMMENT_MAX - end.length - 100), end]);
}

/** A text cut to a length, saying so; as plain text, since a cut may leave Markdown open. */
function shortened(text: string, max: number): string {
  return text.length <= max ? text : codeBlock([`${text.slice(0, max - 40)} ... (cut)`]);
}
