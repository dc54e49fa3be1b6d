/** @module Questions told while a review is under way: those of the final review, and what no search decides before any search. */
import { expect, test } from 'vitest';
import { inThread } from '../../src/analysis/searcher.js';
import type { Searcher } from '../../src/analysis/searcher.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { edited, mailOf, modelFiles } from '../rules/example.js';

test('nothing is taken back, and what the text alone shows comes first', async () => {
  const files = modelFiles();
  const after = edited(files, [
    { find: 'static struct kcov_remote *kcov_remote_find(', replace: 'int kcov_limit;\n\nstatic struct kcov_remote *kcov_remote_find(' },
    { find: '\tt->kcov_sequence = sequence;\n', replace: '\tt->kcov_sequence = 0;\n' },
  ]);
  const submission = await readSubmission('a.eml', new TextEncoder().encode(mailOf(files, after)));
  const modelTexts = new Map([...files].map(([path, text]) => [path, text.replace(/\n$/u, '').split('\n')]));
  const told: string[] = [];
  let before = -1;
  const search: Searcher = async (jobs, settings) => {
    if (before < 0) before = told.length;
    return await inThread(jobs, settings);
  };
  const options = { states: 50_000, bounds: {}, scenarios: ['section-in-kthread', 'section-sizes'], modelTexts };
  const review = await reviewSubmission(submission, { ...options, search, onQuestion: ({ path, question }) => { told.push(`${path}: ${question}`); } });
  const asked = review.findings.filter((f) => f.asked).map((f) => `${f.place.path}: ${f.question}`);
  expect([...told].sort()).toEqual([...asked].sort());
  expect(before).toBeGreaterThan(0);
  expect(told.length).toBeGreaterThan(before);
  expect(await reviewSubmission(submission, options)).toEqual(review);
});
