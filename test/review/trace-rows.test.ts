/** @module Rows of a trace name the row that what they read comes from. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { titleOf } from '../../src/render/trace-row.js';

test('as values flowed: what is read is what the row it names has written, across contexts, too', async () => {
  const file = 'examples/irq-coverage.mbox';
  const review = await reviewSubmission(await readSubmission(file, readFileSync(file)), { states: 100_000, bounds: {}, scenarios: ['softirq-in-section'] });
  const traces = review.findings.flatMap(({ evidence }) => evidence.map(({ trace }) => trace)).filter((trace) => trace.length > 0);
  const flows = traces.flatMap((trace) => trace.flatMap((row) => {
    const source = row.from === undefined ? undefined : trace[row.from];
    return source ? [{ row, source }] : [];
  }));
  expect(flows.map(({ row }) => row.old)).toEqual(flows.map(({ source }) => source.new));
  expect(flows.some(({ row, source }) => row.target === 't->kcov_sequence' && titleOf(row) !== titleOf(source))).toBe(true);
});
