/**
 * @module Searches side by side. Where the package is not built there is no file that a worker thread could run: then they
 * run in this thread, with the same answers.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inThread } from '../analysis/searcher.js';
import type { Searcher } from '../analysis/searcher.js';
import { SearchPool } from './pool.js';

/** Threads at most, unless more are asked for: a review has not much more for them to do. */
const JOBS_MAX = 8;

/** Who searches, and how to send them home. */
export interface Searchers {
  readonly search: Searcher;
  readonly close: () => Promise<void>;
}

/** Threads that search when nobody says how many. */
export function defaultJobs(): number {
  return Math.min(JOBS_MAX, availableParallelism());
}

/** `jobs` searches at a time, one of them in this thread, in turns with all else that it does. */
export function searchersFor(jobs: number): Searchers {
  const entry = new URL('./worker.js', import.meta.url);
  if (jobs <= 1 || !existsSync(entry)) return { search: inThread, close: () => Promise.resolve() };
  const pool = new SearchPool({ jobs: jobs - 1, entry, here: true });
  return { search: pool.search, close: () => pool.close() };
}
