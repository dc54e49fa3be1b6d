/**
 * @module What a server stands on, as its configuration says: the data folder, the store, the queue, the engine. Where something is
 * missing it says in one line what, and the way out.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServeConfig } from './config.js';
import { engineFor } from './engine/child-engine.js';
import { reasonOf } from './gateway/limits.js';
import { InProcessQueue } from './queue/in-process-queue.js';
import type { Log } from './service/log.js';
import { lockStore, openSqliteStore } from './store/sqlite-store.js';
import type { Backend } from './sides.js';

/** Opens it, for this process alone where it is in the data folder. */
export async function openBackend(config: ServeConfig, { version }: { version: string; log: Log }): Promise<Backend | { readonly failure: string }> {
  const problem = madeFolder(config.data);
  if (problem !== null) return { failure: problem };
  const path = join(config.data, 'kcovet.sqlite');
  const lock = await lockStore(path);
  if ('failure' in lock) return { failure: `KCOVET_DATA: ${lock.failure}, or give a folder of the server's own; KCOVET_WATCH has it watch lists, too` };
  const opened = await openSqliteStore(path);
  if ('failure' in opened) {
    lock.release();
    return opened;
  }
  const { states, memoryMb, seconds, jobs } = config;
  return { store: opened.store, queue: new InProcessQueue(opened.store.jobs), engine: engineFor({ states, memoryMb, seconds, jobs, version }), release: lock.release };
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
