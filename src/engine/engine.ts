/**
 * @module Who makes reviews and replays for the service: a port, so that they run in a process of their own where the package
 * is built, and in this one where it is not, with the same result.
 */
import type { Config } from '../../simulator/ir/program.js';
import type { Submission } from '../mail/submission.js';
import { searchersFor } from '../pool/index.js';
import type { BaseInput } from '../review/base-input.js';
import type { Progress, ReplayResult, ReviewOptions } from '../review/options.js';
import type { Assumed, Review } from '../review/review.js';
import { readUnread, type Unread } from './unread.js';

/** What is reviewed, on what, within which bounds. Plain data. */
export interface ReviewRequest {
  readonly submission: Submission;
  readonly base?: BaseInput;
  readonly bounds: Readonly<Record<string, number>>;
  readonly config?: Config;
  /** Names of the scenarios; all when left out. */
  readonly scenarios?: readonly string[];
  /** Taken for granted of functions, and checked. */
  readonly assume?: readonly string[];
}

/** A review of a submission as it came. */
export interface UnreadRequest extends Omit<ReviewRequest, 'submission'> {
  readonly unread: Unread;
}

/** A schedule to run again, on the same. */
export interface ReplayRequest extends Omit<ReviewRequest, 'scenarios'> {
  readonly schedule: string;
}

/** How much a review may take. */
export interface EngineLimits {
  /** States of one scenario at most. */
  readonly states: number;
  readonly memoryMb: number;
  /** Seconds after which a review is stopped; it is not posted then. */
  readonly seconds: number;
  /** Searches at a time. */
  readonly jobs: number;
  /** Version of kcovet. */
  readonly version: string;
}

/** Who waits for a result. */
export interface Watch {
  /** Aborted when nobody wants the result any more: the promise rejects then. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Engine {
  review(request: ReviewRequest, watch: Watch): Promise<Review>;
  /** The same of a submission that is read there, too. */
  reviewUnread(request: UnreadRequest, watch: Watch): Promise<Review>;
  replay(request: ReplayRequest, watch: Watch): Promise<ReplayResult>;
  /** What is assumed, held against every execution, without a review. */
  assumed(request: ReviewRequest, watch: Watch): Promise<Assumed[]>;
}

/** What rejects a promise whose result nobody wants. */
export class Superseded extends Error {
  constructor() {
    super('superseded');
    this.name = 'Superseded';
  }
}

/** How a review or a check in this thread is watched: `stop` ends its searches, and the review says so. */
interface WatchHere {
  readonly stop: AbortSignal;
  readonly onProgress?: Watch['onProgress'];
}

/** A review in this thread. */
export async function reviewHere(request: ReviewRequest, limits: EngineLimits, watch: WatchHere): Promise<Review> {
  const { reviewSubmission } = await import('../review/review-submission.js');
  return await withSearchers(request, limits, watch, async (options) => await reviewSubmission(request.submission, options));
}

/** A submission read and reviewed in this thread. */
export async function reviewUnreadHere({ unread, ...request }: UnreadRequest, limits: EngineLimits, watch: WatchHere): Promise<Review> {
  return await reviewHere({ ...request, submission: await readUnread(unread) }, limits, watch);
}

/** Assumptions checked in this thread. */
export async function assumedHere(request: ReviewRequest, limits: EngineLimits, watch: WatchHere): Promise<Assumed[]> {
  const { checkAssumptions } = await import('../review/assumed.js');
  return await withSearchers(request, limits, watch, async (options) => await checkAssumptions(request.submission, request.assume ?? [], options));
}

async function withSearchers<T>({ base, bounds, config, scenarios, assume }: ReviewRequest, limits: EngineLimits, { stop, onProgress }: WatchHere, work: (options: ReviewOptions) => Promise<T>): Promise<T> {
  const searchers = searchersFor(limits.jobs);
  try {
    return await work({
      states: limits.states, memoryMb: limits.memoryMb, version: limits.version, bounds: { ...bounds }, base, config, scenarios, assume, signal: stop, search: searchers.search, onProgress,
    });
  } finally {
    await searchers.close();
  }
}

/** A replay in this thread. */
export async function replayHere({ submission, schedule, bounds, base, config }: ReplayRequest): Promise<ReplayResult> {
  const { replaySubmission } = await import('../review/replay-submission.js');
  return await replaySubmission(submission, schedule, { bounds: { ...bounds }, base, config });
}

/** The reason that searches are given when their time is over. */
export function lateReason({ seconds }: EngineLimits): string {
  return `stopped after ${seconds} s`;
}

/** An engine in this thread: what is superseded is stopped, and its result thrown away. */
export function engineHere(limits: EngineLimits): Engine {
  const stoppable = <R, T>(work: (request: R, limits: EngineLimits, watch: WatchHere) => Promise<T>) => async (request: R, { signal, onProgress }: Watch): Promise<T> => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(lateReason(limits)), limits.seconds * 1000);
    const supersede = (): void => stop.abort('superseded');
    signal.addEventListener('abort', supersede);
    try {
      if (signal.aborted) supersede();
      const result = await work(request, limits, { stop: stop.signal, onProgress });
      if (signal.aborted) throw new Superseded();
      return result;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', supersede);
    }
  };
  return { review: stoppable(reviewHere), reviewUnread: stoppable(reviewUnreadHere), assumed: stoppable(assumedHere), replay: (request) => replayHere(request) };
}
