/** @module The review on a terminal: what each --show shows, colour, verdicts; and the JSON's stable bytes. */
import { describe, expect, test } from 'vitest';
import { reviewSchema } from '../../src/review/schema.js';
import { renderJson } from '../../src/render/json.js';
import { clean, wrap } from '../../src/render/line.js';
import { renderText } from '../../src/render/text.js';
import { review } from './fixtures/invented-review.js';

const options = { color: false, width: 76, show: 'new', file: 'gate.eml' } as const;

describe('text', () => {
  test('shows what is asked; older findings only on request', () => {
    const asked = renderText(review, options);
    expect(asked).toContain('What happens if an NMI arrives');
    expect(asked.replace(/\s+/gu, ' ')).toContain('3 questions: 1 high, 2 medium.');
    expect(asked).toMatch(/^\[(?:high|medium|low|note)\] What happens if an NMI arrives/mu);
    expect(asked).not.toContain('An older question');
    const older = renderText(review, { ...options, show: 'pre-existing' });
    expect(older).toContain('An older question.');
    expect(older).toContain('not asked in a reply: the base has it already');
    expect(older).not.toContain('What happens if');
    expect(renderText(review, { ...options, show: 'all' })).toContain('An older question.');
  });

  test('names what was ignored and why', () => {
    expect(renderText(review, options)).toContain('1 hunk left out (no Program is made of it): drivers/x.c 1');
  });

  test('colour adds only colour', () => {
    const colored = renderText(review, { ...options, color: true });
    expect(colored).toContain('\x1b[');
    expect(colored.replace(/\x1b\[\d+m/gu, '')).toBe(renderText(review, options));
  });

  test.each([
    ['nothingToAsk', 'Nothing to ask.'], ['notPlaced', 'no hunk of this patch could be placed'],
    ['alreadyApplied', 'has this patch already'], ['outOfScope', 'changes nothing'],
  ] as const)('verdict %s is said', (verdict, words) => {
    const text = renderText({ ...review, verdict, findings: [], taskState: [] }, options);
    expect(text.replace(/\n/gu, ' ')).toContain(words);
    expect(text).not.toContain('no issues');
  });

  test('a schedule is shown in full once, and by its replay line after that', () => {
    const findings = review.findings.map((one, i) => (one.rule === 'late-put'
      ? { ...one, evidence: review.findings.at(-1)?.evidence ?? [] } : { ...one, id: String(i) }));
    const text = renderText({ ...review, findings }, options);
    expect(text.match(/CPU0 NMI/gu)).toHaveLength(1);
    expect(text.match(/kcovet replay /gu)).toHaveLength(1);
    expect(text).toMatch(/^ {2}see the trace above, under the question about \w+\(\)$/mu);
  });

  test('what a line quotes already is not quoted twice', () => {
    const torn = review.findings.find((one) => one.rule === 'torn-group');
    expect(torn).toBeDefined();
    if (!torn) return;
    const twin = { ...torn, id: 'F9', rule: 'torn-group-2', question: 'And this?' };
    const text = renderText({ ...review, findings: [torn, twin] }, options);
    expect(text.match(/^> .*gate_swap\(t\);$/gmu)).toHaveLength(1);
    expect(text).toContain('And this?');
  });
});

describe('lines', () => {
  test('clean shows controls, and leaves tabs and other scripts alone', () => {
    expect(clean('a\tb\x1b[2J\r ü 中 \u202e')).toBe('a\tb\\x1b[2J\\x0d ü 中 \\u202e');
  });

  test('wrap keeps a long word whole and indents the rest', () => {
    expect(wrap(`aa bb ${'c'.repeat(12)} dd`, { width: 10, first: '- ', rest: '  ' })).toEqual(['- aa bb', `  ${'c'.repeat(12)}`, '  dd']);
  });
});

describe('JSON', () => {
  test('parses to the same review, findings sorted, keys in the order of the schema', () => {
    const json = renderJson(review);
    const parsed = reviewSchema.parse(JSON.parse(json));
    expect(parsed.findings.map((one) => one.id)).toEqual(['F1', 'F2', 'F3', 'F0']);
    expect(Object.keys(parsed).slice(0, 4)).toEqual(['schema', 'tool', 'verdict', 'complete']);
    expect({ ...parsed, findings: 0 }).toEqual({ ...review, findings: 0 });
  });

  test('does not depend on the order of keys or findings', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).reverse().map(([key, one]) => [key, reversed(one)]));
    };
    const other = reversed(review) as typeof review;
    expect(renderJson({ ...other, findings: [...other.findings].reverse() })).toBe(renderJson(review));
  });

  test('refuses what is not a review', () => {
    expect(() => renderJson({ ...review, verdict: 'fine' as 'questions' })).toThrow();
  });
});
