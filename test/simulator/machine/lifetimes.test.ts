/**
 * @module What the machine itself reports: bad accesses, bad frees, reads of what nobody wrote, misused reference counts,
 * sleeping where that is not allowed, warnings; and how bounds end an execution. One small program each.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { calls, loadBench, runCode, runs, scenarioOf, search } from '../bench.js';
import type { Bench } from '../bench.js';

const P = 'u64 *p = kmalloc(16, GFP_KERNEL);';

/** What it says, the program, the property, the detail, and what f() returns when it goes on. */
const FATAL: readonly (readonly [string, string, string, string])[] = [
  ['a load through NULL', 'int f(void){ int *p = NULL; return *p; }', 'null-dereference', 'NULL'],
  ['a field of NULL', 'struct s { u64 a; int b; }; int f(void){ struct s *p = NULL; p->b = 1; return 0; }', 'null-dereference', 'NULL + 8'],
  ['a lock in NULL', 'struct s { u64 a; spinlock_t lock; }; int f(void){ struct s *p = NULL; spin_lock(&p->lock); return 0; }', 'null-dereference', 'NULL + 8'],
  ['past the end', `int f(void){ ${P} p[2] = 1; return 0; }`, 'out-of-bounds', 'p#0: 8 bytes at 16 of 16'],
  ['half past the end', `int f(void){ u32 *p = kmalloc(12, GFP_KERNEL); *(u64 *)(p + 2) = 1; return 0; }`, 'out-of-bounds', 'p#0: 8 bytes at 8 of 12'],
  ['before the start', `int f(void){ ${P} p[-1] = 1; return 0; }`, 'out-of-bounds', 'p#0: 8 bytes at -8 of 16'],
  ['past a global', 'u64 g[2]; int f(int i){ return g[i]; }', 'out-of-bounds', 'g: 8 bytes at 16 of 16'],
  ['past a local', 'int f(void){ int t[2]; t[2] = 1; return 0; }', 'out-of-bounds', 't#0: 4 bytes at 8 of 8'],
  ['the template of per-CPU data', 'DEFINE_PER_CPU(int, v); int f(void){ v = 1; return 0; }', 'out-of-bounds', 'v: 4 bytes at 0 of 0'],
  ['a load after free', `int f(void){ ${P} p[0] = 1; kfree(p); return p[0]; }`, 'use-after-free', 'p#0'],
  ['a store after free', `int f(void){ ${P} kfree(p); p[0] = 1; return 0; }`, 'use-after-free', 'p#0'],
  ['an atomic after free', `int f(void){ ${P} kfree(p); atomic_inc((atomic_t *)p); return 0; }`, 'use-after-free', 'p#0'],
  ['a lock after free', `int f(void){ ${P} kfree(p); spin_lock((spinlock_t *)p); return 0; }`, 'use-after-free', 'p#0'],
  ['a copy from what is free', `u64 g; int f(void){ ${P} kfree(p); return copy_to_user(&g, p, 8); }`, 'use-after-free', 'p#0'],
  ['a local after its function', 'int *g; void h(void){ int y = 1; g = &y; } int f(void){ h(); return *g; }', 'use-after-free', 'y#0'],
  ['a local after its function, used there to the end', 'int *g; void h(void){ int y = 1; int z; g = &y; z = *g; z = *g; } int f(void){ h(); return *g; }', 'use-after-free', 'y#0'],
  ['a double free', `int f(void){ ${P} kfree(p); kfree(p); return 0; }`, 'double-free', 'p#0'],
  ['kfree() of vmalloc()', 'int f(void){ void *p = vmalloc(16); kfree(p); return 0; }', 'invalid-free', 'p#0 is from vmalloc(), given to kfree()'],
  ['vfree() of kmalloc()', `int f(void){ ${P} vfree(p); return 0; }`, 'invalid-free', 'p#0 is from kmalloc(), given to vfree()'],
  ['kfree() of a local', 'int f(void){ int x; kfree(&x); return 0; }', 'invalid-free', 'x#0 is on the stack, given to kfree()'],
  ['kfree() of a global', 'int g; int f(void){ kfree(&g); return 0; }', 'invalid-free', 'no allocated object'],
  ['kfree() of the middle', `int f(void){ ${P} kfree(p + 1); return 0; }`, 'invalid-free', 'p#0 + 8'],
  ['a number as pointer', 'int f(void){ return *(int *)0x123456UL; }', 'wild-access', 'an address that is no object'],
  ['an error as pointer', 'int f(void){ int *p = ERR_PTR(-12); return *p; }', 'wild-access', 'an address that is no object'],
  ['a string as pointer', 'int f(void){ return *(int *)"abc"; }', 'wild-access', 'an address that is no object'],
  ['memory of no bytes', 'int f(void){ int *p = kmalloc(0, GFP_KERNEL); return *p; }', 'null-dereference', 'NULL + 16'],
  ['a division by zero', 'int f(int x){ return 5 / x; }', 'division-by-zero', ''],
  ['a remainder by zero', 'int f(int x){ return 5 % x; }', 'division-by-zero', ''],
  ['BUG_ON()', 'int f(void){ BUG_ON(1); return 0; }', 'bug', 'BUG_ON(1)'],
  ['an unlock of a lock not held', 'DEFINE_SPINLOCK(l); int f(void){ spin_unlock(&l); return 0; }', 'unlock-not-held', 'the lock is not held by this CPU'],
  ['a mutex_unlock() without lock', 'DEFINE_MUTEX(l); int f(void){ mutex_unlock(&l); return 0; }', 'unlock-not-held', 'the lock is not held by this task'],
  ['a lock taken twice', 'DEFINE_SPINLOCK(l); int f(void){ spin_lock(&l); spin_lock(&l); return 0; }', 'deadlock', 'the lock is held by this CPU already'],
  ['a lock overwritten', 'DEFINE_SPINLOCK(l); int f(void){ *(u32 *)&l = 77; spin_lock(&l); return 0; }', 'wild-lock', 'the lock holds 77, which no lock operation wrote'],
];

