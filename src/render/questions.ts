/**
 * @module The body of a review: the lines of the patch that are discussed, in the order of the patch, each question under
 * its line with its trace below; then what the diff does not show. Text and mail are made of the same lines.
 */
import { compareFindings, type Finding, type Place, type Quote, type TraceRow } from '../review/review.js';
import { mainOf, Traces, type EvidenceOptions } from './evidence.js';
import { blank, clean, wrap, wrapParagraphs, type Line } from './line.js';
import { replayLines } from './trace.js';

/** Places that are named below a question; one more line counts the rest. */
const LABELS_MAX = 4;

/** A quoted line of the patch. Cut only where no mail could carry it. */
function quoted(text: string): Line {
  return { kind: 'quote', text: `> ${clean(text)}` };
}

/** The mark for lines of the patch that are left out. */
const cut: Line = { kind: 'own', text: '[ ... ]' };

/** The first index of a quote that was not yet quoted, given what was quoted last. */
function unquotedFrom(quote: Quote, last: Quote | null): number {
  if (!last || last.patch !== quote.patch || last.file !== quote.file || last.hunk !== quote.hunk) return quote.from;
  return Math.max(quote.from, last.from + last.lines.length);
}

/** A quote that does not begin in the middle of a comment or with the end of another block. */
export function begun(quote: Quote): Quote {
  const first = quote.lines.findIndex((line) => !/^.\s*(?:\*|\})/u.test(line));
  return first <= 0 ? quote : { ...quote, from: quote.from + first, lines: quote.lines.slice(first) };
}

/** The quote of one finding, without the lines that stand above already. */
function quoteLines(quote: Quote, last: Quote | null): Line[] {
  const from = unquotedFrom(quote, last);
  const fresh = quote.lines.slice(from - quote.from).map(quoted);
  if (fresh.length === 0) return [];
  const sameHunk = last !== null && last.patch === quote.patch && last.file === quote.file && last.hunk === quote.hunk;
  if (sameHunk) return from > last.from + last.lines.length ? [cut, blank, ...fresh, blank] : [...fresh, blank];
  const head = quote.header.endsWith('@@') ? [] : [quoted(quote.header)];
  return [...(last === null ? [] : [cut, blank]), ...head, ...fresh, blank];
}

/** Names a place in words: function and statement, no line numbers. */
function placeInWords(place: Place): string {
  const text = clean(place.text.replace(/\s+/gu, ' ').trim());
  const at = place.function === '' ? clean(place.path) : `${clean(place.function)}()`;
  return text === '' ? at : `${at}: ${text}`;
}

type Label = Finding['labels'][number];

/** A statement on one line without its semicolon. */
function statementOf({ place }: Label): string {
  return clean(place.text.replace(/\s+/gu, ' ').trim()).replace(/;$/u, '');
}

/** What an assignment writes: t->kcov_mode of `t->kcov_mode = …`; null for other statements. */
function assignedIn(label: Label): string | null {
  return /^(\*?[\w.[\]]+(?:->[\w.[\]]+)*) = /u.exec(statementOf(label))?.[1] ?? null;
}

/** Labels of the same words in the same function, together. */
function groupsOf(labels: readonly Label[]): Label[][] {
  const groups = new Map<string, Label[]>();
  for (const label of labels) {
    const key = `${label.text}\n${label.place.function}`;
    groups.set(key, [...groups.get(key) ?? [], label]);
  }
  return [...groups.values()];
}

/** A labelled place in words. */
export interface LabelWords {
  /** What is there. */
  readonly text: string;
  /** The statement, or what several assignments write; '' when there is none. */
  readonly statement: string;
  /** The function, when it is another one than that of the question; '' otherwise. */
  readonly where: string;
}

/** Labels of one group: several assignments by what they write. */
function groupInWords(labels: readonly Label[], finding: Finding): LabelWords[] {
  const written = labels.map(assignedIn).filter((name): name is string => name !== null);
  const statements = labels.length > 1 && written.length === labels.length ? [written.join(', ')] : labels.map(statementOf);
  const at = labels[0]?.place.function ?? '';
  const where = at !== '' && at !== finding.place.function && labels[0]?.place.text !== `${at}()` ? clean(at) : '';
  return statements.map((statement) => ({ text: clean(labels[0]?.text ?? ''), statement, where }));
}

