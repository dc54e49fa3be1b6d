/** @module Runs one measurement of ours in a process of its own. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JobResult, KcovJob, Search, ThreadPatchJob } from './job.js';
import { ONCE } from './thread-patch.js';

/** What a process of its own came to. */
export type Ran = JobResult & {
  /** From its start to its end: Node, reading and compiling the program, and the search. */
  readonly wholeSeconds: number;
};

const script = fileURLToPath(new URL('./job.js', import.meta.url));
/** No measurement takes longer. */
const LIMIT_MS = 600_000;

export function run(job: ThreadPatchJob | KcovJob): Ran {
  const began = performance.now();
  const output = execFileSync(process.execPath, [script, JSON.stringify(job)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26, timeout: LIMIT_MS });
  return { ...(JSON.parse(output) as JobResult), wholeSeconds: (performance.now() - began) / 1000 };
}

export const WHOLE: ThreadPatchJob = { kind: 'thread-patch', arrivals: ONCE, level: 0, statesMax: 100_000_000, observe: true };

export const secondsOf = (ran: JobResult): number => ran.searches.reduce((sum, { seconds }) => sum + seconds, 0);

/** The only search of a process. */
export function only({ searches }: JobResult): Search {
  const [search] = searches;
  if (!search || searches.length > 1) throw new Error('not one search');
  return search;
}

/** The run with the median of the seconds. */
export function median(runs: readonly Ran[]): Ran {
  const middle = [...runs].sort((a, b) => secondsOf(a) - secondsOf(b))[runs.length >> 1];
  if (!middle) throw new Error('no run');
  return middle;
}
