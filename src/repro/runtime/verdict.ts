/** @module C text: what a program finds, and how it says so. What a process finds ends it; the one that watches reads it from shared memory. */

export const verdict = String.raw`enum { SHOWN, NOT_SHOWN, CANNOT };

/* Shared with the process that watches. */
static struct verdict {
	char says[300];
	atomic_int times;	/* how often the course was taken */
	atomic_int now;		/* number of the step whose turn it is */
} *verdict;
static pid_t watcher;
static const char *const verdicts[] = { "shown", "not shown", "cannot run here" };

__attribute__((format(printf, 2, 3), noreturn)) static void conclude(int status, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(verdict->says, sizeof(verdict->says), format, list);
	va_end(list);
	if (getpid() == watcher) {
		printf("%s: %s\n", verdicts[status], verdict->says);
		exit(status);
	}
	_exit(status);
}
`;

export const turns = String.raw`/* CPUs at hand: the first is for the process that watches, since a CPU may be lost to a bug; tasks share the others. */
static cpu_set_t all_cpus;
static int cpus;

/* The running task goes to the CPU of that place and those behind it, or to it alone. */
static void pin(int place, int alone)
{
	cpu_set_t some;
	int cpu;

	CPU_ZERO(&some);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all_cpus) && place-- <= 0 && (!alone || CPU_COUNT(&some) == 0))
			CPU_SET(cpu, &some);
	sched_setaffinity(0, sizeof(some), &some);
}

static void relax(void)
{
	if (cpus < 3)
		sched_yield();
	else
		__asm__ __volatile__("" ::: "memory");
}

/* Waits without a system call, which would be recorded where the task is traced. */
static void turn(int step)
{
	while (atomic_load(&verdict->now) != step)
		relax();
}

static void next(int step)
{
	atomic_store(&verdict->now, step + 1);
}

/* What user space does, which has no result: a step is made when those before it are over. */
#define STEP(step, what) do { turn(step); what; next(step); } while (0)
`;

export const results = String.raw`/* A call at its turn, and what it may return. */
#define CALL(step, call, ...) do { \
		static const long allowed[] = { __VA_ARGS__ }; \
		turn(step); \
		judge(step, #call, call, allowed, sizeof(allowed) / sizeof(*allowed)); \
		next(step); \
	} while (0)

static const char *said(long result)
{
	return result < 0 ? strerror(-result) : "done";
}

static void judge(int step, const char *call, long result, const long *allowed, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (result == allowed[i])
			return;
	if (step == MARKED && as_found())
		conclude(SHOWN, "%s returns %ld (%s), must be %ld (%s)", call, result, said(result), allowed[0], said(allowed[0]));
	if (step < FIRST_RACE)
		conclude(CANNOT, "%s returns %ld (%s), must be %ld: another kernel, or short of memory", call, result, said(result), allowed[0]);
}
`;

export const race = String.raw`/* Calls of several tasks at once: each on a CPU of its own, begun with delays that differ each time. */
static atomic_int there, gone;
static __thread unsigned int seed;

static void meet(int step, int place, int tasks)
{
	unsigned int delay;

	pin(cpus > tasks ? place + 1 : place, 1);
	turn(step);
	if (!seed)
		seed = atomic_load(&verdict->times) * 31 + place + 1;
	delay = rand_r(&seed) % (1u << rand_r(&seed) % 13);
	atomic_fetch_add(&there, 1);
	while (atomic_load(&there) < tasks)
		;
	while (delay-- > 0)
		__asm__ __volatile__("" ::: "memory");
}

static void part(int step, int tasks)
{
	if (atomic_fetch_add(&gone, 1) + 1 < tasks)
		return;
	atomic_store(&there, 0);
	atomic_store(&gone, 0);
	next(step);
}
`;

export const pages = String.raw`/* mmap() says that the pages are there: each is read. */
static __thread sigjmp_buf missing;

static void fault(int number)
{
	siglongjmp(missing, number);
}

static long touched(struct device *d, size_t words, long result)
{
	volatile size_t page = 0;
	size_t step = PAGES(1);

	if (result)
		return result;
	signal(SIGBUS, fault);
	signal(SIGSEGV, fault);
	if (sigsetjmp(missing, 1))
		conclude(SHOWN, "mmap() returns 0, and page %zu of %zu is not there", page + 1, words / step);
	for (; page < words / step; page++)
		(void)*(volatile uint64_t *)&d->area[page * step];
	return result;
}
`;

export const tasks = String.raw`/* A thread is a task of its own to kcov, and shares descriptors and mappings, as the model has it. */
struct task {
	pthread_t thread;
	int number;
	int runs;
};

/* Where tasks that do not exit by themselves wait, asleep, until all is over. */
static pthread_barrier_t over;

static void begin(struct task *task, void *(*run)(void *))
{
	if (pthread_create(&task->thread, NULL, run, NULL))
		conclude(CANNOT, "no thread can be made");
	task->runs = 1;
}

static void ended(struct task *task)
{
	size_t i;

	if (!task->runs)
		return;
	pthread_join(task->thread, NULL);
	task->runs = 0;
	for (i = 0; i < DEVICES; i++)
		if (devices[i]->owner == task->number)
			devices[i]->owner = 0;
}
`;