/** Labelled places; those that the trace below shows are left out, and `more` of those that are too many. */
export function labelsOf(finding: Finding, trace: readonly TraceRow[]): { readonly named: readonly LabelWords[]; readonly more: number } {
  const isShown = ({ place }: Label): boolean => trace.some((row) => row.function === place.function && row.text === place.text);
  const all = groupsOf(finding.labels).filter((group) => !group.some(isShown)).flatMap((group) => groupInWords(group, finding));
  const named = all.length > LABELS_MAX ? all.slice(0, LABELS_MAX - 1) : all;
  return { named, more: all.length - named.length };
}

/** Labelled places as a short list. */
function labelLines(finding: Finding, trace: readonly TraceRow[], width: number): Line[] {
  const { named, more } = labelsOf(finding, trace);
  const texts = named.map(({ text, statement, where }) => `${text}${statement === '' ? '' : `: ${statement}`}${where === '' ? '' : ` in ${where}()`}`);
  const lines = [...texts, ...more > 0 ? [`and ${more} more`] : []].flatMap((text) => wrap(text, { width, first: '  - ', rest: '    ' }));
  return lines.length === 0 ? [] : [...lines.map((text): Line => ({ kind: 'trace', text })), blank];
}

/** Why a finding that is shown all the same is not asked in a reply. */
function notAskedLines(finding: Finding, width: number): Line[] {
  if (finding.asked) return [];
  const why = finding.notAskedWhy === null ? '' : `: ${finding.notAskedWhy}`;
  const lines = wrap(`(${finding.status}, ${finding.rule}; not asked in a reply${why})`, { width });
  return [...lines.map((text): Line => ({ kind: 'faint', text })), blank];
}

/** Question, labels and evidence of one finding. */
function findingLines(finding: Finding, traces: Traces, { width, severities }: EvidenceOptions): Line[] {
  const answers = finding.evidence.flatMap(({ kind, text }) => (kind === 'alternative' && text !== undefined ? ['', text] : []));
  const grave = severities ? `[${finding.severity}] ` : '';
  const question = wrapParagraphs([grave + finding.question, ...answers].join('\n'), { width });
  return [
    ...question.map((text): Line => ({ kind: 'question', text })), blank,
    ...notAskedLines(finding, width),
    ...labelLines(finding, traces.rowsOf(finding), width),
    ...traces.linesOf(finding),
  ];
}

/** A question that an older version of the series was asked already: what it was about, and how to see it again. */
function askedAlreadyLines(finding: Finding, options: EvidenceOptions): Line[] {
  const schedule = mainOf(finding)?.schedule ?? null;
  const replay = schedule === null ? [] : replayLines(schedule, options);
  const words = wrap(`Still open: ${clean(finding.since?.asked ?? finding.question)}`, options);
  return [...words.map((text): Line => ({ kind: 'question', text })), ...replay.map((text): Line => ({ kind: 'trace', text })), blank];
}

/** A finding whose place no hunk shows: named instead of quoted. */
function outsideLines(finding: Finding, width: number): Line[] {
  const text = `In ${placeInWords(finding.place)}`;
  return [...wrap(text, { width, rest: '  ' }).map((line): Line => ({ kind: 'own', text: line })), blank];
}

/**
 * The findings as the body of a reply, sorted; every block ends with an empty line. Findings without a place in the diff
 * come after the last hunk. What an older version was asked already is one sentence.
 */
export function questionLines(findings: readonly Finding[], options: EvidenceOptions): Line[] {
  const asked = (finding: Finding): boolean => finding.since?.state === 'remaining';
  const traces = new Traces(findings.filter((finding) => !asked(finding)), options);
  let last: Quote | null = null;
  let outside = false;
  const lines: Line[] = [];
  for (const finding of [...findings].sort(compareFindings)) {
    if (finding.quote) {
      const quote = begun(finding.quote);
      lines.push(...quoteLines(quote, last));
      last = quote;
    } else {
      if (last !== null && !outside) lines.push(cut, blank);
      outside = true;
      lines.push(...outsideLines(finding, options.width));
    }
    lines.push(...(asked(finding) ? askedAlreadyLines(finding, options) : findingLines(finding, traces, options)));
  }
  return lines;
}
