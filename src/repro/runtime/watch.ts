/** @module C text: the process that watches: it takes the course in a child, reads the kernel's log, and says what came of it. */

export const log = String.raw`/* Reports of the kernel that name kcov: /dev/kmsg from the end on (Documentation/ABI/testing/dev-kmsg). */
#define REPORT_LINES 120

static int kmsg = -1;
static char report[200];
static int report_lines;

static int begins_report(const char *text)
{
	static const char *const words[] = {
		"BUG:", "WARNING:", "KASAN", "KMSAN", "UBSAN", "refcount_t:", "Oops", "general protection fault", "kernel BUG at", "Unable to handle",
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(text, words[i]))
			return 1;
	return 0;
}

static int reported(void)
{
	char line[2048], *text, *end;
	ssize_t bytes;

	while ((bytes = read(kmsg, line, sizeof(line) - 1)) > 0 || (bytes < 0 && errno == EPIPE)) {
		if (bytes < 0)
			continue;
		line[bytes] = '\0';
		text = strchr(line, ';');
		text = text ? text + 1 : line;
		end = strchr(text, '\n');
		if (end)
			*end = '\0';
		if (report_lines == 0 && begins_report(text)) {
			snprintf(report, sizeof(report), "%.190s", text);
			report_lines = REPORT_LINES;
		}
		if (report_lines == 0)
			continue;
		report_lines--;
		if (strstr(text, "kcov_") || strstr(text, "kernel/kcov") || strstr(text, "__sanitizer_cov"))
			return 1;
	}
	return 0;
}

static void open_log(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
}
`;

export const watched = String.raw`static double limit_seconds = LIMIT_SECONDS;

static double seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

/* Takes the course so many times, or until the time is over, in a process of its own. */
static int taken(int times, double limit)
{
	double began = seconds();
	int status = 0;
	pid_t child = fork();

	if (child < 0)
		conclude(CANNOT, "fork: %s", strerror(errno));
	if (child == 0) {
		pin(cpus > 1, 0);
		prepare();
		while (times-- > 0 && seconds() - began < limit) {
			course();
			atomic_fetch_add(&verdict->times, 1);
		}
		_exit(NOT_SHOWN);
	}
	while (waitpid(child, &status, WNOHANG) == 0) {
		if (reported()) {
			kill(child, SIGKILL);
			snprintf(verdict->says, sizeof(verdict->says), "the kernel says: %s", report);
			return SHOWN;
		}
		if (seconds() - began > limit + HANG_SECONDS) {
			kill(child, SIGKILL);
			snprintf(verdict->says, sizeof(verdict->says), "step %d does not come back", atomic_load(&verdict->now));
			return SHOWN;
		}
		usleep(20000);
	}
	usleep(300000);
	if (reported()) {
		snprintf(verdict->says, sizeof(verdict->says), "the kernel says: %s", report);
		return SHOWN;
	}
	if (WIFSIGNALED(status))
		conclude(CANNOT, "the process was ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}
`;

export const memory = String.raw`/* Kilobytes that the kernel has in use, from /proc/meminfo. */
static long in_use(const char *what)
{
	char line[200];
	long found = 0;
	FILE *file = fopen("/proc/meminfo", "r");

	if (!file)
		conclude(CANNOT, "/proc/meminfo cannot be read");
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, what, strlen(what)))
			found = atol(line + strlen(what));
	fclose(file);
	return found;
}

/* Kilobytes of small objects, or -1: KASAN keeps what is freed for a while (mm/kasan/quarantine.c), until its cache is shrunk. */
static long small_objects(void)
{
	DIR *folder = opendir("/sys/kernel/slab");
	struct dirent *entry;
	char name[512];
	int file, shrunk = 0;

	while (folder && (entry = readdir(folder))) {
		snprintf(name, sizeof(name), "/sys/kernel/slab/%s/shrink", entry->d_name);
		file = open(name, O_WRONLY);
		if (file < 0)
			continue;
		shrunk |= write(file, "1", 1) == 1;
		close(file);
	}
	if (folder)
		closedir(folder);
	return shrunk ? in_use("Slab:") : -1;
}

/* Rounds of the course, and what of the memory stays behind each; caches that fill up do so in the first half. */
static int grows(void)
{
	long areas, slabs = 0, more;
	double began = seconds();
	int round, half = 0, status = taken(FEW_TIMES, limit_seconds);

	areas = in_use("VmallocUsed:");
	for (round = 0; status == NOT_SHOWN && seconds() - began < limit_seconds; round++) {
		if (seconds() - began < limit_seconds / 2) {
			slabs = small_objects();
			half = atomic_load(&verdict->times);
		}
		status = taken(round < FEW_TIMES ? FEW_TIMES : MANY_TIMES, limit_seconds / 4);
		if (status != NOT_SHOWN)
			break;
		more = in_use("VmallocUsed:") - areas;
		if (more * 1024 >= (long)(AREA_WORDS * sizeof(uint64_t))) {
			snprintf(verdict->says, sizeof(verdict->says), "%ld KiB of areas stay when all is closed", more);
			return SHOWN;
		}
	}
	more = slabs < 0 ? 0 : small_objects() - slabs;
	half = atomic_load(&verdict->times) - half;
	if (status == NOT_SHOWN && half > 0 && more >= SLAB_KIB && more * 1024 / half >= OBJECT_BYTES) {
		snprintf(verdict->says, sizeof(verdict->says), "%ld bytes of small objects stay each time", more * 1024 / half);
		return SHOWN;
	}
	return status;
}
`;

export const main = String.raw`int main(int argc, char **argv)
{
	int status;

	if (argc > 1)
		limit_seconds = atof(argv[1]);
	prctl(PR_SET_NAME, "repro");
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (verdict == MAP_FAILED)
		return CANNOT;
	watcher = getpid();
	sched_getaffinity(0, sizeof(all_cpus), &all_cpus);
	cpus = CPU_COUNT(&all_cpus);
	pin(0, 1);
	status = tried();
	printf("%s: %s\n", verdicts[status], verdict->says);
	return status;
}
`;
