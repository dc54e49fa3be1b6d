/** @module Blocks with something to undo: guard() and its kin, __free(), CLASS(), scoped accesses. What is held inside and after shows. */
import { describe, expect, it } from 'vitest';
import { loadBench } from '../simulator/bench.js';
import { constructs, type Construct } from './construct.js';

const HELD = 'spinlock_t l, k; raw_spinlock_t r; struct mutex m; local_lock_t ll; int seen;\n'
  + 'int held(void){ return preempt_count() * 10 + irqs_disabled(); }\n';

const GUARDS: readonly Construct[] = [
  ['guard(spinlock) to the end of the function', `${HELD} void g(void){ guard(spinlock)(&l); seen = held(); } int f(void){ g(); return seen * 100 + held(); }`, 1000],
  ['guard(spinlock_irqsave)', `${HELD} void g(void){ guard(spinlock_irqsave)(&l); seen = held(); } int f(void){ g(); return seen * 100 + held(); }`, 1100],
  ['guard(spinlock_irqsave) gives back flags that were off', `${HELD} int f(void){ int a; local_irq_disable(); { guard(spinlock_irqsave)(&l); } a = held(); local_irq_enable(); return a * 10 + held(); }`, 10],
  ['guard(spinlock_irq), guard(spinlock_bh)', `${HELD} int f(void){ int a, b; { guard(spinlock_irq)(&l); a = held(); } { guard(spinlock_bh)(&l); b = preempt_count() > 1; } return a * 100 + b * 10 + held(); }`, 1110],
  ['guard(raw_spinlock_irqsave), guard(raw_spinlock)', `${HELD} int f(void){ int a, b; { guard(raw_spinlock_irqsave)(&r); a = held(); } { guard(raw_spinlock)(&r); b = held(); } return a * 1000 + b * 10 + held(); }`, 11100],
  ['guard(mutex) lets others in afterwards', `${HELD} int f(void){ { guard(mutex)(&m); seen = 1; } return mutex_trylock(&m) * 10 + seen; }`, 11],
  ['guard(preempt), guard(irq), guard(irqsave)', `${HELD} int f(void){ int a, b, c; { guard(preempt)(); a = held(); } { guard(irq)(); b = held(); } { guard(irqsave)(); c = held(); } return a * 1000 + b * 100 + c * 10 + held(); }`, 10110],
  ['guard(local_lock), guard(local_lock_irqsave)', `static DEFINE_PER_CPU(local_lock_t, p) = INIT_LOCAL_LOCK(p); ${HELD} int f(void){ int a; { guard(local_lock_irqsave)(&p); a = irqs_disabled(); } { guard(local_lock)(&p); a += held(); } return a * 100 + held(); }`, 1100],
  ['guard(rcu)', `${HELD} int f(void){ guard(rcu)(); return 3; }`, 3],
  ['init guards initialise and hold nothing', `${HELD} int f(void){ guard(spinlock_init)(&l); guard(mutex_init)(&m); guard(raw_spinlock_init)(&r); return held() * 10 + spin_trylock(&l); }`, 1],
  ['two guards are undone last first', `${HELD} int f(void){ { guard(mutex)(&m); guard(spinlock)(&l); guard(spinlock_irqsave)(&k); seen = held(); } return seen * 100 + held(); }`, 2100],
  ['return out of a guard keeps its value', `${HELD} int g(int x){ guard(spinlock)(&l); if (x) return held() + 1; seen = 5; return seen; } int f(int x){ int a = g(x); return a * 100 + held(); }`, 1100, 1],
  ['a value is computed before the guard goes', `${HELD} int g(void){ guard(spinlock)(&l); return preempt_count(); } int f(void){ return g(); }`, 1],
  ['break and continue out of guards in a loop', `${HELD} int f(void){ int i, n = 0; for (i = 0; i < 5; i++) { guard(spinlock)(&l); if (i == 1) continue; if (i == 3) break; n += 1; } return n * 100 + i * 10 + held(); }`, 230],
  ['goto out of two blocks undoes both', `${HELD} int f(int x){ { guard(mutex)(&m); { guard(spinlock)(&l); if (x) goto out; seen = 1; } seen = 2; } out: return seen * 100 + mutex_trylock(&m) * 50 + held(); }`, 50, 1],
  ['goto inside the block undoes nothing', `${HELD} int f(int x){ int a; { guard(spinlock)(&l); if (x) goto in; seen = 1; in: a = held(); } return a * 100 + seen * 50 + held(); }`, 1000, 1],
  ['goto back over a guard undoes it', `${HELD} int f(void){ int n = 0; again: n++; guard(spinlock)(&l); if (n < 3) goto again; return n * 100 + held(); }`, 310],
  ['a guard in one arm of an if', `${HELD} int f(int x){ if (x) { guard(spinlock)(&l); seen = held(); } else seen = 7; return seen * 100 + held(); }`, 700, 0],
  ['a guard that is a field of what a pointer points to', `struct s { int n; spinlock_t lock; }; struct s g; int f(void){ struct s *p = &g; { guard(spinlock)(&p->lock); p->n = preempt_count(); } return p->n * 10 + preempt_count(); }`, 10],
  ['the pointer of a guard is evaluated once', `struct s { spinlock_t lock; }; struct s a, b; int f(void){ struct s *p = &a; { guard(spinlock)(&p->lock); p = &b; } return spin_trylock(&a.lock) * 10 + preempt_count(); }`, 11],
];

