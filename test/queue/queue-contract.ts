/** @module What every Queue must do, held against each implementation. Every wait is for an event. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../../src/store/job-store.js';
import { GiveUp, RetryLater, type JobEvent, type JobRun, type ProcessOptions, type Queue } from '../../src/queue/queue.js';

/** A queue under test: three attempts, a backoff of a millisecond or two, at most two times put off. */
export interface QueueUnderTest {
  readonly queue: Queue;
  /** Lets the process that runs it die where it is; gives the queue of the next one. */
  crash(): Promise<Queue>;
  close(): Promise<void>;
}

/** A promise and what settles it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open: () => open() };
}

/** Works on a queue and keeps what happened. */
class Worker {
  readonly began: string[] = [];
  readonly ends: string[] = [];
  private listeners: (() => void)[] = [];

  constructor(private readonly does: (job: Job, run: JobRun) => Promise<void> = () => Promise.resolve()) {}

  /** The handler to give to a queue. */
  readonly handler = async (job: Job, run: JobRun): Promise<void> => {
    this.began.push(job.id);
    this.tell();
    await this.does(job, run);
  };

  options(concurrency = 1): ProcessOptions {
    return { concurrency, onEnd: ({ job, state }: JobEvent) => { this.ends.push(`${job.id} ${state}`); this.tell(); } };
  }

  /** Resolves when it has begun that many jobs and seen that many ends. */
  async seen({ begun = 0, ends = 0 }: { begun?: number; ends?: number }): Promise<void> {
    while (this.began.length < begun || this.ends.length < ends) await new Promise<void>((resolve) => { this.listeners.push(resolve); });
  }

  private tell(): void {
    for (const resolve of this.listeners.splice(0)) resolve();
  }
}

const untilAborted = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => {
  signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
});

