/**
 * @module C text: kcov's files as user space has them (Documentation/dev-tools/kcov.rst, include/uapi/linux/kcov.h, v5.5 to v6.12), and a
 * function for each call that a scenario makes. Each returns 0 or a negative errno, as the kernel's function does.
 */

export const uapi = String.raw`#define KCOV_FILE "/sys/kernel/debug/kcov"

struct kcov_remote_arg {
	uint32_t trace_mode;
	uint32_t area_size;
	uint32_t num_handles;
	uint64_t common_handle __attribute__((aligned(8)));
	uint64_t handles[];
};

#define KCOV_INIT_TRACE _IOR('c', 1, unsigned long)
#define KCOV_ENABLE _IO('c', 100)
#define KCOV_DISABLE _IO('c', 101)
#define KCOV_REMOTE_ENABLE _IOW('c', 102, struct kcov_remote_arg)
#define KCOV_TRACE_PC 0
#define KCOV_TRACE_CMP 1
`;

export const device = String.raw`#define MAPPINGS_MAX 16
#define HANDLES_ROOM 0x200

/* An open kcov file, and what is known of it here. */
struct device {
	int fd;
	uint64_t *area;		/* as mapped last, or NULL */
	size_t words;		/* of the area */
	unsigned long mode;	/* while it is enabled */
	int owner;		/* task that enabled it, or 0 */
	int remote;
	struct { void *at; size_t bytes; } mappings[MAPPINGS_MAX];
	int mapped;
	union {
		struct kcov_remote_arg arg;
		char room[sizeof(struct kcov_remote_arg) + HANDLES_ROOM * sizeof(uint64_t)];
	} remote_arg;
};

/* Words of so many pages: an area must fill its pages. */
#define PAGES(n) ((size_t)(n) * (size_t)sysconf(_SC_PAGESIZE) / sizeof(uint64_t))

static __thread int self;	/* number of the task that runs */

static long outcome(long result)
{
	return result < 0 ? -errno : 0;
}
`;

/** By what a deed does. */
export const calls = {
  open: String.raw`static long kcov_open(struct device *d)
{
	d->fd = open(KCOV_FILE, O_RDWR);
	return outcome(d->fd);
}
`,
  close: String.raw`static long kcov_close(struct device *d)
{
	while (d->mapped > 0) {
		d->mapped--;
		munmap(d->mappings[d->mapped].at, d->mappings[d->mapped].bytes);
	}
	d->area = NULL;
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
	return 0;
}
`,
  unknown: String.raw`static long kcov_unknown_ioctl(struct device *d)
{
	return outcome(ioctl(d->fd, 0x1234, 0));
}
`,
  init: String.raw`static long kcov_init_trace(struct device *d, size_t words)
{
	long result = outcome(ioctl(d->fd, KCOV_INIT_TRACE, words));

	if (result == 0)
		d->words = words;
	return result;
}
`,
  mmap: String.raw`static long kcov_mmap(struct device *d, size_t words, long page)
{
	size_t bytes = words * sizeof(uint64_t);
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd, page * sysconf(_SC_PAGESIZE));

	if (at == MAP_FAILED)
		return -errno;
	if (d->mapped < MAPPINGS_MAX) {
		d->mappings[d->mapped].at = at;
		d->mappings[d->mapped].bytes = bytes;
		d->mapped++;
	}
	d->area = at;
	return 0;
}
`,
  enable: String.raw`static long kcov_enable(struct device *d, unsigned long mode)
{
	long result = outcome(ioctl(d->fd, KCOV_ENABLE, mode));

	if (result == 0) {
		d->owner = self;
		d->mode = mode;
		d->remote = 0;
	}
	return result;
}
`,
  disable: String.raw`static long kcov_disable(struct device *d, unsigned long arg)
{
	long result = outcome(ioctl(d->fd, KCOV_DISABLE, arg));

	if (result == 0)
		d->owner = 0;
	return result;
}
`,
  remote: String.raw`static long kcov_remote_enable(struct device *d, unsigned int mode, unsigned int words,
			       uint64_t common, unsigned int count, const uint64_t *handles, size_t given)
{
	struct kcov_remote_arg *arg = &d->remote_arg.arg;
	long result;

	arg->trace_mode = mode;
	arg->area_size = words;
	arg->common_handle = common;
	arg->num_handles = count;
	memcpy(arg->handles, handles, given * sizeof(*handles));
	result = outcome(ioctl(d->fd, KCOV_REMOTE_ENABLE, arg));
	if (result == 0) {
		d->owner = self;
		d->mode = mode;
		d->remote = 1;
	}
	return result;
}
`,
  scribble: String.raw`static void write_area(struct device *d, size_t word, uint64_t value)
{
	if (d->area)
		__atomic_store_n(&d->area[word], value, __ATOMIC_RELAXED);
}
`,
  'change-handles': String.raw`static void write_num_handles(struct device *d, uint32_t value)
{
	__atomic_store_n(&d->remote_arg.arg.num_handles, value, __ATOMIC_RELAXED);
}
`,
} as const;
