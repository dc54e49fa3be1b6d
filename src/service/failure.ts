/** @module What a failure means for the queue: come back when GitHub says, try again after a while, or give up. */
import { GithubFailure } from '../gateway/github-failure.js';
import { GiveUp, RetryLater } from './queue.js';

/** Whether another attempt would end the same way. */
export function isFinal(error: unknown): boolean {
  return error instanceof GiveUp || (error instanceof GithubFailure && ['forbidden', 'missing', 'refused'].includes(error.kind));
}

/** What a job is to reject with. */
export function forQueue(error: unknown): unknown {
  if (error instanceof GithubFailure && error.kind === 'limited') return new RetryLater(error.afterMs, error.message);
  return isFinal(error) && error instanceof Error ? new GiveUp(error.message) : error;
}
