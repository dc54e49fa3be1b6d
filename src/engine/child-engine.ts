/**
 * @module An engine that gives each review a process of its own, within limits on time and memory: the thread that answers GitHub
 * and renews locks stays free, and what crashes, hangs or eats memory loses one attempt and nothing else.
 */
import { existsSync } from 'node:fs';
import type { ReplayResult } from '../review/options.js';
import type { Assumed, Review } from '../review/review.js';
import { EngineChild } from './engine-child.js';
import { Superseded, engineHere, lateReason } from './engine.js';
import type { Engine, EngineLimits, Watch } from './engine.js';
import type { EngineResult, EngineTask } from './engine-process.js';

/** What a process needs beside the tables of its searches. */
const REST_MB = 1024;

/** Megabytes that the process of a review may have. */
export function processMb({ memoryMb, jobs }: EngineLimits): number {
  return REST_MB + jobs * memoryMb;
}

export interface ChildOptions {
  /** What a process runs. */
  readonly entry?: URL;
  /** Milliseconds that a review has to end after its searches were stopped. */
  readonly graceMs?: number;
  /** Megabytes of a process; `processMb` of the limits when left out. */
  readonly residentMb?: number;
}

/** An engine with a process for each request; one in this thread where the package is not built. */
export function engineFor(limits: EngineLimits, options: ChildOptions = {}): Engine {
  const { entry = new URL('./engine-process.js', import.meta.url), graceMs = 120_000, residentMb = processMb(limits) } = options;
  if (!existsSync(entry)) return engineHere(limits);
  const run = (task: EngineTask, watch: Watch): Promise<EngineResult> => inChild(task, watch, { entry, graceMs, residentMb });
  return {
    review: async (request, watch) => await run({ kind: 'review', limits, request }, watch) as Review,
    reviewUnread: async (request, watch) => await run({ kind: 'unread', limits, request }, watch) as Review,
    assumed: async (request, watch) => await run({ kind: 'assumed', limits, request }, watch) as Assumed[],
    replay: async (request, watch) => await run({ kind: 'replay', limits, request }, watch) as ReplayResult,
  };
}

async function inChild(task: EngineTask, { signal, onProgress }: Watch, { entry, graceMs, residentMb }: Required<ChildOptions>): Promise<EngineResult> {
  if (signal.aborted) throw new Superseded();
  const child = new EngineChild(entry, residentMb);
  const { seconds } = task.limits;
  const timers = [
    setTimeout(() => child.send({ kind: 'stop', reason: lateReason(task.limits) }), seconds * 1000),
    setTimeout(() => child.fail(`it did not end within ${Math.round(seconds + graceMs / 1000)} s`), seconds * 1000 + graceMs),
  ];
  let supersede = (): void => undefined;
  try {
    return await new Promise<EngineResult>((resolve, reject) => {
      supersede = () => reject(new Superseded());
      signal.addEventListener('abort', supersede);
      child.listen((message) => {
        if (message.kind === 'progress') onProgress?.(message.progress);
        else if (message.kind === 'done') resolve(message.result);
        else reject(new Error(message.why));
      }, reject);
      child.send({ kind: 'task', task });
    });
  } finally {
    timers.forEach((timer) => clearTimeout(timer));
    signal.removeEventListener('abort', supersede);
    await child.end();
  }
}
