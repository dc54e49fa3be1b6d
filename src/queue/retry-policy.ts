/** @module What becomes of a job that failed: the same for every queue, whoever keeps its jobs. */
import type { Job, JobEnd } from '../store/job-store.js';
import { GiveUp, RetryLater } from './queue.js';

/** When a job that failed is tried again. */
export interface RetryPolicy {
  /** Runs at most. */
  readonly attemptsMax: number;
  /** Wait after the first failure; doubled after each. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** Times that a job may be put off before that counts as failure. */
  readonly delaysMax: number;
}

export const defaultPolicy: RetryPolicy = { attemptsMax: 5, backoffMs: 5000, backoffMaxMs: 10 * 60_000, delaysMax: 20 };

/** A run that failed. */
export interface Failure {
  readonly error: unknown;
  /** The queue stopped and aborted the run. */
  readonly stopped: boolean;
  readonly nowMs: number;
}

/** How a run that failed ended. */
export function endOf(job: Job, { error, stopped, nowMs }: Failure, policy: RetryPolicy): JobEnd {
  const reason = error instanceof Error ? error.message : String(error);
  if (stopped) return { state: 'waiting', error: 'the service stopped', notBeforeMs: 0, delayed: true, atMs: nowMs };
  if (error instanceof RetryLater && job.delays < policy.delaysMax) {
    return { state: 'waiting', error: reason, notBeforeMs: nowMs + Math.max(0, error.afterMs), delayed: true, atMs: nowMs };
  }
  if (error instanceof GiveUp || job.attempts >= policy.attemptsMax) return { state: 'failed', error: reason, atMs: nowMs };
  const waitMs = Math.min(policy.backoffMs * 2 ** (job.attempts - 1), policy.backoffMaxMs);
  return { state: 'waiting', error: reason, notBeforeMs: nowMs + waitMs, atMs: nowMs };
}

/** Why a job is given up without a run: each run so far took its process along. Null when it may run. */
export function givenUp({ attempts, error }: Pick<Job, 'attempts' | 'error'>, { attemptsMax }: RetryPolicy): GiveUp | null {
  return attempts > attemptsMax ? new GiveUp(`given up after ${attemptsMax} attempts: ${error || 'the process died each time'}`) : null;
}
