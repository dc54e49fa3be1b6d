/**
 * @module The program of the scenario that searches are measured by, our own, in the C that the front end reads: a task that
 * traces itself, a task on another CPU that lets remote sections in and shuts them out, an interrupt that runs one section, an
 * NMI that hits code. Each statement accesses shared memory once. UNCHANGED is a step that others can come before and that
 * changes nothing: where nothing but locals changes.
 */
export const threadPatchText = `
enum { OFF, TRACE };
/* Rows of recorded PCs: none, the task's own, the one for interrupts. */
enum { NO_AREA, OWN_AREA, IRQ_AREA };
enum { OWN_SIZE = 4, IRQ_SIZE = 3 };
enum { NOBODY, OWN_DEVICE, REMOTE_DEVICE };

#define AREA_SIZE(area) ((area) == OWN_AREA ? OWN_SIZE : (area) == IRQ_AREA ? IRQ_SIZE : 0)
#define UNCHANGED(uses) READ_ONCE(unchanged[(uses) * 0])

struct task_struct {
	unsigned int device;
	unsigned int size;
	unsigned int area;
	unsigned int mode;
	unsigned int sequence;
	unsigned int in_section;
};

/* What a section puts aside of the task it came upon. */
struct aside {
	unsigned int device;
	unsigned int size;
	unsigned int area;
	unsigned int mode;
};

/* PCs recorded in each row. */
struct recorded {
	unsigned int count[3];
};

struct device {
	spinlock_t lock;
	unsigned int mode;
	unsigned int remote;
	atomic_t sequence;
	atomic_t references;
	atomic_t collected;
};

static DEFINE_PER_CPU(struct aside, aside);
static DEFINE_PER_CPU(struct recorded, recorded);
static DEFINE_SPINLOCK(registered_lock);
static struct device remote_device = { .sequence = { 2 }, .references = { 1 } };
static int registered;
static int unchanged[1];

static void record(struct task_struct *t, unsigned int expected)
{
	unsigned int area, position;

	area = t->area;
	WARN_ON(area == NO_AREA);
	position = this_cpu_ptr(&recorded)->count[area] + 1;
	if (position < t->size) {
		WARN_ON(position >= AREA_SIZE(area));
		WARN_ON(expected != NO_AREA && area != expected);
		UNCHANGED(area + position);
		this_cpu_ptr(&recorded)->count[area] = position;
	}
	UNCHANGED(area + position);
}

void hit_in_task(void)
{
	if (READ_ONCE(current->mode) == TRACE)
		record(current, NO_AREA);
}

void hit_in_interrupt(void)
{
	if (current->in_section && READ_ONCE(current->mode) == TRACE)
		record(current, IRQ_AREA);
}

void trace_on(void)
{
	unsigned long flags;

	local_irq_save(flags);
	current->size = OWN_SIZE;
	current->area = OWN_AREA;
	WRITE_ONCE(current->mode, TRACE);
	current->sequence = 1;
	current->device = OWN_DEVICE;
	local_irq_restore(flags);
}

void trace_off(void)
{
	unsigned long flags;

	local_irq_save(flags);
	WRITE_ONCE(current->mode, OFF);
	current->size = 0;
	current->area = NO_AREA;
	current->device = NOBODY;
	current->sequence = 0;
	local_irq_restore(flags);
}

void remote_on(void)
{
	unsigned long flags;

	spin_lock_irqsave(&remote_device.lock, flags);
	remote_device.mode = TRACE;
	remote_device.remote = 1;
	spin_lock(&registered_lock);
	registered = 1;
	spin_unlock(&registered_lock);
	spin_unlock_irqrestore(&remote_device.lock, flags);
}

void remote_off(void)
{
	unsigned long flags;

	spin_lock_irqsave(&remote_device.lock, flags);
	spin_lock(&registered_lock);
	registered = 0;
	remote_device.mode = OFF;
	remote_device.remote = 0;
	atomic_inc(&remote_device.sequence);
	spin_unlock(&registered_lock);
	spin_unlock_irqrestore(&remote_device.lock, flags);
}

/* What was put aside comes back, and what the task has goes there. */
static void exchange(struct task_struct *t)
{
	struct aside *other = this_cpu_ptr(&aside);

	t->device = xchg(&other->device, t->device);
	t->size = xchg(&other->size, t->size);
	t->area = xchg(&other->area, t->area);
	t->mode = xchg(&other->mode, t->mode);
}

static int section_start(struct task_struct *t)
{
	unsigned long flags;
	unsigned int mode;
	int sequence;

	local_irq_save(flags);
	spin_lock(&registered_lock);
	if (!registered || t->in_section) {
		spin_unlock_irqrestore(&registered_lock, flags);
		return 0;
	}
	t->in_section = 1;
	exchange(t);
	UNCHANGED(0);
	atomic_inc(&remote_device.references);
	t->device = REMOTE_DEVICE;
	UNCHANGED(0);
	mode = remote_device.mode;
	sequence = atomic_read(&remote_device.sequence);
	spin_unlock(&registered_lock);
	this_cpu_ptr(&recorded)->count[IRQ_AREA] = 0;
	t->size = IRQ_SIZE;
	t->area = IRQ_AREA;
	WRITE_ONCE(t->mode, mode);
	t->sequence = sequence;
	UNCHANGED(0);
	return 1;
}

static void section_stop(struct task_struct *t, unsigned long flags)
{
	unsigned int device, sequence, recorded_here;

	device = t->device;
	UNCHANGED(device);
	if (device == NOBODY)
		return;
	sequence = t->sequence;
	WRITE_ONCE(t->mode, OFF);
	t->size = 0;
	t->area = NO_AREA;
	t->device = NOBODY;
	exchange(t);
	recorded_here = this_cpu_ptr(&recorded)->count[IRQ_AREA];
	t->in_section = 0;
	local_irq_restore(flags);
	spin_lock_irqsave(&remote_device.lock, flags);
	if (sequence == atomic_read(&remote_device.sequence) && remote_device.remote)
		atomic_add(recorded_here, &remote_device.collected);
	spin_unlock_irqrestore(&remote_device.lock, flags);
	UNCHANGED(0);
	atomic_dec(&remote_device.references);
	UNCHANGED(0);
}

void section(void)
{
	if (!section_start(current))
		return;
	hit_in_interrupt();
	section_stop(current, 0);
}
`;
