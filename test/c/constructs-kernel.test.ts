/** @module Kernel calls and iterators that newer versions of kcov.c and its callers use. */
import { constructs, type Construct } from './construct.js';

const LIST = 'struct n { int v; struct list_head l; struct hlist_node h; }; struct n a, b, c; LIST_HEAD(head);\n'
  + 'void fill(void){ a.v = 1; b.v = 2; c.v = 3; list_add_tail(&a.l, &head); list_add_tail(&b.l, &head); list_add_tail(&c.l, &head); }\n';
const HASH = 'static DEFINE_HASHTABLE(t, 2); struct n { int v; struct hlist_node h; }; struct n a, b, c;\n'
  + 'void fill(void){ a.v = 1; b.v = 2; c.v = 3; hash_init(t); hash_add(t, &a.h, 2); hash_add(t, &b.h, 2); hash_add(t, &c.h, 3); }\n';

const ALLOCATIONS: readonly Construct[] = [
  ['kmalloc_obj() of a pointer, of a type, with and without flags', 'struct s { u64 a; u64 b; }; int f(void){ struct s *p = kmalloc_obj(*p); struct s *q = kzalloc_obj(struct s, GFP_ATOMIC); if (!p || !q) return 1; p->b = 5; q->b += 2; return p->b * 10 + q->b; }', 52],
  ['kmalloc_obj() knows its type', 'struct s { u64 a; u64 b; }; int f(void){ return kzalloc_obj(struct s)->b + 3; }', 3],
  ['kmalloc_objs() and kzalloc_objs()', 'int f(void){ u64 *p = kmalloc_objs(*p, 3, GFP_KERNEL); u64 *q = kzalloc_objs(u64, 2); p[2] = 4; return p[2] + q[1]; }', 4],
  ['kzalloc_flex()', 'struct s { u32 n; u64 items[]; }; int f(void){ struct s *p = kzalloc_flex(*p, items, 3); p->items[2] = 6; return p->items[2] * 10 + p->items[0]; }', 60],
  ['kmalloc_flex(), kvmalloc_obj(), kvzalloc_flex()', 'struct s { u32 n; u64 items[]; }; int f(void){ struct s *p = kmalloc_flex(struct s, items, 1, GFP_KERNEL); u64 *q = kvmalloc_obj(*q); struct s *r = kvzalloc_flex(*r, items, 1); u64 *w = kvzalloc_obj(u64); p->items[0] = *q = 4; return p->items[0] + r->n + *w; }', 4],
  ['more objs()', 'int f(void){ u64 *p = kvmalloc_objs(u64, 2); u64 *q = kvzalloc_objs(u64, 2); struct s { u64 n; u64 i[]; } *s = kvmalloc_flex(*s, i, 2); s->i[1] = p[1] = 2; return q[1] + p[1] + s->i[1]; }', 4],
  ['kvmalloc() and its kin', 'int f(void){ u64 *p = kvmalloc(16, GFP_KERNEL); u64 *q = kvzalloc(16, GFP_KERNEL); u64 *r = kvcalloc(2, 8, GFP_KERNEL); u64 *s = kvmalloc_array(2, 8, GFP_KERNEL); p[1] = s[1] = 3; return p[1] + q[1] + r[1] + s[1]; }', 6],
  ['allocators by node and by array', 'int f(void){ u64 *p = kzalloc_node(8, GFP_KERNEL, 0); u64 *q = vzalloc_node(8, 0); u64 *r = vmalloc_array(2, 8); u64 *s = vcalloc(2, 8); r[1] = 1; return *p + *q + r[1] + s[1]; }', 1],
];

