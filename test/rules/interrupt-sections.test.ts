/** @module Sections in interrupts, done right: the strongest test against false questions. */
import { beforeAll, describe, expect, test } from 'vitest';
import { interruptSections } from '../../rules/examples/interrupt-sections.js';
import type { Review } from '../../src/review/review.js';
import { edited, modelFiles, reviewFiles } from './example.js';

describe('the model with sections in interrupts', () => {
  let review: Review;
  beforeAll(async () => {
    const model = modelFiles();
    review = await reviewFiles(model, edited(model, interruptSections));
  }, 120_000);

  test('is placed whole, modelled whole and searched to the end', () => {
    expect(review.hunks.filter((h) => h.placed === 'failed')).toEqual([]);
    expect(review.notModelled).toEqual([]);
    expect(review.failures).toEqual([]);
    expect(review.scenarios.filter((s) => s.verdict === 'gaveUp')).toEqual([]);
  });

  test('lets sections in softirqs and hardirqs run, which the base refuses', () => {
    const ran = (image: string): string[] => review.scenarios.filter((s) => s.image === image).map((s) => s.name);
    for (const name of ['softirq-in-trace', 'hardirq-in-trace', 'softirq-in-section', 'nested-interrupt-sections']) {
      expect(ran('post')).toContain(name);
      expect(ran('pre')).not.toContain(name);
    }
  });

  test('gives nothing to ask', () => {
    expect(review.findings.filter((f) => f.asked).map((f) => `${f.rule}: ${f.place.text}: ${f.question}`)).toEqual([]);
    expect(review.verdict).toBe('nothingToAsk');
  });
});
