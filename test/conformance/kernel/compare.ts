/** @module What a kernel said of a sequence beside what the simulator says of it: line by line, reports of the kernel's log by kind and place. */
import type { Ran } from './boot.js';
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

/** "WARNING: CPU: 0 PID: 7 at kernel/kcov.c:10 f+0x1/0x2" and its like as the simulator says them. */
function reportText(report: string): string | null {
  const at = /^WARNING: CPU: \d+ PID: \d+ at (\S+:\d+)/u.exec(report)?.[1];
  // refcount_t says what is wrong before its warning does.
  if (at?.startsWith('lib/refcount.c:')) return null;
  if (at !== undefined) return `! WARNING ${at}`;
  if (report.startsWith('refcount_t:')) return '! REFCOUNT';
  if (report.startsWith('BUG: sleeping function called')) return '! SLEEPING';
  return `! ${report}`;
}

/** A line of the kernel side in the words of the simulator's. */
export function normalised(line: string): string {
  const [results = '', ...reports] = line.split(/ ?! /u);
  return [results.trim(), ...reports.map(reportText)].filter((part) => part !== null && part !== '').join(' ');
}

/** How a kernel dies of what ends an execution on the simulator; what is not here it may survive. */
const DEATHS: readonly (readonly [simulator: RegExp, kernel: RegExp])[] = [
  [/^null-dereference:/u, /kernel NULL pointer dereference/u],
];

function sameDeath(kernel: string | null, simulator: string | null): boolean {
  if (kernel === null || simulator === null) return kernel === simulator;
  return DEATHS.some(([one, other]) => one.test(simulator) && other.test(kernel));
}

/** The first thing in which they differ; null where they agree. */
export function compare(sequence: Sequence, ran: Ran, simulated: Simulated): Disagreement | null {
  const kernel = ran.lines.map(normalised);
  const differs = sequence.findIndex((_, i) => kernel[i] !== simulated.lines[i]);
  if (differs >= 0) return { sequence, line: differs, kernel: kernel[differs] ?? ran.ended ?? '(nothing)', simulator: simulated.lines[differs] ?? simulated.ended ?? '(nothing)' };
  if (sameDeath(ran.ended, simulated.ended)) return null;
  return { sequence, line: Math.min(sequence.length, simulated.lines.length), kernel: ran.ended ?? 'ran to its end', simulator: simulated.ended ?? 'ran to its end' };
}

/** Words that repeat, as the first of them and how many there are. */
const brief = (text: string): string => text.replace(/(?<= |^)(\S+)(?: \1){3,}(?= |$)/gmu, (all, word: string) => `${word} (${all.split(' ').length} times)`);

/** The sequence up to the line that differs, with what both say of it. */
export function disagreementText({ sequence, line, kernel, simulator }: Disagreement): string {
  const lines = sequence.slice(0, line + 1).map((one) => `  ${lineText(one)}`);
  return [...lines, `    kernel:    ${brief(kernel)}`, `    simulator: ${brief(simulator)}`].join('\n');
}