const SIZES: readonly Construct[] = [
  ['size_add(), size_mul(), size_sub()', 'u64 f(void){ return size_add(3, 4) * 100 + size_mul(3, 4) * 1 + size_sub(9, 4); }', 717],
  ['sizes saturate', 'u64 big = -1; int f(void){ return (size_add(big, 1) == SIZE_MAX) + (size_mul(big, 2) == SIZE_MAX) * 2 + (size_sub(1, 2) == SIZE_MAX) * 4 + (array3_size(big, 2, 2) == SIZE_MAX) * 8 + (size_mul(0, big) == 0) * 16; }', 31],
  ['struct_size_t(), sizeof_field(), offsetofend()', 'struct s { u64 n; u64 items[]; }; u64 f(void){ return struct_size_t(struct s, items, 3) * 10000 + sizeof_field(struct s, n) * 100 + offsetofend(struct s, n); }', 320808],
  ['check_add_overflow() of narrow types', 'int f(void){ u8 r; int a = check_add_overflow(200, 100, &r); return a * 1000 + r; }', 1044],
  ['check_add_overflow() of 64 bits', 'u64 big = -1; int f(void){ u64 r; long s; return check_add_overflow(big, 1, &r) * 100 + check_add_overflow(3, 4, &r) * 10 + r + check_add_overflow(LONG_MAX, 1, &s) * 1000; }', 1107],
  ['check_sub_overflow(), check_mul_overflow()', 'u64 big = -1; int f(void){ u64 r; u32 q; return check_sub_overflow(1, 2, &r) + check_mul_overflow(big, 2, &r) * 2 + check_mul_overflow(65536, 65536, &q) * 4 + check_mul_overflow(0, big, &r) * 8 + check_mul_overflow(65535, 65536, &q) * 16; }', 7],
  ['signed products overflow', 'int f(void){ long r; return check_mul_overflow(LONG_MAX, 2, &r) + check_mul_overflow(-3, 4, &r) * 2 + (r == -12) * 4 + check_sub_overflow(-LONG_MAX, 5, &r) * 8; }', 13],
];

const ITERATORS: readonly Construct[] = [
  ['forwards and backwards', `${LIST} int f(void){ struct n *p; int s = 0; fill(); list_for_each_entry(p, &head, l) s = s * 10 + p->v; list_for_each_entry_reverse(p, &head, l) s = s * 10 + p->v; return s; }`, 123321],
  ['safe ones may delete', `${LIST} int f(void){ struct n *p, *q; int s = 0; fill(); list_for_each_entry_safe_reverse(p, q, &head, l) { s = s * 10 + p->v; list_del(&p->l); } return s * 10 + list_empty(&head); }`, 3211],
  ['_continue and _from', `${LIST} int f(void){ struct n *p = &a; int s = 0; fill(); list_for_each_entry_continue(p, &head, l) s = s * 10 + p->v; p = &b; list_for_each_entry_from(p, &head, l) s = s * 10 + p->v; p = &c; list_for_each_entry_continue_reverse(p, &head, l) s = s * 10 + p->v; p = &b; list_for_each_entry_from_reverse(p, &head, l) s = s * 10 + p->v; return s; }`, 23232121],
  ['_safe_from and _safe_continue', `${LIST} int f(void){ struct n *p = &b, *q; int s = 0; fill(); list_for_each_entry_safe_from(p, q, &head, l) { s = s * 10 + p->v; list_del(&p->l); } p = list_first_entry(&head, struct n, l); list_for_each_entry_safe_continue(p, q, &head, l) s += 100; return s; }`, 23],
  ['rcu ones', `${LIST} int f(void){ struct n *p; struct list_head *i; int s = 0; fill(); rcu_read_lock(); list_for_each_entry_rcu(p, &head, l) s = s * 10 + p->v; list_for_each_rcu(i, &head) s += 1; p = &a; list_for_each_entry_continue_rcu(p, &head, l) s += 10; list_for_each_entry_from_rcu(p, &head, l) s += 100; rcu_read_unlock(); return s; }`, 146],
  ['links', `${LIST} int f(void){ struct list_head *i, *j; int s = 0; fill(); list_for_each(i, &head) s += 1; list_for_each_prev(i, &head) s += 10; list_for_each_prev_safe(i, j, &head) { s += 100; list_del(i); } return s; }`, 333],
  ['entries of a list', `${LIST} int f(void){ struct n *p; fill(); p = list_last_entry(&head, struct n, l); return list_first_entry(&head, struct n, l)->v * 1000 + p->v * 100 + list_prev_entry(p, l)->v * 10 + list_next_entry(&a, l)->v; }`, 1322],
  ['list_first_entry_or_null()', `${LIST} int f(void){ struct n *p = list_first_entry_or_null(&head, struct n, l); int none = p == NULL; fill(); return none * 10 + list_first_entry_or_null(&head, struct n, l)->v; }`, 11],
  ['asking of a list', `${LIST} int f(void){ int s; list_add_rcu(&a.l, &head); s = list_is_singular(&head); list_add_tail_rcu(&b.l, &head); s = s * 10 + list_is_first(&a.l, &head); s = s * 10 + list_is_last(&b.l, &head); s = s * 10 + list_is_singular(&head); list_del_rcu(&a.l); s = s * 10 + list_is_head(&head, &head) + list_entry_is_head(&b, &head, l); return s; }`, 11101],
  ['lists are joined and replaced', `LIST_HEAD(other); ${LIST} int f(void){ struct n *p; int s = 0; fill(); list_splice_init(&head, &other); list_for_each_entry(p, &other, l) s = s * 10 + p->v; s = s * 10 + list_empty(&head); list_replace(&other, &head); list_for_each_entry(p, &head, l) s = s * 10 + p->v; return s; }`, 1231123],
  ['hash_for_each() and hash_empty()', `${HASH} int f(void){ struct n *p; int bkt, s = hash_empty(t); fill(); hash_for_each(t, bkt, p, h) s += p->v * 10; return s * 10 + hash_empty(t); }`, 610],
  ['hash iterators of one key', `${HASH} int f(void){ struct n *p; struct hlist_node *q; int s = 0; fill(); hash_for_each_possible(t, p, h, 2) s += p->v; hash_for_each_possible_rcu(t, p, h, 3) s += p->v * 10; hash_for_each_possible_safe(t, p, q, h, 2) { s += 100; hash_del(&p->h); } return s * 10 + hash_hashed(&a.h) + hash_hashed(&c.h); }`, 2331],
  ['hash_for_each_rcu() and what it needs', `${HASH} int f(void){ struct n *p; int bkt, s = 0; hash_init(t); hash_add_rcu(t, &a.h, 1); a.v = 7; hash_for_each_rcu(t, bkt, p, h) s += p->v; hash_del_rcu(&a.h); return s * 10 + hash_empty(t); }`, 71],
  ['chains', 'struct n { int v; struct hlist_node h; }; struct n a, b; struct hlist_head hd; int f(void){ struct hlist_node *i, *j; struct n *p; int s = 0; INIT_HLIST_HEAD(&hd); a.v = 1; b.v = 2; hlist_add_head(&a.h, &hd); hlist_add_head_rcu(&b.h, &hd); hlist_for_each_entry(p, &hd, h) s = s * 10 + p->v; p = &b; hlist_for_each_entry_continue(p, h) s = s * 10 + p->v; p = &a; hlist_for_each_entry_from(p, h) s = s * 10 + p->v; hlist_for_each(i, &hd) s += 100; hlist_for_each_safe(i, j, &hd) { s += 1000; hlist_del_rcu(i); } return s; }', 4311],
];

