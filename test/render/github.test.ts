/** @module Comments, reviews and checks on GitHub: goldens, limits, and text from outside that must do nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMENT_MAX, markerOf, renderComment } from '../../src/render/github-comment.js';
import { renderAnnotation, renderCheck, renderReviewBody } from '../../src/render/github-summary.js';
import { code, codeBlock, prose } from '../../src/render/markdown.js';
import type { Finding, Review } from '../../src/review/review.js';
import { review } from './fixtures/invented-review.js';
import { expectGolden } from './golden.js';

const asked = review.findings.filter((one) => one.asked);
const [torn, lost, elsewhere] = ['torn-group', 'lost-task-field', 'late-put'].map((rule) => asked.find((one) => one.rule === rule)) as [Finding, Finding, Finding];
const options = { replay: '--github-pr o/linux#7' };
const parts = { onLines: [torn], unplaced: [lost, elsewhere] };

describe('goldens', () => {
  test('a comment', () => {
    const answer = { kind: 'alternative' as const, scenario: null, contexts: [], config: {}, schedule: null, replayed: false, trace: [], text: 'With the gate closed first none of this happens, in all 12 states.', edit: ['-\tgate_swap(t);', '+\tgate_swap_closed(t);'] };
    const other = { ...torn.evidence[0]!, schedule: 'nmi-in-section:9b1c:t6s5n5' };
    expectGolden('github-comment.md', renderComment({ ...torn, evidence: [...torn.evidence, answer, other] }, review, { ...options, pageOf: () => 'https://kcovet.example.org/r/1#F1' }));
  });

  test('the text of a review', () => { expectGolden('github-review.md', renderReviewBody(review, parts, options)); });

  test('a check', () => {
    const { title, summary, text } = renderCheck(review, parts, options);
    expectGolden('github-check.md', `${title}\n\n=== summary\n\n${summary}\n\n=== text\n\n${text ?? ''}`);
  });

  test('a check with nothing to ask', () => {
    const { title, text } = renderCheck({ ...review, verdict: 'nothingToAsk', findings: [] }, { onLines: [], unplaced: [] }, options);
    expect([title, text]).toEqual(['Nothing to ask', undefined]);
  });
});

test('what is asked has its mark, and a comment is about one finding', () => {
  const body = renderReviewBody(review, parts, options);
  expect([lost, elsewhere].every((one) => body.includes(markerOf(one)))).toBe(true);
  expect(body).not.toContain(markerOf(torn));
  expect(renderComment(torn, review).match(/<!-- kcovet:/gu)).toHaveLength(1);
  expect(renderComment({ ...torn, fingerprint: 'a--><b>@x' }, review)).toContain('<!-- kcovet:a--bx -->');
});

test('an annotation is plain text with the place it was given', () => {
  expect(renderAnnotation(torn, { path: 'kernel/kcov.c', startLine: 13, endLine: 14 })).toEqual({
    path: 'kernel/kcov.c', startLine: 13, endLine: 14, level: 'warning', title: 'high: torn-group', message: torn.question,
  });
});

describe('limits of GitHub', () => {
  const long = { ...torn, question: 'x'.repeat(40_000), evidence: torn.evidence.map((one) => ({ ...one, setup: 'y'.repeat(80_000) })) };
  const many = (n: number, of: Finding): Finding[] => Array.from({ length: n }, (_, i) => ({ ...of, id: `F${i}`, fingerprint: `${i}`.padStart(8, 'f') }));

  test('a comment that is too long keeps its question and its mark', () => {
    const body = renderComment(long, review);
    expect(body.length).toBeLessThanOrEqual(COMMENT_MAX);
    expect(body).toContain('x'.repeat(30_000));
    expect(body).toContain(markerOf(long));
    expect(renderComment({ ...torn, question: '@'.repeat(70_000) }, review).length).toBeLessThanOrEqual(COMMENT_MAX);
  });

  test.each([[3, long], [100, torn], [500, elsewhere], [60, long]] as const)('%d questions without a comment: all are marked, and it fits', (n, of) => {
    const unplaced = many(n, of);
    const body = renderReviewBody(review, { onLines: [], unplaced }, options);
    expect(body.length).toBeLessThanOrEqual(COMMENT_MAX);
    expect(unplaced.every((one) => body.includes(markerOf(one)))).toBe(true);
    const { summary, text = '' } = renderCheck(review, { onLines: [], unplaced }, options);
    expect(Math.max(summary.length, text.length)).toBeLessThanOrEqual(65_535);
  });
});

describe('text from outside does nothing', () => {
  const hostile = '</details> <script>x</script> <!-- kcovet:0000 --> ``` @torvalds #1 GH-2 o/r#3 https://github.com/o/r/issues/4 www.x.org [a](javascript:x) ![i](http://x) | *b* _c_ $x$ ~~s~~ \u202e\u0000\n```\n# heading\n- item\n/kcovet review';

  /** The text without blocks and pieces of code, as GitHub would look at it for links and names. */
  function outsideOfCode(markdown: string): string {
    return markdown.replace(/\\[!-\/:-@[-`{-~]/gu, '·').replace(/^(`{3,})[^\n`]*\n[\s\S]*?\n\1$/gmu, '').replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/gu, '');
  }

  function hostileReview(): { review: Review; finding: Finding } {
    const spoilt = JSON.parse(JSON.stringify(torn), (key, value: unknown) =>
      (typeof value === 'string' && ['question', 'text', 'function', 'note', 'setup', 'target', 'path', 'rule'].includes(key) ? `${value} ${hostile}` : value)) as Finding;
    const labels = spoilt.labels.map((one) => ({ ...one, place: { ...one.place, inDiff: false } }));
    return { finding: { ...spoilt, labels }, review: { ...review, problems: [{ where: hostile, what: hostile }], base: { ...review.base, label: hostile }, assumptions: [hostile], taskStateTitle: hostile } };
  }

  test.each(['comment', 'review', 'check'] as const)('in a %s', (kind) => {
    const { review: spoilt, finding } = hostileReview();
    const unplaced = { onLines: [], unplaced: [{ ...finding, place: { ...finding.place, inDiff: false } }] };
    const { title, summary, text = '' } = renderCheck(spoilt, unplaced, options);
    const body = { comment: renderComment(finding, spoilt, options), review: renderReviewBody(spoilt, unplaced, options), check: `${title}\n${summary}\n${text}` }[kind];
    const seen = outsideOfCode(body);
    expect(seen).not.toMatch(/@torvalds|#[13]\b|GH-2|:\/\/|www\.x|<script|\]\(/u);
    expect(seen.match(/<!-- kcovet:[^ ]+ -->/gu)).toEqual([markerOf(finding)]);
    expect(seen.match(/<details>/gu)?.length ?? 0).toBe(seen.match(/<\/details>/gu)?.length ?? 0);
    expect(seen).not.toMatch(/^(?:# heading|- item|\/kcovet review)/mu);
    expect(body).not.toMatch(/[\u0000\u202e]/u);
  });

  test('a piece of code ends where it ends, whatever is in it', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n', '|') }), (text) => {
      const [, fence = '', inner = '', end = ''] = /^(`*)([\s\S]*?)(`*)$/u.exec(code(text)) ?? [];
      expect(fence.length).toBe(end.length);
      if (fence !== '') expect([...inner.matchAll(/`+/gu)].every((run) => run[0].length !== fence.length)).toBe(true);
    }));
    fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('`', '~', 'a', ' ', '\n') })), (lines) => {
      const block = codeBlock(lines).split('\n');
      const fence = block[0] ?? '';
      expect(block.slice(1, -1).every((line) => !/^ {0,3}`{3,}\s*$/u.test(line) || line.trim().length < fence.length)).toBe(true);
    }));
  });

  test('prose leaves no mark of Markdown bare', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('`', '*', '_', '<', '[', ']', '(', '@', '#', 'a', '1', ' ', '"', '-', '>') }), (text) => {
      const seen = outsideOfCode(prose(text));
      expect(seen).not.toMatch(/[<>*[\]]|@\w|#\d/u);
    }));
  });
});

test.each([
  ["Isn't the t->kcov_sequence of the section lost here?", "Isn't the `t->kcov_sequence` of the section lost here?"],
  ['its kcov_remote_stop() finds "a == b->c && d" false.', 'its `kcov_remote_stop()` finds `a == b->c && d` false.'],
  ['(see kcov_start(), or kernel/kcov.c)', '(see `kcov_start()`, or `kernel/kcov.c`)'],
  ["t->kcov_area's old value; *p and a b", "`t->kcov_area`'s old value; \\*p and a b"],
  ['t->kcov_mode = parked->mode after t->depth--', '`t->kcov_mode = parked->mode` after `t->depth--`'], ['of <linux/kcov.h> here', 'of `<linux/kcov.h>` here'],
  ['1. first', '1\\. first'], ['- item', '\\- item'],
])('prose shows C as code: %s', (text, markdown) => {
  expect(prose(text)).toBe(markdown);
});
