/** @module The public mails of ../shared/corpus: read and reviewed once each; absent on most machines. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';
import type { Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';

const folder = path.resolve('..', 'shared', 'corpus');

export const missing = !existsSync(folder);
if (missing) process.stderr.write(`skipped: no corpus at ${folder}\n`);

export const YARDSTICK = '2019-12-12-irq-rfc-1of2.eml';

/** States of one scenario; the default of the command line. */
export const STATES = 400_000;

export function corpusText(file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

export async function corpusSubmission(file: string): Promise<Submission> {
  return await readSubmission(file, readFileSync(path.join(folder, file)));
}

const reviews = new Map<string, Promise<Review>>();

/** The review of one file, made once in a test file. */
export async function corpusReview(file: string): Promise<Review> {
  const known = reviews.get(file) ?? corpusSubmission(file).then((submission) => reviewSubmission(submission, { states: STATES, bounds: {} }));
  reviews.set(file, known);
  return await known;
}
