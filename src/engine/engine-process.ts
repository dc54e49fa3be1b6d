/**
 * @module The entry of a process that makes one review, one replay or one check of assumptions, and tells how far it is. It
 * says how it came out and then waits to be ended; it ends by itself when whoever wanted it is gone.
 */
import { Worker } from 'node:worker_threads';
import type { Progress, ReplayResult } from '../review/options.js';
import type { Assumed, Review } from '../review/review.js';
import { assumedHere, replayHere, reviewHere, reviewUnreadHere } from './engine.js';
import type { EngineLimits, ReplayRequest, ReviewRequest, UnreadRequest } from './engine.js';

/** What a process is told first, and once. */
export type EngineTask = { readonly limits: EngineLimits } & ({ readonly kind: 'review' | 'assumed'; readonly request: ReviewRequest } | { readonly kind: 'unread'; readonly request: UnreadRequest } | { readonly kind: 'replay'; readonly request: ReplayRequest });

/** What it is told: its task, then perhaps to stop, with the reason. */
export type ToEngine = { readonly kind: 'task'; readonly task: EngineTask } | { readonly kind: 'stop'; readonly reason: string };

/** What comes of a task. */
export type EngineResult = Review | ReplayResult | Assumed[];

/** What it says. */
export type FromEngine =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: EngineResult }
  | { readonly kind: 'failed'; readonly why: string };

/** Milliseconds between two words about progress. */
const PROGRESS_MS = 500;

async function resultOf(task: EngineTask, watch: Parameters<typeof reviewHere>[2]): Promise<EngineResult> {
  switch (task.kind) {
    case 'review': return await reviewHere(task.request, task.limits, watch);
    case 'unread': return await reviewUnreadHere(task.request, task.limits, watch);
    case 'assumed': return await assumedHere(task.request, task.limits, watch);
    case 'replay': return await replayHere(task.request);
  }
}

async function work(task: EngineTask, say: (message: FromEngine) => void, stop: AbortSignal): Promise<void> {
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

const send = process.send?.bind(process);
if (send) {
  const stop = new AbortController();
  const guard = new Worker(new URL('./orphan-guard.js', import.meta.url), { workerData: process.ppid });
  guard.unref();
  process.once('disconnect', () => process.exit(0));
  process.on('message', (message: ToEngine) => {
    if (message.kind === 'stop') stop.abort(message.reason);
    else void work(message.task, (said) => send(said), stop.signal);
  });
}