const MORE_ITERATORS: readonly Construct[] = [
  ['others that are the same over links', `${LIST} int f(void){ struct n *p; struct list_head *i = &a.l; int s = 0; fill(); list_for_each_continue(i, &head) s += 1; list_for_each_entry_lockless(p, &head, l) s += 10; list_for_each_entry_srcu(p, &head, l, 1) s += 100; p = &c; list_for_each_entry_from_rcu(p, &head, l) s += 1000; return s + list_entry_rcu(head.next, struct n, l)->v * 10000; }`, 11332],
  ['others that are the same over chains', 'struct n { int v; struct hlist_node h; }; struct n a, b; struct hlist_head hd; int f(void){ struct n *p; int s = 0; hlist_add_head(&a.h, &hd); hlist_add_head(&b.h, &hd); hlist_for_each_entry_rcu_bh(p, &hd, h) s += 1; hlist_for_each_entry_rcu_notrace(p, &hd, h) s += 10; p = &b; hlist_for_each_entry_from_rcu(p, h) s += 100; p = &b; hlist_for_each_entry_continue_rcu(p, h) s += 1000; return s; }', 1222],
  ['one key without tracing', `${HASH} int f(void){ struct n *p; int s = 0; fill(); hash_for_each_possible_rcu_notrace(t, p, h, 2) s += p->v; return s; }`, 3],
];

