/** @module Traces of our own example: fifteen lines and 76 columns at most, minimal, and the same in every run. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';
import { everyTrace, formProblems } from './every-trace.js';
import type { Printed } from './every-trace.js';

const EXAMPLE = 'examples/irq-coverage.mbox';
const STATES = 400_000;

describe(`every violation of ${EXAMPLE}`, () => {
  let submission: Submission;
  let all: Printed[];
  beforeAll(async () => {
    submission = await readSubmission(EXAMPLE, readFileSync(EXAMPLE));
    all = await everyTrace(submission, STATES);
  });

  test('is shown by a minimal schedule on few lines', () => {
    expect(all.length).toBeGreaterThan(50);
    expect(all.flatMap(formProblems)).toEqual([]);
  });

  test('with three contexts too', () => {
    expect(Math.max(...all.map((one) => one.contexts))).toBeGreaterThanOrEqual(3);
  });

  test('has the same schedule and the same lines in another run', async () => {
    expect(await everyTrace(submission, STATES)).toEqual(all);
  });
});
