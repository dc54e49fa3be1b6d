/** @module Small programs of the machine's every kind of step, for holding its search against SPIN's. */
import type { ContextKind } from '../../simulator/machine/state.js';

/** Function, context, CPU, and how often it may come. */
export type Process = readonly [function_: string, kind: ContextKind, cpu: number, times?: number];

export interface Sample {
  readonly name: string;
  readonly text: string;
  readonly processes: readonly Process[];
  readonly allocationsFail?: boolean;
}

const COUNTING = `
int x, y, z;
void task(void) { x++; y = x + z; x++; }
void softirq(void) { x++; z++; }
void hardirq(void) { y = x; z = z + y; }
void nmi(void) { z++; }
`;

const IRQSAVE = `
DEFINE_SPINLOCK(lock);
int count, seen;
void add(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	count++;
	spin_unlock_irqrestore(&lock, flags);
	seen = count;
}
void irq(void)
{
	spin_lock(&lock);
	count++;
	spin_unlock(&lock);
}
`;

const EXCHANGE = `
int word;
atomic_t total;
void swap(void)
{
	int old = xchg(&word, 1);

	atomic_add(old + 1, &total);
	if (cmpxchg(&word, 1, 2) == 1)
		atomic_dec(&total);
}
void nmi(void) { if (!xchg(&word, 3)) atomic_inc(&total); }
`;

