/** @module Bases that are known from a review before: the next review is the same as without, and searches only the patch. */
import { expect, test } from 'vitest';
import { inThread } from '../../src/analysis/searcher.js';
import type { Searcher } from '../../src/analysis/searcher.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { KnownBases } from '../../src/review/known-bases.js';
import type { Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { edited, mailOf, modelFiles } from '../rules/example.js';

const SCENARIOS = ['section-in-kthread', 'section-sizes'];
const EDITS = [
  { find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size + 1;\n' },
  { find: '\tmode = remote->kcov->mode;\n', replace: '\tmode = KCOV_MODE_TRACE_PC;\n' },
];

async function review(edit: (typeof EDITS)[number], { known, search }: { known?: KnownBases; search?: Searcher } = {}): Promise<Review> {
  const files = modelFiles();
  const submission = await readSubmission('a.eml', new TextEncoder().encode(mailOf(files, edited(files, [edit]))));
  const modelTexts = new Map([...files].map(([path, text]) => [path, text.replace(/\n$/u, '').split('\n')]));
  return await reviewSubmission(submission, { states: 50_000, bounds: {}, scenarios: SCENARIOS, modelTexts, known, search });
}

test('reviews are the same, and the base is searched once', async () => {
  const known = new KnownBases();
  let jobs = 0;
  const search: Searcher = async (list, settings) => {
    jobs += list.length;
    return await inThread(list, settings);
  };
  for (const [i, edit] of EDITS.entries()) {
    jobs = 0;
    expect(await review(edit, { known, search })).toEqual(await review(edit));
    expect(jobs).toBe(i === 0 ? 2 * SCENARIOS.length : SCENARIOS.length);
  }
});

test('a search that was stopped is made again', async () => {
  const known = new KnownBases();
  const [edit] = EDITS;
  if (!edit) throw new Error('no edit');
  const stopping: Searcher = async (list, settings) => await inThread(list, { ...settings, signal: AbortSignal.abort('stopped') });
  expect((await review(edit, { known, search: stopping })).stopped).toBe(true);
  expect(await review(edit, { known })).toEqual(await review(edit));
});
