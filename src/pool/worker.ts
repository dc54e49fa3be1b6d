/**
 * @module The entry of a worker thread: searches what it is told to, one job after the other, and hands back plain data. It
 * compiles a Program itself, once for each of its batches.
 */
import { parentPort } from 'node:worker_threads';
import { withBounds } from '../../simulator/scenario/bounds.js';
import { scenarios } from '../../simulator/scenario/index.js';
import { Compiled } from '../analysis/search.js';
import { searchHere, Turns } from '../analysis/searcher.js';
import type { Batch, FromWorker, JobId, PlainAnswer, ToWorker } from './messages.js';

type Job = Extract<ToWorker, { kind: 'job' }>;

interface OpenBatch extends Batch {
  readonly compiled: readonly Compiled[];
  readonly stop: AbortController;
}

/** One thread's work; `post` sends to the pool. */
class WorkerThread {
  private readonly batches = new Map<number, OpenBatch>();
  private readonly queue: Job[] = [];
  private readonly turns = new Turns();
  private busy = false;

  constructor(private readonly post: (message: FromWorker) => void) {}

  receive(message: ToWorker): void {
    switch (message.kind) {
      case 'batch': return this.open(message.batch, message.what);
      case 'stop': return this.batches.get(message.batch)?.stop.abort(message.why);
      case 'end': return void this.batches.delete(message.batch);
      case 'job':
        this.queue.push(message);
        if (!this.busy) void this.work();
    }
  }

  private open(batch: number, what: Batch): void {
    const stop = new AbortController();
    if (what.stopped !== null) stop.abort(what.stopped);
    this.batches.set(batch, { ...what, compiled: what.programs.map(({ program, integers }) => new Compiled(program, integers)), stop });
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let job = this.queue.shift(); job; job = this.queue.shift()) {
      const id: JobId = { batch: job.batch, job: job.job };
      this.post({ kind: 'done', ...id, answer: await this.answer(job, id) });
    }
    this.busy = false;
  }

  private async answer({ program, scenario: name }: Job, id: JobId): Promise<PlainAnswer> {
    const batch = this.batches.get(id.batch);
    const compiled = batch?.compiled[program];
    const scenario = scenarios.find((one) => one.name === name);
    if (!batch || !compiled || !scenario) return { failed: `no scenario ${name} here` };
    this.post({ kind: 'states', ...id, states: 0 });
    const watch = { turns: this.turns, signal: batch.stop.signal, onStates: (states: number) => this.post({ kind: 'states', ...id, states }) };
    const answer = await searchHere({ compiled, scenario: withBounds(scenario, batch.bounds) }, batch.limits, watch);
    if ('failed' in answer) return answer;
    const { observations, ...exploration } = answer.exploration;
    return { exploration: { ...exploration, seen: observations.data } };
  }
}

const port = parentPort;
if (port) {
  const thread = new WorkerThread((message) => port.postMessage(message));
  port.on('message', (message: ToWorker) => thread.receive(message));
}