/** What is reported, while the execution goes on to what it returns. */
const REPORTED: readonly (readonly [string, string, string, string, number])[] = [
  ['WARN_ON()', 'int f(void){ if (WARN_ON(2 > 1)) return 7; return 8; }', 'warn', 'WARN_ON(2 > 1)', 7],
  ['WARN()', 'int f(void){ WARN(1, "text"); return 4; }', 'warn', 'WARN(1, "text")', 4],
  ['kmalloc() is not zeroed', `int f(void){ ${P} return p[1] == 0; }`, 'uninitialised-read', 'p#0', 1],
  ['half of a value was written', `int f(void){ ${P} *(u32 *)p = 1; return p[0] == 0; }`, 'uninitialised-read', 'p#0', 1],
  ['a local in memory', 'void h(int *p){ } int f(void){ int x; h(&x); return x; }', 'uninitialised-read', 'x#0', 0],
  ['a field of a local', 'struct s { int a; int b; }; int f(void){ struct s x; x.a = 1; return x.b; }', 'uninitialised-read', 'x#0', 0],
  ['a local', 'int f(int c){ int x; if (c) x = 5; return x; }', 'uninitialised-read', 'the local x', 0],
  ['flags that nobody saved', 'int f(void){ unsigned long flags; local_irq_restore(flags); return 3; }', 'uninitialised-read', 'the local flags', 3],
  ['a local of the round before', 'int f(void){ int i, s = 0; for (i = 0; i < 2; i++) { int y; if (i == 0) y = 5; s += y; } return s; }', 'uninitialised-read', 'the local y', 5],
  ['refcount_inc() from 0', 'refcount_t r; int f(void){ refcount_inc(&r); return refcount_read(&r) == 0xc0000000; }', 'refcount', 'r: increment on 0', 1],
  ['refcount_dec_and_test() from 0', 'refcount_t r; int f(void){ return refcount_dec_and_test(&r); }', 'refcount', 'r: decrement of 0', 0],
  ['refcount_dec() to 0', 'refcount_t r; int f(void){ refcount_set(&r, 1); refcount_dec(&r); return 2; }', 'refcount', 'r: decrement to 0 that nobody tests', 2],
  ['vmalloc(0), which gives none', 'int f(void){ return vmalloc(0) == NULL; }', 'warn', 'vmalloc() of 0 bytes', 1],
  ['sleeping with preemption off', 'int f(void){ preempt_disable(); kfree(kmalloc(8, GFP_KERNEL)); preempt_enable(); return 1; }', 'sleep-in-atomic', 'kmalloc() while preempt_count is 1 (task)', 1],
  ['sleeping with irqs off', 'int f(void){ void *p; local_irq_disable(); p = vmalloc(8); local_irq_enable(); vfree(p); return 1; }', 'sleep-in-atomic', 'vmalloc() while interrupts are off (task)', 1],
  ['vfree() with irqs off', 'int f(void){ void *p = vmalloc(8); local_irq_disable(); vfree(p); local_irq_enable(); return 1; }', 'sleep-in-atomic', 'vfree() while interrupts are off (task)', 1],
  ['vfree() under a spinlock', 'DEFINE_SPINLOCK(l); int f(void){ spin_lock(&l); vfree(NULL); spin_unlock(&l); return 1; }', 'sleep-in-atomic', 'vfree() while preempt_count is 1 (task)', 1],
  ['sleeping under a spinlock', 'DEFINE_SPINLOCK(l); DEFINE_MUTEX(m); int f(void){ spin_lock(&l); mutex_lock(&m); mutex_unlock(&m); spin_unlock(&l); return 1; }', 'sleep-in-atomic', 'mutex_lock() while preempt_count is 1 (task)', 1],
  ['sleeping with bottom halves off', 'u64 g; int f(void){ u64 x; int r; local_bh_disable(); r = get_user(x, &g); local_bh_enable(); return r; }', 'sleep-in-atomic', 'get_user() while preempt_count is 200 (task)', 0],
];

