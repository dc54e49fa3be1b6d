/**
 * @module The Queue port: work that outlives the request that asked for it. A job is done at least once; what it sends is
 * made to happen once by claims in the store. test/queue/queue-contract.ts says what every implementation must do.
 */
import type { DeadJob, Job, JobState, NewJob } from '../store/job-store.js';

/** Not now: the other side said when to come back. Counts as no attempt. */
export class RetryLater extends Error {
  constructor(readonly afterMs: number, reason: string) {
    super(reason);
    this.name = 'RetryLater';
  }
}

/** Never: another attempt would end the same way. */
export class GiveUp extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'GiveUp';
  }
}

/** What a run of a job sees. */
export interface JobRun {
  /** Aborted when the job is superseded, and when the queue stops and does not wait any longer. */
  readonly signal: AbortSignal;
  /** No attempt is left after this one. */
  readonly last: boolean;
}

/** Does one job. Resolves when it is done; rejects with RetryLater, GiveUp, or anything else to try again after a while. */
export type Handler = (job: Job, run: JobRun) => Promise<void>;

/** A job at its end, or put back. */
export interface JobEvent {
  readonly job: Job;
  readonly state: Exclude<JobState, 'active'>;
  readonly error: string;
}

export interface ProcessOptions {
  /** Jobs that run at a time. */
  readonly concurrency: number;
  /** Kinds of jobs that are begun; all when left out. Others wait for a process that does them, and count as no attempt. */
  readonly kinds?: readonly string[];
  /** Told once of each kind that waits and is not begun here. */
  readonly onOtherKind?: (kind: string) => void;
  /** Told after each run, when its end is kept. What it throws is ignored. */
  readonly onEnd?: (event: JobEvent) => void;
  /** Told when what keeps the jobs fails: a disk that is full. The queue tries again by itself. */
  readonly onError?: (error: unknown) => void;
}

export interface Queue {
  /** Keeps a job; false when its id is known. Resolves when it is kept, not when it is done. */
  add(job: NewJob): Promise<boolean>;
  /** Begins to work, first on what a process that died had begun. To be called once. */
  process(handler: Handler, options: ProcessOptions): Promise<void>;
  /** Resolves as soon as no job runs and none waits that is due within this time; Infinity, the default: none at all. */
  drained(withinMs?: number): Promise<void>;
  /**
   * Begins nothing more, gives what runs that long to end, then aborts it and puts it back, and resolves. Jobs that wait
   * stay for the next process.
   */
  stop(graceMs?: number): Promise<void>;
  counts(): Promise<Record<JobState, number>>;
  /** Dead letters: jobs that were given up, the last first. */
  dead(max: number): Promise<DeadJob[]>;
  /** Lets a job that was given up wait again, with all its attempts; false when it was not given up. */
  retry(id: string): Promise<boolean>;
  /** Resolves when what keeps the jobs answers; rejects with the reason when it does not. */
  ping(): Promise<void>;
}