/** Each is emitted and searched; the first two also stand as Promela written by hand. */
export const SAMPLES: readonly Sample[] = [
  { name: 'irqsave', text: IRQSAVE, processes: [['add', 'task', 0], ['add', 'task', 1], ['irq', 'hardirq', 0], ['irq', 'hardirq', 1]] },
  { name: 'exchange', text: EXCHANGE, processes: [['swap', 'task', 0], ['swap', 'task', 1], ['nmi', 'nmi', 1]] },
  { name: 'nesting-once', text: COUNTING, processes: [['task', 'task', 0], ['softirq', 'softirq', 0], ['hardirq', 'hardirq', 0], ['nmi', 'nmi', 0]] },
  { name: 'nesting-twice', text: COUNTING, processes: [['task', 'task', 0], ['softirq', 'softirq', 0, 2], ['hardirq', 'hardirq', 0], ['nmi', 'nmi', 0, 2]] },
  { name: 'two-interrupts-of-a-kind', text: COUNTING, processes: [['task', 'task', 0], ['softirq', 'softirq', 0], ['hardirq', 'softirq', 0], ['nmi', 'hardirq', 0, 2]] },
  {
    name: 'flags-in-memory',
    text: `
unsigned long flags;
int x;
void first(void) { local_irq_save(flags); x = 1; local_irq_restore(flags); x = 2; }
void nmi(void) { flags = 0; x = irqs_disabled(); }
void irq(void) { local_irq_save(flags); x = 3; local_irq_restore(flags); }
`,
    processes: [['first', 'task', 0], ['nmi', 'nmi', 0], ['irq', 'hardirq', 0], ['first', 'task', 1]],
  },
  { name: 'self-deadlock', text: `${IRQSAVE}void plain(void) { spin_lock(&lock); count++; spin_unlock(&lock); }`, processes: [['plain', 'task', 0], ['irq', 'hardirq', 0], ['add', 'task', 1]] },
  {
    name: 'locks-in-both-orders',
    text: `
DEFINE_SPINLOCK(a);
DEFINE_SPINLOCK(b);
int x;
void ab(void) { spin_lock(&a); spin_lock(&b); x++; spin_unlock(&b); spin_unlock(&a); }
void ba(void) { spin_lock(&b); spin_lock(&a); x++; spin_unlock(&a); spin_unlock(&b); }
void nmi(void) { if (spin_trylock(&a)) spin_unlock(&a); }
`,
    processes: [['ab', 'task', 0], ['ba', 'task', 1], ['nmi', 'nmi', 0]],
  },
  {
    name: 'bottom-halves-off',
    text: `
DEFINE_SPINLOCK(lock);
int x, y;
void task(void) { spin_lock_bh(&lock); x++; local_bh_disable(); y = x; local_bh_enable(); spin_unlock_bh(&lock); y++; }
void softirq(void) { spin_lock(&lock); x = y + 1; spin_unlock(&lock); }
void hardirq(void) { y = in_softirq() ? 5 : in_interrupt() ? 6 : 7; }
`,
    processes: [['task', 'task', 0], ['softirq', 'softirq', 0, 2], ['softirq', 'softirq', 1], ['hardirq', 'hardirq', 0]],
  },
  {
    name: 'per-cpu-data',
    text: `
struct counts { unsigned int hits, kind; };
DEFINE_PER_CPU(struct counts, counts);
DEFINE_PER_CPU(int, plain);
int sum;
void task(void)
{
	int cpu;

	this_cpu_inc(plain);
	__this_cpu_add(plain, 2);
	for_each_possible_cpu(cpu)
		sum += per_cpu(plain, cpu);
}
void interrupt(void) { struct counts *c = this_cpu_ptr(&counts); c->hits++; c->kind = in_nmi() ? 3 : in_hardirq() ? 2 : 1; this_cpu_inc(plain); }
`,
    processes: [['task', 'task', 0], ['task', 'task', 1], ['interrupt', 'softirq', 0], ['interrupt', 'nmi', 1]],
  },
  {
    name: 'allocation-failure',
    text: `
struct item { int value; struct item *next; };
struct item *shared;
int failed;
void give(void)
{
	struct item *made = kmalloc(sizeof(*made), GFP_KERNEL);

	if (!made) {
		failed++;
		return;
	}
	made->value = 4;
	made->next = NULL;
	made = xchg(&shared, made);
	kfree(made);
}
void take(void) { struct item *taken = xchg(&shared, NULL); if (taken) { failed = taken->value; kfree(taken); } }
`,
    processes: [['give', 'task', 0], ['give', 'task', 1], ['take', 'softirq', 0]], allocationsFail: true,
  },
  {
    name: 'use-after-free',
    text: `
struct item { int value; };
struct item *shared;
int x;
void prepare(void) { shared = kzalloc(sizeof(*shared), GFP_KERNEL); }
void drop(void) { struct item *old = shared; shared = NULL; kfree(old); }
void use(void) { struct item *found = READ_ONCE(shared); if (found) x = found->value; else x = shared->value; }
`,
    processes: [['prepare', 'task', 0], ['use', 'nmi', 0], ['use', 'hardirq', 0], ['drop', 'task', 1]],
  },
  {
    name: 'lists',
    text: `
struct entry { int value; struct list_head list; };
LIST_HEAD(head);
DEFINE_SPINLOCK(lock);
struct entry one = { 1 }, two = { 2 };
int sum;
void add_one(void) { spin_lock(&lock); list_add(&one.list, &head); spin_unlock(&lock); spin_lock(&lock); list_del(&one.list); spin_unlock(&lock); }
void add_two(void) { struct entry *e; spin_lock(&lock); list_add_tail(&two.list, &head); list_for_each_entry(e, &head, list) sum += e->value; spin_unlock(&lock); }
`,
    processes: [['add_one', 'task', 0], ['add_two', 'task', 1]],
  },
  {
    name: 'objects-on-the-stack',
    text: `
struct pair { int a; short b; char c; };
struct pair last;
int x;
static void fill(struct pair *p, int n) { p->a = n; p->b = -n; p->c = n + 250; }
void task(void) { struct pair p; int i; for (i = 0; i < 2; i++) { fill(&p, i); last = p; } x = last.c + last.b; }
void irq(void) { struct pair p = { 7, 8, 9 }; last.c = p.c; }
`,
    processes: [['task', 'task', 0], ['irq', 'hardirq', 0]],
  },
  {
    name: 'counters-that-wrap',
    text: `
unsigned char byte = 254;
refcount_t references = REFCOUNT_INIT(1);
unsigned int limit;
bool ended;
void put(void) { byte++; if (refcount_dec_and_test(&references)) ended = byte; limit--; if (limit > 100) limit = -2; }
void get(void) { refcount_inc(&references); }
`,
    processes: [['put', 'task', 0], ['put', 'task', 1], ['get', 'nmi', 0]],
  },
  {
    name: 'mutexes-and-division',
    text: `
DEFINE_MUTEX(m);
int x = 6, y, z;
void task(void) { mutex_lock(&m); y = x / (z + 1); x = y % 4; mutex_unlock(&m); }
void other(void) { if (mutex_trylock(&m)) { z = x - 3; mutex_unlock(&m); } BUG_ON(x == 1); x ^= 1; }
`,
    processes: [['task', 'task', 0], ['other', 'task', 1], ['other', 'softirq', 0]],
  },
];
