/**
 * @module The body of a review: the lines of the patch that are discussed, in the order of the patch, each question under
 * its line with its trace below; then what the diff does not show. Text and mail are made of the same lines.
 */
import { compareFindings, type Evidence, type Finding, type Place, type Quote } from '../review/review.js';
import { blank, clean, wrap, wrapParagraphs, type Line } from './line.js';
import { replayLine, renderTrace } from './trace.js';

/** How the body is laid out. */
export interface BodyOptions {
  /** Longest line of our own, in characters. */
  readonly width: number;
  /** The input as a reader can name it in a replay command; absent in mails. */
  readonly file?: string;
}

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

/** Evidence as lines: the trace in full the first time, by its replay line when it was shown above. */
function evidenceLines(evidence: Evidence, shown: Set<string>, options: BodyOptions): Line[] {
  const words = evidence.text ? wrap(evidence.text, { width: options.width, first: '  ', rest: '  ' }) : [];
  const lines = words.map((text): Line => ({ kind: 'trace', text }));
  if (evidence.schedule !== null && shown.has(evidence.schedule)) {
    return [...lines, { kind: 'trace', text: '  (the trace above)' },
      { kind: 'trace', text: replayLine(evidence.schedule, options.file) }, blank];
  }
  if (evidence.schedule !== null) shown.add(evidence.schedule);
  lines.push(...renderTrace(evidence, options).map((text): Line => ({ kind: 'trace', text })));
  return lines.length === 0 ? [] : [...lines, blank];
}

/** Counterexamples are shown by the first of them; the others by how to replay them. */
function allEvidence(finding: Finding, shown: Set<string>, options: BodyOptions): Line[] {
  const first = finding.evidence.findIndex((one) => one.kind === 'counterexample');
  return finding.evidence.flatMap((one, i) => {
    if (one.kind !== 'counterexample' || i === first) return evidenceLines(one, shown, options);
    if (one.schedule === null || shown.has(one.schedule)) return [];
    shown.add(one.schedule);
    const also = one.scenario === null ? '  another:' : `  in ${clean(one.scenario)} too:`;
    return [{ kind: 'trace', text: also }, { kind: 'trace', text: replayLine(one.schedule, options.file) }, blank];
  });
}

/** A label as one sentence: what is there, the statement, and the function when it is another one. */
function labelInWords({ place, text }: Finding['labels'][number], finding: Finding): string {
  const statement = clean(place.text.replace(/\s+/gu, ' ').trim()).replace(/;$/u, '');
  const elsewhere = place.function !== '' && place.function !== finding.place.function;
  return `${text}${statement === '' ? '' : `: ${statement}`}${elsewhere ? ` in ${place.function}()` : ''}`;
}

/** Labelled places as a short list. */
function labelLines(finding: Finding, width: number): Line[] {
  const lines = finding.labels.flatMap((label) => wrap(labelInWords(label, finding), { width, first: '  - ', rest: '    ' }));
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
function findingLines(finding: Finding, shown: Set<string>, options: BodyOptions): Line[] {
  const question = wrapParagraphs(finding.question, { width: options.width });
  return [
    ...question.map((text): Line => ({ kind: 'question', text })), blank,
    ...notAskedLines(finding, options.width),
    ...labelLines(finding, options.width),
    ...allEvidence(finding, shown, options),
  ];
}

/** A finding whose place no hunk shows: named instead of quoted. */
function outsideLines(finding: Finding, width: number): Line[] {
  const text = `In ${placeInWords(finding.place)}`;
  return [...wrap(text, { width, rest: '  ' }).map((line): Line => ({ kind: 'own', text: line })), blank];
}

/**
 * The findings as the body of a reply, sorted; every block ends with an empty line. Findings without a place in the diff
 * come after the last hunk.
 */
export function questionLines(findings: readonly Finding[], options: BodyOptions): Line[] {
  const shown = new Set<string>();
  let last: Quote | null = null;
  let outside = false;
  const lines: Line[] = [];
  for (const finding of [...findings].sort(compareFindings)) {
    if (finding.quote) {
      lines.push(...quoteLines(finding.quote, last));
      last = finding.quote;
    } else {
      if (last !== null && !outside) lines.push(cut, blank);
      outside = true;
      lines.push(...outsideLines(finding, options.width));
    }
    lines.push(...findingLines(finding, shown, options));
  }
  return lines;
}
