/** @module What a failure means for the queue: come back when the other side says, try again after a while, or give up. */
import { RemoteFailure } from '../gateway/remote-failure.js';
import { GiveUp, RetryLater } from '../queue/queue.js';

/** Whether another attempt would end the same way. */
export function isFinal(error: unknown): boolean {
  return error instanceof GiveUp || (error instanceof RemoteFailure && ['forbidden', 'missing', 'refused'].includes(error.kind));
}

/** What a job is to reject with. */
export function forQueue(error: unknown): unknown {
  if (error instanceof RemoteFailure && error.kind === 'limited') return new RetryLater(error.afterMs, error.message);
  return isFinal(error) && error instanceof Error ? new GiveUp(error.message) : error;
}
