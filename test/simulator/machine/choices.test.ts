/** @module Operations that begin in several ways: their choices as moves, what user space writes, and the bounds of both. */
import { beforeAll, describe, expect, it } from 'vitest';
import { start } from '../../../simulator/machine/initial.js';
import { Machine } from '../../../simulator/machine/machine.js';
import { U32 } from '../../../simulator/machine/value.js';
import { replay } from '../../../simulator/explore/replay.js';
import { boundsOf, withBounds } from '../../../simulator/scenario/bounds.js';
import { mayBeKilled, startsLater } from '../../../simulator/scenario/choices.js';
import type { KcovScenario } from '../../../simulator/scenario/kcov-scenario.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import type { Operation } from '../../../simulator/scenario/scenario.js';
import { calls, globalIn, loadBench, runs, scenarioOf, search, silentContract } from '../bench.js';
import type { Bench, Returned } from '../bench.js';

const TEXT = 'int x;\nint seen;\nvoid look(void)\n{\n\tseen = x;\n}\nint one(void)\n{\n\treturn 1;\n}\nint two(void)\n{\n\treturn 2;\n}\n';

/** User space writes one of the values to x. */
function pokes(values: readonly number[]): Operation<Returned> {
  return {
    label: 'pokes x', begin: () => null, end: () => undefined,
    ways: () => values.map((value) => ({ store: (view) => ({ address: view.addressOf('x'), type: U32, value, target: 'x' }) })),
  };
}

describe('an operation with several ways', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it('has a move for each, in any order with other CPUs', () => {
    const code = bench.code(TEXT);
    const scenario = scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('look')] }, { kind: 'task', cpu: 1, operations: [pokes([5, 6, 7])] }]);
    const machine = new Machine(code, scenario, silentContract);
    const first = start(machine).state;
    if (!first) throw new Error('no start');
    expect(machine.transitionsOf(first, 1).map((t) => [t.actor, t.enter, t.choice])).toEqual([[1, false, 0], [1, false, 1], [1, false, 2]]);
    const then = machine.apply(first, { cpu: 1, actor: 1, enter: false, choice: 2 }).state;
    if (!then) throw new Error('no state');
    expect(globalIn(machine, then, 'x')).toBe(7);
    expect(machine.transitionsOf(then, 1)).toEqual([]);
    // A load and a store: three states without a write, three with one before the load, two with one behind it; each value.
    expect(search(code, scenario)).toMatchObject({ verdict: 'holdsWithinBound', states: 3 + 3 * (3 + 2), transitions: 2 + 3 * 3 + 3 * (2 + 1) });
  });

  it('shows in a replay what user space wrote', () => {
    const code = bench.code(TEXT);
    const scenario = scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('look')] }, { kind: 'task', cpu: 1, operations: [pokes([5, 6])] }]);
    const run = replay(code, scenario, silentContract, [{ actor: 1, choice: 1 }, { actor: 0, choice: 0 }]);
    expect(run.error).toBeNull();
    const wrote = run.events.find((e) => e.by === 'user');
    expect(wrote).toMatchObject({ access: 'write', target: 'x', newValue: 6, cpu: 1, text: 'x = 6' });
    expect(run.events.find((e) => e.access === 'read')).toMatchObject({ oldValue: 6, uses: expect.arrayContaining([wrote?.index]) as number[] });
    expect(replay(code, scenario, silentContract, [{ actor: 1, choice: 2 }]).error?.why).toMatch(/has no choice 2 here/u);
  });

  it('leaves out what a choice skips, and nothing else', () => {
    const code = bench.code(TEXT);
    const scenario = scenarioOf([{ kind: 'task', cpu: 0, operations: [...startsLater([calls('one')]), ...mayBeKilled([calls('one'), calls('one')], [calls('two')])] }]);
    const machine = new Machine(code, scenario, silentContract);
    const ends = new Set<string>();
    const open = [start(machine).state];
    while (open.length > 0) {
      const state = open.pop();
      if (!state) continue;
      const moves = machine.transitions(state);
      if (moves.length === 0) ends.add(state.ghost.value.join(' '));
      open.push(...moves.map((move) => machine.apply(state, move).state));
    }
    expect([...ends].sort()).toEqual(['1 1 1 2', '1 1 2', '1 2']);
  });
});

describe('bounds', () => {
  const named = (name: string): KcovScenario => {
    const found = scenarios.find((s) => s.name === name);
    if (!found) throw new Error(name);
    return found;
  };

  it('say what may be chosen, and nothing where nothing may', () => {
    expect(boundsOf(named('killed-anywhere'))).toEqual({ cpus: 1, softirq: 0, hardirq: 0, nmi: 0, kill: 1 });
    expect(boundsOf(named('forks-anywhere'))).toEqual({ cpus: 2, softirq: 0, hardirq: 0, nmi: 0, fork: 1 });
    expect(boundsOf(named('hostile-count'))).toEqual({ cpus: 2, softirq: 0, hardirq: 0, nmi: 0, userWrite: 1 });
    expect(boundsOf(named('early-irq-in-trace'))).toEqual({ cpus: 1, softirq: 1, hardirq: 0, nmi: 0, early: 2, 'compiler-reorderings': 1 });
    expect(boundsOf(named('interrupted-trace'))).toEqual({ cpus: 1, softirq: 1, hardirq: 1, nmi: 1 });
  });

  it('leave out what they set to 0', () => {
    expect(boundsOf(withBounds(named('killed-anywhere'), { kill: 0 }))).not.toHaveProperty('kill');
    expect(boundsOf(withBounds(named('hostile-count'), { userWrite: 0 }))).not.toHaveProperty('userWrite');
    expect(boundsOf(withBounds(named('early-irq-in-trace'), { early: 0 }))).not.toHaveProperty('early');
    expect(boundsOf(withBounds(named('early-irq-in-trace'), { hardirq: 0 }))).toHaveProperty('early', 2);
  });
});
