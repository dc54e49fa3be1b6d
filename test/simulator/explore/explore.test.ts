/**
 * @module The search at level 0: numbers of states and transitions that can be worked out by hand, that two runs are the same,
 * that the first schedule is a shortest one and leads to its violation, and what is observed on the way.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { explore } from '../../../simulator/explore/explore.js';
import type { Exploration } from '../../../simulator/explore/explore.js';
import { isLockProperty } from '../../../simulator/explore/lock-graph.js';
import { start } from '../../../simulator/machine/initial.js';
import { Machine } from '../../../simulator/machine/machine.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import { loadBench, runs, scenarioOf, search, silentContract } from '../bench.js';
import type { Bench, Returned } from '../bench.js';

type Kind = 'task' | 'softirq' | 'hardirq' | 'nmi';

/** A scenario with one function for each actor: `['p', 'task', 0]`. */
const actors = (...list: readonly (readonly [name: string, kind: Kind, cpu: number, times?: number])[]): Scenario<Returned> =>
  scenarioOf(list.map(([name, kind, cpu, times]) => ({ kind, cpu, operations: [runs(name)], ...(times === undefined ? {} : { times }) })));

describe('states and transitions', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });
  const count = (c: string, scenario: Scenario<Returned>): [states: number, transitions: number] => {
    const { states, transitions, gaveUp } = search(bench.code(c), scenario);
    expect(gaveUp).toBeNull();
    return [states, transitions];
  };

  it('one task: a state before each step and one after', () => {
    expect(count('int x; void p(void){ x = 1; x = 2; x = 3; }', actors(['p', 'task', 0]))).toEqual([4, 3]);
  });

  it('private steps are no states', () => {
    expect(count('int x; void p(void){ int i, s = 0; for (i = 0; i < 9; i++) s += i; if (s == 36) x = s; }', actors(['p', 'task', 0]))).toEqual([2, 1]);
  });

  it('nothing to do: one state', () => {
    expect(count('void p(void){ int i = 3; i++; }', actors(['p', 'task', 0]))).toEqual([1, 0]);
  });

  // A grid of 3 x 4 positions; a move right from 2 x 4 of them and a move down from 3 x 3.
  it('two CPUs that share nothing: a grid', () => {
    const c = 'int a, b; void p(void){ a = 1; a = 2; } void q(void){ b = 1; b = 2; b = 3; }';
    expect(count(c, actors(['p', 'task', 0], ['q', 'task', 1]))).toEqual([12, 17]);
  });

  // By the positions of both, loads and stores: (0,0) 1; (1,0) (0,1) (2,0) (0,2) 1 each; (1,1) 1; (2,1) and (1,2) 2 each, since
  // the load saw 0 or 1; (2,2) 2. Moves: 2 from (0,0), 2 from (1,0), (0,1) and (1,1), 1 from (2,0), (0,2) and the four.
  it('x++ on two CPUs', () => {
    const c = 'int x; void p(void){ x++; }';
    expect(count(c, actors(['p', 'task', 0], ['p', 'task', 1]))).toEqual([1 + 4 + 1 + 4 + 2, 2 + 4 + 2 + 2 + 4]);
  });

  // Three positions of the task; the hardirq has not come, is before its one step, before its end, or is gone. It arrives from three.
  it('a task and a hardirq', () => {
    const c = 'int x, y, z; void p(void){ x = 1; y = 1; } void h(void){ z = 1; }';
    expect(count(c, actors(['p', 'task', 0], ['h', 'hardirq', 0]))).toEqual([12, 2 + 3 + 3 + 3 + 2]);
  });

  // Four positions; it arrives only from the first and the last. Done: the task goes on from the first, or is at the end.
  it('a hardirq that irqs off keep away', () => {
    const c = 'int x, z; void p(void){ local_irq_disable(); x = 1; local_irq_enable(); } void h(void){ z = 1; }';
    expect(count(c, actors(['p', 'task', 0], ['h', 'hardirq', 0]))).toEqual([4 + 2 + 2 + 4, 3 + 2 + 2 + 2 + 3]);
  });

  // 2 x 4 x 4: the task is before or behind its step, each interrupt has not come, is before its step, before its end, or gone. With the
  // NMI inside only it moves (16). Else with the hardirq inside: its move (8), or the NMI arrives (4). Not come: 2 + 4 + 2. Gone: 2 + 2.
  it('an NMI that may come in the hardirq', () => {
    const c = 'int x, y, z; void p(void){ x = 1; } void h(void){ y = 1; } void n(void){ z = 1; }';
    expect(count(c, actors(['p', 'task', 0], ['h', 'hardirq', 0], ['n', 'nmi', 0]))).toEqual([32, 16 + 12 + 8 + 4]);
  });

  // As the hardirq, but the budget makes 3 x (1 + 3 + 3): not come, at its step, at its end or gone the first time, and the second.
  it('an interrupt that comes twice', () => {
    const c = 'int x, y, z; void p(void){ x = 1; y = 1; } void h(void){ z = 1; }';
    expect(count(c, actors(['p', 'task', 0], ['h', 'hardirq', 0, 2]))).toEqual([21, 3 * 2 + 3 * 2 + 3 * 2 + 3 * 2]);
  });

  // 4 x 4 positions without the four in which both are inside. Each CPU steps from its three unless it waits at the first.
  it('two CPUs and a spinlock', () => {
    const c = 'DEFINE_SPINLOCK(l); int a, b; void p(void){ spin_lock(&l); a = 1; spin_unlock(&l); } void q(void){ spin_lock(&l); b = 1; spin_unlock(&l); }';
    expect(count(c, actors(['p', 'task', 0], ['q', 'task', 1]))).toEqual([12, 12]);
  });

  // Dead registers are zeroed: what was loaded and is no longer used makes no two states. With v = 0, 1: load, then one store.
  it('leftovers in registers are no states', () => {
    const c = 'int v, x, y; void p(void){ int r = v; if (r) x = 1; else x = 1; y = 1; } void q(void){ v = 1; }';
    // By p: before its load v is 0 or 1; behind it too, with r used up but for the branch taken: one statement in each arm.
    expect(count(c, actors(['p', 'task', 0], ['q', 'task', 1]))[0]).toBe(2 + 3 + 2 + 2);
  });

  // A local in memory ends with its function: its cells make no states either.
  it('ended locals are no states', () => {
    const c = 'int v, y; void g(int *p){ } void h(int a){ int r = a; g(&r); } void p(void){ h(v); y = 1; } void q(void){ v = 1; }';
    // Load, alloc, store r, y: before the load 2 states by v; behind it 3 until r is gone, by v and what was loaded; then 2 by v.
    expect(count(c, actors(['p', 'task', 0], ['q', 'task', 1]))[0]).toBe(2 + 3 + 3 + 2 + 2);
  });
});

