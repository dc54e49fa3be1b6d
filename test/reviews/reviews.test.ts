/** @module Golden reviews. `BLESS=1 npx vitest run test/reviews` rewrites the wording, never what must be asked. */
import { beforeAll, describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.js';
import { replaySubmission } from '../../src/review/replay-submission.js';
import { reviewSchema } from '../../src/review/schema.js';
import { questionProblems } from '../rules/question-form.js';
import { asMail, asText, caseNames, golden, readCase, recallProblems, reviewCase, shownName, sinceProblems } from './case.js';
import type { Reviewed } from './case.js';

describe.each(caseNames())('%s', (name) => {
  const wanted = readCase(name);
  let reviewed: Reviewed;
  beforeAll(async () => {
    reviewed = await reviewCase(name, wanted);
  }, 180_000);

  test('asks what it must and nothing that it must not', () => {
    expect(recallProblems(wanted, reviewed.review)).toEqual([]);
    expect(wanted.mustAsk.map((m) => m.rule).filter((id) => !rules.some((r) => r.id === id)), 'no such rule').toEqual([]);
  });

  test('says of the older version what is gone and what remains', () => {
    expect(sinceProblems(wanted, reviewed.review)).toEqual([]);
  });

  test('nothing failed, every search went to its end', () => {
    const { review } = reviewed;
    expect(review.failures).toEqual([]);
    expect(review.scenarios.filter((s) => s.verdict === 'gaveUp').map((s) => s.name)).toEqual([]);
    expect(review.hunks.filter((h) => h.placed === 'failed')).toEqual([]);
  });

  test('questions have the form of questions, one for each cause', () => {
    const asked = reviewed.review.findings.filter((f) => f.asked);
    expect(asked.flatMap((f) => questionProblems(f.question))).toEqual([]);
    expect(new Set(asked.map((f) => f.fingerprint)).size).toBe(asked.length);
    expect(new Set(asked.map((f) => `${f.place.path} ${f.place.line ?? ''} ${f.question}`)).size).toBe(asked.length);
  });

  test('schedules replay', async () => {
    const evidence = reviewed.review.findings.filter((f) => f.asked).flatMap((f) => f.evidence).filter((e) => e.kind === 'counterexample');
    expect(evidence.filter((e) => !e.replayed).map((e) => e.schedule)).toEqual([]);
    for (const { schedule } of evidence) expect((await replaySubmission(reviewed.submission, schedule ?? '')).kind, schedule ?? '').toBe('violated');
  }, 180_000);

  test('its JSON is what the schema says', () => {
    expect(() => reviewSchema.parse(JSON.parse(JSON.stringify(reviewed.review)))).not.toThrow();
  });

  test('review.txt', () => {
    const { expected, actual } = golden(name, 'review.txt', asText(reviewed.review, shownName(name, wanted.patch)));
    expect(actual).toBe(expected);
  });

  test('review.mail.txt', () => {
    const { expected, actual } = golden(name, 'review.mail.txt', asMail(reviewed));
    expect(actual).toBe(expected);
  });
});
