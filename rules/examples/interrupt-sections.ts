/**
 * @module Sections in softirqs and hardirqs as edits of the printed model of v5.5, done right: the base of the examples
 * of rules about interrupts, and the strongest test against false questions, since nothing may be asked about it.
 *
 * The tracing callback compares the running context with the one that records. A section in an interrupt stops tracing,
 * saves every field with interrupts off, and puts all of them back at its stop, which acts only in the context whose start
 * succeeded. Interrupts have a buffer of each CPU; only they are limited by its size. Devices whose last reference
 * an interrupt drops wait on a list for the next open().
 */

/** One replacement in the text of a file; `find` stands there exactly once. Path kernel/kcov.c when left out. */
export interface Edit {
  readonly path?: string;
  readonly find: string;
  readonly replace: string;
}

const SCHED = 'include/linux/sched.h';

const taskField: Edit = { path: SCHED, find: '\tint kcov_sequence;\n', replace: '\tint kcov_sequence;\n\tunsigned int kcov_host;\n' };

const types: readonly Edit[] = [
  { find: '\tint sequence;\n};\n', replace: '\tint sequence;\n\tstruct list_head dying;\n};\n' },
  {
    find: 'static DEFINE_SPINLOCK(kcov_remote_lock);\n',
    replace: `enum kcov_host {
	KCOV_HOST_TASK = 0,
	KCOV_HOST_SOFTIRQ = 1,
	KCOV_HOST_HARDIRQ = 2,
	KCOV_HOST_NMI = 3,
};

#define KCOV_HOST_WORDS (2 * PAGE_SIZE / sizeof(unsigned long))

struct kcov_saved {
	unsigned int mode;
	unsigned int size;
	void *area;
	struct kcov *kcov;
	int sequence;
	void *buffer;
};

static DEFINE_PER_CPU(struct kcov_saved, kcov_saved);
static struct list_head kcov_dying = LIST_HEAD_INIT(kcov_dying);
static DEFINE_SPINLOCK(kcov_remote_lock);
`,
  },
];

const callback: readonly Edit[] = [
  {
    find: 'static notrace bool check_kcov_mode(',
    replace: `static notrace unsigned int kcov_host(void)
{
	if (in_nmi())
		return KCOV_HOST_NMI;
	if (in_irq())
		return KCOV_HOST_HARDIRQ;
	if (in_serving_softirq())
		return KCOV_HOST_SOFTIRQ;
	return KCOV_HOST_TASK;
}

static notrace bool check_kcov_mode(`,
  },
  { find: '\tif (!in_task())\n\t\treturn false;\n\tmode', replace: '\tif (kcov_host() != t->kcov_host)\n\t\treturn false;\n\tmode' },
];

const irqFlags = '\tunsigned long flags;\n';

/** Both locks are taken in interrupts now, so tasks take them with interrupts off. */
const locks: readonly Edit[] = [
  {
    find: `	struct hlist_node *tmp;

	spin_lock(&kcov_remote_lock);
	hash_for_each_safe`,
    replace: `	struct hlist_node *tmp;
	unsigned long flags;

	spin_lock_irqsave(&kcov_remote_lock, flags);
	hash_for_each_safe`,
  },
  {
    find: '\tkcov_reset(kcov);\n\tspin_unlock(&kcov_remote_lock);',
    replace: '\tkcov_reset(kcov);\n\tspin_unlock_irqrestore(&kcov_remote_lock, flags);',
  },
  {
    find: `	struct kcov *kcov;

	kcov = t->kcov;
	if (kcov == NULL)
		return;
	spin_lock(&kcov->lock);
	kcov_debug();
	if (WARN_ON(kcov->t != t)) {
		spin_unlock(&kcov->lock);
		return;
	}
	kcov_disable(t, kcov);
	spin_unlock(&kcov->lock);`,
    replace: `	struct kcov *kcov;
	unsigned long flags;

	kcov = t->kcov;
	if (kcov == NULL)
		return;
	spin_lock_irqsave(&kcov->lock, flags);
	kcov_debug();
	if (WARN_ON(kcov->t != t)) {
		spin_unlock_irqrestore(&kcov->lock, flags);
		return;
	}
	kcov_disable(t, kcov);
	spin_unlock_irqrestore(&kcov->lock, flags);`,
  },
  { find: '\tstruct page *page;\n', replace: `\tstruct page *page;\n${irqFlags}` },
  {
    find: '\tspin_lock(&kcov->lock);\n\tsize = kcov->size',
    replace: '\tspin_lock_irqsave(&kcov->lock, flags);\n\tsize = kcov->size',
  },
  {
    find: '\t\tspin_unlock(&kcov->lock);\n\t\tfor (off',
    replace: '\t\tspin_unlock_irqrestore(&kcov->lock, flags);\n\t\tfor (off',
  },
  { find: 'exit:\n\tspin_unlock(&kcov->lock);', replace: 'exit:\n\tspin_unlock_irqrestore(&kcov->lock, flags);' },
  { find: '\tunsigned long remote_arg_size;\n', replace: `\tunsigned long remote_arg_size;\n${irqFlags}` },
  {
    find: '\tspin_lock(&kcov->lock);\n\tres = kcov_ioctl_locked(kcov, cmd, arg);\n\tspin_unlock(&kcov->lock);',
    replace: '\tspin_lock_irqsave(&kcov->lock, flags);\n\tres = kcov_ioctl_locked(kcov, cmd, arg);\n\tspin_unlock_irqrestore(&kcov->lock, flags);',
  },
];

