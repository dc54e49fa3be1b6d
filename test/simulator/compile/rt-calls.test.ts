/** @module Kernel calls that mean something else with PREEMPT_RT; who may run meanwhile is in test/litmus. Each test is C that warns. */
import { beforeAll, describe, expect, it } from 'vitest';
import { RT_LOCK_CALLS } from '../../../simulator/compile/rt-lock-calls.js';
import type { PreemptRt } from '../../../simulator/machine/code.js';
import { loadBench, runs, scenarioOf, search } from '../bench.js';
import type { Bench } from '../bench.js';

/** Title, C text whose f() is called, properties that are reported. */
const CASES: readonly [title: string, text: string, reported: readonly string[]][] = [
  ['irqs stay on, the flags are 0', 'DEFINE_SPINLOCK(l); void f(void){ unsigned long g = 5; spin_lock_irqsave(&l, g); WARN_ON(irqs_disabled() || g); spin_unlock_irqrestore(&l, g); spin_lock_irqsave_nested(&l, g, 1); WARN_ON(g); spin_unlock_irqrestore(&l, g); spin_lock_irq(&l); WARN_ON(irqs_disabled()); spin_unlock_irq(&l); }', []],
  ['the holder is preemptible', 'DEFINE_SPINLOCK(l); void f(void){ spin_lock(&l); WARN_ON(!preemptible() || in_atomic() || preempt_count()); spin_unlock(&l); spin_lock_nested(&l, 1); spin_unlock(&l); WARN_ON(preempt_count()); }', []],
  ['a lock that is taken is not taken again', 'DEFINE_SPINLOCK(l); void f(void){ unsigned long g = 5; WARN_ON(!spin_trylock(&l)); WARN_ON(spin_trylock_irqsave(&l, g)); WARN_ON(g); spin_unlock(&l); WARN_ON(!spin_trylock_irqsave(&l, g)); spin_unlock_irqrestore(&l, g); }', []],
  ['bottom halves off: in_softirq(), and no count', 'DEFINE_SPINLOCK(l); void f(void){ spin_lock_bh(&l); WARN_ON(!in_softirq() || in_serving_softirq() || !in_task() || preempt_count()); spin_unlock_bh(&l); WARN_ON(in_softirq()); local_bh_disable(); local_bh_disable(); local_bh_enable(); WARN_ON(!in_softirq()); local_bh_enable(); WARN_ON(in_softirq()); }', []],
  ['bottom halves off where nobody may sleep', 'void f(void){ preempt_disable(); local_bh_disable(); WARN_ON(!in_softirq()); local_bh_enable(); preempt_enable(); }', []],
  ['a local lock leaves irqs and preempt_count alone', 'DEFINE_PER_CPU(local_lock_t, l); void f(void){ unsigned long g = 5; local_lock(&l); WARN_ON(preempt_count()); local_unlock(&l); local_lock_irq(&l); WARN_ON(irqs_disabled()); local_unlock_irq(&l); local_lock_irqsave(&l, g); WARN_ON(irqs_disabled() || g); local_unlock_irqrestore(&l, g); local_lock_nested_bh(&l); local_unlock_nested_bh(&l); }', []],
  ['taken twice', 'DEFINE_PER_CPU(local_lock_t, l); void f(void){ local_lock(&l); local_lock(&l); }', ['deadlock']],
  ['given back by who has it', 'DEFINE_SPINLOCK(l); void f(void){ spin_unlock(&l); }', ['unlock-not-held']],
  ['nobody sleeps with irqs off', 'DEFINE_SPINLOCK(l); void f(void){ local_irq_disable(); spin_lock(&l); spin_unlock(&l); local_irq_enable(); }', ['sleep-in-atomic']],
  ['a mutex as ever', 'DEFINE_MUTEX(l); void f(void){ mutex_lock(&l); WARN_ON(mutex_trylock(&l)); mutex_unlock(&l); WARN_ON(!mutex_trylock(&l)); mutex_unlock(&l); }', []],
];

describe.each<PreemptRt>(['bh-lock', 'no-bh-lock'])('kernel calls with PREEMPT_RT, %s', (rt) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it.each(CASES)('%s', (_, text, reported) => {
    const code = bench.code(text, {}, 2, rt);
    expect(code.notModelled).toEqual([]);
    const { found, gaveUp } = search(code, scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }], { rt }));
    expect({ gaveUp, properties: found.map((f) => f.violation.property) }).toEqual({ gaveUp: null, properties: reported });
  });

  it('have a test each', () => {
    const text = CASES.map(([, c]) => c).join('\n');
    expect(Object.keys(RT_LOCK_CALLS).filter((name) => !new RegExp(`\\b${name}\\(`, 'u').test(text))).toEqual([]);
  });
});
