/** @module A thread for each review: what it says comes through, what goes wrong in it is said, what is superseded ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Submission } from '../../src/mail/submission.js';
import { Superseded } from '../../src/engine/engine.js';
import type { Engine } from '../../src/engine/engine.js';
import { engineFor } from '../../src/engine/threads.js';

const dir = mkdtempSync(join(tmpdir(), 'kcovet-threads-'));
afterAll(() => rmSync(dir, { recursive: true }));

const submission: Submission = { name: 's', form: 'diff', subject: '', messageId: null, version: 1, patches: [], problems: [] };
const request = { submission, bounds: { nmi: 1 } };
const never = new AbortController().signal;

/** An engine whose threads run some JavaScript: `task`, `say` and `onStop` are there. */
function engine(code: string, seconds = 600): Engine {
  const file = join(dir, `${Math.floor(performance.now() * 1000)}.mjs`);
  writeFileSync(file, `import { parentPort, workerData as task } from 'node:worker_threads';\nconst say = (m) => parentPort.postMessage(m);\nconst onStop = (f) => parentPort.on('message', f);\n${code}`);
  return engineFor({ states: 1, memoryMb: 1, seconds, jobs: 1, version: '0' }, pathToFileURL(file));
}

describe('a thread for each review', () => {
  test('gets the request, tells how far it is, and gives the result', async () => {
    const seen: unknown[] = [];
    const one = engine("say({ kind: 'progress', progress: { done: 1, total: 2, scenario: 'x', states: 3 } });\nsay({ kind: 'done', result: task });");
    expect(await one.review(request, { signal: never, onProgress: (progress) => seen.push(progress) })).toMatchObject({ kind: 'review', request: { bounds: { nmi: 1 } }, limits: { version: '0' } });
    expect(seen).toEqual([{ done: 1, total: 2, scenario: 'x', states: 3 }]);
  });

  test.each([
    ['says that it failed', "say({ kind: 'failed', why: 'no room' });", 'no room'],
    ['throws', "throw new Error('broken');", 'broken'],
    ['ends without a word', 'process.exit(3);', 'the thread of the review ended (3)'],
  ])('one that %s', async (_, code, why) => {
    await expect(engine(code).review(request, { signal: never })).rejects.toThrow(why);
  });

  test('is ended when nobody wants the result, wherever it is', async () => {
    const stop = new AbortController();
    const busy = engine("say({ kind: 'progress', progress: { done: 0, total: 1, scenario: 'x', states: 0 } });\nfor (;;) {}");
    await expect(busy.review(request, { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toBeInstanceOf(Superseded);
    await expect(busy.review(request, { signal: stop.signal })).rejects.toBeInstanceOf(Superseded);
  });

  test('is told to stop when its time is over, and says what it has', async () => {
    const late = engine("onStop((reason) => say({ kind: 'done', result: reason }));", 0);
    expect(await late.review(request, { signal: never })).toBe('stopped after 0 s');
  });
});
