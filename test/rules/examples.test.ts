/** @module Every example of every rule: marked lines are the lines asked about, near misses are not asked about. */
import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.js';
import type { Finding, Place } from '../../src/review/review.js';
import { runExample } from './example.js';
import type { Marked } from './example.js';
import { questionProblems } from './question-form.js';

const at = (place: Place): string => `${place.path}: ${place.text}`;
const covers = (place: Place, { path, line }: Marked): boolean =>
  place.inDiff && place.path === path && place.line !== null && place.line <= line && line <= (place.endLine ?? place.line);
const show = (f: Finding): string => `${f.rule} [${f.property}] at ${at(f.place)}`;

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ id, rule }) => {
  test('has an example that fires and one that does not', () => {
    expect(rule.fires.length).toBeGreaterThan(0);
    expect(rule.silent.length).toBeGreaterThan(0);
    const names = [...rule.fires, ...rule.silent].map((e) => e.name);
    expect(new Set(names).size).toBe(names.length);
  });

  for (const example of rule.fires) {
    test(`fires: ${example.name}`, async () => {
      const { review, marks } = await runExample(example);
      expect(review.failures).toEqual([]);
      expect(review.notModelled.length > 0, 'something is not modelled').toBe(example.broken === true);
      const asked = review.findings.filter((f) => f.asked);
      const own = asked.filter((f) => f.rule === id);
      expect(marks.map((m) => m.id), 'every mark is of this rule').toEqual(marks.map(() => id));
      expect(own.filter((f) => !marks.some((m) => covers(f.place, m))).map(show), 'asked about an unmarked line').toEqual([]);
      const reported = own.flatMap((f) => [f.place, ...f.labels.map((l) => l.place)]);
      expect(marks.filter((m) => !reported.some((p) => covers(p, m))).map((m) => m.text), 'marked and not asked about').toEqual([]);
      expect(own.length).toBeGreaterThan(0);
      expect(own.flatMap((f) => f.evidence).filter((e) => e.kind === 'counterexample' && !e.replayed), 'not replayed').toEqual([]);
      expect(asked.filter((f) => f.rule !== id).map(show), 'asked by another rule').toEqual([]);
      expect(own.flatMap((f) => questionProblems(f.question))).toEqual([]);
    });
  }

  for (const example of rule.silent) {
    test(`silent: ${example.name}`, async () => {
      const { review, marks } = await runExample(example);
      expect(marks).toEqual([]);
      expect(review.failures).toEqual([]);
      expect(review.notModelled).toEqual([]);
      const ran = review.scenarios.filter((s) => s.image === 'post').length;
      expect(ran + (review.unaffected?.length ?? 0), 'scenarios that ran, or need not').toBeGreaterThan(0);
      expect(review.findings.filter((f) => f.asked).map(show)).toEqual([]);
    });
  }
});
