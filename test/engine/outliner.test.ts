/** @module Submissions read in a thread: the same outline as here, while this thread goes on, and what happens when the thread goes wrong. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outlinerFor, type Outliner } from '../../src/engine/outliner.js';
import { outlineOf, type Unread } from '../../src/engine/unread.js';
import { UPLOAD_MAX } from '../../src/web/upload-limit.js';
import { buildEntry, type BuiltEntry } from '../built-entry.js';
import { mail } from '../mail/mails.js';

let built: BuiltEntry;
beforeAll(() => { built = buildEntry('src/engine/outline-thread.ts'); });
afterAll(() => built.remove());

const unread = (text: string): Unread => ({ text, title: '' });
const example = unread(readFileSync('examples/irq-coverage.mbox', 'utf8'));

/** A quarter of what an upload may have is as telling, and sooner read. */
const LARGE = UPLOAD_MAX / 4;
const part = `--b\nContent-Type: text/x-patch\n\n${'+x\n'.repeat(Math.floor(LARGE / 1500) - 15)}`;
const LARGE_MAILS: readonly (readonly [string, string])[] = [
  ['of 500 parts', mail({ headers: ['Content-Type: multipart/mixed; boundary=b'], body: `${part.repeat(499)}--b--\n` })],
  ['that is quoted', mail({ subject: 'Re: [PATCH] x', body: '> x\n'.repeat(LARGE / 4) })],
];

/** Turns of this thread's loop from when something is asked until it is there. */
async function turnsDuring<T>(work: Promise<T>): Promise<{ readonly turns: number; readonly result: T }> {
  let [turns, isOver] = [0, false];
  const turn = (): void => {
    turns += 1;
    if (!isOver) setTimeout(turn, 1);
  };
  setTimeout(turn, 1);
  const result = await work;
  isOver = true;
  return { turns, result };
}

describe('a thread that reads', () => {
  let outline: Outliner;
  beforeAll(() => { outline = outlinerFor({ entry: built.entry }); });

  test.each(LARGE_MAILS)('a large mail %s leaves this thread free, and gives what reading it here does', async (_, text) => {
    expect(text.length).toBeGreaterThan(0.9 * LARGE);
    // So that the thread has begun.
    await outline(example);
    const [here, there] = [await turnsDuring(outlineOf(unread(text))), await turnsDuring(outline(unread(text)))];
    expect(there.result).toEqual(here.result);
    expect(there.turns).toBeGreaterThan(20 * Math.max(1, here.turns));
  });

  test('reads many that come at once, each for who sent it', async () => {
    const all = await Promise.all(['one', 'two', 'three'].map((title) => outline({ ...example, title })));
    expect(all.map(({ title, author, problem }) => [title, author, problem])).toEqual(['one', 'two', 'three'].map((title) => [title, 'A. Developer', '']));
    expect(await outline(unread('hello\n'))).toMatchObject({ problem: expect.stringMatching(/no patch/u) as string });
  });
});

describe('a thread that goes wrong', () => {
  const code = (text: string): URL => built.other(`thread-${text.length}.js`, `import { parentPort } from 'node:worker_threads';\nparentPort.on('message', ({ id, unread: { text } }) => { ${text} });`);
  const fine = "parentPort.postMessage({ id, outline: { title: text, author: '', problem: '' } });";

  test.each([
    ['dies', "if (text === 'bad') process.exit(1);", 'the thread that read it ended'], ['throws', "if (text === 'bad') throw new Error('broken');", 'broken'],
    ['says that it failed', "if (text === 'bad') return parentPort.postMessage({ id, failed: 'no room' });", 'no room'],
  ])('one that %s loses what it was at, and those after it are read', async (_, when, why) => {
    const outline = outlinerFor({ entry: code(`${when} ${fine}`) });
    const [bad, good] = [outline(unread('bad')), outline(unread('good'))];
    await expect(bad).rejects.toThrow(why);
    expect([await good, await outline(unread('later'))]).toMatchObject([{ title: 'good' }, { title: 'later' }]);
  });

  test('one that hangs is ended when its time is over', async () => {
    const outline = outlinerFor({ entry: code(`while (text === 'bad'); ${fine}`), oneMs: 3000 });
    const [bad, good] = [outline(unread('bad')), outline(unread('good'))];
    await expect(bad).rejects.toThrow('it took too long to read');
    expect(await good).toMatchObject({ title: 'good' });
  });

  test('one that has nothing to do is ended, and another one begun when there is', async () => {
    const outline = outlinerFor({ entry: code(`globalThis.read = (globalThis.read ?? 0) + 1; parentPort.postMessage({ id, outline: { title: String(globalThis.read), author: '', problem: '' } });`), idleMs: 1 });
    expect((await outline(unread('x'))).title).toBe('1');
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    expect((await outline(unread('x'))).title).toBe('1');
  });
});

test('where the package is not built it is read in this thread', async () => {
  expect(await outlinerFor()(example)).toEqual(await outlineOf(example));
});
