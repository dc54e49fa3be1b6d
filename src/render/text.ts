/**
 * @module The review for a terminal: the body of the reply with a heading, what became of hunks that were not placed, and
 * colour when it is wanted. Without colour the text is what a file or a pipe gets.
 */
import type { Finding, Review } from '../review/review.js';
import { assumedLines } from './assumed.js';
import { plural } from './count.js';
import { hunkLines } from './hunks.js';
import { blank, clean, wrap, type Line } from './line.js';
import { questionLines } from './questions.js';
import { namesInWords } from './names.js';
import { baseInWords, detailsOf, limitsOf, openingOf } from './searched.js';
import { goneLines, sinceInWords } from './since.js';
import { renderStateTable } from './state-table.js';

/** Which findings are shown: what is asked, what the base has already, or everything. */
export type Show = 'new' | 'pre-existing' | 'all';

export interface TextOptions {
  readonly color: boolean;
  /** Longest line in characters; quoted lines and replay lines may be longer. */
  readonly width: number;
  readonly show: Show;
  /** The input as the replay command should name it. */
  readonly file?: string;
}

/** The findings that an option shows. */
export function selectFindings(review: Review, show: Show): Finding[] {
  switch (show) {
    case 'new': return review.findings.filter((finding) => finding.asked);
    case 'pre-existing': return review.findings.filter((finding) => finding.status === 'pre-existing');
    case 'all': return [...review.findings];
  }
}

/** Nothing to ask, about all of the patch or about what of it could be run. */
function nothingInWords({ hunks }: Review): string {
  const failed = hunks.filter((hunk) => hunk.placed === 'failed').length;
  return failed === 0 ? 'Nothing to ask.' : `Nothing to ask about what was run, but ${failed} of ${plural(hunks.length, 'hunk')} could not be placed.`;
}

/** One line that says how the review ended. */
export function verdictInWords(review: Review): string {
  const asked = review.findings.filter((finding) => finding.asked).length;
  switch (review.verdict) {
    case 'questions': return `${plural(asked, 'question')}.`;
    case 'nothingToAsk': return nothingInWords(review);
    case 'notPlaced': return 'Not reviewed: no hunk of this patch could be placed on the base.';
    case 'alreadyApplied': return 'Not reviewed: the base has this patch already.';
    case 'outOfScope': return 'Not reviewed: the patch changes nothing that kcovet has a model or a rule for.';
  }
}

/** Subject, and the patches of a series. */
function headingLines(review: Review): Line[] {
  const { subject, patches } = review.submission;
  const only = patches.length === 1 ? patches[0]?.subject : undefined;
  const title = clean(only || subject || 'a bare diff');
  const lines: Line[] = [{ kind: 'heading', text: title }];
  if (patches.length > 1) {
    lines.push(...patches.map((patch): Line => ({ kind: 'faint', text: `  ${patch.n}/${patch.of} ${clean(patch.subject)}` })));
  }
  return [...lines, blank];
}

/** How many findings the base has already. */
function olderInWords(review: Review): string {
  return plural(review.findings.filter((finding) => finding.status === 'pre-existing').length, 'older finding');
}

/** What --show pre-existing is about, after the verdict on the patch. */
function olderVerdict(review: Review): string {
  const words = olderInWords(review);
  return words.startsWith('0 ') ? 'No older findings.' : `Below: ${words}, not asked in a reply.`;
}

/** "13 questions: 2 high, 4 medium, 7 low." They stand in the order of the patch, so that how grave they are is said by itself. */
export function rankedInWords(review: Review): string {
  const asked = review.findings.filter((finding) => finding.asked);
  const counts = (['high', 'medium', 'low', 'note'] as const).map((severity) => ({ severity, n: asked.filter((one) => one.severity === severity).length }));
  const ranks = counts.filter(({ n }) => n > 0).map(({ severity, n }) => (severity === 'note' ? plural(n, 'note') : `${n} ${severity}`));
  return ranks.length === 0 ? verdictInWords(review) : verdictInWords(review).replace(/\.$/u, `: ${ranks.join(', ')}.`);
}

/** What is said first: what was run, or why nothing was. */
function openingLines(review: Review, { show, width }: TextOptions): Line[] {
  const reviewed = review.verdict === 'questions' || review.verdict === 'nothingToAsk';
  const text = reviewed
    ? `${openingOf(review)}${namesAfter(review)} ${rankedInWords(review)}${show === 'pre-existing' ? ` ${olderVerdict(review)}` : ''}`
    : `${verdictInWords(review)} It was tried ${baseInWords(review)}.`;
  return [...wrap(text, { width }).map((line): Line => ({ kind: 'own', text: line })), blank, ...sinceLines(review, width)];
}

/** How many questions of an older version remain. */
export function sinceLines(review: Review, width: number): Line[] {
  const words = sinceInWords(review);
  return words === '' ? [] : [...wrap(words, { width }).map((text): Line => ({ kind: 'own', text })), blank];
}

/** What the names in traces are, after a sentence; '' where there are none. */
export function namesAfter(review: Review): string {
  const names = namesInWords(review);
  return names === '' ? '' : ` ${names}`;
}

/** Properties whose words are not their name with blanks. */
const propertyWords: Readonly<Record<string, string>> = {
  'null-dereference': 'NULL dereference', warn: 'reachable WARNING', errno: 'wrong result', 'irqs-left-off': 'interrupts left off', 'irqs-left-on': 'interrupts left on',
  'coverage-lost': 'lost coverage', 'coverage-misattributed': 'misplaced coverage', 'coverage-invented': 'invented coverage',
  'published-too-early': 'early publication',
};

