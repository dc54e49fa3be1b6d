// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of kcovet, not of the kernel: written for its conformance runs and built into a kernel under test. A task writes a list
 * of operations to debugfs kcovet/run; they are run at once, in the context that the list says, and what they yield is read back
 * as text. See docs/conformance.md for the words.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/hw_breakpoint.h>
#include <linux/irq_work.h>
#include <linux/kallsyms.h>
#include <linux/kcov.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timex.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <asm/apic.h>
#include <asm/nmi.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
/* What compilers call; headers of later kernels have it. */
void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_cmp1(u8 arg1, u8 arg2);
void __sanitizer_cov_trace_cmp2(u16 arg1, u16 arg2);
void __sanitizer_cov_trace_cmp4(u32 arg1, u32 arg2);
void __sanitizer_cov_trace_cmp8(u64 arg1, u64 arg2);
void __sanitizer_cov_trace_const_cmp1(u8 arg1, u8 arg2);
void __sanitizer_cov_trace_const_cmp2(u16 arg1, u16 arg2);
void __sanitizer_cov_trace_const_cmp4(u32 arg1, u32 arg2);
void __sanitizer_cov_trace_const_cmp8(u64 arg1, u64 arg2);
void __sanitizer_cov_trace_switch(u64 val, u64 *cases);
#endif

#define TEXT_MAX 2048
#define WORD_MAX 64
#define CASES_MAX 8
#define THREADS_MAX 4
#define ALLOCATIONS_MAX 256

/* What one writer has under way. Only one context of it runs at a time, so that all of them share the place in the text. */
struct run {
	const char *at;
	struct tasklet_struct tasklet;
	struct irq_work work;
	bool came;
	/* An interrupt that waits at an instruction, and what it runs. */
	struct perf_event *armed;
	char armed_kind;
	bool armed_came, armed_done;
	struct tasklet_struct armed_tasklet;
	struct irq_work armed_work;
	char armed_text[TEXT_MAX];
	size_t used;
	char text[TEXT_MAX];
	char out[TEXT_MAX];
};

/* A kernel thread that runs lists for others until it is told to exit. */
struct thread {
	struct task_struct *task;
	struct completion go, done;
	struct run *run;
	int cpu;
};

/* What kcov has allocated and not freed, by the function that did; see ./counted.h. */
struct allocation {
	const void *object;
	const char *function;
	bool is_area;
};

static struct allocation allocations[ALLOCATIONS_MAX];
static arch_spinlock_t allocations_lock = __ARCH_SPIN_LOCK_UNLOCKED;

void *kcovet_allocated(void *object, const char *function, bool is_area);
void kcovet_freed(const void *object);

static struct thread threads[THREADS_MAX];
static struct run *nmi_run[NR_CPUS];

static void run_list(struct run *r);

static __printf(2, 3) void emit(struct run *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	r->used += vscnprintf(r->out + r->used, TEXT_MAX - r->used, format, args);
	va_end(args);
}

/* Puts an entry in the place of the first that is of that object; of none, where it is new. Without lockdep, which is to look at kcov alone. */
static void replace_allocation(const void *object, struct allocation entry)
{
	unsigned long flags;
	int i;

	raw_local_irq_save(flags);
	arch_spin_lock(&allocations_lock);
	for (i = 0; i < ALLOCATIONS_MAX; i++) {
		if (allocations[i].object != object)
			continue;
		allocations[i] = entry;
		break;
	}
	arch_spin_unlock(&allocations_lock);
	raw_local_irq_restore(flags);
}

void *kcovet_allocated(void *object, const char *function, bool is_area)
{
	if (object)
		replace_allocation(NULL, (struct allocation){ object, function, is_area });
	return object;
}

void kcovet_freed(const void *object)
{
	if (object)
		replace_allocation(object, (struct allocation){});
}

/* Buffers of sections are kept for later ones, and those of CPUs for ever. */
static void emit_live(struct run *r)
{
	static const char *const keep[] = { "kcov_init", "kcov_remote_start", "kcov_remote_area_get" };
	int i, files = 0, remotes = 0, areas = 0;

	for (i = 0; i < ALLOCATIONS_MAX; i++) {
		struct allocation a = allocations[i];

		if (!a.object)
			continue;
		if (!a.is_area && !strcmp(a.function, "kcov_open"))
			files++;
		else if (!a.is_area)
			remotes++;
		else if (match_string(keep, ARRAY_SIZE(keep), a.function) < 0)
			areas++;
	}
	emit(r, " files:%d remotes:%d areas:%d", files, remotes, areas);
}

