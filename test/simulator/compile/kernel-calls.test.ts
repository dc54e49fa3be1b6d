/**
 * @module The tables of kernel calls: each has a test that runs it, here or in another file of these folders, or stands in the
 * list of those that are the same as another. Each contract names the kernel source that says so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { kernelCallNames } from '../../../simulator/compile/calls.js';
import { calledAnywhere } from '../../../simulator/kernel/anywhere.js';
import { CALL_CONTRACTS, contractOfCall, WITHOUT_EFFECT } from '../../../simulator/kernel/calls.js';
import { loadBench, runCode, calls } from '../bench.js';
import type { Bench } from '../bench.js';

/** What it says, the program, what f(0) returns. */
const CASES: readonly (readonly [string, string, number])[] = [
  ['predicates of contexts', 'int f(void){ return in_irq() + in_nmi() * 2 + in_atomic() * 4 + irq_count() * 8 + preempt_count() + in_task() * 100; }', 100],
  ['preempt_count() counts', 'int f(void){ int a, b; preempt_disable(); preempt_disable_notrace(); a = preempt_count(); b = in_atomic(); preempt_enable_notrace(); preempt_enable_no_resched(); return a * 100 + b * 10 + preempt_count(); }', 210],
  ['preemptible()', 'int f(void){ int a = preemptible(), b, c; preempt_disable(); b = preemptible(); preempt_enable(); local_irq_disable(); c = preemptible(); local_irq_enable(); return a * 100 + b * 10 + c; }', 100],
  ['the number of the CPU', 'int f(void){ int a = get_cpu() + 1; int b = preempt_count(); put_cpu(); return a * 100 + b * 10 + smp_processor_id() + raw_smp_processor_id() + preempt_count(); }', 110],
  ['numbers of CPUs and nodes', 'int f(void){ return num_possible_cpus() * 100 + num_online_cpus() * 10 + cpu_to_node(1) + numa_node_id(); }', 220],
  ['kaslr_offset()', 'int f(void){ return kaslr_offset() + 3; }', 3],
  ['current by its function', 'int f(void){ get_current()->pid = 6; return current->pid; }', 6],
  ['what only passes on', 'int f(int x){ return likely(x == 0) + unlikely(2) + data_race(4) + __builtin_expect(8, 1) + unrcu_pointer(16); }', 31],
  ['error pointers', 'int f(void){ void *e = ERR_PTR(-12); return IS_ERR(e) * 1000 + IS_ERR_OR_NULL(NULL) * 100 + (ERR_CAST(e) == e) * 10 + IS_ERR(NULL) + (PTR_ERR(e) == -12); }', 1111],
  ['max_t()', 'int f(void){ return max_t(u8, 300, 7); }', 44],
  ['hlist_entry()', 'struct s { u64 a; struct hlist_node n; }; struct s g; int f(void){ struct hlist_node *p = &g.n; g.a = 8; return hlist_entry(p, struct s, n)->a + hlist_entry_safe(p, struct s, n)->a; }', 16],
  ['hlist_entry_safe() of NULL', 'struct s { u64 a; struct hlist_node n; }; int f(void){ struct hlist_node *p = NULL; return hlist_entry_safe(p, struct s, n) == NULL; }', 1],
  ['array_size()', 'int f(int n){ return array_size(n + 3, 8); }', 24],
  ['logarithms of constants', 'int f(void){ return ilog2(9) * 1000 + __ilog2_u64(16) * 100 + __ilog2_u32(2) * 10 + order_base_2(5); }', 3413],
  ['order_base_2() of 1, of 4', 'int f(void){ return order_base_2(1) * 10 + order_base_2(4); }', 2],
  ['is_power_of_2()', 'int f(void){ return is_power_of_2(8) * 10 + is_power_of_2(6); }', 10],
  ['IS_ENABLED()', '#define CONFIG_ONE 1\nint f(void){ return IS_ENABLED(CONFIG_ONE) * 10 + IS_ENABLED(CONFIG_TWO); }', 10],
  ['HASH_SIZE()', 'static DEFINE_HASHTABLE(t, 4); int f(void){ return HASH_SIZE(t); }', 2],
  ['marked accesses', 'int g; int f(void){ WRITE_ONCE(g, 4); smp_store_release(&g, READ_ONCE(g) + 1); return smp_load_acquire(&g) * 10 + rcu_dereference(g); }', 55],
  ['exchanges', 'int g; int f(void){ g = 1; return xchg(&g, 2) * 1000 + xchg_relaxed(&g, 3) * 100 + xchg_acquire(&g, 4) * 10 + xchg_release(&g, 5) - g; }', 1234 - 5],
  ['compare and exchange', 'u64 g; int f(void){ g = 1; return cmpxchg(&g, 1, 2) * 100 + cmpxchg_local(&g, 7, 3) * 10 + g; }', 122],
  ['try_cmpxchg()', 'int g; int f(void){ int old = 5, a, b; g = 1; a = try_cmpxchg(&g, &old, 7); b = old; return a * 1000 + try_cmpxchg(&g, &b, 9) * 100 + old * 10 + g; }', 119],
  ['atomic_t up and down', 'atomic_t v; int f(void){ atomic_set(&v, 3); atomic_inc(&v); atomic_dec(&v); atomic_add(4, &v); atomic_sub(2, &v); return atomic_read(&v); }', 5],
  ['atomic_t with results', 'atomic_t v; int f(void){ return atomic_inc_return(&v) * 1000 + atomic_fetch_inc(&v) * 100 + atomic_dec_return(&v) * 10 + atomic_dec_and_test(&v); }', 1111],
  ['atomic_t by numbers', 'atomic_t v; int f(void){ return atomic_add_return(3, &v) * 1000 + atomic_fetch_add(2, &v) * 100 + atomic_sub_and_test(5, &v) * 10 + atomic_read(&v); }', 3310],
  ['atomic_t below zero', 'atomic_t v; int f(void){ atomic_dec(&v); return atomic_read(&v) == -1 && atomic_read(&v) < 0; }', 1],
  ['counting up what is not zero', 'refcount_t r; atomic_t v; int f(void){ int a = refcount_inc_not_zero(&r), b; refcount_set(&r, 1); b = refcount_inc_not_zero(&r); atomic_set(&v, -1); return a * 1000 + b * 100 + refcount_read(&r) * 10 + atomic_inc_not_zero(&v); }', 121],
  ['a refcount', 'refcount_t r; int f(void){ refcount_set(&r, 2); refcount_inc(&r); refcount_dec(&r); return refcount_dec_and_test(&r) * 100 + refcount_read(&r) * 10 + refcount_dec_and_test(&r); }', 11],
  ['allocators', 'int f(void){ int n = !kmalloc_node(8, GFP_KERNEL, 0) + !kmalloc_array(2, 8, GFP_KERNEL) + !vmalloc_node(8, 0); u64 *u = vmalloc_user(8); return n + u[0]; }', 0],
  ['kmalloc_array() multiplies', 'int f(void){ u64 *p = kmalloc_array(2, 8, GFP_KERNEL); p[1] = 3; kfree_sensitive(p); return 1; }', 1],
  ['user memory', 'u64 u; int f(void){ u64 x; int r = put_user(6, &u) + __put_user(7, &u) + get_user(x, &u); u64 y; r += __get_user(y, &u); return r * 100 + x * 10 + y; }', 77],
  ['user memory of other widths', 'u32 u[2]; int f(void){ u64 x; put_user(-1, &u[0]); get_user(x, &u[0]); return x == 0xffffffff && u[1] == 0; }', 1],
  ['put_user() of the first page', 'int f(void){ return put_user(1, (u64 *)NULL) == -14; }', 1],
  ['copies to and from user memory', 'u64 u[2]; int f(void){ u64 k[2] = { 3, 4 }, b[2]; int r = copy_to_user(u, k, 16); r += copy_from_user(b, u, 16); return r * 100 + b[0] * 10 + b[1]; }', 34],
  ['half a value is copied', 'u64 u = 0x200000001UL; int f(void){ u32 x[2] = { 0, 9 }; copy_from_user(&x[0], (u32 *)&u + 1, 4); return x[0] * 10 + x[1]; }', 29],
  ['memcpy()', 'u64 a[2] = { 3, 4 }; u64 b[2]; int f(void){ return (memcpy(b, a, 16) == b) * 100 + b[0] * 10 + b[1]; }', 134],
  ['memcpy() to the byte', 'u8 a[11] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }; u8 b[11]; int f(void){ int i, s = 0; __memcpy(b, a, 11); for (i = 0; i < 11; i++) s += b[i]; return s; }', 66],
  ['memset()', 'u64 g[2]; int f(void){ memset(g, 0xff, 12); __memset(g, 1, 4); return g[0] == 0xffffffff01010101 && g[1] == 0xffffffff; }', 1],
  ['per-CPU pointers', 'DEFINE_PER_CPU(int, v); int f(void){ *this_cpu_ptr(&v) = 4; *per_cpu_ptr(&v, 1) = 5; *raw_cpu_ptr(&v) += 2; return per_cpu(v, 0) * 10 + per_cpu(v, 1); }', 65],
  ['per-CPU lvalues', 'DEFINE_PER_CPU(int, v); int f(void){ int a; get_cpu_var(v) = 4; get_cpu_var(v)++; a = preempt_count(); put_cpu_var(v); put_cpu_var(v); __get_cpu_var(v) += 1; *get_cpu_ptr(&v) += 1; put_cpu_ptr(&v); return preempt_count() * 1000 + a * 100 + this_cpu_read(v); }', 207],
  ['per-CPU structs and arrays', 'struct s { int a; int t[2]; }; DEFINE_PER_CPU(struct s, v); int f(void){ this_cpu_ptr(&v)->t[1] = 4; get_cpu_var(v).a = 3; put_cpu_var(v); return per_cpu(v, 0).t[1] * 10 + per_cpu(v, 0).a; }', 43],
  ['per-CPU accesses', 'DEFINE_PER_CPU(int, v); int f(void){ __this_cpu_write(v, 3); raw_cpu_write(v, raw_cpu_read(v) + 1); this_cpu_inc(v); this_cpu_add(v, 4); this_cpu_dec(v); return __this_cpu_read(v); }', 8],
  ['locks of all kinds', 'spinlock_t s; raw_spinlock_t r; struct mutex m; int f(void){ unsigned long g; spin_lock_init(&s); raw_spin_lock_init(&r); mutex_init(&m); raw_spin_lock(&r); raw_spin_unlock(&r); raw_spin_lock_irq(&r); raw_spin_unlock_irq(&r); raw_spin_lock_bh(&r); raw_spin_unlock_bh(&r); raw_spin_lock_irqsave(&r, g); raw_spin_unlock_irqrestore(&r, g); return preempt_count() + irqs_disabled(); }', 0],
  ['a raw spinlock keeps irqs and preemption off', 'raw_spinlock_t r; int f(void){ unsigned long g; int a; raw_spin_lock_irqsave(&r, g); a = preempt_count() * 10 + irqs_disabled(); raw_spin_unlock_irqrestore(&r, g); return a; }', 11],
  ['trylocks that succeed', 'spinlock_t s; raw_spinlock_t r; struct mutex m; int f(void){ int a = (spin_trylock(&s) + raw_spin_trylock(&r) + mutex_trylock(&m)) * 10 + preempt_count(); mutex_unlock(&m); raw_spin_unlock(&r); spin_unlock(&s); return a; }', 32],
  ['trylocks that fail', 'spinlock_t s; raw_spinlock_t r; struct mutex m; int f(void){ int a; mutex_lock(&m); spin_lock(&s); raw_spin_lock(&r); a = (spin_trylock(&s) + raw_spin_trylock(&r) + mutex_trylock(&m)) * 10 + preempt_count(); raw_spin_unlock(&r); spin_unlock(&s); mutex_unlock(&m); return a; }', 2],
  ['a trylock is unlocked', 'spinlock_t s; int f(void){ int a; if (spin_trylock(&s)) spin_unlock(&s); a = spin_trylock(&s) * 10 + preempt_count(); spin_unlock(&s); return a; }', 11],
  ['flags looked at', 'int f(void){ unsigned long a, b; local_save_flags(a); local_irq_disable(); local_save_flags(b); local_irq_enable(); return irqs_disabled_flags(a) * 10 + irqs_disabled_flags(b); }', 1],
  ['barriers change nothing', 'int g; int f(void){ g = 1; barrier(); mb(); rmb(); wmb(); smp_mb(); smp_rmb(); smp_wmb(); smp_mb__before_atomic(); smp_mb__after_atomic(); return g; }', 1],
  ['services of the kernel', 'struct vm_area_struct v; struct inode i; struct file o; int f(void){ void *a = vmalloc_user(8); int r = vm_insert_page(&v, 0, vmalloc_to_page(a)) + nonseekable_open(&i, &o); debugfs_create_file("x", 0600, NULL, NULL, NULL); debugfs_create_file_unsafe("x", 0600, NULL, NULL, NULL); vm_flags_set(&v, VM_DONTEXPAND); return r + (v.vm_flags == VM_DONTEXPAND); }', 1],
  ['WARN_ONCE()', 'int f(void){ return WARN_ONCE(0, "text"); }', 0],
  ['migrate_disable(), which preempt_count() does not show', 'int f(void){ int a; migrate_disable(); a = preempt_count(); migrate_enable(); return a * 10 + preempt_count() + 5; }', 5],
  ['local locks without PREEMPT_RT', 'DEFINE_PER_CPU(local_lock_t, l); int f(void){ unsigned long g; int a, b; local_lock(&l); a = preempt_count(); local_unlock(&l); local_lock_irqsave(&l, g); b = irqs_disabled(); local_unlock_irqrestore(&l, g); local_lock_irq(&l); b += irqs_disabled(); local_unlock_irq(&l); return a * 100 + b * 10 + irqs_disabled() + preempt_count(); }', 120],
];

