/** @module Whether a process can do its work now: store and queue answer in time, it has started, and is not stopping. */
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../gateway/limits.js';
import type { Queue } from '../queue/queue.js';
import type { Store } from '../store/store.js';

/** Milliseconds within which they must answer. */
const ANSWER_MS = 2_000;

export interface Readiness {
  /** What is wrong, in words; empty when it is ready. */
  readonly problems: () => Promise<readonly string[]>;
  /** It works from now on. */
  readonly started: () => void;
}

/** Looks each time it is asked. */
export function readiness({ store, queue, stopping }: { store: Pick<Store, 'hasDelivery'>; queue: Pick<Queue, 'ping'>; stopping: AbortSignal }): Readiness {
  let hasStarted = false;
  return {
    started: () => { hasStarted = true; },
    problems: async () => {
      if (stopping.aborted) return ['it is stopping'];
      const asked = [problemOf('the store', () => store.hasDelivery('')), problemOf('the queue', () => queue.ping())];
      return [...(hasStarted ? [] : ['it is starting']), ...(await Promise.all(asked)).filter((one) => one !== null)];
    },
  };
}

async function problemOf(what: string, ask: () => Promise<unknown>): Promise<string | null> {
  const late = new AbortController();
  try {
    return await Promise.race([ask().then(() => null), sleep(ANSWER_MS, `${what} does not answer`, { signal: late.signal, ref: false })]);
  } catch (error) {
    return `${what}: ${reasonOf(error)}`;
  } finally {
    late.abort();
  }
}
