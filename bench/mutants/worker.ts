/** @module A thread that judges one mutant after the other; what it learnt about the bases it keeps. */
import { parentPort, workerData } from 'node:worker_threads';
import type { MutantBase } from './bases.js';
import { Judge } from './judge.js';
import type { Judged, JudgeOptions } from './judge.js';
import type { Mutant } from './mutants.js';

/** What a thread answers to a mutant. */
export type Answer = { readonly id: string; readonly judged: Judged } | { readonly id: string; readonly failed: string };

/** What a thread begins with. */
export interface Start {
  readonly bases: readonly MutantBase[];
  readonly options: JudgeOptions;
}

/** What a thread is asked. */
export interface Ask {
  readonly mutant: Mutant;
  /** As in Judge. */
  readonly whole: boolean;
}

const { bases, options } = workerData as Start;
const judge = new Judge(bases, options);

parentPort?.on('message', ({ mutant, whole }: Ask) => {
  judge.judge(mutant, whole)
    .then((judged): Answer => ({ id: mutant.id, judged }), (error: unknown): Answer => ({ id: mutant.id, failed: error instanceof Error ? error.message : String(error) }))
    .then((answer) => parentPort?.postMessage(answer), () => undefined);
});
