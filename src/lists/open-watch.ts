/** @module A watch by itself, for `kcovet watch`: a store, a queue and an engine of its own, and what is done with lists on them. */
import { join, resolve } from 'node:path';
import type { Engine } from '../engine/engine.js';
import { engineFor } from '../engine/child-engine.js';
import { InProcessQueue } from '../queue/in-process-queue.js';
import { lockStore, openSqliteStore } from '../store/sqlite-store.js';
import type { ListStore } from './list-store.js';
import { listSide, type ListSide, type Surroundings } from './list-side.js';
import type { WatchConfig } from './watch-config.js';

/** Milliseconds that a review has to end after the watch was told to. */
const GRACE_MS = 2_000;

/** What one review may take: as much as `kcovet serve` gives it. */
const ENGINE = { states: 400_000, memoryMb: 1024, seconds: 3600, jobs: 2 } as const;

export interface OwnSurroundings extends Omit<Surroundings, 'store' | 'queue' | 'engine' | 'data'> {
  readonly version: string;
  /** For tests. */
  readonly engine?: Engine;
}

export interface OpenedWatch extends Omit<ListSide, 'jobs'> {
  /** Where its mails and series are. */
  readonly lists: ListStore;
  readonly close: () => Promise<void>;
}

/** Opens the store, for this process alone, and begins to work on what was left; or says in one line why not, and the way out. */
export async function openWatch(config: WatchConfig, around: OwnSurroundings): Promise<OpenedWatch | { readonly failure: string }> {
  const data = resolve(around.folder, config.data);
  const path = join(data, 'kcovet.sqlite');
  const lock = await lockStore(path);
  if ('failure' in lock) return lock;
  const opened = await openSqliteStore(path);
  const end = async (): Promise<void> => {
    if ('store' in opened) await opened.store.close();
    lock.release();
  };
  if ('failure' in opened) {
    await end();
    return opened;
  }
  const { store } = opened;
  const queue = new InProcessQueue(store.jobs);
  const side = await listSide(config, { ...around, data, store, queue, engine: around.engine ?? engineFor({ ...ENGINE, version: around.version }) });
  if ('failure' in side) {
    await end();
    return side;
  }
  await side.watch.start();
  const close = async (): Promise<void> => {
    await queue.stop(GRACE_MS);
    await end();
  };
  return { ...side, lists: store.lists, close };
}
