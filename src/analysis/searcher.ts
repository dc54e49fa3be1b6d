/**
 * @module Who runs the searches of a review: a port, so that the review stays the same whether they run here, one after the
 * other, or side by side in worker threads (../pool). The answers are the same wherever they come from.
 */
import { exploring } from '../../simulator/explore/explore.js';
import type { Exploration, Searching } from '../../simulator/explore/explore.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { contractOf } from './contract-of.js';
import type { Compiled } from './search.js';

/** One scenario on one image. */
export interface SearchJob {
  readonly compiled: Compiled;
  /** One of the simulator's, with the bounds of the settings. */
  readonly scenario: KcovScenario;
}

export interface SearchLimits {
  /** States to visit at most in one search. */
  readonly statesMax: number;
  /** Bytes that the tables of one search may take. */
  readonly memoryMax?: number;
}

export interface SearchSettings extends SearchLimits {
  /** Bounds that the scenarios of the jobs were given. */
  readonly bounds: Readonly<Record<string, number>>;
  /** Ends what is not finished; its reason is a text, and becomes that of the searches that gave up. */
  readonly signal?: AbortSignal;
  /** A job, by its index, has visited so many states so far. */
  readonly onStates?: (job: number, states: number) => void;
  /** A job has ended. */
  readonly onDone?: (job: number, states: number) => void;
}

/** What came of a job: its result, or why there is none. */
export type SearchAnswer = { readonly exploration: Exploration } | { readonly failed: string };

/** Runs jobs; answers in their order. Never rejects because of a job. */
export type Searcher = (jobs: readonly SearchJob[], settings: SearchSettings) => Promise<readonly SearchAnswer[]>;

/** Milliseconds after which all else of the process gets a turn: what is done between two looks at the clock comes on top. */
const TURN_MS = 10;

/** Pauses in which all else of the process goes on. The clock decides when they are, and nothing else. */
export class Turns {
  private began = performance.now();

  /** Somebody else should have a turn now. */
  get isOver(): boolean {
    return performance.now() - this.began >= TURN_MS;
  }

  async pass(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.began = performance.now();
  }
}

/** Why a signal ended something. */
export function reasonOf(signal: AbortSignal): string {
  return typeof signal.reason === 'string' ? signal.reason : 'stopped';
}

export interface Watch {
  readonly turns: Turns;
  readonly signal?: AbortSignal;
  readonly onStates?: (states: number) => void;
}

/** Runs a search to its end, in turns with others. */
export async function inTurns(searching: Searching, { turns, signal, onStates }: Watch): Promise<Exploration> {
  for (let next = searching.next(); ; next = searching.next(signal?.aborted ? reasonOf(signal) : null)) {
    if (turns.isOver) {
      if (!next.done) onStates?.(next.value);
      await turns.pass();
    }
    if (next.done) return next.value;
  }
}

/** One job, here; what it throws is its answer. */
export async function searchHere({ compiled, scenario }: SearchJob, limits: SearchLimits, watch: Watch): Promise<SearchAnswer> {
  try {
    const code = compiled.codeFor(scenario);
    const { statesMax, memoryMax } = limits;
    return { exploration: await inTurns(exploring(code, scenario, contractOf(code), { statesMax, memoryMax }), watch) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

/** One job after the other, in this thread. */
export const inThread: Searcher = async (jobs, settings) => {
  const answers: SearchAnswer[] = [];
  const turns = new Turns();
  for (const [i, job] of jobs.entries()) {
    settings.onStates?.(i, 0);
    const answer = await searchHere(job, settings, { turns, signal: settings.signal, onStates: (states) => settings.onStates?.(i, states) });
    answers.push(answer);
    settings.onDone?.(i, 'failed' in answer ? 0 : answer.exploration.states);
  }
  return answers;
};
