/**
 * @module A pool of worker threads that search side by side. What they answer is what a search in this thread gives, in the
 * order of the jobs. What goes wrong in a worker loses only the job it was at; a worker that dies is replaced, once.
 */
import { Worker } from 'node:worker_threads';
import { Observations } from '../../simulator/explore/observations.js';
import { reasonOf, searchHere, Turns } from '../analysis/searcher.js';
import type { SearchAnswer, Searcher, SearchJob, SearchSettings } from '../analysis/searcher.js';
import type { Batch, FromWorker, PlainAnswer, ToWorker } from './messages.js';

/** Jobs that a worker has been told of: the next one is there when one is done. */
const AHEAD = 2;

/** Megabytes for what lives shortly: searches make much of it, and collecting it often costs more than the room. */
const YOUNG_MB = 64;

interface Task {
  readonly batch: number;
  readonly job: number;
}

/** A place for a worker. */
interface Slot {
  worker: Worker;
  /** In the order in which the worker does them. */
  tasks: Task[];
  /** Batches that it was told of. */
  told: Set<number>;
  replaced: boolean;
}

/** One call of the searcher. */
interface Call {
  readonly jobs: readonly SearchJob[];
  readonly settings: SearchSettings;
  readonly what: Batch;
  readonly programs: readonly SearchJob['compiled'][];
  readonly answers: SearchAnswer[];
  open: number;
  readonly finish: () => void;
}

export interface PoolOptions {
  /** Worker threads. */
  readonly jobs: number;
  /** The built ./worker.js. */
  readonly entry: URL;
  /** This thread searches too, in turns with all else that it does. */
  readonly here?: boolean;
}

export class SearchPool {
  private slots: Slot[] = [];
  private readonly calls = new Map<number, Call>();
  private queue: Task[] = [];
  private nextBatch = 0;
  private closed = false;

  /** Starts the threads, so that they are there when there is something to do. */
  constructor(private readonly options: PoolOptions) {
    for (let i = 0; i < options.jobs; i += 1) this.slots.push(this.start({ replaced: false }));
  }

  /** Runs jobs in the pool's threads. */
  readonly search: Searcher = async (jobs, settings) => {
    if (jobs.length === 0) return [];
    const batch = this.nextBatch;
    this.nextBatch += 1;
    const programs = [...new Set(jobs.map((job) => job.compiled))];
    const { statesMax, memoryMax, bounds, signal } = settings;
    const what: Batch = { programs: programs.map(({ program, integers }) => ({ program, integers })), bounds, limits: { statesMax, memoryMax }, stopped: null };
    const answers: SearchAnswer[] = [];
    const stop = (): void => this.stop(batch, signal ? reasonOf(signal) : '');
    signal?.addEventListener('abort', stop);
    await new Promise<void>((finish) => {
      this.calls.set(batch, { jobs, settings, what, programs, answers, open: jobs.length, finish });
      this.queue.push(...jobs.map((_, job) => ({ batch, job })));
      this.dispatch();
      if (this.options.here) void this.help();
    });
    signal?.removeEventListener('abort', stop);
    this.calls.delete(batch);
    for (const slot of this.slots) if (slot.told.delete(batch)) send(slot, { kind: 'end', batch });
    if (this.calls.size === 0) for (const slot of this.slots) slot.replaced = false;
    return answers;
  };

  /** Ends the threads; what they were at fails. */
  async close(): Promise<void> {
    this.closed = true;
    const { slots } = this;
    this.slots = [];
    await Promise.all(slots.map((slot) => slot.worker.terminate()));
    this.failAll('the worker threads were ended');
  }