/** What is right, and must not be reported. */
const FINE: readonly (readonly [string, string, number])[] = [
  ['kfree(NULL), vfree(NULL)', 'int f(void){ kfree(NULL); vfree(NULL); return 1; }', 1],
  ['kfree() of memory of no bytes', 'int f(void){ void *p = kmalloc(0, GFP_KERNEL); kfree(p); return p != NULL; }', 1],
  ['kvfree() of either', 'int f(void){ kvfree(vmalloc(8)); kvfree(kmalloc(8, GFP_KERNEL)); return 1; }', 1],
  ['kzalloc(), kcalloc(), vzalloc(), __GFP_ZERO', 'int f(void){ int *a = kzalloc(8, GFP_KERNEL), *b = kcalloc(2, 4, GFP_KERNEL), *c = vzalloc(8), *d = kmalloc(8, GFP_KERNEL | __GFP_ZERO); return a[1] + b[1] + c[1] + d[1]; }', 0],
  ['the address of a field of NULL', 'struct s { u64 a; int b; }; int f(void){ struct s *p = NULL; return (u64)&p->b; }', 8],
  ['the address one past the end', 'int f(void){ int t[2]; return &t[2] - &t[0]; }', 2],
  ['a second life at the same place', `int f(void){ int i; for (i = 0; i < 3; i++) { ${P} p[0] = i; kfree(p); } return 1; }`, 1],
  ['GFP_ATOMIC under a spinlock', 'DEFINE_SPINLOCK(l); int f(void){ void *p; spin_lock(&l); p = kmalloc(8, GFP_ATOMIC); spin_unlock(&l); kfree(p); return 1; }', 1],
  ['vfree() with bottom halves off', 'int f(void){ void *p = vmalloc(8); local_bh_disable(); vfree(p); local_bh_enable(); return 1; }', 1],
  ['a local written on both ways', 'int f(int c){ int x; if (c) x = 5; else x = 6; return x; }', 6],
  ['a local written through its address', 'void h(int *p){ *p = 3; } int f(void){ int x; h(&x); return x; }', 3],
  ['refcount up and down', 'refcount_t r; int f(void){ refcount_set(&r, 1); refcount_inc(&r); return refcount_dec_and_test(&r) * 10 + refcount_dec_and_test(&r); }', 1],
  ['WARN_ON(0)', 'int f(void){ return WARN_ON(0) + WARN_ON_ONCE(0); }', 0],
  ['get_user() of the first page', 'int f(void){ u64 x = 5; int r = get_user(x, (u64 *)8); return r == -14 && x == 0; }', 1],
  ['copy_from_user() of the first page', 'int f(void){ u64 x = 5; return copy_from_user(&x, NULL, 8) == 8 && x == 5; }', 1],
  ['memdup_user() of the first page', 'int f(void){ return PTR_ERR(memdup_user(NULL, 8)); }', -14],
  ['memdup_user()', 'u64 g[2] = { 3, 4 }; int f(void){ u64 *p = memdup_user(g, 16); int r; if (IS_ERR(p)) return 0; r = p[0] * 10 + p[1]; kfree(p); return r; }', 34],
];