/* What is there is lost, and no longer counted. */
static void forget_live(void)
{
	int i;

	for (i = 0; i < ALLOCATIONS_MAX; i++)
		allocations[i].object = NULL;
}

/* Hits: a function of its own for each label, so that a PC tells which. */
#define HIT_BYTES 64
#define HIT(n) static noinline __aligned(HIT_BYTES) void hit_##n(void) { __sanitizer_cov_trace_pc(); barrier(); }
#define HITS(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11) f(12) f(13) f(14) f(15) \
	f(16) f(17) f(18) f(19) f(20) f(21) f(22) f(23)
HITS(HIT)

struct comparison {
	bool constant;
	unsigned int bytes;
	u64 a, b;
	/* Of a switch: the number of cases, their bits, the cases. */
	bool is_switch;
	u64 table[2 + CASES_MAX];
};

#define CMP_BYTES 512
#define CMP(n) static noinline __aligned(CMP_BYTES) void cmp_##n(struct comparison *c)	\
{									\
	if (c->is_switch)						\
		__sanitizer_cov_trace_switch(c->a, c->table);		\
	else if (c->constant && c->bytes == 1)				\
		__sanitizer_cov_trace_const_cmp1(c->a, c->b);		\
	else if (c->constant && c->bytes == 2)				\
		__sanitizer_cov_trace_const_cmp2(c->a, c->b);		\
	else if (c->constant && c->bytes == 4)				\
		__sanitizer_cov_trace_const_cmp4(c->a, c->b);		\
	else if (c->constant)						\
		__sanitizer_cov_trace_const_cmp8(c->a, c->b);		\
	else if (c->bytes == 1)						\
		__sanitizer_cov_trace_cmp1(c->a, c->b);			\
	else if (c->bytes == 2)						\
		__sanitizer_cov_trace_cmp2(c->a, c->b);			\
	else if (c->bytes == 4)						\
		__sanitizer_cov_trace_cmp4(c->a, c->b);			\
	else								\
		__sanitizer_cov_trace_cmp8(c->a, c->b);			\
	barrier();							\
}
HITS(CMP)

#define HIT_NAME(n) hit_##n,
#define CMP_NAME(n) cmp_##n,
static void (*const hits[])(void) = { HITS(HIT_NAME) };
static void (*const comparisons[])(struct comparison *) = { HITS(CMP_NAME) };

static void skip_space(struct run *r)
{
	while (*r->at == ' ' || *r->at == ';')
		r->at++;
}

static void next_word(struct run *r, char *word)
{
	size_t n = 0;

	skip_space(r);
	while (*r->at && *r->at != ' ' && *r->at != ';' && n < WORD_MAX - 1)
		word[n++] = *r->at++;
	word[n] = 0;
}

static u64 next_number(struct run *r)
{
	char word[WORD_MAX];
	u64 value = 0;

	next_word(r, word);
	if (kstrtou64(word, 0, &value))
		emit(r, " bad:%s", word);
	return value;
}

/* Past the bracket that closes a list, which is not run. */
static void skip_list(struct run *r)
{
	int depth = 0;

	for (; *r->at; r->at++) {
		if (*r->at == '[')
			depth++;
		if (*r->at == ']' && --depth == 0) {
			r->at++;
			return;
		}
	}
}

/* Between the brackets. */
static void run_bracket(struct run *r)
{
	char word[WORD_MAX];

	next_word(r, word);
	run_list(r);
	r->came = true;
}

static void in_tasklet(struct tasklet_struct *tasklet)
{
	run_bracket(container_of(tasklet, struct run, tasklet));
}

static void in_irq_work(struct irq_work *work)
{
	run_bracket(container_of(work, struct run, work));
}

static int in_nmi_handler(unsigned int type, struct pt_regs *regs)
{
	int cpu = raw_smp_processor_id();
	struct run *r = nmi_run[cpu];

	if (!r)
		return NMI_DONE;
	nmi_run[cpu] = NULL;
	run_bracket(r);
	return NMI_HANDLED;
}

static void send_nmi(int cpu)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	__apic_send_IPI_mask(cpumask_of(cpu), NMI_VECTOR);
#else
	apic->send_IPI_mask(cpumask_of(cpu), NMI_VECTOR);
#endif
}

