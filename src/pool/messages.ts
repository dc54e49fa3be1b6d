/** @module What the pool and its workers tell each other: plain data, so that it can be cloned from thread to thread. */
import type { Program } from '../../simulator/ir/program.js';
import type { Exploration } from '../../simulator/explore/explore.js';
import type { Seen } from '../../simulator/explore/observations.js';
import type { SearchLimits } from '../analysis/searcher.js';

/** What the jobs of one call have in common. */
export interface Batch {
  readonly programs: readonly { readonly program: Program; readonly integers: readonly string[] }[];
  readonly bounds: Readonly<Record<string, number>>;
  readonly limits: SearchLimits;
  /** Why it was stopped already; null when it was not. */
  readonly stopped: string | null;
}

/** A job is known by the number of its batch and its own in it. */
export interface JobId {
  readonly batch: number;
  readonly job: number;
}

export type ToWorker =
  | { readonly kind: 'batch'; readonly batch: number; readonly what: Batch }
  /** `program`: its index in the batch. Jobs are done in the order in which they come. */
  | ({ readonly kind: 'job'; readonly program: number; readonly scenario: string } & JobId)
  | { readonly kind: 'stop'; readonly batch: number; readonly why: string }
  /** No more jobs of it come. */
  | { readonly kind: 'end'; readonly batch: number };

/** An exploration without what only the thread that compiled it can hold. */
export type PlainExploration = Omit<Exploration, 'observations'> & { readonly seen: Seen };

export type PlainAnswer = { readonly exploration: PlainExploration } | { readonly failed: string };

export type FromWorker =
  | ({ readonly kind: 'states'; readonly states: number } & JobId)
  | ({ readonly kind: 'done'; readonly answer: PlainAnswer } & JobId);
