/**
 * @module Lines of the input with their numbers: what every reader of mails and diffs passes on, so that a problem and
 * a line of a hunk can still be traced to the input after decoding, un-quoting and joining.
 */
import type { Problem } from './diff.js';
import { inputLinesMax, problemsMax } from './limits.js';

/** One line without its line end. */
export interface InputLine {
  /** Decoded text; no newline, no CR at its end. */
  readonly text: string;
  /** 1-based line of the input it came from; for a joined line the first one. */
  readonly inputLine: number;
}

/**
 * Splits text at LF or CRLF; a last line without newline counts, an empty rest after the last newline does not. Stops
 * one line after inputLinesMax, so that the caller can tell that there was more.
 */
export function splitLines(text: string, firstLine = 1): InputLine[] {
  const lines: InputLine[] = [];
  let start = 0;
  while (start < text.length && lines.length <= inputLinesMax) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    let cut = end;
    while (cut > start && text.charCodeAt(cut - 1) === 13) cut--;
    lines.push({ text: text.slice(start, cut), inputLine: firstLine + lines.length });
    start = end + 1;
  }
  return lines;
}

/** Collects problems under one input's name and keeps their number bounded. */
export class ProblemList {
  private readonly list: Problem[] = [];
  private left = 0;

  constructor(readonly name: string) {}

  /** Adds a problem at a 1-based line of the input; beyond problemsMax they are only counted. */
  add(inputLine: number, what: string): void {
    this.push({ where: `${this.name}:${inputLine}`, what });
  }

  /** Takes over problems that were found elsewhere. */
  addAll(problems: readonly Problem[]): void {
    for (const problem of problems) this.push(problem);
  }

  /** The problems in the order found; the last one counts what was not listed. */
  toArray(): Problem[] {
    if (this.left === 0) return [...this.list];
    return [...this.list, { where: this.name, what: `${this.left} more problems of this input are not listed` }];
  }

  private push(problem: Problem): void {
    if (this.list.length < problemsMax) this.list.push(problem);
    else this.left++;
  }
}