/* An interrupt that cannot come now is left out, and said so. */
static void interrupt(struct run *r, char kind)
{
	bool possible = kind == 'n' ? !in_nmi() : kind == 'h' ? !in_nmi() && !in_hardirq() && !irqs_disabled() : !in_interrupt() && !irqs_disabled();

	if (!possible) {
		emit(r, " masked");
		return skip_list(r);
	}
	r->came = false;
	if (kind == 's') {
		local_bh_disable();
		tasklet_schedule(&r->tasklet);
		local_bh_enable();
	} else if (kind == 'h') {
		irq_work_queue(&r->work);
	} else {
		preempt_disable();
		nmi_run[smp_processor_id()] = r;
		send_nmi(smp_processor_id());
	}
	while (!READ_ONCE(r->came))
		cpu_relax();
	if (kind == 'n')
		preempt_enable();
}

static struct run *armed_run;

/*
 * Those that do something at the same time, on CPUs of their own: how many there are, have met and are over, and whether one is at
 * its instruction. None waits for ever: the others may wait for a lock that it has, and the clock for a tick on their CPU, so that
 * cycles are counted.
 */
#define WAIT_CYCLES 50000000ULL
#define MEET_CYCLES 5000000000ULL
static atomic_t met, over;
static int parties;
static bool ahead;

static bool wait_until(bool (*done)(void), u64 most)
{
	u64 began = get_cycles();

	while (!done()) {
		if (get_cycles() - began > most)
			return false;
		cpu_relax();
	}
	return true;
}

static bool all_met(void)
{
	return atomic_read(&met) >= READ_ONCE(parties);
}

static bool others_over(void)
{
	return atomic_read(&over) >= READ_ONCE(parties) - 1;
}

static bool one_ahead(void)
{
	return READ_ONCE(ahead) || atomic_read(&over) > 0;
}

/* parties COUNT: before any of them begins. */
static void begin_parties(u64 count)
{
	atomic_set(&met, 0);
	atomic_set(&over, 0);
	WRITE_ONCE(ahead, false);
	WRITE_ONCE(parties, count);
}

/* meet TURNS, or follow: the one that waits at an instruction goes first. */
static void meet(struct run *r, bool follows)
{
	u64 turns = follows ? 0 : next_number(r);

	atomic_inc(&met);
	if (!wait_until(all_met, MEET_CYCLES) || (follows && !wait_until(one_ahead, MEET_CYCLES)))
		emit(r, " alone");
	while (turns--)
		cpu_relax();
}

static void run_armed(struct run *r)
{
	const char *saved = r->at;

	r->at = r->armed_text;
	run_list(r);
	r->at = saved;
	r->armed_done = true;
}

static void in_armed_tasklet(struct tasklet_struct *tasklet)
{
	run_armed(container_of(tasklet, struct run, armed_tasklet));
}

/* The end of this interrupt is where a softirq runs that waits. */
static void in_armed_work(struct irq_work *work)
{
	struct run *r = container_of(work, struct run, armed_work);

	if (r->armed_kind == 'h')
		run_armed(r);
}

/* The instruction is reached, for the first time: a debug exception counts as an NMI, and what it raises comes when it may. */
static void at_instruction(struct perf_event *event, struct perf_sample_data *data, struct pt_regs *regs)
{
	struct run *r = armed_run;

	if (!r || r->armed_came)
		return;
	r->armed_came = true;
	if (r->armed_kind == 'w') {
		WRITE_ONCE(ahead, true);
		wait_until(others_over, WAIT_CYCLES);
		r->armed_done = true;
		return;
	}
	if (r->armed_kind == 'n') {
		run_armed(r);
		return;
	}
	if (r->armed_kind == 's')
		tasklet_schedule(&r->armed_tasklet);
	irq_work_queue(&r->armed_work);
}

/*
 * A breakpoint of this CPU. Without kprobes the kernel lets nobody have one on its own instructions, so it is asked for as one that
 * watches a variable, and turned before it is enabled.
 */
static struct perf_event *breakpoint_at(unsigned long address)
{
	static u64 watched;
	struct perf_event_attr attr;
	struct perf_event *event;

	hw_breakpoint_init(&attr);
	attr.bp_addr = (unsigned long)&watched;
	attr.bp_len = HW_BREAKPOINT_LEN_8;
	attr.bp_type = HW_BREAKPOINT_W;
	attr.disabled = 1;
	event = perf_event_create_kernel_counter(&attr, raw_smp_processor_id(), NULL, at_instruction, NULL);
	if (IS_ERR(event))
		return event;
	counter_arch_bp(event)->address = address;
	counter_arch_bp(event)->type = X86_BREAKPOINT_EXECUTE;
	counter_arch_bp(event)->len = X86_BREAKPOINT_LEN_X;
	perf_event_enable(event);
	return event;
}

