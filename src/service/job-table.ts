/**
 * @module Which kind of job is done by what: one queue has jobs of all kinds, and every process that works on it has the same table.
 * Every failure becomes what the queue understands, and one line of the log; none ends the process.
 */
import type { Job } from '../store/job-store.js';
import { GiveUp, RetryLater, type JobEvent, type JobRun, type Queue } from '../queue/queue.js';
import { forQueue } from './failure.js';
import { errorField, type Log } from './log.js';

/** How jobs of one kind are done. */
export interface JobKind {
  /** Does one. Rejects as a Handler of a queue does, or with a RemoteFailure. */
  readonly run: (job: Job, run: JobRun) => Promise<void>;
  /** Told of one that is given up, and why: before that is kept, so that no death comes between; now and then twice. */
  readonly failed?: (job: Job, reason: string) => Promise<void> | void;
}

/** Kinds by their names. */
export type JobTable = Readonly<Record<string, JobKind>>;

export interface Working {
  /** Jobs that run at a time. */
  readonly concurrency: number;
  readonly log: Log;
  /** Told of each run when it ended. */
  readonly onRun?: (event: { readonly kind: string; readonly state: JobEvent['state']; readonly seconds: number }) => void;
}

/** Work under way. */
export interface AtWork {
  /** Resolves when all that was given up so far was told to its kind. */
  told(): Promise<void>;
}

/** Begins to work on a queue, first on what was left. A job of a kind that is not in the table waits for a process that has it. */
export async function workOn(queue: Pick<Queue, 'process'>, table: JobTable, { concurrency, log, onRun }: Working): Promise<AtWork> {
  const kinds = new Map(Object.entries(table));
  const telling = new Set<Promise<void>>();
  const began = new Map<string, number>();
  /** Jobs that were told to be given up, and whose end is not kept yet. */
  const givenUp = new Set<string>();
  const tell = async (job: Job, reason: string): Promise<void> => {
    const told = (async () => { await kinds.get(job.kind)?.failed?.(job, reason); })()
      .catch((failure: unknown) => log('error', 'the store failed', errorField(failure))).finally(() => telling.delete(told));
    telling.add(told);
    await told;
  };
  const onEnd = ({ job, state, error }: JobEvent): void => {
    log(state === 'failed' ? 'error' : 'info', `job ${state}`, { job: job.id, attempts: job.attempts, ...(error === '' ? {} : { error }) });
    onRun?.({ kind: kinds.has(job.kind) ? job.kind : 'unknown', state, seconds: (performance.now() - (began.get(job.id) ?? performance.now())) / 1000 });
    began.delete(job.id);
    // Given up without a run: the process died each time.
    if (!givenUp.delete(job.id) && state === 'failed') void tell(job, error);
  };
  const onOtherKind = (kind: string): void => log('warn', 'jobs wait: this process has no GitHub App, no KCOVET_WATCH, or is of another release than what does them', { kind: kind.slice(0, 60) });
  await queue.process(async (job, run) => {
    began.set(job.id, performance.now());
    await done(job, run, { kind: kinds.get(job.kind), log, giveUp: async (reason) => {
      givenUp.add(job.id);
      await tell(job, reason);
    } });
  }, { concurrency, kinds: [...kinds.keys()], onOtherKind, onEnd, onError: (error) => log('error', 'the store of jobs failed', errorField(error)) });
  return { told: async () => { await Promise.all(telling); } };
}

interface Doing {
  readonly kind: JobKind | undefined;
  readonly log: Log;
  readonly giveUp: (reason: string) => Promise<void>;
}

async function done(job: Job, run: JobRun, { kind, log, giveUp }: Doing): Promise<void> {
  try {
    if (kind === undefined) throw new GiveUp(`no job of the kind ${JSON.stringify(job.kind.slice(0, 60))} is known here: another release may do it`);
    await kind.run(job, run);
  } catch (error) {
    if (!run.signal.aborted) log('warn', 'a job did not end', { job: job.id, ...errorField(error) });
    const failure = forQueue(error);
    const isLast = failure instanceof GiveUp || (run.last && !(failure instanceof RetryLater));
    if (isLast && !run.signal.aborted) await giveUp(failure instanceof Error ? failure.message : String(failure));
    throw failure;
  }
}
