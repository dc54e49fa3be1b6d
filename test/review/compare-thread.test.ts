/** @module Remarks held against an invented review: how near is near, what is whose alone, and the table. */
import { expect, test } from 'vitest';
import { patchLines, type PatchLine } from '../../src/mail/quoted-place.js';
import type { Remark } from '../../src/mail/remarks.js';
import { renderComparison } from '../../src/render/comparison.js';
import { comparisonSchema } from '../../src/review/comparison.js';
import { compareThread } from '../../src/review/compare-thread.js';
import { review, submission } from '../render/fixtures/invented-review.js';

const lines = patchLines(submission);
const asked = review.findings.filter((f) => f.asked);

function remark(above: readonly PatchLine[], text = 'What about this? It looks odd.'): Remark {
  return { author: 'R. Reader <reader@example.org>', messageId: 'r@example.org', text, kind: above.length > 0 ? 'inline' : 'overall', above };
}

const upTo = (text: string): PatchLine[] => lines.slice(0, lines.findIndex(({ line }) => line.text.includes(text)) + 1);
const near = (above: readonly PatchLine[]): (string | undefined)[] => compareThread(review, [remark(above)], 2).remarks.flatMap(({ met, beside }) => [...met, ...beside].slice(0, 1).map((one) => one.near));

test('at the line or label, among the lines quoted above, elsewhere in the hunk', () => {
  expect(near(upTo('gate_swap(t);'))).toEqual(['line']);
  expect(near(upTo('t->kcov_mode = xchg'))).toEqual(['line']);
  expect(near(upTo('t->kcov_area = xchg'))).toEqual(['quoted']);
  expect(near(upTo('t->kcov_gate = true;'))[0]).toMatch(/^(function|hunk)$/u);
  expect(near([])).toEqual([]);
});

test('what is met, theirs alone and ours alone add up', () => {
  const compared = compareThread(review, [remark(upTo('gate_swap(t);')), remark(upTo('t->kcov_size')), remark([], 'In all, why?')], 3);
  expect(compared.counts).toEqual({ inline: 2, met: 1, theirsAlone: 1, ours: asked.length, oursAlone: asked.length - 1 });
  expect(comparisonSchema.parse(JSON.parse(JSON.stringify(compared)))).toEqual(compared);
});

test('as a table', () => {
  const compared = compareThread(review, [remark(upTo('gate_swap(t);')), remark([], 'In all, why? Because.')], 3);
  const text = renderComparison(compared, 90);
  expect(text).toContain('What about this?');
  expect(text).toContain('gate_swap(t);');
  expect(text.replace(/\s+/gu, ' ')).toContain(`3 mails. Of 1 inline remark 1 is met, 0 theirs alone. Of ${asked.length} questions of ours ${asked.length - 1} are ours alone.`);
  expect(text).toContain('Ours alone:\n  - ');
  expect(text).toContain('Theirs, under no line of the patch:\n  - In all, why?\n');
  expect(text.split('\n').filter((line) => line.length > 90)).toEqual([]);
});
