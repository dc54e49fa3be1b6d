/** @module The entry of a thread that makes one review, one replay or one check of assumptions, and tells how far it is. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Progress, ReplayResult } from '../review/options.js';
import type { Assumed, Review } from '../review/review.js';
import { assumedHere, replayHere, reviewHere } from './engine.js';
import type { EngineLimits, ReplayRequest, ReviewRequest } from './engine.js';

/** What a thread is started with. */
export type ThreadTask = { readonly limits: EngineLimits } & ({ readonly kind: 'review' | 'assumed'; readonly request: ReviewRequest } | { readonly kind: 'replay'; readonly request: ReplayRequest });

/** What comes of a task. */
export type EngineResult = Review | ReplayResult | Assumed[];

/** What it says. */
export type FromThread =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: EngineResult }
  | { readonly kind: 'failed'; readonly why: string };

/** Milliseconds between two words about progress. */
const PROGRESS_MS = 500;

async function resultOf(task: ThreadTask, watch: Parameters<typeof reviewHere>[2]): Promise<EngineResult> {
  switch (task.kind) {
    case 'review': return await reviewHere(task.request, task.limits, watch);
    case 'assumed': return await assumedHere(task.request, task.limits, watch);
    case 'replay': return await replayHere(task.request);
  }
}

async function work(task: ThreadTask, say: (message: FromThread) => void, stop: AbortSignal): Promise<void> {
  let saidAt = -Infinity;
  const onProgress = (progress: Progress): void => {
    if (performance.now() - saidAt < PROGRESS_MS) return;
    saidAt = performance.now();
    say({ kind: 'progress', progress });
  };
  try {
    say({ kind: 'done', result: await resultOf(task, { stop, onProgress }) });
  } catch (error) {
    say({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
  }
}

const port = parentPort;
if (port) {
  const stop = new AbortController();
  port.on('message', (reason: string) => stop.abort(reason));
  void work(workerData as ThreadTask, (message) => port.postMessage(message), stop.signal).finally(() => port.close());
}