/** A last reference that an interrupt drops leaves the freeing to the next open(). */
const freeing: readonly Edit[] = [
  {
    find: `	if (refcount_dec_and_test(&kcov->refcount)) {
		kcov_remote_reset(kcov);
		vfree(kcov->area);
		kfree(kcov);
	}
}
`,
    replace: `	unsigned long flags;

	if (!refcount_dec_and_test(&kcov->refcount))
		return;
	kcov_remote_reset(kcov);
	if (!in_task()) {
		spin_lock_irqsave(&kcov_remote_lock, flags);
		list_add(&kcov->dying, &kcov_dying);
		spin_unlock_irqrestore(&kcov_remote_lock, flags);
		return;
	}
	vfree(kcov->area);
	kfree(kcov);
}

static void kcov_bury(void)
{
	struct kcov *kcov;
	unsigned long flags;

	spin_lock_irqsave(&kcov_remote_lock, flags);
	while (!list_empty(&kcov_dying)) {
		kcov = list_first_entry(&kcov_dying, struct kcov, dying);
		list_del(&kcov->dying);
		spin_unlock_irqrestore(&kcov_remote_lock, flags);
		vfree(kcov->area);
		kfree(kcov);
		spin_lock_irqsave(&kcov_remote_lock, flags);
	}
	spin_unlock_irqrestore(&kcov_remote_lock, flags);
}
`,
  },
  { find: '\tkcov = kzalloc(sizeof(*kcov), GFP_KERNEL);\n', replace: '\tkcov_bury();\n\tkcov = kzalloc(sizeof(*kcov), GFP_KERNEL);\n' },
];

const saving: Edit = {
  find: 'void kcov_remote_start(u64 handle)\n',
  replace: `static void kcov_host_enter(struct task_struct *t, unsigned int host)
{
	struct kcov_saved *saved = this_cpu_ptr(&kcov_saved);

	saved->mode = t->kcov_mode;
	saved->size = t->kcov_size;
	saved->area = t->kcov_area;
	saved->kcov = t->kcov;
	saved->sequence = t->kcov_sequence;
	kcov_stop(t);
	t->kcov_host = host;
}

static void kcov_host_leave(struct task_struct *t)
{
	struct kcov_saved *saved = this_cpu_ptr(&kcov_saved);

	t->kcov_host = KCOV_HOST_TASK;
	t->kcov = saved->kcov;
	kcov_start(t, saved->size, saved->area, saved->mode, saved->sequence);
}

void kcov_remote_start(u64 handle)
`,
};

