/** @module Edits that answer a question: tried on the scenarios that showed it, and named only where nothing is left of it. */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/review/review.js';
import { interruptedSwitch } from '../../rules/interrupted-switch.js';
import { lostState } from '../../rules/lost-state.js';
import { baseOf, edited, reviewFiles, runExample } from '../rules/example.js';
import type { Edit } from '../rules/example.js';

async function alternativesTo(rule: string, edits: readonly Edit[], scenarios: readonly string[]): Promise<Evidence[]> {
  const before = baseOf({ on: 'interrupt-sections' });
  const review = await reviewFiles(before, edited(before, edits), { scenarios });
  const asked = review.findings.filter((f) => f.asked && f.rule === rule);
  expect(asked.length).toBeGreaterThan(0);
  return asked.flatMap((f) => f.evidence.filter((e) => e.kind === 'alternative'));
}

describe('a window that the order of two statements closes', () => {
  test('the edit is named with what was searched, and its diff moves one statement', async () => {
    const [example] = interruptedSwitch.fires;
    const { review } = await runExample(example as NonNullable<typeof example>);
    const [found] = review.findings.flatMap((f) => f.evidence.filter((e) => e.kind === 'alternative'));
    expect(found?.text).toMatch(/^With t->kcov_host = KCOV_HOST_NMI after .* none of this happens, in all [\d,]+ states of the scenario that shows it\.$/u);
    expect(found?.edit?.filter((line) => /^[-+]/u.test(line)).map((line) => line.replace(/\s+/gu, ' '))).toEqual(['- t->kcov_host = KCOV_HOST_NMI;', '+ t->kcov_host = KCOV_HOST_NMI;']);
    expect(found?.searched?.scenarios).toEqual(['softirq-in-trace']);
    expect(found?.searched?.states).toBeGreaterThan(1000);
  }, 120_000);
});

describe('a window that moving one statement does not close', () => {
  test('no edit is named: two stores open it, and what ends it must come after what is saved', async () => {
    const found = await alternativesTo('interrupted-switch', [{
      find: '\tsaved->mode = t->kcov_mode;\n', replace: '\tt->kcov_host = KCOV_HOST_NMI;\n\tsaved->mode = t->kcov_mode;\n\tt->kcov_host = KCOV_HOST_NMI;\n',
    }], ['softirq-in-trace']);
    expect(found).toEqual([]);
  }, 120_000);
});

describe('a field that is not put back', () => {
  test('the edit restores it where its siblings are restored, and says what it is beside', async () => {
    const example = lostState.fires.find((e) => e.scenarios?.includes('softirq-in-section'));
    const { review } = await runExample(example as NonNullable<typeof example>);
    const [found] = review.findings.flatMap((f) => f.evidence.filter((e) => e.kind === 'alternative'));
    expect(found?.text).toMatch(/^With t->kcov_sequence restored beside t->kcov(?:_\w+)? none of this happens, in all [\d,]+ states of the scenario that shows it\.$/u);
    expect(found?.edit?.filter((line) => line.startsWith('+')).map((line) => line.slice(1).trim())).toEqual(['t->kcov_sequence = saved->sequence;']);
  }, 120_000);
});
