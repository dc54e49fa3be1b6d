/**
 * @module The queue of several processes: bull 4 on Redis, behind the same port. bull keeps the jobs, their order and which worker has
 * which; what it cannot do is in ./bull-steps.ts. Jobs are fetched by hand, since bull's own loop has attempts, locks and ends of its own.
 */
import { randomUUID } from 'node:crypto';
import type Bull from 'bull';
import type { DeadJob, JobState, NewJob } from '../store/job-store.js';
import { bullData, bullPriority, markText, shortName, toDeadJob, type BullData } from './bull-job.js';
import { BullRun, type BullRunContext, type BullTimes } from './bull-run.js';
import { BullSteps } from './bull-steps.js';
import type { Handler, ProcessOptions, Queue } from './queue.js';
import { every, within } from './redis-connection.js';
import type { RetryPolicy } from './retry-policy.js';

/** Milliseconds between two looks whether all is done. */
const DRAIN_LOOK_MS = 50;

/** Milliseconds that runs which were aborted, and connections, have to end. */
const END_MS = 5000;

/** What bull does once process() was called, which we do not call; not in its types. */
interface Internals {
  moveUnlockedJobsToWait(): Promise<void>;
  _initProcess(): Promise<void>;
}

export interface BullQueueOptions {
  readonly policy: RetryPolicy;
  readonly times: BullTimes;
  /** Milliseconds that jobs at their end are kept; Infinity: for ever. */
  readonly keptMs: number;
  /** Where Redis is, for people. */
  readonly place: string;
}

export class BullQueue implements Queue {
  private readonly steps: BullSteps;
  private readonly running = new Map<BullRun, Promise<void>>();
  private work: ProcessOptions | null = null;
  private context: BullRunContext | null = null;
  private fetching: Promise<void> = Promise.resolve();
  private isStopping = false;
  private wake: () => void = () => undefined;
  private stalledTimer: NodeJS.Timeout | undefined;

  /** `bull`: also what a board shows. */
  constructor(readonly bull: Bull.Queue<BullData>, private readonly options: BullQueueOptions) {
    this.steps = new BullSteps(bull, { lockMs: options.times.lockMs, keptMs: options.keptMs });
    bull.on('error', (error) => this.tell(error));
  }

  async add(job: NewJob): Promise<boolean> {
    return await this.answered(this.keep(job));
  }

  async process(handler: Handler, options: ProcessOptions): Promise<void> {
    if (this.work) throw new Error('process() is called once for each queue');
    this.work = options;
    const { steps, options: { policy, times } } = this;
    this.context = {
      steps, handler, policy, times, does: doing(options), tell: (error) => this.tell(error), promote: (name) => this.promote(name),
      onEnd: (event) => {
        try {
          options.onEnd?.(event);
        } catch {
          // Who listens does not decide what becomes of a job.
        }
      },
    };
    const internals = this.bull as unknown as Internals;
    await internals._initProcess();
    await internals.moveUnlockedJobsToWait();
    this.lookForStalled();
    this.fetching = this.fetch(options.concurrency, this.context);
  }

  async drained(withinMs = Infinity): Promise<void> {
    for (;;) {
      const [{ waiting, paused, active, delayed }, dueMs] = await Promise.all([this.bull.getJobCounts() as Promise<Bull.JobCounts & { paused?: number }>, this.steps.nextDueMs()]);
      const isDue = delayed > 0 && dueMs <= Date.now() + withinMs;
      if (waiting + (paused ?? 0) + active + this.running.size === 0 && !isDue) return;
      await new Promise<void>((resolve) => { setTimeout(resolve, DRAIN_LOOK_MS); });
    }
  }

  async stop(graceMs = 0): Promise<void> {
    this.isStopping = true;
    this.wake();
    const all = async (): Promise<void> => {
      await this.fetching;
      await Promise.all(this.running.values());
    };
    await within(all(), graceMs, '').catch(() => undefined);
    for (const run of this.running.keys()) run.stop();
    // What cannot be told to Redis now is found by the next worker.
    await within(all(), END_MS, '').catch((error: unknown) => this.tell(error));
  }

