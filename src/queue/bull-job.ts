/** @module A job of ours as bull keeps it, and back. bull's ids must not be long, nor hold a colon: they are digests of ours. */
import { createHash } from 'node:crypto';
import type Bull from 'bull';
import { DEFAULT_PRIORITY, type DeadJob, type Job, type JobState, type NewJob } from '../store/job-store.js';

/** What bull keeps of a job as its data. */
export interface BullData {
  /** Made anew for each call of add(): who finds another one there came second. The first field. */
  readonly mark: string;
  /** Number of the call of add(), from 1: a greater one is newer. */
  readonly seq: number;
  readonly id: string;
  readonly group?: string;
  readonly replaces?: string;
  readonly payload: unknown;
}

/** A name for Redis, of 33 characters; begins with a letter, since bull reckons with ids that are numbers. */
export function shortName(text: string): string {
  return `j${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** The text that the data of a call of add() begins with. */
export function markText(mark: string): string {
  return JSON.stringify({ mark }).slice(0, -1);
}

export function bullData({ id, group, replaces, payload = null }: NewJob, mark: string, seq: number): BullData {
  return { mark, seq, id, ...(group === undefined ? {} : { group }), ...(replaces === undefined ? {} : { replaces }), payload };
}

/** bull's priorities begin with 1. */
export function bullPriority({ priority = DEFAULT_PRIORITY }: NewJob): number {
  return Math.max(1, Math.round(priority));
}

/** A place in the order of a group: the smaller the earlier. */
export function orderOf({ data, opts }: Bull.Job<BullData>): number {
  return (opts.priority ?? DEFAULT_PRIORITY) * 1e12 + data.seq;
}

/** How often a job was run and put off, and why it was run last in vain. */
export type Tries = Pick<Job, 'attempts' | 'delays' | 'error'>;

export function toJob(job: Bull.Job<BullData>, tries: Tries, state: JobState): Job {
  return { ...toListed(job, tries, state), payload: job.data.payload };
}

function toListed({ name, data, opts }: Bull.Job<BullData>, tries: Tries, state: JobState): DeadJob['job'] {
  const { id, group, replaces } = data;
  return {
    id, kind: name, state, notBeforeMs: 0, ...tries, priority: opts.priority ?? DEFAULT_PRIORITY,
    ...(group === undefined ? {} : { group }), ...(replaces === undefined ? {} : { replaces }),
  };
}

export function toDeadJob(job: Bull.Job<BullData>): DeadJob {
  const error = job.failedReason ?? '';
  return { job: toListed(job, { attempts: job.attemptsMade, delays: 0, error }, 'failed'), error, atMs: job.finishedOn ?? 0 };
}
