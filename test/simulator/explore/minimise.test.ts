/** @module Counterexamples made minimal: small programs whose simplest schedule is plain to see. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../../simulator/explore/explore.js';
import type { Found } from '../../../simulator/explore/explore.js';
import { minimise, Minimiser } from '../../../simulator/explore/minimise.js';
import { replay } from '../../../simulator/explore/replay.js';
import { formatMoves } from '../../../simulator/explore/schedule.js';
import type { Move } from '../../../simulator/explore/schedule.js';
import { spaceOf } from '../../../simulator/explore/space.js';
import { call, fn, global, int, name, if_, ret, set } from '../../../simulator/ir/build.js';
import type { Violation } from '../../../simulator/machine/violation.js';
import { actor, code, operation, permissive, scenario } from './programs.js';

/** A writer on each CPU, an observer that needs both, and an interrupt that has nothing to do with it. */
const program = code([
  global('a', int), global('b', int), global('noise', int),
  fn('left', { body: () => [set('a', 1), set('a', 2), set('a', 3)] }),
  fn('right', { body: () => [set('b', 1), set('b', 2), set('b', 3)] }),
  fn('disturb', { body: () => [set('noise', 1)] }),
  fn('see', { returns: int, body: () => [
    if_(call('READ_ONCE', 'a').eq(3), [if_(call('READ_ONCE', 'b').eq(3), ret(1))]),
    ret(0),
  ] }),
  fn('noisy', { returns: int, body: () => [set('noise', 1), if_(call('READ_ONCE', 'noise').eq(1), ret(1)), ret(0)] }),
  fn('torn', { returns: int, body: () => [if_(call('READ_ONCE', 'a').eq(0), ret(0)), if_(call('READ_ONCE', 'a').ne(3), ret(1)), ret(0)] }),
  fn('fragile', { returns: int, locals: { first: int }, body: ({ first }) => [
    set(first, name('noise')),
    ret(first.ne('noise')),
  ] }),
]);
const twoCpus = scenario('two', [
  actor('a', 'task', [operation('left()', 'left')], { name: 'CPU0 task' }),
  actor('b', 'task', [operation('right()', 'right')], { name: 'CPU1 task', cpu: 1, task: 'U' }),
  actor('s', 'softirq', [operation('disturb()', 'disturb')], { times: 2 }),
  actor('n', 'nmi', [operation('see()', 'see', [], 1)]),
], { cpus: 2, tasks: ['T', 'U'] });

const letters = (text: string): Move[] => [...text].map((letter) => ({ actor: twoCpus.actors.findIndex((a) => a.letter === letter), choice: 0 }));

function foundBy(moves: readonly Move[], property: string): Found {
  const run = replay(program, twoCpus, permissive, moves);
  const met = run.violations.find((v) => v.violation.property === property);
  if (run.error || !met) throw new Error(`the moves show no ${property}: ${run.error?.why ?? 'no violation'}`);
  return { key: met.key, violation: met.violation, schedule: run.transitions };
}

const simplest = (text: string): string => formatMoves(twoCpus, minimise(program, twoCpus, permissive, foundBy(letters(text), 'wrong-result')).schedule);

describe('minimise', () => {
  it('puts the steps of a context together', () => {
    expect(simplest('abababnnn')).toMatch(/^(a3b3n3|b3a3n3)$/);
  });

  it('drops contexts and activations that play no part', () => {
    expect(simplest('asssabasssbbnnn')).toMatch(/^(a3b3n3|b3a3n3)$/);
  });

  it('leaves a simplest schedule as it is, and shows the same violation', () => {
    const found = foundBy(letters('aaabbbnnn'), 'wrong-result');
    expect(minimise(program, twoCpus, permissive, found)).toEqual({ ...found, minimal: true });
    const loose = minimise(program, twoCpus, permissive, foundBy(letters('sssababsssabnnn'), 'wrong-result'));
    const run = replay(program, twoCpus, permissive, loose.schedule);
    expect(run.error).toBeNull();
    expect(run.violations.map((v) => v.key)).toEqual([loose.key]);
    expect(loose.violation.property).toBe('wrong-result');
  });

  it('keeps what the violation needs', () => {
    const fragile = scenario('fragile', [
      actor('t', 'task', [operation('fragile()', 'fragile', [], 1)]),
      actor('s', 'softirq', [operation('disturb()', 'disturb')]),
    ]);
    const [first] = explore(program, fragile, permissive, { statesMax: 100 }).found;
    const simple = minimise(program, fragile, permissive, first!);
    expect(formatMoves(fragile, simple.schedule)).toBe('t1s3t1');
  });

  it('gives back a counterexample that its schedule does not show', () => {
    const found = foundBy(letters('aaabbbnnn'), 'wrong-result');
    const other: Found = { ...found, schedule: found.schedule.slice(0, 4) };
    expect(minimise(program, twoCpus, permissive, other)).toEqual({ ...other, minimal: false });
  });

  it('says where it gave up, and simplifies what it was given all the same', () => {
    const found = foundBy(letters('sssababsssabnnn'), 'wrong-result');
    const name = (v: Violation): string => `${v.property} ${v.at.kind}`;
    const withBudget = (pairsMax: number): Minimiser<unknown> => new Minimiser(spaceOf(program, twoCpus, permissive), twoCpus.actors, { nameOf: name, nameAnywhere: name, pairsMax });
    const few = withBudget(5).simplest(found.violation, found.schedule);
    expect(few?.minimal).toBe(false);
    expect(formatMoves(twoCpus, few?.schedule ?? [])).toMatch(/^(a3b3n3|b3a3n3)$/);
    expect(withBudget(5_000).simplest(found.violation, found.schedule)).toMatchObject({ minimal: true });
  });

  it('drops a task whose state plays no part where an interrupt violates, not one that it found in the act', () => {
    const of = scenario('anywhere', [
      actor('a', 'task', [operation('left()', 'left')]),
      actor('n', 'nmi', [operation('noisy()', 'noisy', [], 1)]),
      actor('h', 'hardirq', [operation('torn()', 'torn', [], 1)]),
    ]);
    const simple = explore(program, of, permissive, { statesMax: 5_000 }).found.map((one) => minimise(program, of, permissive, one));
    const texts = (kind: string): string[] => [...new Set(simple.filter((one) => one.violation.at.kind === kind).map((one) => formatMoves(of, one.schedule)))];
    expect(texts('nmi')).toContain('n3');
    expect(texts('nmi').filter((text) => !text.includes('h'))).toEqual(['n3']);
    expect(texts('hardirq')).toEqual(['a1h3', 'a2h3']);
  });

  it('never needs more contexts than the search found, and always replays', () => {
    const { found } = explore(program, twoCpus, permissive, { statesMax: 20_000 });
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) {
      const simple = minimise(program, twoCpus, permissive, one);
      const actors = (f: Found): number => new Set(f.schedule.map((t) => t.actor)).size;
      expect(actors(simple)).toBeLessThanOrEqual(actors(one));
      expect(replay(program, twoCpus, permissive, simple.schedule).violations.map((v) => v.key)).toContain(simple.key);
    }
  });
});
