/** @module The kernel's own checks of context: what they say in which context. Each test is C, run in one context. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBench, runs, scenarioOf, search } from '../bench.js';
import type { Bench } from '../bench.js';

type Kind = 'task' | 'softirq' | 'hardirq' | 'nmi';

/** The body of f(), and the contexts in which it reports something. */
const CASES: readonly [body: string, reported: Partial<Record<Kind, string>>][] = [
  ['lockdep_assert_irqs_disabled();', { task: 'warn', softirq: 'warn' }],
  ['local_irq_disable(); lockdep_assert_irqs_disabled(); local_irq_enable();', {}],
  ['lockdep_assert_irqs_enabled();', { hardirq: 'warn', nmi: 'warn' }],
  ['lockdep_assert_preemption_disabled();', { task: 'warn' }],
  ['preempt_disable(); lockdep_assert_preemption_disabled(); preempt_enable();', {}],
  ['lockdep_assert_preemption_enabled();', { softirq: 'warn', hardirq: 'warn', nmi: 'warn' }],
  ['lockdep_assert_in_irq();', { task: 'warn', softirq: 'warn' }],
  ['lockdep_assert_in_softirq();', { task: 'warn', hardirq: 'warn', nmi: 'warn' }],
  ['might_sleep();', { softirq: 'sleep-in-atomic', hardirq: 'sleep-in-atomic', nmi: 'sleep-in-atomic' }],
  ['might_fault();', { softirq: 'sleep-in-atomic', hardirq: 'sleep-in-atomic', nmi: 'sleep-in-atomic' }],
  ['cond_resched();', { softirq: 'sleep-in-atomic', hardirq: 'sleep-in-atomic', nmi: 'sleep-in-atomic' }],
  ['lockdep_assert(in_task());', { softirq: 'warn', hardirq: 'warn', nmi: 'warn' }],
  ['lockdep_assert_once(!in_nmi());', { nmi: 'warn' }],
];

/** In a task: the program, and what is reported. */
const LOCKS: readonly [title: string, text: string, reported: readonly string[]][] = [
  ['a lock that is held', 'DEFINE_SPINLOCK(l); void f(void){ spin_lock(&l); lockdep_assert_held(&l); lockdep_assert_held_once(&l); WARN_ON(!lockdep_is_held(&l)); spin_unlock(&l); lockdep_assert_not_held(&l); }', []],
  ['a lock that is not', 'DEFINE_SPINLOCK(l); void f(void){ lockdep_assert_held(&l); }', ['warn']],
  ['another one', 'DEFINE_SPINLOCK(l); DEFINE_MUTEX(m); void f(void){ mutex_lock(&m); lockdep_assert_held(&l); mutex_unlock(&m); }', ['warn']],
  ['a mutex', 'DEFINE_MUTEX(m); void f(void){ mutex_lock(&m); lockdep_assert_held(&m); lockdep_assert_not_held(&m); mutex_unlock(&m); }', ['warn']],
  ['a trylock that failed', 'DEFINE_MUTEX(m); DEFINE_MUTEX(n); void f(void){ mutex_lock(&m); if (!mutex_trylock(&m)) lockdep_assert_held(&n); mutex_unlock(&m); }', ['warn']],
];

describe('checks of the context', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it.each(CASES)('%s', (body, reported) => {
    const code = bench.code(`void f(void){ ${body} }`);
    for (const kind of ['task', 'softirq', 'hardirq', 'nmi'] as const) {
      const { found, gaveUp } = search(code, scenarioOf([{ kind, cpu: 0, operations: [runs('f')] }]));
      const met = [...new Set(found.map((f) => f.violation.property))].filter((property) => property === 'warn' || property === 'sleep-in-atomic');
      expect({ gaveUp, kind, met }).toEqual({ gaveUp: null, kind, met: [reported[kind] ?? []].flat() });
    }
  });

  it.each(LOCKS)('%s', (_, text, reported) => {
    const { found, gaveUp } = search(bench.code(text), scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }]));
    expect({ gaveUp, properties: found.map((f) => f.violation.property) }).toEqual({ gaveUp: null, properties: reported });
  });

  it('a lock of the task counts in the interrupt on top of it, and not on another CPU', () => {
    const code = bench.code('DEFINE_SPINLOCK(l); void f(void){ spin_lock(&l); spin_unlock(&l); } void g(void){ lockdep_assert_not_held(&l); }');
    const on = (cpu: number): string[] => search(code, scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }, { kind: 'hardirq', cpu, operations: [runs('g')] }])).found.map((f) => f.violation.property);
    expect({ here: on(0), there: on(1) }).toEqual({ here: ['warn'], there: [] });
  });
});
