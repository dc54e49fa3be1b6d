/** @module The names that traces use and the kernel does not: said once, those that occur only. */
import { expect, test } from 'vitest';
import type { Review } from '../../src/review/review.js';
import { namesInWords } from '../../src/render/names.js';
import { review } from './fixtures/invented-review.js';

function showing(...values: readonly string[]): Review {
  const row = { step: 1, function: 'f', text: 'x', values: Object.fromEntries(values.map((value, i) => [`field${i}`, value])) };
  return { ...review, findings: review.findings.filter((f) => f.asked).slice(0, 1).map((f) => ({ ...f, evidence: [] })), taskState: [row] };
}

test.each([
  [['kcovA', 'areaA', 'area0'], 'In traces kcovA and areaA are device A and its area, area0 is the buffer of a section.'],
  [['kcovB'], 'In traces kcovB is device B.'],
  [['areaA', 'TRACE_PC'], 'In traces areaA is the area of device A.'],
  [['NULL', '0', 'area', 'kcov_area'], ''],
])('%j', (values, words) => {
  expect(namesInWords(showing(...values))).toBe(words);
});

test('nothing where nothing is asked', () => {
  expect(namesInWords({ ...showing('kcovA', 'areaA'), findings: [] })).toBe('');
});
