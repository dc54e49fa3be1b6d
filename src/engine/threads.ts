/**
 * @module An engine that gives each review a thread of its own, so that the thread that answers GitHub stays free, and what
 * is superseded can be ended at once, wherever it is.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { ReplayResult } from '../review/options.js';
import type { Assumed, Review } from '../review/review.js';
import { Superseded, engineHere, lateReason } from './engine.js';
import type { Engine, EngineLimits, Watch } from './engine.js';
import type { EngineResult, FromThread, ThreadTask } from './engine-thread.js';

/** Milliseconds that a review has to end after its searches were stopped. */
const GRACE_MS = 120_000;

/** An engine with a thread for each request; one in this thread where the package is not built. */
export function engineFor(limits: EngineLimits, entry: URL = new URL('./engine-thread.js', import.meta.url)): Engine {
  if (!existsSync(entry)) return engineHere(limits);
  return {
    review: async (request, watch) => await inThread(entry, { kind: 'review', limits, request }, watch) as Review,
    assumed: async (request, watch) => await inThread(entry, { kind: 'assumed', limits, request }, watch) as Assumed[],
    replay: async (request, watch) => await inThread(entry, { kind: 'replay', limits, request }, watch) as ReplayResult,
  };
}

async function inThread(entry: URL, task: ThreadTask, { signal, onProgress }: Watch): Promise<EngineResult> {
  if (signal.aborted) throw new Superseded();
  const worker = new Worker(entry, { workerData: task });
  const { seconds } = task.limits;
  const timers = [
    setTimeout(() => worker.postMessage(lateReason(task.limits)), seconds * 1000),
    setTimeout(() => void worker.terminate(), seconds * 1000 + GRACE_MS),
  ];
  let supersede = (): void => undefined;
  try {
    return await new Promise<EngineResult>((resolve, reject) => {
      supersede = () => reject(new Superseded());
      signal.addEventListener('abort', supersede);
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`the thread of the review ended (${code})`)));
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'progress') onProgress?.(message.progress);
        else if (message.kind === 'done') resolve(message.result);
        else reject(new Error(message.why));
      });
    });
  } finally {
    timers.forEach((timer) => clearTimeout(timer));
    signal.removeEventListener('abort', supersede);
    await worker.terminate();
  }
}
