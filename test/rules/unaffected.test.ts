/**
 * @module Scenarios that a patch does not affect: leaving them out changes nothing of what is found. The first examples of each
 * rule, one that asks and one that is silent, are reviewed with and without, beside their own scenarios some that most patches
 * do not touch.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.js';
import type { Example } from '../../src/analysis/rule.js';
import { runExample } from './example.js';

const BESIDE = ['device-lifecycle', 'mapped-twice', 'two-devices', 'trace-off-and-on', 'interrupted-trace'];

const examples = rules.flatMap((rule) => [...rule.fires.slice(0, 1), ...rule.silent.slice(0, 1)].map((example) => [`${rule.id}: ${example.name}`, example] as const));

describe('what is found is the same', () => {
  let leftOut = 0;
  afterAll(() => expect(leftOut, 'nothing was ever left out').toBeGreaterThan(0));

  test.each(examples)('%s', async (_, example: Example) => {
    const wide = { ...example, scenarios: [...new Set([...(example.scenarios ?? []), ...BESIDE])] };
    const [left, all] = [await runExample(wide), await runExample(wide, { everything: true })];
    const out = new Set(left.review.unaffected);
    leftOut += out.size;
    const told = all.review.findings.filter((f) => f.status !== 'pre-existing');
    expect(left.review.findings.filter((f) => f.status !== 'pre-existing')).toEqual(told);
    expect(all.review.unaffected).toBeUndefined();
    // What is left out would have been the same on both sides.
    for (const name of out) {
      const [pre, post] = ['pre', 'post'].map((image) => all.review.scenarios.find((run) => run.name === name && run.image === image));
      expect(post && [post.verdict, post.states, post.transitions], name).toEqual(pre && [pre.verdict, pre.states, pre.transitions]);
    }
  });
});
