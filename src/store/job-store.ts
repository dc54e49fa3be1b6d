/**
 * @module The part of the Store port that keeps jobs. Each method is one step that happens whole or not at all, so that a
 * process may die between any two; a Queue with a keeper of its own does without.
 */

/** Something to be done once. */
export interface NewJob {
  /** The same id is the same job: added twice it is done once, also after it was done. */
  readonly id: string;
  readonly kind: string;
  /** Plain data. */
  readonly payload: unknown;
  /** Jobs of a group run one at a time. */
  readonly group?: string;
  /** What is unfinished under the same key is superseded by this job: it does not start any more, or is aborted. */
  readonly replaces?: string;
  /** Smaller is done first, the older first among equals; DEFAULT_PRIORITY when left out. */
  readonly priority?: number;
}

/** Between commands of people (1) and mails of lists (3). */
export const DEFAULT_PRIORITY = 2;

/** `superseded`: another job does what this one would have done. */
export type JobState = 'waiting' | 'active' | 'done' | 'failed' | 'superseded';

/** A job as it is kept. */
export interface Job extends NewJob {
  readonly state: JobState;
  /** Runs that began, this one included. */
  readonly attempts: number;
  /** Times it was put off, which is no failure. */
  readonly delays: number;
  readonly notBeforeMs: number;
  /** Why its last run failed, or it waits again; '' otherwise. */
  readonly error: string;
}

/** A job that was given up; what it works on is not for a list, and may be large. */
export interface DeadJob {
  readonly job: Omit<Job, 'payload'>;
  /** Why. */
  readonly error: string;
  /** When. */
  readonly atMs: number;
}

/** What adding a job did. */
export interface Added {
  readonly added: boolean;
  /** Ids of running jobs that are superseded by it. */
  readonly superseded: readonly string[];
}

/** How a run of a job ended. */
export interface JobEnd {
  readonly state: Exclude<JobState, 'active'>;
  readonly error: string;
  /** Of a job that waits again: when it may run. */
  readonly notBeforeMs?: number;
  /** It was put off: the run does not count as an attempt. */
  readonly delayed?: boolean;
  readonly atMs: number;
}

export interface JobStore {
  add(job: NewJob, atMs: number): Promise<Added>;
  /** Makes a job active that may run (due, and no other of its group runs): the oldest of the smallest priority. Null when there is none. Of some kinds where they are given, here and below. */
  take(nowMs: number, kinds?: readonly string[]): Promise<Job | null>;
  /** Ends a run. A superseded job does not wait again, whatever the end says; the state it has now is returned. */
  end(id: string, end: JobEnd): Promise<JobState>;
  /** When the next job that is not due yet will be; null when there is none. */
  nextDueMs(nowMs: number, kinds?: readonly string[]): Promise<number | null>;
  /** Jobs that ran when a process died wait again; their number. The run that died counts as an attempt. */
  recover(): Promise<number>;
  /** Number of jobs in each state. */
  counts(kinds?: readonly string[]): Promise<Record<JobState, number>>;
  /** Kinds of jobs that wait. */
  waitingKinds(): Promise<string[]>;
  find(id: string): Promise<Job | null>;
  /** Jobs that were given up, the last first. */
  dead(max: number): Promise<DeadJob[]>;
  /** Lets a job that was given up wait again, with all its attempts; false when it was not given up. */
  retry(id: string, nowMs: number): Promise<boolean>;
}
