/**
 * @module The queue of one process, on the jobs of a store. Jobs are kept before add() resolves; a process that dies
 * leaves them there for the next one. Two processes on one store would take each other's running jobs for those of a dead
 * one: that is what a server for queues is for.
 */
import type { DeadJob, Job, JobEnd, JobState, JobStore, NewJob } from '../store/job-store.js';
import type { Handler, ProcessOptions, Queue } from './queue.js';
import { defaultPolicy, endOf, givenUp, type RetryPolicy } from './retry-policy.js';

export type { RetryPolicy } from './retry-policy.js';

/** Node's timers end at 2^31 - 1 ms. */
const TIMER_MAX_MS = 2_147_483_647;

/** Time, passed in for tests. */
export interface Clock {
  now(): number;
  /** Calls back after a while; the function it returns cancels. */
  after(ms: number, call: () => void): () => void;
}

export const realClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, Math.min(ms, TIMER_MAX_MS));
    return () => clearTimeout(timer);
  },
};

/** A job that runs. */
interface Running {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export class InProcessQueue implements Queue {
  private readonly running = new Map<string, Running>();
  private work: { handler: Handler; options: ProcessOptions } | null = null;
  private stopped = false;
  private pumping: Promise<void> = Promise.resolve();
  private cancelTimer: () => void = () => undefined;
  private waiting: (() => void)[] = [];
  private pauses: (() => void)[] = [];
  private readonly policy: RetryPolicy;
  private readonly clock: Clock;

  constructor(private readonly jobs: JobStore, { policy = {}, clock = realClock }: { policy?: Partial<RetryPolicy>; clock?: Clock } = {}) {
    this.policy = { ...defaultPolicy, ...policy };
    this.clock = clock;
  }

  async add(job: NewJob): Promise<boolean> {
    const { added, superseded } = await this.jobs.add(job, this.clock.now());
    this.abort(superseded);
    if (added) this.pump();
    return added;
  }

  async process(handler: Handler, options: ProcessOptions): Promise<void> {
    if (this.work) throw new Error('process() is called once for each queue');
    await this.jobs.recover();
    this.work = { handler, options };
    this.pump();
    const { kinds, onOtherKind } = options;
    if (kinds && onOtherKind) for (const kind of await this.jobs.waitingKinds()) if (!kinds.includes(kind)) onOtherKind(kind);
  }

  async drained(withinMs = Infinity): Promise<void> {
    for (;;) {
      await this.pumping;
      const kinds = this.work?.options.kinds;
      const { waiting, active } = await this.jobs.counts(kinds);
      const dueMs = waiting > 0 ? await this.jobs.nextDueMs(-1, kinds) : Infinity;
      if (active === 0 && this.running.size === 0 && dueMs !== null && (waiting === 0 || dueMs > this.clock.now() + withinMs)) return;
      await new Promise<void>((resolve) => { this.waiting.push(resolve); });
    }
  }

  async stop(graceMs = 0): Promise<void> {
    this.stopped = true;
    this.cancelTimer();
    await this.pumping;
    const ends = Promise.all([...this.running.values()].map((one) => one.ended));
    let cancel = (): void => undefined;
    const grace = new Promise<void>((resolve) => { cancel = this.clock.after(graceMs, resolve); });
    await Promise.race([ends, grace]);
    cancel();
    this.abort([...this.running.keys()]);
    for (const end of this.pauses.splice(0)) end();
    await ends;
  }

  counts(): Promise<Record<JobState, number>> {
    return this.jobs.counts();
  }

  dead(max: number): Promise<DeadJob[]> {
    return this.jobs.dead(max);
  }

  async retry(id: string): Promise<boolean> {
    const waits = await this.jobs.retry(id, this.clock.now());
    if (waits) this.pump();
    return waits;
  }

  async ping(): Promise<void> {
    await this.jobs.nextDueMs(0);
  }

  private abort(ids: readonly string[]): void {
    for (const id of ids) this.running.get(id)?.abort.abort();
  }

  /** Starts what may run, one after the other; what is added meanwhile is seen by the next turn. */
  private pump(): void {
    this.pumping = this.pumping.then(() => this.fill()).catch((error: unknown) => {
      this.tell(error);
      this.cancelTimer();
      if (!this.stopped) this.cancelTimer = this.clock.after(this.policy.backoffMs, () => this.pump());
    });
  }

  private async fill(): Promise<void> {
    const { work } = this;
    // One time for both questions, or a job that becomes due between them is in neither answer.
    const nowMs = this.clock.now();
    while (work && !this.stopped && this.running.size < work.options.concurrency) {
      const job = await this.jobs.take(nowMs, work.options.kinds);
      if (!job) break;
      this.start(job, work);
    }
    await this.wakeLater(nowMs);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** A timer for the next job that is not due yet. */
  private async wakeLater(nowMs: number): Promise<void> {
    this.cancelTimer();
    if (this.stopped || !this.work) return;
    const due = await this.jobs.nextDueMs(nowMs, this.work.options.kinds);
    if (due !== null) this.cancelTimer = this.clock.after(Math.max(0, due - this.clock.now()), () => this.pump());
  }

  private tell(error: unknown): void {
    try {
      this.work?.options.onError?.(error);
    } catch {
      // Who listens does not stop the queue.
    }
  }

  private start(job: Job, work: { handler: Handler; options: ProcessOptions }): void {
    const abort = new AbortController();
    // A job whose end could not be kept until the queue stopped is found by the next process.
    const ended = this.run(job, work, abort).catch((error: unknown) => this.tell(error)).finally(() => {
      this.running.delete(job.id);
      this.pump();
    });
    this.running.set(job.id, { abort, ended });
  }

  private async run(job: Job, { handler, options }: { handler: Handler; options: ProcessOptions }, abort: AbortController): Promise<void> {
    let end: JobEnd;
    try {
      const dead = givenUp(job, this.policy);
      if (dead) throw dead;
      await handler(job, { signal: abort.signal, last: job.attempts >= this.policy.attemptsMax });
      end = { state: 'done', error: '', atMs: this.clock.now() };
    } catch (error) {
      end = endOf(job, { error, stopped: abort.signal.aborted && this.stopped, nowMs: this.clock.now() }, this.policy);
    }
    const state = await this.keepEnd(job.id, end);
    try {
      if (state !== 'active') options.onEnd?.({ job, state, error: end.error });
    } catch {
      // Who listens does not decide what becomes of a job.
    }
  }

  /** Keeps how a run ended; where that fails it is tried until the queue stops, since the group of the job waits for it. */
  private async keepEnd(id: string, end: JobEnd): Promise<JobState> {
    for (;;) {
      try {
        return await this.jobs.end(id, end);
      } catch (error) {
        if (this.stopped) throw error;
        this.tell(error);
        await this.pause();
      }
    }
  }

  /** The wait after a failure of the store; ended by stop(). */
  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(this.policy.backoffMs, resolve);
      this.pauses.push(() => { cancel(); resolve(); });
    });
  }
}