  async counts(): Promise<Record<JobState, number>> {
    const [{ waiting, paused = 0, delayed, active, completed, failed }, superseded] = await this.answered(Promise.all([
      this.bull.getJobCounts() as Promise<Bull.JobCounts & { paused?: number }>, this.steps.supersededCount(),
    ]));
    return { waiting: waiting + paused + delayed, active, done: Math.max(0, completed - superseded), failed, superseded };
  }

  async dead(max: number): Promise<DeadJob[]> {
    return (await this.answered(this.bull.getFailed(0, max - 1))).map(toDeadJob);
  }

  async retry(id: string): Promise<boolean> {
    return await this.answered(this.steps.retry(shortName(id), Date.now()));
  }

  async ping(): Promise<void> {
    await this.answered(this.bull.client.ping());
  }

  /** Ends the connections; jobs that run are left to others. */
  async close(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.stalledTimer);
    await within(this.bull.close(true), END_MS, '').catch(() => undefined);
    for (const client of this.bull.clients) client.disconnect();
  }

  private async keep(job: NewJob): Promise<boolean> {
    const mark = randomUUID();
    const data = bullData(job, mark, await this.steps.nextSeq());
    const name = shortName(job.id);
    const { keptMs } = this.options;
    const remove = keptMs === Infinity ? false : { age: Math.ceil(keptMs / 1000) };
    await this.bull.add(job.kind, data, {
      jobId: name, priority: bullPriority(job), attempts: 1, stackTraceLimit: 1,
      removeOnComplete: remove, removeOnFail: remove,
    });
    const before = await this.steps.kept(name, markText(mark), data);
    if (before) await this.promote(before);
    return before !== null;
  }

  /**
   * Finds jobs whose worker died. When Redis was away, or silent, workers get the time of a lock to renew theirs, which ran out meanwhile,
   * or what they are at would be begun again elsewhere.
   */
  private lookForStalled(): void {
    const { times: { lockMs, stalledMs } } = this.options;
    const { client } = this.bull;
    let quietUntilMs = -Infinity;
    client.on('ready', () => {
      quietUntilMs = performance.now() + lockMs;
      for (const run of this.running.keys()) void run.keep();
    });
    this.stalledTimer = every(stalledMs, async () => {
      const askedMs = performance.now();
      await client.ping().catch(() => undefined);
      const nowMs = performance.now();
      if (nowMs - askedMs > stalledMs) quietUntilMs = nowMs + lockMs;
      if (client.status === 'ready' && nowMs >= quietUntilMs) await (this.bull as unknown as Internals).moveUnlockedJobsToWait();
    });
  }

  /** Lets a job that is to wait still run, or end if nobody wants it any more, at once. */
  private async promote(name: string): Promise<void> {
    const job = await this.bull.getJob(name);
    // It runs or waits for a worker already, where bull rejects.
    await job?.promote().catch(() => undefined);
  }

  private async fetch(concurrency: number, context: BullRunContext): Promise<void> {
    while (!this.isStopping) {
      try {
        if (this.running.size >= concurrency) await new Promise<void>((resolve) => { this.wake = resolve; });
        else this.start(await this.bull.getNextJob() ?? null, context);
      } catch (error) {
        this.tell(error);
        await new Promise<void>((resolve) => { setTimeout(resolve, context.times.lookMs); });
      }
    }
  }

  private start(job: Bull.Job<BullData> | null, context: BullRunContext): void {
    if (!job) return;
    const run = new BullRun(job, context);
    if (this.isStopping) run.stop();
    const ended = run.done().catch((error: unknown) => this.tell(error)).finally(() => {
      this.running.delete(run);
      this.wake();
    });
    this.running.set(run, ended);
  }

  private answered<T>(promise: Promise<T>): Promise<T> {
    const { times: { answerMs }, place } = this.options;
    return within(promise, answerMs, `Redis at ${place} did not answer within ${answerMs / 1000} s: is it running, and REDIS_URL right?`);
  }

  private tell(error: unknown): void {
    try {
      this.work?.onError?.(error);
    } catch {
      // Who listens does not stop the queue.
    }
  }
}

/** Whether a kind is done; the first time that one is not, that is told. */
function doing({ kinds, onOtherKind }: ProcessOptions): (kind: string) => boolean {
  const told = new Set<string>();
  return (kind) => {
    if (kinds === undefined || kinds.includes(kind)) return true;
    if (!told.has(kind)) onOtherKind?.(kind);
    told.add(kind);
    return false;
  };
}