const start: readonly Edit[] = [
  {
    find: '\tint sequence;\n\n\tif (WARN_ON(!kcov_check_handle(handle, true, true, true)))',
    replace: '\tint sequence;\n\tunsigned int host = kcov_host();\n\tunsigned long flags;\n\n\tif (WARN_ON(!kcov_check_handle(handle, true, true, true)))',
  },
  {
    find: '\tif (WARN_ON(!in_task()))\n\t\treturn;\n\tt = current;\n\tif (WARN_ON(t->kcov))\n\t\treturn;\n\tkcov_debug();\n\tspin_lock(&kcov_remote_lock);\n',
    replace: `	if (WARN_ON(host == KCOV_HOST_NMI))
		return;
	t = current;
	if (host == KCOV_HOST_TASK && WARN_ON(t->kcov))
		return;
	if (t->kcov_host != KCOV_HOST_TASK)
		return;
	kcov_debug();
	spin_lock_irqsave(&kcov_remote_lock, flags);
`,
  },
  {
    find: '\tif (!remote) {\n\t\tkcov_debug();\n\t\tspin_unlock(&kcov_remote_lock);\n\t\treturn;\n\t}\n\tkcov_get(remote->kcov);\n\tt->kcov = remote->kcov;\n',
    replace: `	if (!remote) {
		kcov_debug();
		spin_unlock_irqrestore(&kcov_remote_lock, flags);
		return;
	}
	if (host != KCOV_HOST_TASK)
		kcov_host_enter(t, host);
	kcov_get(remote->kcov);
	t->kcov = remote->kcov;
`,
  },
  {
    find: `	area = kcov_remote_area_get(size);
	spin_unlock(&kcov_remote_lock);
	if (!area) {
		area = vmalloc(size * sizeof(unsigned long));
		if (!area) {
			t->kcov = NULL;
			kcov_put(remote->kcov);
			return;
		}
	}
	*(u64 *)area = 0;
	kcov_debug();
	kcov_start(t, size, area, mode, sequence);
`,
    replace: `	if (host != KCOV_HOST_TASK) {
		size = min_t(unsigned int, size, KCOV_HOST_WORDS);
		area = this_cpu_ptr(&kcov_saved)->buffer;
		*(u64 *)area = 0;
		kcov_debug();
		kcov_start(t, size, area, mode, sequence);
		spin_unlock_irqrestore(&kcov_remote_lock, flags);
		return;
	}
	area = kcov_remote_area_get(size);
	spin_unlock_irqrestore(&kcov_remote_lock, flags);
	if (!area) {
		area = vmalloc(size * sizeof(unsigned long));
		if (!area) {
			t->kcov = NULL;
			kcov_put(remote->kcov);
			return;
		}
	}
	*(u64 *)area = 0;
	kcov_debug();
	kcov_start(t, size, area, mode, sequence);
`,
  },
];

const stop: readonly Edit[] = [
  {
    find: '\tint sequence = t->kcov_sequence;\n\n\tif (!kcov) {',
    replace: '\tint sequence = t->kcov_sequence;\n\tunsigned int host = kcov_host();\n\tunsigned long flags;\n\n\tif (host != t->kcov_host)\n\t\treturn;\n\tif (!kcov) {',
  },
  {
    find: `	spin_lock(&kcov->lock);
	kcov_debug();
	if (sequence == kcov->sequence && kcov->remote)
		kcov_move_area(kcov->mode, kcov->area, kcov->size, area);
	spin_unlock(&kcov->lock);
	spin_lock(&kcov_remote_lock);
	kcov_remote_area_put(area, size);
	spin_unlock(&kcov_remote_lock);
	kcov_put(kcov);
`,
    replace: `	spin_lock_irqsave(&kcov->lock, flags);
	kcov_debug();
	if (sequence == kcov->sequence && kcov->remote)
		kcov_move_area(kcov->mode, kcov->area, kcov->size, area);
	spin_unlock_irqrestore(&kcov->lock, flags);
	spin_lock_irqsave(&kcov_remote_lock, flags);
	if (host == KCOV_HOST_TASK)
		kcov_remote_area_put(area, size);
	else
		kcov_host_leave(t);
	spin_unlock_irqrestore(&kcov_remote_lock, flags);
	kcov_put(kcov);
`,
  },
];

const initcall: Edit = {
  find: 'static int __init kcov_init(void)\n{\n',
  replace: `static int __init kcov_init(void)
{
	int cpu;
	void *buffer;

	for_each_possible_cpu(cpu) {
		buffer = vmalloc(KCOV_HOST_WORDS * sizeof(unsigned long));
		if (!buffer)
			return -ENOMEM;
		per_cpu(kcov_saved, cpu).buffer = buffer;
	}
`,
};

/** All of them, in the order of the file; they do not overlap. */
export const interruptSections: readonly Edit[] = [taskField, ...types, ...callback, ...locks, ...freeing, saving, ...start, ...stop, initcall];
