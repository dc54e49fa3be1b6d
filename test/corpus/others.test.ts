/** @module The other mails of the corpus: the same questions where the patch is quoted, silence where there is nothing to ask. */
import { describe, expect, test } from 'vitest';
import type { Finding, Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { reviewSchema } from '../../src/review/schema.js';
import { questionProblems } from '../rules/question-form.js';
import { corpusReview, corpusSubmission, missing, STATES, YARDSTICK } from './corpus.js';

/** A question without the line it stands at, which differs between copies. */
const question = (f: Finding): string => `${f.rule} | ${f.place.function} | ${f.place.text} | ${f.status} ${f.severity} | ${f.evidence.map((e) => e.kind).join(' ')}`;
const asked = (review: Review): string[] => review.findings.filter((f) => f.asked).map(question).sort();
const fixed = (review: Review): Finding[] => review.findings.filter((f) => f.status === 'fixed');

/** Copies whose end is cut off: what these functions do cannot be known. */
const CUT = ['2019-12-17-irq-rfc-review-overall.eml', '2019-12-17-irq-rfc-review-overall.hypermail.txt'];
/** Questions that need kcov_remote_stop() or what it calls. */
const NEEDS_STOP = /kcov_remote_stop|\| lost-state|^lost-state/u;

describe.skipIf(missing)('the yardstick quoted in replies', () => {
  test.each(['2019-12-17-irq-rfc-review.eml', '2019-12-17-irq-rfc-review-put.eml'])('%s: the same questions', async (file) => {
    expect(asked(await corpusReview(file))).toEqual(asked(await corpusReview(YARDSTICK)));
  }, 180_000);

  test.each(CUT)('%s: the same as far as it shows, no others, and it says what it does not show', async (file) => {
    const review = await corpusReview(file);
    const whole = asked(await corpusReview(YARDSTICK));
    expect(asked(review)).toEqual(whole.filter((q) => !NEEDS_STOP.test(q)));
    expect(asked(review).length).toBeGreaterThanOrEqual(8);
    expect(review.complete).toBe(false);
    expect(JSON.stringify([review.problems, review.assumptions, review.notModelled])).toMatch(/kcov_remote_stop/u);
  }, 180_000);
});

/** Nothing to ask: comments, debug prints, the same behaviour in other words. */
const QUIET = ['2021-03-23-typo.eml', '2020-02-26-debug-cleanup.eml', '2022-09-22-list-for-each-entry.eml', '2023-06-23-array-size.eml'];
/** Fixes, and what they fix as far as it is modelled. */
const FIXES: readonly (readonly [string, string])[] = [
  ['2020-03-26-fix-uaf.eml', 'use-after-free'], ['2021-12-20-mmap-twice.eml', 'mmap-without-pages'], ['2022-05-23-pos-before-pc.eml', 'coverage-lost'], ['2025-07-29-write-barrier.eml', 'published-too-early'],
];

describe.skipIf(missing)('other patches', () => {
  test.each(QUIET)('%s: nothing to ask', async (file) => {
    const review = await corpusReview(file);
    expect(asked(review)).toEqual([]);
    expect(review.verdict).toBe('nothingToAsk');
    expect(fixed(review).map((f) => f.question)).toEqual([]);
    expect(review.hunks.filter((h) => h.placed === 'failed')).toEqual([]);
  }, 120_000);

  test.each(FIXES)('%s: nothing to ask, fixed: %s', async (file, property) => {
    const review = await corpusReview(file);
    expect(asked(review)).toEqual([]);
    expect(fixed(review).map((f) => f.property)).toContain(property);
    expect(fixed(review).flatMap((f) => questionProblems(f.question))).toEqual([]);
    expect(fixed(review).flatMap((f) => f.evidence).every((e) => e.kind !== 'counterexample' || e.replayed)).toBe(true);
  }, 120_000);

  test.each(['2019-12-12-irq-rfc-2of2.eml', '2019-10-29-vhost-annotation.eml'])('%s: annotations of drivers give no false question', async (file) => {
    expect(asked(await corpusReview(file))).toEqual([]);
  }, 120_000);
});

describe.skipIf(missing)('all of them', () => {
  test('two runs give the same bytes', async () => {
    const once = async (): Promise<string> => JSON.stringify(await reviewSubmission(await corpusSubmission(YARDSTICK), { states: STATES, bounds: {} }));
    expect(await once()).toBe(await once());
  }, 180_000);

  test.each([YARDSTICK, ...CUT, ...QUIET, ...FIXES.map(([file]) => file)])('%s: its JSON is what the schema says', async (file) => {
    const review = await corpusReview(file);
    expect(() => reviewSchema.parse(JSON.parse(JSON.stringify(review)))).not.toThrow();
  }, 120_000);
});
