/**
 * @module Random small programs of two tasks, a softirq and an NMI: minimise() against an enumeration of all schedules, one
 * by one and without states being merged, by the definition of what is fewest.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { violationsAtEnd } from '../../../simulator/explore/at-end.js';
import { explore } from '../../../simulator/explore/explore.js';
import type { Found } from '../../../simulator/explore/explore.js';
import { minimise } from '../../../simulator/explore/minimise.js';
import { replay } from '../../../simulator/explore/replay.js';
import { likeness, likenessAnywhere } from '../../../simulator/explore/violation-key.js';
import { call, fn, global, if_, int, name, ret, set } from '../../../simulator/ir/build.js';
import type { Code } from '../../../simulator/machine/code.js';
import { start } from '../../../simulator/machine/initial.js';
import { Machine } from '../../../simulator/machine/machine.js';
import type { Transition } from '../../../simulator/machine/machine.js';
import type { State } from '../../../simulator/machine/state.js';
import { S32 } from '../../../simulator/machine/value.js';
import type { Contract } from '../../../simulator/machine/view.js';
import type { Violation } from '../../../simulator/machine/violation.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import { actor, code, operation, permissive, scenario } from './programs.js';
import type { Ghost } from './programs.js';

type Op = { readonly to: 'x' | 'y'; readonly value: number } | { readonly to: 'x' | 'y'; readonly add: number } | { readonly to: 'x' | 'y'; readonly from: 'x' | 'y' };

const variable = fc.constantFrom('x' as const, 'y' as const);
const digit = fc.integer({ min: 1, max: 2 });
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ to: variable, value: digit }), fc.record({ to: variable, add: digit }), fc.record({ to: variable, from: variable }));
const ops = (maxLength: number): fc.Arbitrary<Op[]> => fc.array(op, { minLength: 1, maxLength });

interface Case {
  readonly first: readonly Op[];
  readonly second: readonly Op[];
  readonly softirq: readonly Op[];
  readonly nmi: readonly Op[];
  /** What x must not be where a context looks at its end. */
  readonly bad: number;
  readonly times: number;
}

const cases: fc.Arbitrary<Case> = fc.record({ first: ops(2), second: ops(1), softirq: ops(1), nmi: ops(1), bad: fc.integer({ min: 1, max: 4 }), times: fc.integer({ min: 1, max: 2 }) });

/** Each function looks at x at its end; at the end of all x must not be what is bad either. */
function build(one: Case): { program: Code; of: Scenario<Ghost>; contract: Contract<Ghost> } {
  const body = (list: readonly Op[]): ReturnType<typeof set>[] => list.map((o) => {
    if ('value' in o) return set(o.to, o.value);
    return 'add' in o ? set(o.to, o.add, '+=') : set(o.to, name(o.from));
  });
  const looking = (id: string, list: readonly Op[]): ReturnType<typeof fn> =>
    fn(id, { returns: int, body: () => [...body(list), if_(call('READ_ONCE', 'x').eq(one.bad), ret(1)), ret(0)] });
  const program = code([global('x', int), global('y', int), looking('first', one.first), looking('second', one.second), looking('soft', one.softirq), looking('nmi', one.nmi)]);
  const of = scenario('random', [
    actor('a', 'task', [operation('first()', 'first', [], 1)]),
    actor('b', 'task', [operation('second()', 'second')], { name: 'CPU1 task', cpu: 1, task: 'U' }),
    actor('s', 'softirq', [operation('soft()', 'soft', [], 1)], { times: one.times }),
    actor('n', 'nmi', [operation('nmi()', 'nmi', [], 1)]),
  ], { cpus: 2, tasks: ['T', 'U'] });
  const contract: Contract<Ghost> = { ...permissive, quiescent: (view) => { if (view.read(view.addressOf('x'), S32) === one.bad) view.report('lost', 'x'); } };
  return { program, of, contract };
}

interface Names {
  readonly exact: string;
  readonly anywhere: string;
}

function namesOf(program: Code, of: Scenario<Ghost>, violation: Violation): Names {
  return { exact: likeness(program, of, violation), anywhere: likenessAnywhere(program, of, violation) };
}

type Cost = readonly [contexts: number, switches: number, steps: number];

