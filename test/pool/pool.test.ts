/** @module Searches in worker threads: the same review however many there are, and what is lost when one goes wrong. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inThread } from '../../src/analysis/searcher.js';
import type { Searcher, SearchJob } from '../../src/analysis/searcher.js';
import { Compiled } from '../../src/analysis/search.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { SearchPool } from '../../src/pool/pool.js';
import type { ReviewOptions } from '../../src/review/options.js';
import type { Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { buildBase } from '../../src/review/base.js';
import { scenarios } from '../../simulator/scenario/index.js';
import { buildEntry } from '../built-entry.js';
import type { BuiltEntry } from '../built-entry.js';

let built: BuiltEntry;
const pools: SearchPool[] = [];
beforeAll(() => { built = buildEntry('src/pool/worker.ts'); });
afterAll(async () => {
  await Promise.all(pools.map(async (pool) => await pool.close()));
  built.remove();
});

function pool(options: { jobs: number; entry?: URL; here?: boolean }): SearchPool {
  const made = new SearchPool({ entry: built.entry, ...options });
  pools.push(made);
  return made;
}

const NAMES = ['device-lifecycle', 'wrong-calls', 'section-in-kthread', 'softirq-in-section', 'softirq-in-owner', 'early-irq-in-section', 'closed-while-enabled'];

async function review(search: Searcher, options: Partial<ReviewOptions> = {}): Promise<Review> {
  const submission = await readSubmission('irq.mbox', readFileSync(path.resolve('examples', 'irq-coverage.mbox')));
  return await reviewSubmission(submission, { states: 400_000, bounds: { nmi: 1 }, scenarios: NAMES, search, ...options });
}

async function jobs(names: readonly string[]): Promise<SearchJob[]> {
  const base = await buildBase(await readSubmission('irq.mbox', readFileSync(path.resolve('examples', 'irq-coverage.mbox'))));
  const compiled = new Compiled((base.stages[0] as (typeof base.stages)[number]).program, base.integers);
  return names.map((name) => ({ compiled, scenario: scenarios.find((s) => s.name === name) as SearchJob['scenario'] }));
}

const SETTINGS = { statesMax: 400_000, bounds: {} };

test('a review is the same bytes, however many threads search for it', async () => {
  const alone = JSON.stringify(await review(inThread));
  expect(JSON.parse(alone)).toMatchObject({ verdict: 'questions' });
  for (const options of [{ jobs: 1 }, { jobs: 2 }, { jobs: 3 }, { jobs: 1, here: true }]) expect(JSON.stringify(await review(pool(options).search)), JSON.stringify(options)).toBe(alone);
});

test('progress counts up to all of them', async () => {
  const seen: { done: number; total: number; states: number }[] = [];
  const { scenarios: runs } = await review(pool({ jobs: 2 }).search, { onProgress: ({ done, total, states }) => seen.push({ done, total, states }) });
  expect(seen.at(-1)).toEqual({ done: runs.length, total: runs.length, states: runs.reduce((sum, run) => sum + run.states, 0) });
  expect(seen.every(({ done }, i) => done >= (seen[i - 1]?.done ?? 0))).toBe(true);
});

describe('what is stopped', () => {
  test.each(['in this thread', 'in workers'])('%s: every search says so, and so does the review', async (where) => {
    const search = where === 'in workers' ? pool({ jobs: 2 }).search : inThread;
    const made = await review(search, { signal: AbortSignal.abort('stopped after 3 s') });
    expect(made).toMatchObject({ stopped: true, complete: false });
    expect(made.scenarios.length).toBeGreaterThan(0);
    for (const run of made.scenarios) expect(run).toMatchObject({ stopped: true, gaveUp: `stopped after 3 s, ${run.states} states` });
  });

  test('a search that is under way ends, and others are not begun', async () => {
    const stop = new AbortController();
    const answers = await pool({ jobs: 1 }).search(await jobs(NAMES), { ...SETTINGS, signal: stop.signal, onDone: (job) => { if (job === 0) stop.abort('enough'); } });
    expect(answers.map((a) => ('failed' in a ? a.failed : a.exploration.gaveUp)).slice(3)).toEqual(['enough', 'enough', 'enough', 'enough']);
  });
});

/** A worker that ends itself at one scenario, and else answers that it failed. */
const MORTAL = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', (message) => {
  if (message.kind !== 'job') return;
  if (message.scenario === 'section-in-kthread') throw new Error('out of memory');
  parentPort.postMessage({ kind: 'done', batch: message.batch, job: message.job, answer: { failed: 'as it should' } });
});`;

describe('what goes wrong', () => {
  test('a scenario that fails loses only itself, before and after, and the review says so', async () => {
    const failing: Searcher = async (all, settings) => (await inThread(all, settings)).map((answer, i) => (i === 0 ? { failed: 'a bug' } : answer));
    const made = await review(failing);
    expect(made).toMatchObject({ complete: false, failures: [{ scenario: 'device-lifecycle', what: 'a bug' }] });
    expect([...new Set(made.scenarios.map((run) => run.name))]).toEqual(NAMES.slice(1).sort((a, b) => scenarios.findIndex((s) => s.name === a) - scenarios.findIndex((s) => s.name === b)));
  });

  test('a worker that dies loses what it was at and is replaced', async () => {
    const answers = await pool({ jobs: 1, entry: built.other('mortal.js', MORTAL) }).search(await jobs(NAMES), SETTINGS);
    expect(answers).toEqual(NAMES.map((name) => ({ failed: name === 'section-in-kthread' ? 'its worker thread died: out of memory' : 'as it should' })));
  });

  test('one whose replacement dies too is not, and nobody waits for ever', async () => {
    const answers = await pool({ jobs: 2, entry: built.other('broken.js', 'throw new Error("broken");') }).search(await jobs(NAMES), SETTINGS);
    expect(answers).toHaveLength(NAMES.length);
    for (const answer of answers) expect(answer).toMatchObject({ failed: expect.stringMatching(/broken|no worker thread left/u) as string });
  });

  test('a pool that is closed answers', async () => {
    const closing = pool({ jobs: 1 });
    const answers = closing.search(await jobs(NAMES), SETTINGS);
    await closing.close();
    expect((await answers).at(-1)).toEqual({ failed: 'the worker threads were ended' });
  });
});