const ATOMICS: readonly Construct[] = [
  ['atomic_long_t and atomic64_t are wide', 'atomic_long_t v; atomic64_t w; u64 f(void){ atomic_long_set(&v, 0x100000000L); atomic_long_inc(&v); atomic64_add(0x200000000L, &w); return atomic_long_read(&v) + atomic64_read(&w) + atomic64_fetch_add(1, &w); }', 21474836481],
  ['counters with results', 'atomic_long_t v; int f(void){ int a = atomic_long_inc_return(&v) * 1000; a += atomic_long_add_return(4, &v) * 100; a += atomic_long_sub_return(2, &v) * 10; return a + atomic_long_sub_and_test(3, &v); }', 1531],
  ['counters below and to zero', 'atomic_t v; int f(void){ atomic_set(&v, -1); return atomic_inc_and_test(&v) * 10 + (atomic_fetch_dec(&v) == 0) + (atomic_fetch_sub(1, &v) == -1); }', 12],
  ['atomic_xchg(), atomic_cmpxchg(), atomic_try_cmpxchg()', 'atomic_t v; int f(void){ int old = 3, a, b; a = atomic_xchg(&v, 3); b = atomic_try_cmpxchg(&v, &old, 4); return a * 1000 + b * 100 + atomic_cmpxchg(&v, 4, 5) * 10 + atomic_read(&v); }', 145],
  ['refcount_add(), refcount_sub_and_test()', 'refcount_t r; int f(void){ refcount_set(&r, 1); refcount_add(2, &r); return refcount_read(&r) * 10 + refcount_sub_and_test(3, &r); }', 31],
  ['bits', 'unsigned long map[2]; int f(void){ int a = test_and_set_bit(65, map), b; set_bit(3, &map[0]); b = test_and_set_bit(65, map); clear_bit(3, map); return a * 1000 + b * 100 + test_bit(65, map) * 10 + test_bit(3, map) + test_and_clear_bit(65, map); }', 111],
  ['exchanges with an ordering', 'u64 g; u64 *p; int f(void){ u64 old = 1; g = 1; cmpxchg_acquire(&g, 1, 2); cmpxchg_release(&g, 2, 3); cmpxchg_relaxed(&g, 3, 4); cmpxchg64(&g, 4, 5); old = 5; try_cmpxchg_acquire(&g, &old, 7); old = 7; try_cmpxchg_relaxed(&g, &old, 8); old = 8; try_cmpxchg_release(&g, &old, 9); old = 9; try_cmpxchg64(&g, &old, 6); xchg(&p, &g); return *xchg(&p, NULL) * 10 + (p == NULL); }', 61],
];

const CPUS: readonly Construct[] = [
  ['per-CPU structs with initialisers', 'struct d { local_lock_t lock; int n; u64 m; }; static DEFINE_PER_CPU(struct d, d) = { .lock = INIT_LOCAL_LOCK(lock), .n = 4 }; int f(void){ per_cpu(d, 1).n += 2; this_cpu_write(d.m, 3); return per_cpu(d, 0).n * 100 + per_cpu(d, 1).n * 10 + this_cpu_read(d.m); }', 463],
  ['per-CPU arithmetic', 'DEFINE_PER_CPU(int, v); int f(void){ __this_cpu_inc(v); __this_cpu_add(v, 4); raw_cpu_sub(v, 1); this_cpu_or(v, 8); this_cpu_and(v, 12); this_cpu_sub(v, 2); return this_cpu_read(v); }', 10],
  ['per-CPU steps with results', 'DEFINE_PER_CPU(int, v); int f(void){ int a = this_cpu_inc_return(v) * 1000; a += this_cpu_add_return(v, 3) * 100; a += this_cpu_xchg(v, 2) * 10; a += this_cpu_cmpxchg(v, 2, 5); return a + this_cpu_dec_return(v); }', 1446],
  ['spin_trylock_irqsave()', 'spinlock_t l; int f(void){ unsigned long g; int a = spin_trylock_irqsave(&l, g), b = irqs_disabled() * 10 + preempt_count(), c; spin_unlock_irqrestore(&l, g); return a * 1000 + b * 10 + irqs_disabled() + preempt_count(); }', 1110],
  ['nested forms of locks', 'spinlock_t l; raw_spinlock_t r; struct mutex m; int f(void){ unsigned long g; spin_lock_nested(&l, 1); spin_unlock(&l); raw_spin_lock_nested(&r, 1); raw_spin_unlock(&r); spin_lock_irqsave_nested(&l, g, 1); spin_unlock_irqrestore(&l, g); mutex_lock_nested(&m, 1); mutex_unlock(&m); return preempt_count(); }', 0],
];

const MORE_LOCKS: readonly Construct[] = [
  ['raw and nested forms', 'raw_spinlock_t r; static DEFINE_PER_CPU(local_lock_t, p) = INIT_LOCAL_LOCK(p); int f(void){ unsigned long g; int a; raw_spin_lock_irqsave_nested(&r, g, 1); raw_spin_unlock_irqrestore(&r, g); a = raw_spin_trylock_irqsave(&r, g); raw_spin_unlock_irqrestore(&r, g); local_bh_disable(); local_lock_nested_bh(&p); local_unlock_nested_bh(&p); local_bh_enable(); return a * 10 + irqs_disabled() + preempt_count(); }', 10],
];

