/**
 * @module Options about how searches run: --states and --memory decide where they end, --seconds only stops them, --jobs says
 * how many run at a time. Shared by the commands that review.
 */
import { InvalidArgumentError, type Command } from 'commander';
import { MEMORY_MB, type ReviewOptions } from '../review/options.js';
import type { Review } from '../review/review.js';
import { parseCount } from './arguments.js';
import { exitStatus, type Io } from './io.js';

/** States a scenario may visit unless --states says otherwise. */
export const STATES_DEFAULT = 400_000;
/** More threads than this are a mistake. */
const JOBS_MAX = 64;
/** A day. */
const SECONDS_MAX = 86_400;
const MEMORY_MAX = 1_000_000;

export interface SearchFlags {
  readonly states: number;
  readonly memory: number;
  readonly seconds?: number;
  readonly jobs?: number;
}

/** For commander: a number from 1 to `max`. */
function numberUpTo(max: number, example: string): (text: string) => number {
  return (text) => {
    const parsed = parseCount(text);
    if (parsed === null || parsed > max) throw new InvalidArgumentError(`Give a number from 1 to ${max}, such as ${example}.`);
    return parsed;
  };
}

/** --states, for commander. */
function states(text: string): number {
  const parsed = parseCount(text);
  if (parsed === null) throw new InvalidArgumentError('Give a number from 1, such as 400000, 400k or 2M.');
  return parsed;
}

export function addSearchOptions(command: Command): Command {
  return command
    .option('--states <n>', 'states a scenario may visit before it gives up, such as 2000000 or 2M', states, STATES_DEFAULT)
    .option('--memory <mb>', 'megabytes that the states of one scenario may take before it gives up', numberUpTo(MEMORY_MAX, '2048'), MEMORY_MB)
    .option('--seconds <s>', 'stop what is still searched then; no reply is written of such a run', numberUpTo(SECONDS_MAX, '60'))
    .option('--jobs <n>', 'scenarios searched at a time; changes nothing of the result (default: one for each core, at most 8)', numberUpTo(JOBS_MAX, '2'));
}

type SearchPart = Pick<ReviewOptions, 'states' | 'memoryMb' | 'signal' | 'search'>;

/** Does something with searches as the flags say, and ends what runs for it. */
export async function withSearches<T>({ states, memory, seconds, jobs }: SearchFlags, work: (part: SearchPart) => Promise<T>): Promise<T> {
  const { defaultJobs, searchersFor } = await import('../pool/index.js');
  const stop = new AbortController();
  const timer = seconds === undefined ? undefined : setTimeout(() => stop.abort(`stopped after ${seconds} s`), seconds * 1000);
  const searchers = searchersFor(jobs ?? defaultJobs());
  try {
    return await work({ states, memoryMb: memory, signal: stop.signal, search: searchers.search });
  } finally {
    clearTimeout(timer);
    await searchers.close();
  }
}

/** Says that a review was stopped; its exit status then, null when it was not. */
export function stoppedStatus(review: Review, name: string, io: Io): number | null {
  if (!review.stopped) return null;
  const runs = review.scenarios.filter((run) => run.stopped);
  io.stderr.write(`kcovet: ${name}: stopped by --seconds: ${runs.length} of ${review.scenarios.length} searches are not at their end, so it is not to be posted: give more seconds, or leave it to --states\n`);
  return exitStatus.stopped;
}
