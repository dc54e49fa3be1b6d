/** @module What a kernel said of a sequence beside what the simulator says of it: line by line, reports of the kernel's log by kind and place. */
import type { Ran } from './boot.js';
import { isDeathOf, wordOfLine } from './reports.js';
import { lineText } from './sequence.js';
import type { Sequence } from './sequence.js';
import type { Simulated } from './simulate.js';

export interface Disagreement {
  readonly sequence: Sequence;
  /** Index of the first line that differs; the number of lines where only the end does. */
  readonly line: number;
  readonly kernel: string;
  readonly simulator: string;
}

/** A line of the kernel side in the words of the simulator's. */
export function normalised(line: string): string {
  const [results = '', ...reports] = line.split(/ ?! /u);
  return [results.trim(), ...reports.map((report) => wordOfLine(report.trim())).map((word) => word && `! ${word}`)].filter((part) => part !== null && part !== '').join(' ');
}

/** The first thing in which they differ; null where they agree. An execution that ends on the simulator is compared up to there. */
export function compare(sequence: Sequence, ran: Ran, simulated: Simulated): Disagreement | null {
  const kernel = ran.lines.map(normalised);
  const { length } = simulated.lines;
  const differs = sequence.findIndex((_, i) => (simulated.ended === null || i < length) && kernel[i] !== simulated.lines[i]);
  if (differs >= 0) return { sequence, line: differs, kernel: kernel[differs] ?? ran.ended ?? '(nothing)', simulator: simulated.lines[differs] ?? simulated.ended ?? '(nothing)' };
  const dying = [kernel.length > length ? (ran.lines[length] ?? '') : '', ran.ended ?? ''].join('\n').trim();
  if (simulated.ended === null ? ran.ended === null : isDeathOf(simulated.ended, dying)) return null;
  return { sequence, line: Math.min(sequence.length - 1, length), kernel: simulated.ended === null ? (ran.ended ?? '') : dying || 'ran on', simulator: simulated.ended ?? 'ran to its end' };
}

/** Words that repeat, as the first of them and how many there are. */
const brief = (text: string): string => text.replace(/(?<= |^)(\S+)(?: \1){3,}(?= |$)/gmu, (all, word: string) => `${word} (${all.split(' ').length} times)`);

/** The sequence up to the line that differs, with what both say of it. */
export function disagreementText({ sequence, line, kernel, simulator }: Disagreement): string {
  const lines = sequence.slice(0, line + 1).map((one) => `  ${lineText(one)}`);
  return [...lines, `    kernel:    ${brief(kernel)}`, `    simulator: ${brief(simulator)}`].join('\n');
}