/** Not run by their own name, with the call or the reason that covers them. */
const COVERED: Readonly<Record<string, string>> = {
  __force: 'a word of sparse, which the front end takes out', __kcovet_entry_safe: 'what hlist_for_each_entry() makes of it',
  __kcovet_assume: 'test/analysis/assumption.test.ts', addressof: 'the & of compound literals; not a call of the kernel', typeof: 'understood inside container_of(), otherwise not modelled',
  BUG: 'BUG_ON()', sizeof: 'the operator', __kcovet_switch_to: 'test/simulator/scenario/context-switch.test.ts',
};

describe('kernel calls', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it.each(CASES)('%s', (_, c, gives) => {
    const { result, violations, notModelled, bound } = bench.run(c, 'f', 0);
    expect({ result, violations, notModelled, bound }).toEqual({ result: gives, violations: [], notModelled: null, bound: null });
  });

  it('BUG() ends the execution', () => {
    expect(bench.run('int g; int f(void){ g = 1; BUG(); return 1; }', 'f')).toMatchObject({ result: null, violations: ['bug'] });
  });

  it('have a test each', () => {
    const folder = fileURLToPath(new URL('../../', import.meta.url));
    const files = ['litmus', 'simulator/machine', 'simulator/compile', 'c'].flatMap((name) => readdirSync(`${folder}${name}`).map((file) => `${folder}${name}/${file}`));
    const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
    // One table entry makes the same call for several counters or CPUs: one of them tested is all tested.
    const kin = (name: string): string => name.replace(/^atomic(64|_long)?_/, 'atomic(64|_long)?_').replace(/^(__this_cpu|raw_cpu)_/, '(__this_cpu|raw_cpu)_');
    const missing = kernelCallNames().filter((name) => !Object.hasOwn(COVERED, name) && !new RegExp(`\\b${kin(name)}\\(`).test(text));
    expect(missing).toEqual([]);
    expect(Object.keys(COVERED).filter((name) => !kernelCallNames().includes(name))).toEqual([]);
  });

  it('have contracts with a source, and each contract is of a call that is known', () => {
    for (const [name, contract] of Object.entries(CALL_CONTRACTS)) {
      expect(contract.source, name).toMatch(/^(include|mm|kernel|fs|arch|lib)\/[\w/.-]+\.[ch](:\d+)?$/);
      expect(kernelCallNames(), name).toContain(name);
    }
  });

  it('have one contract each: those that may sleep, defer or free, and those that any context may make', () => {
    expect(kernelCallNames().filter((name) => contractOfCall(name) === null)).toEqual([]);
    expect([...calledAnywhere().keys()].filter((name) => Object.hasOwn(CALL_CONTRACTS, name) || !kernelCallNames().includes(name))).toEqual([]);
  });

  it('are either of effect or without', () => {
    expect(kernelCallNames().filter((name) => WITHOUT_EFFECT.has(name))).toEqual([]);
  });

  it('list what is without effect', () => {
    const code = bench.code('#define say(x) pr_info("%d", x)\nint f(void){ pr_debug("x"); say(1); prefetch(0); return 3; }');
    expect(code.withoutEffect).toEqual(['pr_debug', 'prefetch', 'say (pr_info)']);
    expect(runCode(code, calls('f')).result).toBe(3);
  });
});