describe('lifetimes', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it.each(FATAL)('%s ends the execution', (_, c, property, detail) => {
    const outcome = bench.run(c, 'f', c.includes('int f(int i)') ? 2 : 0);
    expect(outcome).toMatchObject({ result: null, violations: [property], details: [detail], notModelled: null, bound: null });
  });

  it.each(REPORTED)('%s is reported, and it goes on', (_, c, property, detail, result) => {
    expect(bench.run(c, 'f', 0)).toMatchObject({ result, violations: [property], details: [detail], notModelled: null, bound: null });
  });

  it.each(FINE)('%s: nothing to report', (_, c, result) => {
    expect(bench.run(c, 'f', 0)).toMatchObject({ result, violations: [], notModelled: null, bound: null });
  });

  it('tells the contexts that may not sleep', () => {
    const code = bench.code('void f(void){ kfree(kmalloc(8, GFP_KERNEL)); }');
    for (const kind of ['softirq', 'hardirq', 'nmi'] as const) {
      const found = search(code, scenarioOf([{ kind, cpu: 0, operations: [runs('f')] }])).found;
      expect(found.map((f) => f.violation.property)).toEqual(['sleep-in-atomic']);
      expect(found[0]?.violation.detail).toMatch(new RegExp(`\\(${kind}\\)$`));
    }
    expect(search(code, scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }])).verdict).toBe('holdsWithinBound');
  });

  it('lets every allocation fail where the scenario says so, and none elsewhere', () => {
    const code = bench.code('int g; void f(void){ int *p = kmalloc(8, GFP_KERNEL); int *q = vmalloc(8); g = !p + 2 * !q; kfree(p); vfree(q); }');
    const actors = [{ kind: 'task' as const, cpu: 0, operations: [runs('f')] }];
    // Five steps: two allocations, the store, two frees. With failures 1 + 2 + 4 states behind the allocations, and 4 of each later one.
    expect(search(code, scenarioOf(actors))).toMatchObject({ verdict: 'holdsWithinBound', states: 6, transitions: 5 });
    expect(search(code, scenarioOf(actors, { allocationsFail: true }))).toMatchObject({ verdict: 'holdsWithinBound', transitions: 2 + 4 + 4 * 3 });
  });

  it('does not let them fail in the set-up', () => {
    const code = bench.code('int *p; void make(void){ p = kmalloc(8, GFP_KERNEL); } void f(void){ *p = 1; }');
    const scenario = scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }], { allocationsFail: true, setUp: [{ task: 't0', operations: [runs('make')] }] });
    expect(search(code, scenario)).toMatchObject({ verdict: 'holdsWithinBound', found: [] });
  });

  it('runs the initcalls first', () => {
    const code = bench.code('int g; static int __init start(void){ g = 6; return 0; } device_initcall(start); int f(void){ return g; }');
    expect(runCode(code, calls('f')).result).toBe(6);
  });

  it('fails what asks for more than the model has', () => {
    expect(bench.run('int f(void){ return kmalloc(1UL << 40, GFP_KERNEL) == NULL; }', 'f').result).toBe(1);
  });
});

describe('bounds', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it.each([
    ['a loop that touches nothing shared', 'int g; int f(void){ g = 1; for (;;) ; return 0; }', /private steps/],
    ['recursion without end', 'int g; int r(int x){ return r(x + 1); } int f(void){ g = 1; return r(0); }', /nested deeper/],
    ['allocations of one statement', 'int f(void){ int i; for (i = 0; i < 100; i++) kmalloc(8, GFP_KERNEL); return 0; }', /more than \d+ objects/],
  ])('%s ends as a bound', (_, c, why) => {
    expect(bench.run(c, 'f')).toMatchObject({ result: null, violations: [], notModelled: null, bound: expect.stringMatching(why) as string });
    const exploration = search(bench.code(c), scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }]));
    expect(exploration).toMatchObject({ verdict: 'gaveUp', gaveUp: expect.stringMatching(why) as string });
  });

  it('gives up at its number of states, and says so', () => {
    const code = bench.code('u64 g; void f(void){ for (;;) g++; }');
    expect(search(code, scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }]), 100)).toMatchObject({ verdict: 'gaveUp', gaveUp: 'more than 100 states' });
  });

  it('gives up at what is not modelled, and says so', () => {
    const code = bench.code('int g; void f(void){ g = 1; unheard_of(); }');
    expect(search(code, scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }]))).toMatchObject({
      verdict: 'gaveUp', notModelled: ['unheard_of() has no contract in the table of kernel calls'], states: 1, transitions: 1,
    });
  });

  it('says when the set-up cannot be run', () => {
    const code = bench.code('void make(void){ unheard_of(); } void f(void){ }');
    const scenario = scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }], { setUp: [{ task: 't0', operations: [runs('make')] }] });
    expect(search(code, scenario)).toMatchObject({ verdict: 'gaveUp', gaveUp: expect.stringMatching(/^the set-up cannot be run: unheard_of/) as string });
  });
});
