/** @module C text: code of the kernel that has coverage, called from user space, and what must be in the areas then. */

export const hits = String.raw`/* Code that has coverage where CONFIG_KCOV_INSTRUMENT_ALL is on; each time some records. */
#define HITS 16

static void hits(void)
{
	int i;

	for (i = 0; i < HITS; i++)
		syscall(SYS_read, -1, NULL, 0);
}
`;

export const count = String.raw`static size_t count(const struct device *d)
{
	return __atomic_load_n(&d->area[0], __ATOMIC_RELAXED);
}
`;

export const room = String.raw`/* Records that an area holds. */
static size_t room(const struct device *d)
{
	return (d->words - 1) / (d->mode == KCOV_TRACE_CMP ? 4 : 1);
}
`;

export const fill = String.raw`/* Until there is no room for a record of this task. */
static void fill(void)
{
	size_t k, n, before;

	for (k = 0; k < DEVICES; k++) {
		struct device *d = devices[k];

		if (d->owner != self || d->remote)
			continue;
		if (!d->area) {
			/* It is traced still, and not mapped any more. */
			for (n = 0; n < room(d); n += HITS)
				hits();
			continue;
		}
		do {
			before = count(d);
			hits();
		} while (count(d) > before && count(d) < room(d));
	}
}
`;

export const checkedHit = String.raw`static void check_records(const struct device *d, size_t from, size_t to)
{
	size_t i, words = d->mode == KCOV_TRACE_CMP ? 4 : 1;

	if (to > room(d))
		conclude(SHOWN, "an area of %zu words counts %zu records", d->words, to);
	/* A PC is in the upper half of the addresses. */
	for (i = from; i < to; i++)
		if (!(d->area[words * (i + 1)] >> 63))
			conclude(SHOWN, "record %zu of an area is %#lx, no place in the kernel", i, (unsigned long)d->area[words * (i + 1)]);
}

/* The task that enabled a device gets what it runs, and no device that nobody or this task has gets anything else. */
static void hit(unsigned long mode)
{
	size_t before[DEVICES], after, i;

	for (i = 0; i < DEVICES; i++)
		before[i] = devices[i]->area ? count(devices[i]) : 0;
	hits();
	for (i = 0; i < DEVICES; i++) {
		struct device *d = devices[i];
		int mine = d->owner == self && !d->remote;

		if (!d->area || (d->owner && d->owner != self))
			continue;
		after = count(d);
		if (mine && d->mode == mode && after < before[i] + HITS && after < room(d))
			conclude(SHOWN, "task %d ran code %d times, and its area has %zu more records", self, HITS, after - before[i]);
		if (!mine && after >= before[i] + HITS)
			conclude(SHOWN, "task %d ran code, and an area that is not its own has %zu more records", self, after - before[i]);
		check_records(d, before[i], after);
	}
}
`;

export const recording = String.raw`/* Whether this kernel records anything. */
static void *records(void *unused)
{
	static struct device d = { .fd = -1 };

	(void)unused;
	self = -1;
	if (kcov_open(&d) || kcov_init_trace(&d, PAGES(16)) || kcov_mmap(&d, PAGES(16), 0) || kcov_enable(&d, KCOV_TRACE_PC))
		return NULL;
	hits();
	if (count(&d) == 0)
		conclude(CANNOT, "nothing is recorded: this needs CONFIG_KCOV_INSTRUMENT_ALL=y");
	kcov_disable(&d, 0);
	kcov_close(&d);
	return NULL;
}
`;

export const plainHit = String.raw`static void hit(unsigned long mode)
{
	(void)mode;
	hits();
}
`;
