/** @module Which lines of the diff are quoted above a question. */
import { describe, expect, test } from 'vitest';
import type { Place } from '../../src/review/review.js';
import { quoteOf } from '../../src/review/quote.js';
import { submission } from './fixtures/invented-review.js';

/** A place on the invented patch. */
function place(change: Partial<Place>): Place {
  return {
    path: 'kernel/kcov.c', image: 'diff', side: 'RIGHT', line: 14, endLine: 14, inDiff: true, hunk: 1, function: 'gate_open',
    text: '', ...change,
  };
}

describe('quoteOf', () => {
  test('the line and what leads to it, not across a blank line', () => {
    expect(quoteOf(place({}), submission, 1)).toEqual({
      patch: 1, file: 0, hunk: 1, header: '@@ -10,3 +10,8 @@ static void gate_open(struct task_struct *t)', from: 3,
      lines: ['+\tt->kcov_gate = true;', '+\tgate_swap(t);'],
    });
  });

  test('at most three lines before the place, all lines of it', () => {
    const quote = quoteOf(place({ line: 16, endLine: 17 }), submission, 1);
    expect(quote?.lines.map((line) => line.trim())).toHaveLength(5);
    expect(quote?.lines.at(-1)).toBe(' }');
  });

  test('the left side counts old lines', () => {
    expect(quoteOf(place({ side: 'LEFT', line: 12, endLine: 12 }), submission, 1)?.lines.at(-1)).toBe(' }');
  });

  test('the hunk is found when the place does not name it', () => {
    expect(quoteOf(place({ line: 46, endLine: 46, hunk: null }), submission, 1)?.hunk).toBe(2);
  });

  test.each([{ inDiff: false }, { line: null }, { line: 900, endLine: 900 }, { path: 'kernel/fork.c' }, { hunk: 2 }])(
    'nothing for %j', (change) => expect(quoteOf(place(change), submission, 1)).toBeNull());

  test('nothing for a patch that is not there', () => expect(quoteOf(place({}), submission, 2)).toBeNull());
});
