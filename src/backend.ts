/**
 * @module What a server stands on, as its configuration says: the data folder, the store, the queue, the engine. Where something is
 * missing it says in one line what, and the way out.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServeConfig } from './config.js';
import { engineFor } from './engine/child-engine.js';
import { reasonOf } from './gateway/limits.js';
import type { BullQueue } from './queue/bull-queue.js';
import { InProcessQueue } from './queue/in-process-queue.js';
import { openBullQueue } from './queue/open-bull-queue.js';
import type { Log } from './service/log.js';
import type { Backend } from './sides.js';
import { lockStoreAt, openStoreAt } from './store/open-store.js';

type Failure = { readonly failure: string };

/** Opens it; the store for this process alone, unless both store and queue are servers. */
export async function openBackend(config: ServeConfig, { version, log }: { version: string; log: Log }): Promise<Backend | Failure> {
  const { data, database, redis, states, memoryMb, seconds, jobs } = config;
  const problem = madeFolder(data);
  if (problem !== null) return { failure: problem };
  const where = database ?? join(data, 'kcovet.sqlite');
  const lost = new AbortController();
  const isShared = database !== null && redis !== null;
  const own = isShared ? { release: () => undefined } : await lockStoreAt(where, (failure) => lost.abort(failure));
  if ('failure' in own) return { failure: database === null ? `KCOVET_DATA: ${own.failure}, or give a folder of the server's own; KCOVET_WATCH has it watch lists, too` : `DATABASE_URL: ${own.failure}, or give both a REDIS_URL` };
  const opened = await openStoreAt(where);
  if ('failure' in opened) {
    own.release();
    return opened;
  }
  const { store } = opened;
  let isClosing = false;
  const tellConnection = (state: 'lost' | 'back', why: string): void => {
    if (!isClosing) log(state === 'lost' ? 'error' : 'info', `Redis is ${state}`, { why });
  };
  const queue = redis === null ? { queue: new InProcessQueue(store.jobs) } : await openBullQueue({ ...redis, keptMs: config.retention.jobsMs, onConnection: (state, why) => tellConnection(state, why) });
  if ('failure' in queue) {
    await store.close();
    own.release();
    return queue;
  }
  return {
    store, queue: queue.queue, engine: engineFor({ states, memoryMb, seconds, jobs, version }), lost: lost.signal,
    ...(redis === null ? {} : { bull: queue.queue as BullQueue }), ...(isShared ? { watchLock: (onLost: (failure: string) => void) => lockStoreAt(where, onLost) } : {}),
    release: async () => {
      isClosing = true;
      if (redis !== null) await (queue.queue as BullQueue).close();
      own.release();
    },
  };
}

/** Makes the data folder; why it cannot be, or null. */
function madeFolder(path: string): string | null {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return null;
  } catch (error) {
    return `${path}: cannot be the data folder (${reasonOf(error)}): give one that may be written with KCOVET_DATA`;
  }
}