/* at FUNCTION+OFFSET KIND [ ... ], where KIND may also be wait: until the others are over */
static void arm(struct run *r)
{
	unsigned long address;
	char point[WORD_MAX], kind[WORD_MAX], bracket[WORD_MAX];
	const char *body;
	char *plus;
	u64 offset = 0;

	next_word(r, point);
	next_word(r, kind);
	body = r->at;
	skip_list(r);
	plus = strchr(point, '+');
	if (plus) {
		*plus = 0;
		if (kstrtou64(plus + 1, 0, &offset))
			emit(r, " bad:%s", plus + 1);
	}
	address = kallsyms_lookup_name(point);
	if (!address || r->armed) {
		emit(r, " bad:%s", point);
		return;
	}
	swap(r->at, body);
	next_word(r, bracket);
	strscpy(r->armed_text, r->at, TEXT_MAX);
	swap(r->at, body);
	r->armed_kind = kind[0];
	r->armed_came = false;
	r->armed_done = false;
	armed_run = r;
	r->armed = breakpoint_at(address + offset);
	if (IS_ERR(r->armed)) {
		emit(r, " bad:%ld", PTR_ERR(r->armed));
		r->armed = NULL;
	}
}

/* Whoever armed it may be over by now. */
static void disarm(struct run *r)
{
	struct run *a = armed_run;

	if (!a || !a->armed)
		return;
	/* What is pending still comes. */
	local_bh_disable();
	local_bh_enable();
	perf_event_release_kernel(a->armed);
	a->armed = NULL;
	armed_run = NULL;
	if (a->armed_done)
		emit(r, " came");
	else if (a->armed_came)
		emit(r, " lost");
}

/* As the structure has them; pointers as whether there is one. */
static void emit_state(struct run *r)
{
	struct task_struct *t = current;

	emit(r, " mode:%u size:%u area:%d kcov:%d seq:%d handle:%llx softirq:%u", READ_ONCE(t->kcov_mode), t->kcov_size, t->kcov_area != NULL, t->kcov != NULL,
	     t->kcov_sequence, (unsigned long long)t->kcov_handle, (unsigned int)t->kcov_softirq);
	emit(r, " saved:%u/%u/%d/%d/%d irqs:%d", (unsigned int)t->kcov_saved_mode, t->kcov_saved_size, t->kcov_saved_area != NULL, t->kcov_saved_kcov != NULL,
	     t->kcov_saved_sequence, !irqs_disabled());
}

static void run_comparison(struct run *r, bool constant)
{
	u64 label = next_number(r);
	struct comparison c = { .constant = constant, .bytes = next_number(r) };

	c.a = next_number(r);
	c.b = next_number(r);
	if (label < ARRAY_SIZE(comparisons))
		comparisons[label](&c);
}

/* switch LABEL BITS VALUE COUNT CASE... */
static void run_switch(struct run *r)
{
	u64 label = next_number(r), i;
	struct comparison c = { .is_switch = true };

	c.table[1] = next_number(r);
	c.a = next_number(r);
	c.table[0] = min_t(u64, next_number(r), CASES_MAX);
	for (i = 0; i < c.table[0]; i++)
		c.table[2 + i] = next_number(r);
	if (label < ARRAY_SIZE(comparisons))
		comparisons[label](&c);
}

static void run_hits(struct run *r, u64 times)
{
	u64 label = next_number(r);

	while (times-- && label < ARRAY_SIZE(hits))
		hits[label]();
}

static void run_one(struct run *r, const char *word)
{
	if (!strcmp(word, "hit"))
		run_hits(r, 1);
	else if (!strcmp(word, "hits"))
		run_hits(r, next_number(r));
	else if (!strcmp(word, "cmp") || !strcmp(word, "const"))
		run_comparison(r, word[1] == 'o');
	else if (!strcmp(word, "switch"))
		run_switch(r);
	else if (!strcmp(word, "start"))
		kcov_remote_start(next_number(r));
	else if (!strcmp(word, "stop"))
		kcov_remote_stop();
	else if (!strcmp(word, "handle"))
		emit(r, " %llx", (unsigned long long)kcov_common_handle());
	else if (!strcmp(word, "state"))
		emit_state(r);
	else if (!strcmp(word, "live"))
		emit_live(r);
	else if (!strcmp(word, "forget"))
		forget_live();
	else if (!strcmp(word, "at"))
		arm(r);
	else if (!strcmp(word, "disarm"))
		disarm(r);
	else if (!strcmp(word, "parties"))
		begin_parties(next_number(r));
	else if (!strcmp(word, "meet") || !strcmp(word, "follow"))
		meet(r, word[0] == 'f');
	else if (!strcmp(word, "over"))
		atomic_inc(&over);
	else if (!strcmp(word, "softirq") || !strcmp(word, "hardirq") || !strcmp(word, "nmi"))
		interrupt(r, word[0]);
	else
		emit(r, " bad:%s", word);
}

