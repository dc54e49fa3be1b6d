/** @module A construct of C or of the kernel: what it is called, a program of our own that uses it, and what its f() returns. */
import { it, expect, describe, beforeAll } from 'vitest';
import type { Value } from '../../simulator/machine/value.js';
import { loadBench } from '../simulator/bench.js';
import type { Bench } from '../simulator/bench.js';

/** [what it shows, C text with f(), what f(args) returns, args]. */
export type Construct = readonly [says: string, c: string, gives: Value, ...args: number[]];

/** Each program is lowered, compiled whole and run without interruption: nothing is left out, and f() gives what C says. */
export function constructs(title: string, cases: readonly Construct[]): void {
  describe(title, () => {
    let bench: Bench;
    beforeAll(async () => {
      bench = await loadBench();
    });
    it.each(cases.map((one) => [one[0], one] as const))('%s', (_, [, c, gives, ...args]) => {
      const program = bench.program(c);
      expect(program.notModelled).toEqual([]);
      expect(bench.code(c).notModelled).toEqual([]);
      const { result, violations, notModelled, bound, details } = bench.run(c, 'f', ...args);
      // Some end with a trylock to see whether somebody holds the lock: what that takes is kept.
      const kept = (text: string): boolean => text === 'lock-held-at-return' || /^f\(\) returns with \S+ held$/u.test(text);
      expect({ result, violations: violations.filter((v) => !kept(v)), details: details.filter((d) => !kept(d)), notModelled, bound }).toEqual({ result: gives, violations: [], details: [], notModelled: null, bound: null });
    });
  });
}