const RACY = `
DEFINE_SPINLOCK(l); u64 *p; int x;
void make(void) { p = kmalloc(8, GFP_KERNEL); if (p) *p = 1; }
void reader(void) { u64 *q = READ_ONCE(p); if (q) x = *q; WARN_ON(x == 1); }
void killer(void) { u64 *q = xchg(&p, NULL); kfree(q); spin_lock(&l); x++; spin_unlock(&l); }
void handler(void) { spin_lock(&l); x = 5; spin_unlock(&l); }
`;
const racy: Scenario<Returned> = {
  ...actors(['reader', 'task', 0], ['killer', 'task', 1], ['handler', 'hardirq', 1]), allocationsFail: true,
  setUp: [{ task: 't0', operations: [runs('make')] }],
};

/** What an exploration came to, as plain data. */
const digest = ({ observations: _, ...rest }: Exploration): unknown => JSON.parse(JSON.stringify(rest));

describe('a search', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it('is the same each time', () => {
    const [one, two] = [search(bench.code(RACY), racy), search(bench.code(RACY), racy)];
    expect(one.found.length).toBeGreaterThan(2);
    expect(digest(two)).toEqual(digest(one));
  });

  it('is the same on Code that was searched before', () => {
    const code = bench.code(RACY);
    expect(digest(search(code, racy))).toEqual(digest(search(code, racy)));
  });

  it('finds each kind, the shortest first, and each schedule leads to its violation', () => {
    const code = bench.code(RACY);
    const { found: all, verdict } = search(code, racy);
    expect(verdict).toBe('violated');
    const found = all.filter((f) => !isLockProperty(f.violation.property));
    expect(all.slice(found.length).map((f) => f.violation.property)).toEqual(['irq-unsafe-lock']);
    expect(new Set(found.map((f) => f.violation.property))).toEqual(new Set(['use-after-free', 'warn', 'deadlock']));
    const lengths = found.map((f) => f.schedule.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(new Set(found.map((f) => f.key)).size).toBe(found.length);
    for (const { schedule, violation } of found) {
      const machine = new Machine(code, racy, silentContract);
      let { state } = start(machine);
      let last: readonly { property: string; detail: string }[] = [];
      for (const move of schedule) {
        if (!state) throw new Error('the schedule goes on behind an end');
        expect(machine.transitions(state)).toContainEqual(move);
        const result = machine.apply(state, move);
        [state, last] = [result.state, result.violations];
      }
      expect(last).toContainEqual(expect.objectContaining({ property: violation.property, detail: violation.detail }));
    }
  });

  it('can be cancelled', () => {
    const { gaveUp, verdict } = ((): Exploration => {
      const code = bench.code('u64 g; void p(void){ for (;;) g++; }');
      let asked = 0;
      return explore(code, actors(['p', 'task', 0]), silentContract, { statesMax: 1_000_000, onProgress: () => (asked += 1) > 2 });
    })();
    expect({ gaveUp, verdict }).toEqual({ gaveUp: 'cancelled', verdict: 'gaveUp' });
  });

  it('reports contexts that wait for each other, with who waits where', () => {
    const c = 'DEFINE_SPINLOCK(a); DEFINE_SPINLOCK(b); void p(void){ spin_lock(&a); spin_lock(&b); spin_unlock(&b); spin_unlock(&a); } void q(void){ spin_lock(&b); spin_lock(&a); spin_unlock(&a); spin_unlock(&b); }';
    const { found } = search(bench.code(c), actors(['p', 'task', 0], ['q', 'task', 1]));
    expect(found.map((f) => [f.violation.property, f.violation.fatal, f.schedule.length])).toEqual([['deadlock', true, 2], ['lock-inversion', false, 6]]);
  });
});

