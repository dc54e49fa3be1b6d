/** @module A process for each review: what it says comes through, what goes wrong in it is said, and it is gone afterwards. All processes are real. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineFor, type ChildOptions } from '../../src/engine/child-engine.js';
import { Superseded, engineHere, type Engine } from '../../src/engine/engine.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';
import type { Progress } from '../../src/review/options.js';
import { buildEntry, type BuiltEntry } from '../built-entry.js';

const limits = { states: 1, memoryMb: 1, seconds: 600, jobs: 1, version: '0' };
const submission: Submission = { name: 's', form: 'diff', subject: '', messageId: null, version: 1, patches: [], problems: [] };
const request = { submission, bounds: { nmi: 1 } };
const never = new AbortController().signal;
const hasProc = existsSync('/proc/self/status');

let built: BuiltEntry;
beforeAll(() => { built = buildEntry('src/engine/child-engine.ts'); });
afterAll(() => built.remove());

let files = 0;

/** An engine whose processes run some JavaScript: `say` is there, `task` too, and `onStop`; the pid is told as progress first. */
function engine(code: string, { seconds = 600, ...options }: ChildOptions & { seconds?: number } = {}): Engine {
  files += 1;
  const entry = built.other(`entry-${files}.js`, `
    const say = (m) => process.send(m);
    let stop = (reason) => { stopped = reason; }, stopped;
    const onStop = (f) => { stop = f; if (stopped) f(stopped); };
    process.on('disconnect', () => process.exit());
    process.on('message', (m) => {
      if (m.kind === 'stop') return stop(m.reason);
      const { task } = m;
      say({ kind: 'progress', progress: { done: 0, total: 0, scenario: 'begun', states: process.pid } });
      setTimeout(() => { ${code} }, 20);
    });`);
  return engineFor({ ...limits, seconds }, { entry, ...options });
}

/** Reviews; `pid` is that of the process, once it has begun. */
function reviewing(one: Engine, signal: AbortSignal = never): { readonly result: Promise<unknown>; readonly pid: Promise<number>; readonly seen: Progress[] } {
  const seen: Progress[] = [];
  let begun = (_pid: number): void => undefined;
  const pid = new Promise<number>((resolve) => { begun = resolve; });
  const result = one.review(request, { signal, onProgress: (progress) => { begun(progress.states); seen.push(progress); } });
  result.catch(() => undefined);
  return { result, pid, seen };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when a process that is nobody's child here is gone. */
async function untilGone(pid: number): Promise<void> {
  // A process that was killed and not yet waited for by its new parent is there, but does nothing any more.
  while (isThere(pid) && !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'latin1'))) await new Promise((resolve) => { setTimeout(resolve, 20); });
}

describe('a process for each review', () => {
  test('gets the request and nothing of the environment, tells how far it is, gives the result, and is gone', async () => {
    process.env.KCOVET_TEST_SECRET = 'secret';
    const { result, pid, seen } = reviewing(engine("say({ kind: 'progress', progress: { done: 1, total: 2, scenario: 'x', states: 3 } });\nsay({ kind: 'done', result: { ...task, env: Object.keys(process.env) } });"));
    expect(await result).toMatchObject({ kind: 'review', request: { bounds: { nmi: 1 } }, limits: { version: '0' } });
    expect(await result).not.toMatchObject({ env: expect.arrayContaining(['KCOVET_TEST_SECRET']) as unknown });
    expect(seen.at(-1)).toEqual({ done: 1, total: 2, scenario: 'x', states: 3 });
    expect(isThere(await pid)).toBe(false);
  });

  test.each([
    ['says that it failed', "say({ kind: 'failed', why: 'no room' });", /^no room$/u],
    ['throws', "throw new TypeError('broken');", /ended: TypeError: broken \(exit status 1\)$/u],
    ['ends without a word', 'process.exit(3);', /ended: exit status 3$/u],
    ['is killed', "process.kill(process.pid, 'SIGKILL');", /ended: killed by SIGKILL, perhaps since the machine had no memory left$/u],
    ['crashes', "process.kill(process.pid, 'SIGSEGV');", /ended: killed by SIGSEGV$/u],
  ])('one that %s loses its own review alone', async (_, code, why) => {
    const one = engine(`if (task.request.bounds.nmi === 1) { ${code} } else say({ kind: 'done', result: 'fine' });`);
    const other = one.review({ ...request, bounds: { nmi: 2 } }, { signal: never });
    await expect(one.review(request, { signal: never })).rejects.toThrow(why);
    expect(await other).toBe('fine');
  });

  test('is ended when nobody wants the result, wherever it is', async () => {
    const stop = new AbortController();
    const { result, pid } = reviewing(engine('for (;;) {}'), stop.signal);
    const started = await pid;
    stop.abort();
    await expect(result).rejects.toBeInstanceOf(Superseded);
    expect(isThere(started)).toBe(false);
    await expect(engine('').review(request, { signal: stop.signal })).rejects.toBeInstanceOf(Superseded);
  });

  test('is told to stop when its time is over, and says what it has', async () => {
    const { result } = reviewing(engine("onStop((reason) => say({ kind: 'done', result: reason }));", { seconds: 0.5 }));
    expect(await result).toBe('stopped after 0.5 s');
  });

  test('is killed when it hangs for longer than that', async () => {
    // On a busy machine its time may be over before it has begun, and said so.
    const { result, seen } = reviewing(engine('for (;;) {}', { seconds: 2, graceMs: 100 }));
    await expect(result).rejects.toThrow('the process of the review ended: it did not end within 2 s');
    expect(seen.filter(({ states: pid }) => isThere(pid))).toEqual([]);
  });

  test.each([
    ['fills its heap', 'const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length));'],
    ['fills its heap between two looks at its memory', "process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\\n', () => process.kill(process.pid, 'SIGABRT'));"],
  ])('ends when it %s', async (_, code) => {
    await expect(reviewing(engine(code, { residentMb: 100 })).result).rejects.toThrow('the process of the review ended: it took more than 100 MB of memory');
  });

  test.skipIf(!hasProc)('ends when it has more memory than it may, in its heap or beside it', async () => {
    const { result, pid } = reviewing(engine('const kept = []; setInterval(() => kept.push(Buffer.alloc(16 << 20, 1)), 20);', { residentMb: 256 }));
    await expect(result).rejects.toThrow('the process of the review ended: it took more than 256 MB of memory');
    expect(isThere(await pid)).toBe(false);
  });

  test.skipIf(!hasProc)('has its turn after what answers people, and is the first to go when memory runs out', async () => {
    const { result } = reviewing(engine("import('node:fs').then(({ readFileSync }) => import('node:os').then((os) => say({ kind: 'done', result: [os.getPriority(), readFileSync('/proc/self/oom_score_adj', 'utf8').trim()] })));"));
    expect(await result).toEqual([10, '500']);
  });

  test('takes requests and gives results of many megabytes', async () => {
    const text = 'x'.repeat(1000);
    const one = engine("say({ kind: 'done', result: task.request.submission.patches });");
    const patches = Array.from({ length: 20_000 }, () => ({ text })) as unknown as Submission['patches'];
    expect(await one.review({ ...request, submission: { ...submission, patches } }, { signal: never })).toEqual(patches);
  });

  test('says when a process cannot be started', async () => {
    const path = process.execPath;
    const one = engine('');
    try {
      process.execPath = '/nowhere/node';
      await expect(one.review(request, { signal: never })).rejects.toThrow(/cannot be started/u);
    } finally {
      process.execPath = path;
    }
  });
});

