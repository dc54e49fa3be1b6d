/** @module Judges mutants side by side: one thread for each core, each with one mutant at a time, in the order given. */
import { Worker } from 'node:worker_threads';
import type { MutantBase } from './bases.js';
import type { Judged, JudgeOptions } from './judge.js';
import type { Mutant } from './mutants.js';
import type { Answer, Ask, Start } from './worker.js';

/** A mutant with what came of it. */
export interface Result extends Judged {
  readonly mutant: Mutant;
}

export interface RunOptions {
  readonly threads: number;
  readonly judge: JudgeOptions;
  /** A mutant that must not be asked about. */
  readonly isNeutral: (mutant: Mutant) => boolean;
  /** Ends the run early: no further mutant is begun. */
  readonly signal: AbortSignal;
  /** Called when a mutant is judged. */
  readonly onResult: (result: Result) => void;
}

/** Results in the order of the mutants, of those that were begun. */
export async function runMutants(bases: readonly MutantBase[], mutants: readonly Mutant[], { threads, judge, isNeutral, signal, onResult }: RunOptions): Promise<Result[]> {
  const queue = [...mutants];
  signal.addEventListener('abort', () => { queue.length = 0; });
  const results = new Map<string, Result>();
  const work = (): Promise<void> => new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { bases, options: judge } satisfies Start });
    let current = queue.shift();
    const next = (): void => {
      if (current) worker.postMessage({ mutant: current, whole: isNeutral(current) } satisfies Ask);
      else worker.terminate().then(() => resolve(), reject);
    };
    worker.on('error', reject);
    worker.on('message', (answer: Answer) => {
      if (!current) return;
      const result: Result = 'failed' in answer ? { mutant: current, questions: [], differs: null, unseen: [`the review failed: ${answer.failed}`] } : { mutant: current, ...answer.judged };
      results.set(current.id, result);
      onResult(result);
      current = queue.shift();
      next();
    });
    next();
  });
  await Promise.all(Array.from({ length: Math.min(threads, mutants.length) }, work));
  return mutants.flatMap((m) => results.get(m.id) ?? []);
}