describe('observations', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  const C = `
int x, y;
void touch(int v) { x = v; }
void p(void) { unsigned long f; touch(1); local_irq_save(f); y = 1; local_irq_restore(f); preempt_disable(); y = 2; preempt_enable(); }
void h(void) { if (in_task()) y = 3; else touch(4); }
`;

  /** Index of the one instruction of a function that stores to `name`. */
  function stores(code: ReturnType<Bench['code']>, name: string, target: string): [number, number][] {
    const f = code.functionsByName.get(name);
    if (!f) throw new Error(name);
    return f.instructions.flatMap((i, pc) => (i.op === 'store' && i.text === target ? [[f.index, pc] as [number, number]] : []));
  }

  it('say where statements ran, with irqs and preemption off or on, and which way branches went', () => {
    const code = bench.code(C);
    const { observations: seen } = search(code, actors(['p', 'task', 0], ['h', 'hardirq', 0]));
    const [[f, pc] = [0, 0]] = stores(code, 'touch', 'x');
    expect(seen.contexts(f, pc)).toEqual(['task', 'hardirq']);
    expect(seen.alwaysIrqsOff(f, pc)).toBe(false);
    const [first = [0, 0], second = [0, 0]] = stores(code, 'p', 'y');
    expect(seen.contexts(...first)).toEqual(['task']);
    expect([seen.alwaysIrqsOff(...first), seen.alwaysNotPreemptible(...first)]).toEqual([true, true]);
    expect([seen.alwaysIrqsOff(...second), seen.alwaysNotPreemptible(...second)]).toEqual([false, true]);
    const [never = [0, 0]] = stores(code, 'h', 'y');
    expect(seen.contexts(...never)).toEqual([]);
    const h = code.functionsByName.get('h');
    const branch = h?.instructions.findIndex((i) => i.op === 'branch') ?? -1;
    expect(seen.outcomes(h?.index ?? -1, branch)).toEqual({ true: [], false: ['hardirq'] });
  });

  it('say who else used the memory', () => {
    const code = bench.code(C);
    const { observations: seen } = search(code, actors(['p', 'task', 0], ['h', 'hardirq', 0], ['p', 'task', 1]));
    const [[f, pc] = [0, 0]] = stores(code, 'touch', 'x');
    expect(seen.uses(f, pc)).toEqual([{ contexts: ['task', 'hardirq'], alwaysIrqsOff: false, cpus: 2, functions: [f] }]);
  });
});
