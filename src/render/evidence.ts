/**
 * @module Evidence below a question: one trace in full, the one that shows what the finding is about; the same schedule is
 * not drawn twice, and what the question says already is not said again.
 */
import { compareFindings, type Evidence, type Finding } from '../review/review.js';
import { blank, clean, wrap, type Line } from './line.js';
import { shortNote } from './note.js';
import { saysNew } from './says-new.js';
import { replayLines, renderTrace } from './trace.js';

/** How evidence is laid out. */
export interface EvidenceOptions {
  /** Longest line of our own, in characters. */
  readonly width: number;
  /** The input as a reader can name it in a replay command; absent in mails. */
  readonly file?: string;
  /** Says how grave each finding is: for terminals, where the order is that of the patch. */
  readonly severities?: true;
  /** Lines of all traces together at most, the gravest first, none for findings of low severity: for mails. All traces when absent. */
  readonly traceLinesMax?: number;
}

/** The gravest first. */
const gravity: Readonly<Record<Finding['severity'], number>> = { high: 0, medium: 1, low: 2, note: 3 };

/** The mark at the violating step of a trace; '' when there is none. */
function noteOf(evidence: Evidence): string {
  return evidence.trace.findLast((row) => row.note !== '')?.note ?? '';
}

/** The counterexample that shows the finding's own property, else the first; undefined when there is none. */
export function mainOf(finding: Finding): Evidence | undefined {
  const all = finding.evidence.filter((one) => one.kind === 'counterexample');
  const property = finding.property.replace(/-/gu, ' ').toLowerCase();
  return all.find((one) => noteOf(one).toLowerCase().startsWith(property)) ?? all[0];
}

/** What observations and static facts add to the question, a sentence each. */
export function addedTexts(finding: Finding): string[] {
  return finding.evidence.flatMap(({ kind, text }) => (kind !== 'alternative' && text !== undefined && saysNew(text, finding.question) ? [text] : []));
}

/** A counterexample besides the main one: what it shows and how to replay it. */
export function alsoLines(one: Evidence, options: EvidenceOptions): string[] {
  if (one.kind !== 'counterexample' || one.schedule === null) return [];
  const note = shortNote(noteOf(one));
  const also = wrap(note === '' ? 'also, in another execution:' : `also: ${note}`, { width: options.width, first: '  ', rest: '    ' });
  return [...also, ...replayLines(one.schedule, options)];
}

/** Which finding draws which schedule, and what was drawn so far. */
export class Traces {
  private readonly owners = new Map<string, Finding>();
  private readonly drawn = new Set<string>();
  private setup = '';

  /**
   * A schedule is drawn by the gravest of its findings, of equal ones by the first in the patch. Where room is short, the
   * gravest are drawn, and of equal ones the shortest, so that there are many.
   */
  constructor(findings: readonly Finding[], private readonly options: EvidenceOptions) {
    const drawable = [...findings].sort((a, b) => gravity[a.severity] - gravity[b.severity] || compareFindings(a, b)).flatMap((finding) => {
      const main = mainOf(finding);
      return main && main.schedule !== null ? [{ finding, schedule: main.schedule, lines: renderTrace(main, options).length }] : [];
    });
    const firsts = drawable.filter(({ schedule }, i) => drawable.findIndex((one) => one.schedule === schedule) === i);
    const most = options.traceLinesMax;
    const wanted = most === undefined ? firsts : firsts.filter(({ finding }) => gravity[finding.severity] <= gravity.medium)
      .sort((a, b) => gravity[a.finding.severity] - gravity[b.finding.severity] || a.lines - b.lines);
    let room = most ?? Infinity;
    for (const { finding, schedule, lines } of wanted) {
      if (lines > room) continue;
      room -= lines;
      this.owners.set(schedule, finding);
    }
  }

  /** The rows that are drawn below a finding; none when its trace is not drawn there. */
  rowsOf(finding: Finding): Evidence['trace'] {
    const main = mainOf(finding);
    return main && main.schedule !== null && this.owners.get(main.schedule) === finding ? main.trace : [];
  }

  /** The lines of all evidence of a finding, each block ended by an empty line. */
  linesOf(finding: Finding): Line[] {
    const main = mainOf(finding);
    const { width } = this.options;
    return [
      ...addedTexts(finding).flatMap((text) => this.block(wrap(text, { width, first: '  ', rest: '  ' }))),
      ...(main === undefined ? [] : this.mainLines(finding, main)),
      ...finding.evidence.filter((one) => one !== main).flatMap((one) => this.alsoLines(one)),
    ];
  }

  private block(lines: readonly string[]): Line[] {
    return lines.length === 0 ? [] : [...lines.map((text): Line => ({ kind: 'trace', text })), blank];
  }

  /** The command for a program, where the reader has commands and there is one. */
  private programLines({ id, evidence }: Finding): string[] {
    return evidence.some(({ program }) => program) && this.options.file !== undefined ? [`  program: kcovet repro ${clean(id)} ${this.options.file}`] : [];
  }

  private mainLines(finding: Finding, main: Evidence): Line[] {
    const { schedule } = main;
    const owner = schedule === null ? finding : this.owners.get(schedule);
    if (owner === finding) return this.block([...this.draw(main), ...this.programLines(finding)]);
    if (owner === undefined) return this.block(replayLines(schedule ?? '', this.options));
    const { place } = owner;
    const at = place.function === '' || place.function === finding.place.function ? '' : `, under the question about ${clean(place.function)}()`;
    return this.block(wrap(`see the trace ${this.drawn.has(schedule ?? '') ? 'above' : 'below'}${at}`, { width: this.options.width, first: '  ', rest: '  ' }));
  }

  /** A trace in full; a set-up that the trace before had is not said again. */
  private draw(main: Evidence): string[] {
    if (main.schedule !== null) this.drawn.add(main.schedule);
    const setup = main.setup ?? '';
    const again = setup !== '' && setup === this.setup;
    this.setup = setup;
    const lines = renderTrace(again ? { ...main, setup: '' } : main, this.options);
    return again ? ['  after: the same', ...lines] : lines;
  }

  /** Counterexamples besides the main one that no finding draws. */
  private alsoLines(one: Evidence): Line[] {
    return one.schedule !== null && this.owners.has(one.schedule) ? [] : this.block(alsoLines(one, this.options));
  }
}