function costOf(schedule: readonly Transition[]): Cost {
  const arrivals = new Map<number, number>();
  const contexts = schedule.map(({ actor: who, enter }) => {
    if (enter) arrivals.set(who, (arrivals.get(who) ?? 0) + 1);
    return `${who} ${arrivals.get(who) ?? 0}`;
  });
  return [new Set(contexts).size, contexts.filter((context, i) => i > 0 && context !== contexts[i - 1]).length, schedule.length];
}

const isLess = (a: Cost, b: Cost): boolean => {
  const at = a.findIndex((n, i) => n !== b[i]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
};

const EXECUTIONS_MAX = 30_000;

/** Calls `visit` with every schedule that meets violations, of at most some contexts; false when there are too many to visit. */
function everySchedule({ program, of, contract }: ReturnType<typeof build>, visit: (schedule: readonly Transition[], violations: readonly Violation[]) => void): boolean {
  const machine = new Machine(program, of, contract);
  const initial = start(machine).state;
  let visited = 0;
  const go = (state: State<Ghost>, schedule: readonly Transition[]): void => {
    visited += 1;
    if (visited > EXECUTIONS_MAX) return;
    const atEnd = violationsAtEnd(machine, state);
    if (atEnd.length > 0) visit(schedule, atEnd);
    for (const move of machine.transitions(state)) {
      const result = machine.apply(state, move);
      const next = [...schedule, move];
      if (result.violations.length > 0) visit(next, result.violations);
      if (result.state) go(result.state, next);
    }
  };
  if (initial) go(initial, []);
  return visited <= EXECUTIONS_MAX;
}

/** Whether schedules show the same as `found`, as simulator/README.md says. */
function sameAs({ program, of }: ReturnType<typeof build>, found: Found): (names: Names, schedule: readonly Transition[]) => boolean {
  const wanted = namesOf(program, of, found.violation);
  const interrupted = found.violation.interrupted.at(-1);
  return (names, schedule) => {
    if (names.exact === wanted.exact) return true;
    return interrupted?.kind === 'task' && names.anywhere === wanted.anywhere && schedule.every((move) => move.actor !== interrupted.actor);
  };
}

describe('minimal counterexamples of random programs', () => {
  it('are as cheap as the cheapest of all schedules, and replay', () => {
    let compared = 0;
    fc.assert(fc.property(cases, (one) => {
      const built = build(one);
      const { program, of, contract } = built;
      const { found } = explore(program, of, contract, { statesMax: 20_000 });
      const best = new Map<Found, Cost>();
      const wanted = found.map((each) => ({ each, isSame: sameAs(built, each) }));
      const complete = everySchedule(built, (schedule, violations) => {
        const cost = costOf(schedule);
        const names = violations.map((violation) => namesOf(program, of, violation));
        for (const { each, isSame } of wanted) {
          const known = best.get(each);
          if (names.some((one) => isSame(one, schedule)) && (!known || isLess(cost, known))) best.set(each, cost);
        }
      });
      fc.pre(complete);
      for (const each of found) {
        const simplest = minimise(program, of, contract, each);
        expect(simplest.minimal).toBe(true);
        expect(costOf(simplest.schedule)).toEqual(best.get(each));
        expect(replay(program, of, contract, simplest.schedule).violations.map((met) => met.key)).toContain(simplest.key);
        compared += 1;
      }
    }), { numRuns: 15, seed: 20191217 });
    expect(compared).toBeGreaterThan(30);
  });

  it('do not depend on the order in which they are asked for', () => {
    fc.assert(fc.property(cases, (one) => {
      const schedules = (reversed: boolean): string[] => {
        const { program, of, contract } = build(one);
        const { found } = explore(program, of, contract, { statesMax: 20_000 });
        const asked = found.map((each, i) => ({ each, i }));
        const made = (reversed ? asked.reverse() : asked).map(({ each, i }) => ({ i, text: JSON.stringify(minimise(program, of, contract, each).schedule) }));
        return made.sort((a, b) => a.i - b.i).map(({ text }) => text);
      };
      expect(schedules(true)).toEqual(schedules(false));
    }), { numRuns: 10, seed: 20191218 });
  });
});
