/** @module What lockdep reports of a search: the same in a replay, also where no single execution shows it; rules over sets of facts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { minimise } from '../../../simulator/explore/minimise.js';
import type { Found } from '../../../simulator/explore/explore.js';
import type { LockFact } from '../../../simulator/explore/lock-facts.js';
import { LockGraph } from '../../../simulator/explore/lock-graph.js';
import { replay } from '../../../simulator/explore/replay.js';
import { formatSchedule, movesOf, parseSchedule } from '../../../simulator/explore/schedule.js';
import type { Code } from '../../../simulator/machine/code.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import { loadBench, runs, scenarioOf, search, silentContract } from '../bench.js';
import type { Bench, Returned } from '../bench.js';

const AB = 'spin_lock(&one); spin_lock(&two); spin_unlock(&two); spin_unlock(&one);';
const BA = 'spin_lock(&two); spin_lock(&one); spin_unlock(&one); spin_unlock(&two);';
const LOCKS = 'DEFINE_SPINLOCK(one); DEFINE_SPINLOCK(two);';

const actors = (...list: ['task' | 'hardirq', string, number][]): Scenario<Returned> =>
  scenarioOf(list.map(([kind, name, cpu]) => ({ kind, cpu, operations: [runs(name)] })));

/** The keys of a replay of a schedule as its text says. */
function keysOf(code: Code, scenario: Scenario<Returned>, found: Found): string[] {
  const parsed = parseSchedule(formatSchedule(code, scenario, found.schedule, found.premises));
  if ('error' in parsed) throw new Error(parsed.error);
  const moves = movesOf(parsed, code, scenario);
  if ('error' in moves) throw new Error(moves.error);
  return replay(code, scenario, silentContract, moves.moves, { premises: moves.premises }).violations.map((met) => met.key);
}

describe('lockdep', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it('shows both orders of two tasks in one execution, and where the first was', () => {
    const code = bench.code(`${LOCKS} int x; void p(void){ x = 1; ${AB} } void q(void){ ${BA} x = 2; }`);
    const scenario = actors(['task', 'p', 0], ['task', 'q', 1]);
    const inversion = search(code, scenario).found.find((f) => f.violation.property === 'lock-inversion');
    if (!inversion) throw new Error('no inversion');
    expect(inversion.premises).toBeUndefined();
    expect(inversion.violation.related?.map(({ text, cpu }) => `CPU${cpu}: ${text}`)).toEqual(['CPU0: two is taken with one held', 'CPU1: one is taken with two held']);
    expect(keysOf(code, scenario, inversion)).toContain(inversion.key);
    const simple = minimise(code, scenario, silentContract, inversion);
    expect(simple.schedule.length).toBeLessThanOrEqual(inversion.schedule.length);
    expect(keysOf(code, scenario, simple)).toContain(simple.key);
  });

  it('puts another execution before one that shows only half of it', () => {
    const code = bench.code(`${LOCKS} int x; void p(void){ if (x) { ${AB} } else { ${BA} } } void q(void){ x = 1; }`);
    const scenario = actors(['task', 'p', 0], ['task', 'q', 1]);
    const [inversion] = search(code, scenario).found;
    if (!inversion) throw new Error('no inversion');
    expect(inversion.violation.property).toBe('lock-inversion');
    expect(inversion.premises?.length).toBe(1);
    expect(formatSchedule(code, scenario, inversion.schedule, inversion.premises)).toMatch(/^bench:[0-9a-f]{8}:[a-z0-9]+\+[a-z0-9]+$/);
    expect(keysOf(code, scenario, inversion)).toContain(inversion.key);
    expect(replay(code, scenario, silentContract, inversion.schedule).violations).toEqual([]);
    const simple = minimise(code, scenario, silentContract, inversion);
    expect(simple.premises).toEqual(inversion.premises);
    expect(keysOf(code, scenario, simple)).toContain(simple.key);
  });

  it('learns from set-up and initcalls too', () => {
    const code = bench.code(`${LOCKS} int init(void){ ${AB} return 0; } void p(void){ ${BA} }`);
    const scenario = { ...actors(['task', 'p', 0]), setUp: [{ task: 't0', operations: [runs('init')] }] };
    const [inversion] = search(code, scenario).found;
    expect([inversion?.violation.property, inversion?.schedule.length]).toEqual(['lock-inversion', 2]);
  });

  it('gives classes the names the kernel prints', () => {
    const code = bench.code(`struct s { int x; struct { spinlock_t l; } in; spinlock_t t[2]; }; struct s g; DEFINE_PER_CPU(spinlock_t, c);
      void p(void){ struct s *h = kzalloc(16, GFP_KERNEL), on; struct s *k; spin_lock_init(&on.in.l);
        spin_lock(&h->in.l); spin_lock(&on.in.l); spin_lock(&g.t[1]); spin_lock(this_cpu_ptr(&c)); }`);
    const [kept] = search(code, actors(['task', 'p', 0])).found.filter((f) => f.violation.property === 'lock-held-at-return');
    expect(kept?.violation.detail).toBe('p() returns with g.t[] and c and s->in.l and s->in.l held');
  });
});

describe('a graph of locks', () => {
  const order = (from: string, to: string): LockFact => ({ k: 'order', from, to });
  const reports = (facts: readonly LockFact[]): string[] => {
    const graph = new LockGraph();
    for (const fact of facts) graph.learn(fact);
    return graph.reports().map((r) => `${r.property}: ${r.detail}`);
  };

  it.each<[string, LockFact[], string[]]>([
    ['one order', [order('a', 'b'), order('b', 'c'), order('a', 'c')], []],
    ['two pairs', [order('a', 'b'), order('b', 'a'), order('b', 'c'), order('c', 'b')], ['a', 'b']],
    ['a pair and the circle over it', [order('a', 'b'), order('b', 'a'), order('b', 'c'), order('c', 'a')], ['a']],
    ['a circle of four', [order('a', 'b'), order('b', 'c'), order('c', 'd'), order('d', 'a')], ['a']],
  ])('%s', (_, facts, firsts) => {
    expect(reports(facts).length).toBe(firsts.length);
    expect(reports(facts)).toEqual(reports([...facts].reverse()));
  });

  it('leaves out what follows from another report', () => {
    const used: LockFact = { k: 'used-in', lock: 'a', irq: 'hardirq' };
    const on = (lock: string): LockFact => ({ k: 'enabled', lock, irq: 'hardirq' });
    expect(reports([used, order('a', 'b'), order('b', 'c'), on('b'), on('c')])).toEqual(['irq-unsafe-dependency: b, held with hardirqs on, is taken behind a, which a hardirq takes']);
    expect(reports([used, on('a'), order('a', 'b'), on('b')])).toEqual(['irq-unsafe-lock: a is taken in a hardirq, and with hardirqs on']);
    const soft: LockFact[] = [{ k: 'used-in', lock: 'a', irq: 'softirq' }, { k: 'enabled', lock: 'a', irq: 'softirq' }];
    expect(reports([used, on('a'), ...soft])).toEqual(['irq-unsafe-lock: a is taken in a hardirq, and with hardirqs on']);
  });
});
