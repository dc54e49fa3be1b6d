/**
 * @module One run of a job that bull gave out: is it still wanted, is its group free, the handler, the end. Its lock is renewed here,
 * since bull stops renewing at the first break of the connection, and then the job would run twice.
 */
import type Bull from 'bull';
import type { JobEnd } from '../store/job-store.js';
import { toJob, type BullData } from './bull-job.js';
import type { BullSteps } from './bull-steps.js';
import type { Handler, JobEvent } from './queue.js';
import { every } from './redis-connection.js';
import { endOf, givenUp, type RetryPolicy } from './retry-policy.js';

/** Milliseconds. */
export interface BullTimes {
  /** That a lock lasts without being renewed. */
  readonly lockMs: number;
  /** Between two looks for jobs whose worker died. */
  readonly stalledMs: number;
  /** Between two looks whether what runs is still wanted. */
  readonly lookMs: number;
  /** After which a job looks again whether its group is free; it is told sooner by the one that leaves. */
  readonly parkMs: number;
  /** After which a job of a kind that is not done here is looked at again, by whoever comes first. */
  readonly otherKindMs: number;
  /** That who adds a job or asks for something waits for an answer. */
  readonly answerMs: number;
}

/** What a run needs to know of its queue. */
export interface BullRunContext {
  readonly steps: BullSteps;
  readonly handler: Handler;
  readonly policy: RetryPolicy;
  readonly times: BullTimes;
  readonly onEnd: (event: JobEvent) => void;
  /** Whether jobs of a kind are done here. */
  readonly does: (kind: string) => boolean;
  /** What went wrong beside the job. */
  readonly tell: (error: unknown) => void;
  /** Makes a job that waits for its time or its group wait for a worker. */
  readonly promote: (name: string) => Promise<void>;
}

export class BullRun {
  private readonly abort = new AbortController();
  private timers: NodeJS.Timeout[] = [];
  /** Its lock is about to be given back. */
  private isSettling = false;
  private isLost = false;
  private isStopped = false;

  constructor(private readonly job: Bull.Job<BullData>, private readonly context: BullRunContext) {}

  /** Aborts it and puts it back. */
  stop(): void {
    this.isStopped = true;
    this.abort.abort();
  }

  /** Resolves when its end is kept, or it is somebody else's. */
  async done(): Promise<void> {
    const { times } = this.context;
    this.timers = [every(times.lockMs / 3, () => this.keep()), every(times.lookMs, () => this.look())];
    try {
      await this.run();
    } finally {
      this.settle();
    }
  }

  /** Renews nothing any more: a lock that was given back must not look like one that was lost. */
  private settle(): void {
    this.isSettling = true;
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  private async run(): Promise<void> {
    const { job, context: { steps, times, promote, does } } = this;
    if (await steps.isSuperseded(job)) {
      await this.supersede();
      return await this.leave();
    }
    if (!does(job.name)) return await this.wait(Date.now() + times.otherKindMs);
    const first = await steps.enter(job);
    if (first !== null) {
      await this.wait(Date.now() + times.parkMs);
      return first === '' ? undefined : await promote(first);
    }
    try {
      await this.work();
    } finally {
      if (!this.isLost) await this.leave();
    }
  }

  private async work(): Promise<void> {
    const { job: bullJob, context: { steps, handler, policy, onEnd } } = this;
    const job = toJob(bullJob, await steps.begin(bullJob), 'active');
    let end: JobEnd;
    try {
      const dead = givenUp(job, policy);
      if (dead) throw dead;
      await handler(job, { signal: this.abort.signal, last: job.attempts >= policy.attemptsMax });
      end = { state: 'done', error: '', atMs: Date.now() };
    } catch (error) {
      end = endOf(job, { error, stopped: this.isStopped, nowMs: Date.now() }, policy);
    }
    if (await steps.isSuperseded(bullJob)) end = { ...end, state: 'superseded' };
    // A lock that ran out while Redis was away is taken again if nobody else has it.
    await this.keep();
    if (this.isLost) return;
    this.settle();
    await this.end(end, job.attempts);
    onEnd({ job, state: end.state, error: end.error });
  }

  private async end(end: JobEnd, attempts: number): Promise<void> {
    const { job, context: { steps } } = this;
    switch (end.state) {
      case 'done':
        await job.moveToCompleted('done', false, true);
        return await this.empty();
      case 'superseded': return await this.supersede();
      case 'waiting':
        if (await steps.putOff(job, { delayed: end.delayed ?? false, error: end.error })) await this.wait(end.notBeforeMs || end.atMs);
        return;
      case 'failed':
        // bull counts one more by itself.
        job.attemptsMade = attempts - 1;
        await job.moveToFailed({ message: end.error });
    }
  }

  private async supersede(): Promise<void> {
    this.settle();
    await this.context.steps.noteSuperseded(this.job, Date.now());
    await this.job.moveToCompleted('superseded', false, true);
    await this.empty();
  }

  /** Of a job at its end only the id is needed, so that it is not done again: what it worked on may be large, and secret. */
  private async empty(): Promise<void> {
    await this.job.update({ ...this.job.data, payload: null });
  }

  private async wait(untilMs: number): Promise<void> {
    this.settle();
    await (this.job as unknown as { moveToDelayed(timestamp: number): Promise<void> }).moveToDelayed(untilMs);
  }

  private async leave(): Promise<void> {
    const { steps, promote } = this.context;
    const next = await steps.leave(this.job);
    if (next !== '') await promote(next);
  }

  /** Renews its lock; aborts it when somebody else has it. */
  async keep(): Promise<void> {
    if (this.isSettling) return;
    try {
      if (await this.context.steps.keep(this.job) || this.isLost) return;
      this.isLost = true;
      this.context.tell(new Error(`another worker has taken over job ${this.job.data.id}: its lock ran out`));
      this.abort.abort();
    } catch (error) {
      this.context.tell(error);
    }
  }

  private async look(): Promise<void> {
    try {
      if (await this.context.steps.isSuperseded(this.job)) this.abort.abort();
    } catch (error) {
      this.context.tell(error);
    }
  }
}