const SCOPED: readonly Construct[] = [
  ['scoped_guard() with a block', `${HELD} int f(void){ scoped_guard(spinlock, &l) { seen = held(); } return seen * 100 + held(); }`, 1000],
  ['scoped_guard() with a single statement', `${HELD} int f(void){ scoped_guard(spinlock_irqsave, &l) seen = held(); return seen * 100 + held(); }`, 1100],
  ['return out of scoped_guard()', `${HELD} int g(void){ scoped_guard(spinlock, &l) { return held(); } return 1; } int f(void){ return g() * 100 + held(); }`, 1000],
  ['goto out of scoped_guard()', `${HELD} int f(void){ scoped_guard(spinlock, &l) { if (held()) goto out; seen = 1; } seen = 2; out: return seen * 100 + held(); }`, 0],
  ['break leaves scoped_guard() only', `${HELD} int f(void){ int i, n = 0; for (i = 0; i < 3; i++) { scoped_guard(spinlock, &l) { if (i == 1) break; n += 10; } n += 1; } return n * 10 + held(); }`, 230],
  ['scoped_guard() in scoped_guard()', `${HELD} int f(void){ scoped_guard(mutex, &m) scoped_guard(spinlock, &l) { seen = held(); } return seen * 100 + mutex_trylock(&m) * 10 + held(); }`, 1010],
  ['scoped_guard() of what may fail', `${HELD} int f(void){ int a = 0; scoped_guard(mutex_try, &m) { a += 1; scoped_guard(mutex_try, &m) a += 10; } return a * 10 + mutex_trylock(&m); }`, 11],
  ['scoped_cond_guard() runs its statement', `${HELD} int g(void){ scoped_cond_guard(mutex_try, return -16, &m) { return 5; } return 7; } int f(void){ int a = g(); mutex_lock(&m); return a * 100 + (g() == -16); }`, 501],
  ['scoped_guard(irqsave)', `${HELD} int f(void){ scoped_guard(irqsave) { seen = held(); } return seen * 10 + held(); }`, 10],
  ['a guard of a const condition and rcu', `${HELD} int f(void){ scoped_guard(rcu) seen = 4; return seen; }`, 4],
];

