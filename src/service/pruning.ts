/** @module What the store does not need any more goes away: deliveries that nobody sends again, and jobs at their end. */
import { realClock, type Clock } from '../queue/in-process-queue.js';
import { errorField, type Log } from './log.js';
import type { Store } from '../store/store.js';

const DAY_MS = 86_400_000;
/** GitHub lets deliveries of the last three days be sent again. */
const KEPT_MS = 30 * DAY_MS;

/** Prunes now and once a day; the function it returns ends that, and resolves when nothing is under way. */
export function keepPruned(store: Store, { log, clock = realClock }: { log: Log; clock?: Clock }): () => Promise<void> {
  let cancel = (): void => undefined;
  let ended = false;
  const prune = async (): Promise<void> => {
    await store.prune(clock.now() - KEPT_MS).catch((error: unknown) => log('error', 'the store could not be pruned', errorField(error)));
    if (!ended) cancel = clock.after(DAY_MS, () => { running = prune(); });
  };
  let running = prune();
  return async () => {
    ended = true;
    cancel();
    await running;
  };
}
