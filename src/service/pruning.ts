/** @module What the store does not need any more goes away. */
import { realClock, type Clock } from '../queue/in-process-queue.js';
import { errorField, type Log } from './log.js';
import { RETENTION, type Retention } from '../store/retention.js';
import type { Store } from '../store/store.js';

const DAY_MS = 86_400_000;

/** Prunes now and once a day; the function it returns ends that, and resolves when nothing is under way. */
export function keepPruned(store: Store, { log, clock = realClock, retention = RETENTION }: { log: Log; clock?: Clock; retention?: Retention }): () => Promise<void> {
  let cancel = (): void => undefined;
  let ended = false;
  const prune = async (): Promise<void> => {
    await store.prune(retention, clock.now()).catch((error: unknown) => log('error', 'the store could not be pruned', errorField(error)));
    if (!ended) cancel = clock.after(DAY_MS, () => { running = prune(); });
  };
  let running = prune();
  return async () => {
    ended = true;
    cancel();
    await running;
  };
}