/** Runs the contract on queues that `make` gives, each empty. */
export function queueContract(name: string, make: () => Promise<QueueUnderTest>): void {
  describe(`${name}: a queue`, () => {
    let under: QueueUnderTest;
    let queue: Queue;
    beforeEach(async () => {
      under = await make();
      queue = under.queue;
    });
    afterEach(async () => { await under.close(); });

    const add = (id: string, more: object = {}): Promise<boolean> => queue.add({ id, kind: 'k', payload: { of: id }, ...more });

    test('does jobs in the order they came, with their payload', async () => {
      const payloads: unknown[] = [];
      const worker = new Worker((job) => { payloads.push(job.payload); return Promise.resolve(); });
      for (const id of ['a', 'b']) await add(id);
      await queue.process(worker.handler, worker.options());
      await add('c');
      await queue.drained();
      expect(worker.began).toEqual(['a', 'b', 'c']);
      expect(payloads).toEqual([{ of: 'a' }, { of: 'b' }, { of: 'c' }]);
      expect(worker.ends).toEqual(['a done', 'b done', 'c done']);
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, done: 3, failed: 0, superseded: 0 });
    });

    test('does a job once, however often it is added, also after it is done', async () => {
      const worker = new Worker();
      expect(await Promise.all([add('a'), add('a'), add('a')])).toEqual(expect.arrayContaining([true, false, false]));
      await queue.process(worker.handler, worker.options(2));
      await queue.drained();
      expect(await add('a')).toBe(false);
      await queue.drained();
      expect(worker.began).toEqual(['a']);
    });

    test('runs as many at a time as it is told, and one of each group', async () => {
      const release = gate();
      const running = new Set<string>();
      const together: string[][] = [];
      const worker = new Worker(async ({ id }) => {
        running.add(id);
        together.push([...running].sort());
        await release.opened;
        running.delete(id);
      });
      for (const id of ['a1', 'a2', 'b1', 'c1']) await add(id, { group: id[0] });
      await queue.process(worker.handler, worker.options(2));
      await worker.seen({ begun: 2 });
      expect(worker.began).toEqual(['a1', 'b1']);
      release.open();
      await queue.drained();
      expect([...worker.began].sort()).toEqual(['a1', 'a2', 'b1', 'c1']);
      expect(together.every((ids) => ids.length <= 2 && new Set(ids.map((id) => id[0])).size === ids.length)).toBe(true);
    });

    test('takes the smallest priority first, in it the oldest, also of what is tried again', async () => {
      const worker = new Worker((job) => (job.id === 'command' && job.attempts === 1 ? Promise.reject(new Error('no luck')) : Promise.resolve()));
      await add('list', { priority: 3 });
      await add('pull', { priority: 2 });
      await add('other list', { priority: 3 });
      await add('other pull');
      await add('command', { priority: 1 });
      await queue.process(worker.handler, worker.options(1));
      await queue.drained();
      const firsts = worker.began.filter((id, i) => worker.began.indexOf(id) === i);
      expect(firsts).toEqual(['command', 'pull', 'other pull', 'list', 'other list']);
      expect(worker.began.filter((id) => id === 'command')).toHaveLength(2);
    });

    test('does the jobs of a group in their order, whoever waits for it', async () => {
      const release = gate();
      const worker = new Worker(({ id }) => (id === 'a' ? release.opened : Promise.resolve()));
      await queue.process(worker.handler, worker.options(3));
      for (const id of ['a', 'b', 'c']) await add(id, { group: 'g' });
      await worker.seen({ begun: 1 });
      await add('d', { group: 'g' });
      release.open();
      await add('e', { group: 'g' });
      await queue.drained();
      expect(worker.began).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    test('supersedes what waits and aborts what runs under the same key, and nothing else', async () => {
      const worker = new Worker((job, { signal }) => (job.id === 'run' ? untilAborted(signal) : Promise.resolve()));
      await queue.process(worker.handler, worker.options(1));
      await add('run', { replaces: 'review', group: 'g' });
      await worker.seen({ begun: 1 });
      await add('waits', { replaces: 'review', group: 'g' });
      await worker.seen({ ends: 1 });
      expect(worker.ends).toEqual(['run superseded']);
      await add('command', { group: 'g' });
      await queue.drained();
      expect(worker.ends).toEqual(['run superseded', 'waits done', 'command done']);
    });

    test('does not start what was superseded while it waited', async () => {
      const release = gate();
      const worker = new Worker(({ id }) => (id === 'first' ? release.opened : Promise.resolve()));
      await queue.process(worker.handler, worker.options(1));
      await add('first');
      await worker.seen({ begun: 1 });
      for (const id of ['old', 'older', 'new']) await add(id, { replaces: 'review' });
      release.open();
      await queue.drained();
      expect(worker.began).toEqual(['first', 'new']);
      expect((await queue.counts()).superseded).toBe(2);
    });

    test('tries again what failed, says which attempt is the last, then gives up', async () => {
      const last: boolean[] = [];
      const worker = new Worker((_, run) => { last.push(run.last); return Promise.reject(new Error('no luck')); });
      await add('a');
      await queue.process(worker.handler, worker.options());
      await queue.drained();
      expect(last).toEqual([false, false, true]);
      expect(worker.ends).toEqual(['a waiting', 'a waiting', 'a failed']);
    });

    test('shows what was given up, and lets it wait again with all its attempts when it is told to', async () => {
      const attempts: number[] = [];
      const worker = new Worker((job) => { attempts.push(job.attempts); return attempts.length <= 4 ? Promise.reject(new Error('no luck')) : Promise.resolve(); });
      await add('a', { group: 'g', replaces: 'r' });
      await queue.process(worker.handler, worker.options());
      await queue.drained();
      const [dead, ...others] = await queue.dead(5);
      expect([dead?.job.id, Object.keys(dead?.job ?? {}).includes('payload'), dead?.error, others]).toEqual(['a', false, 'no luck', []]);
      expect(dead?.atMs).toBeGreaterThan(0);
      expect(await queue.retry('a')).toBe(true);
      await queue.drained();
      expect(attempts).toEqual([1, 2, 3, 1, 2]);
      expect([await queue.dead(5), (await queue.counts()).done]).toEqual([[], 1]);
      expect([await queue.retry('a'), await queue.retry('nobody')]).toEqual([false, false]);
    });

    test('shows the last that was given up first, and no more than it is asked for', async () => {
      const worker = new Worker(() => Promise.reject(new GiveUp('gone')));
      for (const id of ['a', 'b', 'c']) await add(id);
      await queue.process(worker.handler, worker.options());
      await queue.drained();
      expect((await queue.dead(2)).map(({ job }) => job.id)).toEqual(['c', 'b']);
    });

    test('leaves jobs of other kinds to a process that does them, says so once, and counts no attempt', async () => {
      const others: string[] = [];
      const worker = new Worker();
      for (const id of ['x1', 'x2']) await add(id, { kind: 'other' });
      await add('a');
      await queue.process(worker.handler, { ...worker.options(), kinds: ['k'], onOtherKind: (kind) => { others.push(kind); } });
      await worker.seen({ ends: 1 });
      await expect.poll(async () => [await queue.counts(), others]).toEqual([{ waiting: 2, active: 0, done: 1, failed: 0, superseded: 0 }, ['other']]);
      const attempts: number[] = [];
      const next = new Worker((job) => { attempts.push(job.attempts, job.delays); return Promise.resolve(); });
      queue = await under.crash();
      await queue.process(next.handler, next.options());
      await queue.drained();
      expect([worker.began, [...next.began].sort(), attempts]).toEqual([['a'], ['x1', 'x2'], [1, 0, 1, 0]]);
    });

    test('is drained when nothing is left that is done here', async () => {
      const worker = new Worker();
      await add('x', { kind: 'other' });
      await add('a');
      await queue.process(worker.handler, { ...worker.options(), kinds: ['k'] });
      await queue.drained(1000);
      expect(worker.began).toEqual(['a']);
    });

    test('answers when it can be reached', async () => {
      await queue.ping();
    });

    test('gives up at once where another attempt is no use', async () => {
      const worker = new Worker(() => Promise.reject(new GiveUp('gone')));
      await add('a');
      await queue.process(worker.handler, worker.options());
      await queue.drained();
      expect(worker.ends).toEqual(['a failed']);
    });

    test('comes back when it is told to, which is no attempt, but not for ever', async () => {
      const attempts: number[] = [];
      const worker = new Worker((job) => { attempts.push(job.attempts); return Promise.reject(new RetryLater(1, 'slow down')); });
      await add('a');
      await queue.process(worker.handler, worker.options());
      await queue.drained();
      expect(attempts.slice(0, 3)).toEqual([1, 1, 1]);
      expect(worker.ends.at(-1)).toBe('a failed');
    });

    test('begins again what a process that died had begun, and does what waited', async () => {
      const worker = new Worker((job) => (job.id === 'a' ? new Promise(() => undefined) : Promise.resolve()));
      await add('a');
      await add('b');
      await queue.process(worker.handler, worker.options(1));
      await worker.seen({ begun: 1 });
      const next = await under.crash();
      const after = new Worker();
      await next.process(after.handler, after.options(1));
      await next.drained();
      expect([...after.began].sort()).toEqual(['a', 'b']);
    });

    test('does not begin again what was superseded before the process died', async () => {
      const worker = new Worker(() => new Promise(() => undefined));
      await queue.process(worker.handler, worker.options(1));
      await add('a', { replaces: 'r', group: 'g' });
      await worker.seen({ begun: 1 });
      await add('b', { replaces: 'r', group: 'g' });
      const next = await under.crash();
      const after = new Worker();
      await next.process(after.handler, after.options(1));
      await next.drained();
      expect(after.began).toEqual(['b']);
    });

    test('gives up on a job that every process dies of', async () => {
      let current = queue;
      await add('deadly');
      for (let i = 0; i < 3; i += 1) {
        const worker = new Worker(() => new Promise(() => undefined));
        await current.process(worker.handler, worker.options(1));
        await worker.seen({ begun: 1 });
        current = await under.crash();
      }
      const last = new Worker();
      await current.process(last.handler, last.options(1));
      await current.drained();
      expect(last.began).toEqual([]);
      expect(last.ends).toEqual(['deadly failed']);
    });

    test('stops: what runs may end or is put back, what waits stays', async () => {
      const worker = new Worker((job, { signal }) => (job.id === 'long' ? untilAborted(signal) : Promise.resolve()));
      await add('long');
      await add('waits');
      await queue.process(worker.handler, worker.options(1));
      await worker.seen({ begun: 1 });
      await queue.stop(1);
      expect(worker.ends).toEqual(['long waiting']);
      expect(await queue.counts()).toMatchObject({ waiting: 2, active: 0 });
    });
  });
}