static void run_list(struct run *r)
{
	char word[WORD_MAX];

	for (;;) {
		next_word(r, word);
		if (!word[0] || word[0] == ']')
			return;
		run_one(r, word);
	}
}

static int thread_body(void *data)
{
	struct thread *thread = data;

	for (;;) {
		wait_for_completion(&thread->go);
		if (!thread->run)
			return 0;
		if (raw_smp_processor_id() != thread->cpu)
			set_cpus_allowed_ptr(current, cpumask_of(thread->cpu));
		run_list(thread->run);
		complete(&thread->done);
	}
}

static int begin_thread(struct thread *thread)
{
	struct task_struct *task;

	init_completion(&thread->go);
	init_completion(&thread->done);
	task = kthread_create(thread_body, thread, "kcovet");
	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);
	kthread_bind(task, raw_smp_processor_id());
	thread->task = task;
	wake_up_process(task);
	return 0;
}

/* "k1 exit", or "k1", "k1@1" and a list, which the thread runs, on CPU 0 or that one; it is made when it is first named. */
static void run_in_thread(struct run *r)
{
	struct thread *thread = &threads[(r->at[1] - '0') % THREADS_MAX];

	int cpu = 0;

	r->at += 2;
	if (*r->at == '@') {
		cpu = r->at[1] == '1';
		r->at += 2;
	}
	if (!strcmp(r->at, " exit")) {
		if (!thread->task)
			return;
		thread->run = NULL;
		complete(&thread->go);
		kthread_stop(thread->task);
		put_task_struct(thread->task);
		thread->task = NULL;
		return;
	}
	if (!thread->task && begin_thread(thread)) {
		emit(r, " no-thread");
		return;
	}
	thread->run = r;
	thread->cpu = cpu;
	complete(&thread->go);
	wait_for_completion(&thread->done);
}

static int run_open(struct inode *inode, struct file *file)
{
	struct run *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int i;

	if (!r)
		return -ENOMEM;
	tasklet_setup(&r->tasklet, in_tasklet);
	r->work = IRQ_WORK_INIT_HARD(in_irq_work);
	tasklet_setup(&r->armed_tasklet, in_armed_tasklet);
	r->armed_work = IRQ_WORK_INIT_HARD(in_armed_work);
	emit(r, "%d %d", HIT_BYTES, CMP_BYTES);
	for (i = 0; i < ARRAY_SIZE(hits); i++)
		emit(r, " %lx %lx", (unsigned long)hits[i], (unsigned long)comparisons[i]);
	file->private_data = r;
	return 0;
}

static ssize_t run_write(struct file *file, const char __user *from, size_t size, loff_t *offset)
{
	struct run *r = file->private_data;

	if (size >= TEXT_MAX)
		return -E2BIG;
	if (copy_from_user(r->text, from, size))
		return -EFAULT;
	r->text[size] = 0;
	r->at = r->text;
	r->used = 0;
	r->out[0] = 0;
	if (r->at[0] == 'k')
		run_in_thread(r);
	else
		run_list(r);
	return size;
}

static ssize_t run_read(struct file *file, char __user *to, size_t size, loff_t *offset)
{
	struct run *r = file->private_data;
	size_t n = min(size, r->used);

	return copy_to_user(to, r->out, n) ? -EFAULT : n;
}

static int run_release(struct inode *inode, struct file *file)
{
	struct run *r = file->private_data;

	if (armed_run == r)
		disarm(r);
	tasklet_kill(&r->armed_tasklet);
	irq_work_sync(&r->armed_work);
	tasklet_kill(&r->tasklet);
	irq_work_sync(&r->work);
	kfree(r);
	return 0;
}

static const struct file_operations run_operations = {
	.open = run_open, .write = run_write, .read = run_read, .release = run_release,
};

static int __init run_init(void)
{
	int error = register_nmi_handler(NMI_LOCAL, in_nmi_handler, 0, "kcovet");

	if (error)
		return error;
	debugfs_create_file_unsafe("run", 0600, debugfs_create_dir("kcovet", NULL), NULL, &run_operations);
	return 0;
}
late_initcall(run_init);