  private start({ replaced }: { replaced: boolean }): Slot {
    const worker = new Worker(this.options.entry, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    const slot: Slot = { worker, tasks: [], told: new Set(), replaced };
    let why = 'ended';
    worker.on('message', (message: FromWorker) => this.receive(slot, message));
    worker.on('error', (error: unknown) => { why = error instanceof Error ? error.message : String(error); });
    worker.on('messageerror', (error) => { why = error.message; });
    worker.on('exit', () => this.died(slot, why));
    return slot;
  }

  private dispatch(): void {
    if (this.slots.length === 0) return this.failAll('there is no worker thread left');
    // One for each first, so that none has two before every one has one.
    for (let ahead = 1; ahead <= AHEAD; ahead += 1) {
      for (const slot of this.slots) {
        if (slot.tasks.length >= ahead) continue;
        const task = this.queue.shift();
        if (!task) return;
        this.give(slot, task);
      }
    }
  }

  private give(slot: Slot, task: Task): void {
    const call = this.calls.get(task.batch);
    const job = call?.jobs[task.job];
    if (!call || !job) return;
    const { signal } = call.settings;
    if (!slot.told.has(task.batch)) send(slot, { kind: 'batch', batch: task.batch, what: { ...call.what, stopped: signal?.aborted ? reasonOf(signal) : null } });
    slot.told.add(task.batch);
    slot.tasks.push(task);
    send(slot, { kind: 'job', ...task, program: call.programs.indexOf(job.compiled), scenario: job.scenario.name });
  }

  /** Takes jobs as a worker does. */
  private async help(): Promise<void> {
    const turns = new Turns();
    // Workers come first: what they are told of later they would wait for.
    await turns.pass();
    for (let task = this.queue.shift(); task; task = this.queue.shift()) {
      const { batch, job } = task;
      const call = this.calls.get(batch);
      const asked = call?.jobs[job];
      if (!call || !asked) continue;
      const onStates = (states: number): void => call.settings.onStates?.(job, states);
      onStates(0);
      const answer = await searchHere(asked, call.settings, { turns, signal: call.settings.signal, onStates });
      this.settle(task, answer);
    }
  }

  private receive(slot: Slot, message: FromWorker): void {
    const call = this.calls.get(message.batch);
    if (message.kind === 'states') return call?.settings.onStates?.(message.job, message.states);
    slot.tasks = slot.tasks.filter((task) => task.batch !== message.batch || task.job !== message.job);
    this.answered(message, message.answer);
    this.dispatch();
  }

  private answered({ batch, job }: Task, answer: PlainAnswer): void {
    const call = this.calls.get(batch);
    const asked = call?.jobs[job];
    if (!call || !asked || call.answers[job]) return;
    this.settle({ batch, job }, 'failed' in answer ? answer : imported(asked, answer.exploration));
  }

  private settle({ batch, job }: Task, answer: SearchAnswer): void {
    const call = this.calls.get(batch);
    if (!call || call.answers[job]) return;
    call.answers[job] = answer;
    call.settings.onDone?.(job, 'failed' in answer ? 0 : answer.exploration.states);
    call.open -= 1;
    if (call.open === 0) call.finish();
  }

  /** What it was at is lost; what it had not begun goes to others. */
  private died(slot: Slot, why: string): void {
    if (this.closed) return;
    const [lost, ...others] = slot.tasks;
    this.queue.unshift(...others);
    this.slots = this.slots.filter((one) => one !== slot);
    if (!slot.replaced) this.slots.push(this.start({ replaced: true }));
    if (lost) this.answered(lost, { failed: `its worker thread died: ${why}` });
    this.dispatch();
  }

  private stop(batch: number, why: string): void {
    for (const slot of this.slots) if (slot.told.has(batch)) send(slot, { kind: 'stop', batch, why });
  }

  private failAll(failed: string): void {
    this.queue = [];
    for (const [batch, call] of this.calls) call.jobs.forEach((_, job) => this.answered({ batch, job }, { failed }));
  }
}

function send(slot: Slot, message: ToWorker): void {
  slot.worker.postMessage(message);
}

/** What a worker found, as if it had been found here. */
function imported({ compiled, scenario }: SearchJob, { seen, ...exploration }: Extract<PlainAnswer, { exploration: unknown }>['exploration']): SearchAnswer {
  try {
    return { exploration: { ...exploration, observations: new Observations(compiled.codeFor(scenario), seen) } };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