const VALUES: readonly Construct[] = [
  ['rounding', 'int f(void){ return DIV_ROUND_UP(7, 2) * 10000 + roundup(7, 4) * 1000 + rounddown(7, 4) * 100 + ALIGN(5, 8) * 10 + PAGE_ALIGN(1) / 4096; }', 48481],
  ['bits of words', 'int f(void){ return BIT(3) * 1000 + BIT_ULL(2) * 100 + lower_32_bits(0x500000006UL) * 10 + upper_32_bits(0x500000006UL) + BITS_TO_LONGS(65) * 10000; }', 28465],
  ['clamp() and others of three', 'int f(void){ return clamp(9, 1, 5) * 1000 + min3(4, 2, 3) * 100 + max3(4, 2, 3) * 10 + umin(7u, 3u); }', 5243],
  ['__cond_lock() and others that pass a value on', 'spinlock_t l; int f(void){ void *p = &l; void *q = take_ptr(p); retain_and_null_ptr(q); return __cond_lock(&l, 3) * 10 + (p == NULL) + (q == NULL); }', 32],
  ['raw forms of per-CPU arithmetic', 'DEFINE_PER_CPU(int, v) = 12; int f(void){ raw_cpu_dec(v); __this_cpu_and(v, 9); raw_cpu_or(v, 2); return this_cpu_read(v); }', 11],
  ['counters one by one', 'atomic_t v; atomic64_t w; int f(void){ int old = 0; atomic64_set(&w, 3); atomic64_dec(&w); atomic64_sub(1, &w); return atomic64_dec_and_test(&w) * 1000 + atomic64_inc_not_zero(&w) * 100 + atomic_fetch_dec(&v) * 10 + atomic64_xchg(&w, 2) + (atomic64_cmpxchg(&w, 2, 3) == 2) + atomic64_dec_return(&w); }', 1003],
  ['swap()', 'int f(void){ int a = 1, b = 2; swap(a, b); return a * 10 + b; }', 21],
  ['PTR_ERR_OR_ZERO()', 'int f(void){ return PTR_ERR_OR_ZERO(ERR_PTR(-5)) * -10 + PTR_ERR_OR_ZERO(NULL); }', 50],
  ['ACCESS_ONCE() and READ_ONCE_NOCHECK()', 'int g = 3; int f(void){ return ACCESS_ONCE(g) * 10 + READ_ONCE_NOCHECK(g); }', 33],
  ['rcu pointers', 'int v = 4; int *p; int f(void){ RCU_INIT_POINTER(p, NULL); rcu_assign_pointer(p, &v); return *rcu_dereference_protected(p, 1) * 10 + (rcu_access_pointer(p) == &v) + *rcu_dereference_check(p, 1) + *rcu_dereference_raw(p); }', 49],
  ['other times', 'int f(void){ unsigned long a = 5; return time_before_eq(a, 5) * 1000 + msecs_to_jiffies(8) * 100 + jiffies_to_msecs(2) + HZ / 250; }', 1209],
  ['umax(), u64_to_user_ptr()', 'int f(void){ u64 v = 5; return umax(2, 4) * 10 + *(u64 *)u64_to_user_ptr((u64)&v); }', 45],
  ['vma_start_pgoff()', 'struct vm_area_struct v; int f(void){ v.vm_pgoff = 3; return vma_start_pgoff(&v); }', 3],
  ['annotations of context analysis', 'struct s { spinlock_t lock; int mode __guarded_by(&lock); void *area __pt_guarded_by(&lock); }; struct s g; static int get(struct s *p)\n\t__must_hold(&p->lock)\n{\n\treturn p->mode;\n}\nstatic void take(struct s *p) __acquires(&p->lock) { spin_lock(&p->lock); }\nstatic void drop(struct s *p) __releases(&p->lock) { spin_unlock(&p->lock); }\nint f(void) __no_context_analysis\n{ int x; take(&g); g.mode = 6; x = get(&g); drop(&g); __assume_ctx_lock(&g.lock); return x; }', 6],
];

constructs('allocation', ALLOCATIONS);
constructs('sizes', SIZES);
constructs('iterators', ITERATORS);
constructs('more iterators', MORE_ITERATORS);
constructs('atomics', ATOMICS);
constructs('CPUs and locks', CPUS);
constructs('more locks', MORE_LOCKS);
constructs('values', VALUES);