describe('a process whose parent is killed', () => {
  /** A parent that reviews with an engine of its own; tells the pid of the child. */
  const parentOf = (entry: URL): URL => built.other('parent.js', `
    import { engineFor } from ${JSON.stringify(built.entry.href)};
    const engine = engineFor(${JSON.stringify(limits)}, { entry: new URL(${JSON.stringify(entry.href)}) });
    engine.review(${JSON.stringify(request)}, { signal: new AbortController().signal, onProgress: ({ states }) => process.stdout.write(String(states)) });`);

  test.skipIf(!hasProc).each([
    ['waits', ''],
    ['hangs', 'for (;;) {}'],
  ])('ends, also when it %s', async (_, code) => {
    const guard = buildEntry('src/engine/orphan-guard.ts');
    const entry = built.other('orphan.js', `
      import { Worker } from 'node:worker_threads';
      new Worker(new URL(${JSON.stringify(guard.entry.href)}), { workerData: process.ppid });
      process.on('message', () => { process.send({ kind: 'progress', progress: { done: 0, total: 0, scenario: '', states: process.pid } }); setTimeout(() => { ${code} }, 50); });`);
    const parent = spawn(process.execPath, [fileURLToPath(parentOf(entry))], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [text] = await once(parent.stdout, 'data') as [Buffer];
    const pid = Number(text.toString());
    expect(isThere(pid)).toBe(true);
    parent.kill('SIGKILL');
    await untilGone(pid);
    guard.remove();
  });
});

describe('the process that reviews', () => {
  test('gives what a review in this thread gives, and refuses what that refuses', async () => {
    const entry = buildEntry('src/engine/engine-process.ts');
    const some = { submission: await readSubmission('irq-coverage.mbox', readFileSync('examples/irq-coverage.mbox')), bounds: {}, scenarios: ['softirq-in-owner'] };
    const few = { ...limits, states: 1000, memoryMb: 256 };
    try {
      const there = engineFor(few, { entry: entry.entry });
      const progress: Progress[] = [];
      expect(await there.review(some, { signal: never, onProgress: (one) => progress.push(one) })).toEqual(await engineHere(few).review(some, { signal: never }));
      expect(progress.length).toBeGreaterThan(0);
      // As text it is read there: the same but for the name of the file.
      const unread = { text: readFileSync('examples/irq-coverage.mbox', 'utf8'), title: 'Mine' };
      const read = { ...some, submission: { ...await readSubmission('patch', Buffer.from(unread.text)), subject: 'Mine' } };
      expect(await there.reviewUnread({ unread, bounds: {}, scenarios: some.scenarios }, { signal: never })).toEqual(await engineHere(few).review(read, { signal: never }));
      expect(await there.replay({ ...some, schedule: 'none' }, { signal: never })).toEqual(await engineHere(few).replay({ ...some, schedule: 'none' }, { signal: never }));
    } finally {
      entry.remove();
    }
  });
});
