/** @module The files of schema/ are what the zod schemas say; `BLESS=1 npx vitest run test/render/schema.test.ts` writes it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { comparisonJsonSchema } from '../../src/review/comparison.js';
import { reviewJsonSchema, reviewSchema } from '../../src/review/schema.js';
import { policyJsonSchema } from '../../src/lists/policy.js';
import { watchJsonSchema } from '../../src/lists/watch-config.js';
import { serveJsonSchema } from '../../src/settings.js';
import { configJsonSchema } from '../../src/service/repository-config.js';
import { review } from './fixtures/invented-review.js';

const published = [['review', reviewJsonSchema()], ['comparison', comparisonJsonSchema()], ['config', configJsonSchema()], ['policy', policyJsonSchema()], ['watch', watchJsonSchema()], ['serve', serveJsonSchema()]] as const;

test.each(published)('schema/%s.schema.json is up to date', (name, schema) => {
  const file = new URL(`../../schema/${name}.schema.json`, import.meta.url);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (process.env['BLESS'] === '1') writeFileSync(file, text);
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('the names of the format are the ones that others read', () => {
  const top = ['schema', 'tool', 'verdict', 'complete', 'submission', 'base', 'hunks', 'problems', 'failures', 'assumptions',
    'findings', 'taskState', 'scenarios', 'notModelled'];
  const { required } = reviewJsonSchema() as { required: string[] };
  expect([...required].sort()).toEqual([...top].sort());
  const { findings } = reviewSchema.shape;
  expect(Object.keys(findings.element.shape).filter((key) => key !== 'quote' && key !== 'since')).toEqual(['id', 'fingerprint', 'cause', 'rule',
    'property', 'status', 'asked', 'notAskedWhy', 'severity', 'introducedBy', 'goneBy', 'question', 'place', 'labels', 'evidence']);
});

test('a review of another shape is refused', () => {
  expect(reviewSchema.safeParse(review).success).toBe(true);
  expect(reviewSchema.safeParse({ ...review, schema: 'kcovet/review@2' }).success).toBe(false);
  expect(reviewSchema.safeParse({ ...review, findings: [{}] }).success).toBe(false);
});