const USER: readonly Construct[] = [
  ['scoped_user_read_access()', 'u64 u = 7; int f(void){ u64 x; scoped_user_read_access(&u, efault) { unsafe_get_user(x, &u, efault); } return x; efault: return -14; }', 7],
  ['scoped_user_read_access() of what faults', 'u64 *u; int f(void){ u64 x; scoped_user_read_access(u, efault) { unsafe_get_user(x, u, efault); return 1; } return x; efault: return -14; }', -14],
  ['scoped_user_write_access()', 'u64 u; int f(void){ scoped_user_write_access(&u, efault) unsafe_put_user(9, &u, efault); return u; efault: return 1; }', 9],
  ['scoped_user_rw_access_size()', 'u64 u[2] = { 3 }; int f(void){ u64 x; scoped_user_rw_access_size(u, sizeof(u), efault) { unsafe_get_user(x, &u[0], efault); unsafe_put_user(x + 1, &u[1], efault); } return u[1]; efault: return 1; }', 4],
];

const FREE: readonly Construct[] = [
  ['__free(kfree) frees at the end', 'void g(void){ u64 *p __free(kfree) = kmalloc(8, GFP_KERNEL); if (p) *p = 4; } int f(void){ int i; for (i = 0; i < 5; i++) g(); return i; }', 5],
  ['__free() of NULL and of an error', 'int f(void){ void *p __free(kfree) = NULL; void *q __free(kvfree) = ERR_PTR(-12); return IS_ERR(q) + (p == NULL); }', 2],
  ['return_ptr() and no_free_ptr() keep it', 'u64 *g(void){ u64 *p __free(kfree) = kzalloc(8, GFP_KERNEL); if (!p) return NULL; *p = 6; return_ptr(p); } u64 *h(void){ u64 *p __free(kfree) = g(); return no_free_ptr(p); } int f(void){ u64 *p = h(); int x = *p; kfree(p); return x; }', 6],
  ['return in the middle frees', 'int g(int x){ u64 *p __free(kfree) = kmalloc(8, GFP_KERNEL); if (x) return 3; *p = 5; return *p; } int f(int x){ int i, s = 0; for (i = 0; i < 4; i++) s += g(i & 1); return s; }', 16],
  ['freed in the order reverse to the declarations', 'int order; void one(int *p){ order = order * 10 + *p; } int f(void){ { int a __cleanup(one) = 1; int b __attribute__((cleanup(one))) = 2; order = 0; } return order; }', 21],
  ['DEFINE_FREE() of the file', 'int undone; DEFINE_FREE(mine, int *, if (_T) undone += *_T)\nint two = 2; int f(void){ { int *p __free(mine) = &two; int *q __free(mine) = NULL; undone += q == NULL; undone += p == NULL; } return undone; }', 3],
  ['DEFINE_GUARD() of the file', 'struct s { int n; }; struct s g; void up(struct s *p){ p->n += 1; } void down(struct s *p){ p->n += 10; } DEFINE_GUARD(mine, struct s *, up(_T), down(_T))\nint f(void){ int a; { guard(mine)(&g); a = g.n; } scoped_guard(mine, &g) a += g.n * 100; return a * 100 + g.n; }', 120122],
  ['CLASS() with DEFINE_CLASS() of the file', 'int n; int make(int x){ n = x; return x + 1; } DEFINE_CLASS(thing, int, n = _T * 10, make(x), int x)\nint f(void){ int a; { CLASS(thing, t)(4); a = t * 100 + n; } return a * 1000 + n; }', 504050],
];

describe('__free(kfree)', () => {
  it.each([
    ['has freed behind the block', 'u64 *q; int f(void){ { u64 *p __free(kfree) = kzalloc(8, GFP_KERNEL); q = p; } return *q; }', ['use-after-free']],
    ['has freed after a return', 'u64 *q; int g(void){ u64 *p __free(kfree) = kzalloc(8, GFP_KERNEL); q = p; return 1; } int f(void){ g(); return *q; }', ['use-after-free']],
    ['does not free what was taken out', 'u64 *q; int g(void){ u64 *p __free(kfree) = kzalloc(8, GFP_KERNEL); q = no_free_ptr(p); return 1; } int f(void){ g(); return *q; }', []],
  ])('%s', async (_, c, violations) => {
    expect((await loadBench()).run(c, 'f').violations).toEqual(violations);
  });
});

constructs('guards', GUARDS);
constructs('scoped blocks', SCOPED);
constructs('scoped accesses to user memory', USER);
constructs('locals with a cleanup', FREE);