/** What the patch fixes, a line each: "Fixed by this patch: use after free in kcov_remote_start()." */
export function fixedLines(review: Review, width: number): string[] {
  const isSeries = review.submission.patches.length > 1;
  const fixed = review.findings.filter((finding) => finding.status === 'fixed').map(({ property, place, goneBy }) => {
    const what = propertyWords[property] ?? property.replace(/-/gu, ' ');
    return `Fixed by ${isSeries && goneBy !== null ? `patch ${goneBy}` : 'this patch'}: ${clean(what)}${place.function === '' ? '' : ` in ${clean(place.function)}()`}.`;
  });
  return [...new Set(fixed)].flatMap((text) => wrap(text, { width, rest: '  ' }));
}

/** How many findings the base has already, and how to see them. */
function olderLine(review: Review): string[] {
  return review.findings.some((finding) => finding.status === 'pre-existing') ? [`${olderInWords(review)} not asked: --show pre-existing`] : [];
}

/** What is not a question: fixes, older findings, hunks that were left out; parted by empty lines. */
function asideLines(review: Review, { show, width }: TextOptions): Line[] {
  const quiet = [...(show === 'new' ? olderLine(review) : []), ...hunkLines(review, width)];
  const blocks: Line[][] = [
    (show === 'pre-existing' ? [] : goneLines(review, width)).map((text): Line => ({ kind: 'own', text })),
    (show === 'new' ? fixedLines(review, width) : []).map((text): Line => ({ kind: 'own', text })),
    quiet.map((text): Line => ({ kind: 'faint', text })),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block) => [...block, blank]);
}

/** Whether a question is about a function that the table of the task's state runs through. */
export function concernsTaskState({ taskState }: Review, findings: readonly Finding[]): boolean {
  const functions = new Set(taskState.map((row) => row.function).filter((name) => name !== ''));
  return findings.some((finding) => [finding.place, ...finding.labels.map((label) => label.place)].some((place) => functions.has(place.function)));
}

/** What the table of the task's state shows, as a heading without its colon. */
export function stateTableTitle(review: Review): string {
  return (review.taskStateTitle ?? "The task's kcov state through one section").replace(/[:.]$/u, '');
}

/** The table of the task's state with its heading, where a question is about it. */
export function stateTableLines(review: Review, width: number): Line[] {
  const table = concernsTaskState(review, review.findings.filter((finding) => finding.asked)) ? renderStateTable(review, width) : [];
  if (table.length === 0) return [];
  return [
    ...wrap(`${stateTableTitle(review)}:`, { width }).map((text): Line => ({ kind: 'own', text })), blank,
    ...table.map((text): Line => ({ kind: 'table', text })), blank,
  ];
}

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, faint: 2 } as const;

/** Wraps text in an ANSI colour. */
function paint(code: number, text: string): string {
  return text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`;
}

/** A line in its colour. */
function painted(line: Line): string {
  switch (line.kind) {
    case 'quote': {
      const marker = line.text.slice(2, 3);
      return paint(marker === '+' ? codes.green : marker === '-' ? codes.red : codes.cyan, line.text);
    }
    case 'question': case 'heading': return paint(codes.bold, line.text);
    case 'trace': case 'table': {
      const at = line.text.indexOf('<--');
      return at < 0 ? line.text : line.text.slice(0, at) + paint(codes.yellow, line.text.slice(at));
    }
    case 'faint': return paint(codes.faint, line.text);
    case 'own': return line.text;
  }
}

/** How a base outside was found, step by step, and what its blob ids prove. */
function baseLines(review: Review, width: number): Line[] {
  const { steps = [], files, guessed = false, kind } = review.base;
  if (kind === 'model') {
    const own = review.hunks.filter((hunk) => files.some((file) => file.path === hunk.path));
    const placed = own.filter((hunk) => hunk.placed !== 'failed').length;
    return own.length === 0 ? [] : wrap(`Fit of the model: ${placed} of ${own.length} hunks.`, { width }).map((text): Line => ({ kind: 'own', text }));
  }
  const verified = files.filter((file) => file.verified).map((file) => file.path);
  const proof = verified.length > 0 ? `verified by blob ids: ${verified.join(', ')}` : guessed ? 'a guess: no id of the patch names it' : 'not verified by blob ids';
  const said = steps.map((step, i) => (steps[i - 1]?.where === step.where ? step.what : `${step.where}: ${step.what}`));
  const text = [...said, proof].map(clean).join('; ');
  return [...wrap(`Base: ${text}.`, { width, rest: '  ' }), ''].map((line): Line => ({ kind: 'own', text: line }));
}

/** Other bounds, sizes, and calls that were taken to change nothing, where everything is shown. */
function detailLines(review: Review, { show, width }: TextOptions): Line[] {
  if (show !== 'all') return [];
  const calls = review.withoutEffect ?? [];
  const texts = [detailsOf(review), calls.length === 0 ? null : `Calls without effect: ${calls.map(clean).join(', ')}.`];
  return texts.flatMap((text) => (text === null ? [] : wrap(text, { width }).map((line): Line => ({ kind: 'own', text: line }))));
}

/** The review as text that ends with a newline. */
export function renderText(review: Review, options: TextOptions): string {
  const { width } = options;
  const findings = selectFindings(review, options.show);
  const limits = wrap(limitsOf(review), { width }).map((text): Line => ({ kind: 'own', text }));
  const lines = [
    ...headingLines(review),
    ...openingLines(review, options),
    ...questionLines(findings, { width, file: options.file, severities: true }),
    ...(options.show === 'pre-existing' ? [] : stateTableLines(review, width)),
    ...assumedLines(review, { width, file: options.file }),
    ...asideLines(review, options),
    ...baseLines(review, width),
    ...limits,
    ...detailLines(review, options),
  ];
  return `${lines.map((line) => (options.color ? painted(line) : line.text)).join('\n')}\n`;
}
