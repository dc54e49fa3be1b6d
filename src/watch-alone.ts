/** @module Lists are watched by one process at a time, of several servers on one store: the others wait until it is gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorField, type Log } from './service/log.js';
import type { Backend } from './sides.js';

/** Milliseconds until it is tried again to be the one that watches. */
const AGAIN_MS = 30_000;

export interface Alone {
  readonly lock: Backend['watchLock'];
  /** Watches until the signal. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly againMs?: number;
}

/** Watches until the signal, whenever nobody else does. Never rejects. */
export async function watchAlone({ lock, watch, signal, log, againMs = AGAIN_MS }: Alone): Promise<void> {
  let told = '';
  while (!signal.aborted) {
    const lost = new AbortController();
    try {
      const taken = lock === undefined ? { release: () => undefined } : await lock((failure) => lost.abort(failure));
      if ('failure' in taken) {
        if (taken.failure !== told) log('info', 'lists are watched elsewhere', { why: taken.failure });
        told = taken.failure;
      } else {
        told = '';
        try {
          await watch(AbortSignal.any([signal, lost.signal]));
        } finally {
          taken.release();
        }
      }
    } catch (error) {
      log('error', 'lists are not watched now', errorField(error));
    }
    await sleep(againMs, undefined, { signal }).catch(() => undefined);
  }
}
