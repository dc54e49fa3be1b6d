// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of kcovet: the first and only program of a kernel under test. It reads sequences from /sequences, runs each in a process
 * of its own, one line after the other, and writes what came of each line to the debug console of the emulator (port 0xe9),
 * where nothing of the kernel's own log is. See docs/conformance.md for the words.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KCOV_INIT_TRACE _IOR('c', 1, unsigned long)
#define KCOV_ENABLE _IO('c', 100)
#define KCOV_DISABLE _IO('c', 101)
/* The argument's size is that without its handles. */
#define KCOV_REMOTE_ENABLE _IOW('c', 102, uint64_t[3])
#define CONSOLE_PORT 0xe9
#define LINE_MAX_BYTES 4096
#define LOG_MAX (64 << 10)
#define LABELS_MAX 24
#define DEVICES_MAX 8
#define MAPPINGS_MAX 8
#define TASKS_MAX 5
#define KTHREADS_MAX 4
#define PARTS_MAX 2
#define HANDLES_MAX 512
#define PAGES_MAX 1024

struct remote_argument {
	uint32_t mode, area_words, handle_count, hole;
	uint64_t common;
	uint64_t handles[HANDLES_MAX];
};

/* A file of debugfs kcov, and what of it is mapped. */
struct device {
	int fd;
	uint64_t *area;
	size_t words;
	int mappings;
	struct { void *at; size_t bytes; } mapping[MAPPINGS_MAX];
	int mode;
};

/* What is said of a line, or of one of those that do something in it at the same time. */
struct answer {
	size_t used;
	char text[LINE_MAX_BYTES * 4];
};

struct part;

struct task {
	pthread_t thread;
	int began, forked;
	sem_t go, done;
	char *line;
	struct part *part;
	int run_fd;
};

struct part {
	const char *who;
	int cpu;
	/* What it does first. */
	char begins[128];
	int armed, exits;
	char *deeds;
	pthread_t thread;
	struct answer own;
};

static struct device devices[DEVICES_MAX];
static struct task tasks[TASKS_MAX];
static struct answer answer;
/* Where a thread says what came of what it does. */
static __thread struct answer *mine = &answer;
static pthread_mutex_t mappings = PTHREAD_MUTEX_INITIALIZER;
static int kthread_fds[KTHREADS_MAX];
static unsigned long hits[LABELS_MAX], comparisons[LABELS_MAX];
static unsigned int labels, hit_bytes, cmp_bytes;

static void say(const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(mine->text + mine->used, sizeof(mine->text) - mine->used, format, args);
	va_end(args);
	if (n > 0 && mine->used + n < sizeof(mine->text))
		mine->used += n;
}

static void flush(void)
{
	outsb(CONSOLE_PORT, answer.text, answer.used);
	answer.used = 0;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static char *next_word(char **at)
{
	char *word;

	while ((word = strsep(at, " ")) && !*word)
		;
	return word ? word : "";
}

static uint64_t next_number(char **at)
{
	return strtoull(next_word(at), NULL, 0);
}

static struct device *device_of(const char *name)
{
	return &devices[(name[0] - 'A') & (DEVICES_MAX - 1)];
}

static void say_result(long result)
{
	say(" %ld", result < 0 ? -(long)errno : result);
}

static void say_word(uint64_t word)
{
	unsigned int i;

	for (i = 0; i < labels; i++) {
		if (word - hits[i] < hit_bytes || word - comparisons[i] < cmp_bytes) {
			say("PC%u", i);
			return;
		}
	}
	/* Where something is in the kernel tells nothing. */
	if (word >> 47 == 0x1ffff)
		say("ptr");
	else
		say("%llx", (unsigned long long)word);
}

/* Records from one on in which nothing is. */
static uint64_t blank_records(const uint64_t *record, uint64_t words, uint64_t most)
{
	uint64_t i;

	for (i = 0; i < most * words && !record[i]; i++)
		;
	return i / words;
}

/* The count, then records by words, as far as they fit: "2 PC1 PC2", "1 6/11/22/PC1"; so many in which nothing is are one: "9 0*8 PC1". */
static void read_area(struct device *device)
{
	uint64_t count, n, i, words = device->mode == 1 ? 4 : 1;

	if (!device->area) {
		say(" -");
		return;
	}
	count = __atomic_load_n(&device->area[0], __ATOMIC_ACQUIRE);
	say(" ");
	say_word(count);
	n = (device->words - 1) / words;
	if (n > count)
		n = count;
	for (i = 0; i < n * words; i++) {
		uint64_t blank = i % words ? 0 : blank_records(&device->area[1 + i], words, n - i / words);

		if (blank > 0) {
			say(" 0*%llu", (unsigned long long)blank);
			i += blank * words - 1;
			continue;
		}
		say(i % words ? "/" : " ");
		say_word(device->area[1 + i]);
	}
}

/* A mapping that was made without pages, or with too few. */
static void say_missing_pages(void *area, size_t bytes)
{
	unsigned char present[PAGES_MAX] = { 0 };
	size_t i, there = 0, pages = (bytes + sysconf(_SC_PAGESIZE) - 1) / sysconf(_SC_PAGESIZE);

	if (pages > PAGES_MAX || mincore(area, bytes, present))
		return;
	for (i = 0; i < pages; i++)
		there += present[i] & 1;
	if (there < pages)
		say(" pages:%zu", there);
}

static void map_area(struct device *device, char **at)
{
	size_t bytes = next_number(at) * 8;
	off_t offset = next_number(at) * sysconf(_SC_PAGESIZE);
	void *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, device->fd, offset);

	if (area == MAP_FAILED || device->mappings == MAPPINGS_MAX) {
		say_result(-1);
		return;
	}
	pthread_mutex_lock(&mappings);
	device->mapping[device->mappings].at = area;
	device->mapping[device->mappings++].bytes = bytes;
	/* Others are the same memory, or have no pages. */
	if (!device->area) {
		device->area = area;
		device->words = bytes / 8;
	}
	pthread_mutex_unlock(&mappings);
	say(" 0");
	say_missing_pages(area, bytes);
}

static void close_device(struct device *device)
{
	while (device->mappings > 0) {
		device->mappings--;
		munmap(device->mapping[device->mappings].at, device->mapping[device->mappings].bytes);
	}
	say_result(close(device->fd));
	memset(device, 0, sizeof(*device));
	device->fd = -1;
}

/* remote MODE AREA-WORDS COMMON COUNT HANDLE... */
static void enable_remote(struct device *device, char **at)
{
	static __thread struct remote_argument argument;
	char *word;
	int i = 0;

	memset(&argument, 0, sizeof(argument));
	argument.mode = next_number(at);
	argument.area_words = next_number(at);
	argument.common = next_number(at);
	argument.handle_count = next_number(at);
	while (*(word = next_word(at)) && i < HANDLES_MAX)
		argument.handles[i++] = strtoull(word, NULL, 0);
	say_result(ioctl(device->fd, KCOV_REMOTE_ENABLE, &argument));
	if (!errno)
		device->mode = argument.mode;
}

/* What is asked of an open device; nothing on one that is closed. */
static void on_device(const char *word, char **at)
{
	struct device *device = device_of(next_word(at));

	errno = 0;
	if (!strcmp(word, "open") == (device->fd >= 0)) {
		say(" -");
	} else if (!strcmp(word, "open")) {
		device->fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
		say(" %d", device->fd < 0 ? -errno : 0);
	} else if (!strcmp(word, "init")) {
		say_result(ioctl(device->fd, KCOV_INIT_TRACE, next_number(at)));
	} else if (!strcmp(word, "mmap")) {
		map_area(device, at);
	} else if (!strcmp(word, "enable")) {
		unsigned long mode = next_number(at);

		say_result(ioctl(device->fd, KCOV_ENABLE, mode));
		if (!errno)
			device->mode = mode;
	} else if (!strcmp(word, "remote")) {
		enable_remote(device, at);
	} else if (!strcmp(word, "disable")) {
		say_result(ioctl(device->fd, KCOV_DISABLE, next_number(at)));
	} else if (!strcmp(word, "ioctl")) {
		say_result(ioctl(device->fd, 0x1234, 0));
	} else if (!strcmp(word, "close")) {
		close_device(device);
	} else if (!strcmp(word, "read")) {
		read_area(device);
	} else if (!strcmp(word, "poke")) {
		size_t index = next_number(at);

		if (device->area && index < device->words)
			device->area[index] = next_number(at);
		else
			say(" -");
	}
}

static void begin_task(int number);

static const char *const DEVICE_WORDS[] = { "open", "init", "mmap", "enable", "remote", "disable", "ioctl", "close", "read", "poke" };

/* What the kernel does in the context of the running task, or in a thread of its own: the built-in file runs the list. */
static void in_kernel(int run_fd, const char *line)
{
	char text[LINE_MAX_BYTES];
	ssize_t n;

	if (write(run_fd, line, strlen(line)) < 0) {
		say(" bad:%d", errno);
		return;
	}
	n = read(run_fd, text, sizeof(text) - 1);
	if (n > 0)
		say("%.*s", (int)n, text);
}

/* True when the task is to exit. */
static int run_line(struct task *task, char *line)
{
	char copy[LINE_MAX_BYTES];
	char *at = copy, *word;
	size_t i;

	snprintf(copy, sizeof(copy), "%s", line);
	word = next_word(&at);
	for (i = 0; i < sizeof(DEVICE_WORDS) / sizeof(*DEVICE_WORDS); i++) {
		if (strcmp(word, DEVICE_WORDS[i]))
			continue;
		on_device(word, &at);
		return 0;
	}
	if (!strcmp(word, "fork")) {
		begin_task(next_word(&at)[1] - '0');
		return 0;
	}
	if (!strcmp(word, "exit"))
		return 1;
	in_kernel(task->run_fd, line);
	return 0;
}

/* What one of those does: whether it is over says the one that waits for it, where it exits. */
static int run_part(struct task *task, struct part *part)
{
	char *deed, *end;
	int over = 0;

	mine = &part->own;
	pin(part->cpu);
	in_kernel(task->run_fd, part->begins);
	for (deed = part->deeds; deed && !over; deed = end ? end + 3 : NULL) {
		end = strstr(deed, " , ");
		if (end)
			*end = 0;
		over = run_line(task, deed);
	}
	if (part->armed)
		in_kernel(task->run_fd, "disarm");
	if (over)
		return 1;
	in_kernel(task->run_fd, "over");
	pin(0);
	mine = &answer;
	return 0;
}

static void *task_body(void *data)
{
	struct task *task = data;
	int over;

	pin(0);
	do {
		sem_wait(&task->go);
		over = task->part ? run_part(task, task->part) : run_line(task, task->line);
		if (!over)
			sem_post(&task->done);
	} while (!over);
	return NULL;
}

static void begin_task(int number)
{
	struct task *task = &tasks[number];

	if (task->began)
		return;
	sem_init(&task->go, 0, 0);
	sem_init(&task->done, 0, 0);
	task->run_fd = open("/sys/kernel/debug/kcovet/run", O_RDWR);
	task->began = !pthread_create(&task->thread, NULL, task_body, task);
	if (!task->began)
		say(" no-task");
}

/* A list of a kernel thread, which somebody has to wait for. */
static void *part_body(void *data)
{
	struct part *part = data;
	char text[LINE_MAX_BYTES];
	char *comma;

	mine = &part->own;
	snprintf(text, sizeof(text), "%.2s@%d %s ; %s%s ; over", part->who, part->cpu, part->begins, part->deeds, part->armed ? " ; disarm" : "");
	while ((comma = strstr(text, " , ")))
		comma[1] = ';';
	in_kernel(kthread_fds[(part->who[1] - '0') % KTHREADS_MAX], text);
	return NULL;
}

/* "t0@0+9 disable A , close A": a task, its CPU, what it waits for; then what it does. */
static void read_part(struct part *part, char *text)
{
	memset(part, 0, sizeof(*part));
	while (*text == ' ')
		text++;
	part->who = text;
	part->cpu = text[3] == '1';
	part->deeds = strchr(text, ' ');
	if (part->deeds)
		*part->deeds++ = 0;
	part->exits = part->who[0] == 't' && part->deeds && strstr(part->deeds, "exit");
	part->armed = text[4] == '!';
	if (part->armed)
		snprintf(part->begins, sizeof(part->begins), "at %.80s wait [ ] ; meet 0", text + 5);
	else
		snprintf(part->begins, sizeof(part->begins), "meet %d", text[4] == '+' ? atoi(text + 5) : 0);
}

static void begin_part(struct part *part)
{
	int number = part->who[1] - '0';
	struct task *task = &tasks[number % (TASKS_MAX - 1)];

	if (part->who[0] == 'k') {
		if (!kthread_fds[number % KTHREADS_MAX])
			kthread_fds[number % KTHREADS_MAX] = open("/sys/kernel/debug/kcovet/run", O_RDWR);
		pthread_create(&part->thread, NULL, part_body, part);
		return;
	}
	if (!task->began)
		begin_task(number);
	task->part = part;
	sem_post(&task->go);
}

/* The one that exits cannot say that it is over. */
static void end_part(struct part *part)
{
	struct task *task = &tasks[(part->who[1] - '0') % (TASKS_MAX - 1)];

	if (part->who[0] == 'k') {
		pthread_join(part->thread, NULL);
	} else if (part->exits) {
		pthread_join(task->thread, NULL);
		task->began = 0;
		in_kernel(tasks[TASKS_MAX - 1].run_fd, "over");
	} else {
		sem_wait(&task->done);
	}
}

/* Parts that are separated by bars, at the same time. */
static void run_both(char *text)
{
	static struct part parts[PARTS_MAX];
	char *one, order[64];
	int i, n = 0, armed = 0, exits;

	while (n < PARTS_MAX && (one = strsep(&text, "|"))) {
		read_part(&parts[n], one);
		armed |= parts[n++].armed;
	}
	snprintf(order, sizeof(order), "parties %d", n);
	in_kernel(tasks[TASKS_MAX - 1].run_fd, order);
	for (i = 0; i < n; i++) {
		if (armed && !parts[i].armed)
			strcpy(parts[i].begins, "follow");
		begin_part(&parts[i]);
	}
	for (exits = 1; exits >= 0; exits--) {
		for (i = 0; i < n; i++) {
			if (exits == parts[i].exits)
				end_part(&parts[i]);
		}
	}
	for (i = 0; i < n; i++)
		say("%s%s", i ? " |" : "", parts[i].own.text);
}

/* One line, "t0 open A", "k0 hit 1", "m close A": by the task that it names, m being the one that reads lines. */
static void dispatch(char *line)
{
	char *rest = strchr(line, ' ');
	struct task *task = &tasks[TASKS_MAX - 1];

	if (!rest)
		return;
	if (!strncmp(line, "both ", 5)) {
		run_both(line + 5);
		return;
	}
	if (line[0] == 'k') {
		in_kernel(task->run_fd, line);
		return;
	}
	rest++;
	if (line[0] == 'm') {
		run_line(task, rest);
		return;
	}
	task = &tasks[(line[1] - '0') % (TASKS_MAX - 1)];
	if (!task->began)
		begin_task(task - tasks);
	task->line = rest;
	task->part = NULL;
	sem_post(&task->go);
	if (!strcmp(rest, "exit")) {
		pthread_join(task->thread, NULL);
		task->began = 0;
	} else {
		sem_wait(&task->done);
	}
}

/* What the kernel's log says in the meantime: the lines that begin a report. */
static void say_log(void)
{
	static const char *const marks[] = { "WARNING:", "BUG:", "BUG ", "refcount_t:", "INFO: task", "INFO: trying", "left IRQs disabled" };
	static char log[LOG_MAX];
	int n = klogctl(4, log, sizeof(log) - 1);
	char *at = log, *line;
	size_t i;

	log[n > 0 ? n : 0] = 0;
	while ((line = strsep(&at, "\n"))) {
		for (i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
			char *found = strstr(line, marks[i]);

			if (!found)
				continue;
			say(" ! %s", found);
			break;
		}
	}
}

/* Where hits are, as the built-in file says when it is opened. */
static void read_labels(int fd)
{
	char text[LINE_MAX_BYTES];
	ssize_t n = read(fd, text, sizeof(text) - 1);
	char *at = text;

	text[n > 0 ? n : 0] = 0;
	hit_bytes = next_number(&at);
	cmp_bytes = next_number(&at);
	for (labels = 0; labels < LABELS_MAX && at; labels++) {
		hits[labels] = strtoul(next_word(&at), NULL, 16);
		comparisons[labels] = strtoul(next_word(&at), NULL, 16);
	}
}

/* What was said once is said again (Documentation/admin-guide/clearing-warn-once.rst). */
static void warn_again(void)
{
	int fd = open("/sys/kernel/debug/clear_warn_once", O_WRONLY);

	if (fd < 0 || write(fd, "1", 1) != 1)
		say("bad:clear_warn_once\n");
	close(fd);
}

static void run_sequence(char *text)
{
	char *line;
	int i, n = 0;

	pin(0);
	for (i = 0; i < DEVICES_MAX; i++)
		devices[i].fd = -1;
	tasks[TASKS_MAX - 1].run_fd = open("/sys/kernel/debug/kcovet/run", O_RDWR);
	read_labels(tasks[TASKS_MAX - 1].run_fd);
	klogctl(5, NULL, 0);
	warn_again();
	in_kernel(tasks[TASKS_MAX - 1].run_fd, "forget");
	while ((line = strsep(&text, "\n"))) {
		if (!*line)
			continue;
		say("%d", n++);
		dispatch(line);
		say_log();
		say("\n");
		flush();
	}
	exit(0);
}

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	long size;

	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	text = calloc(1, size + 1);
	if (text && fread(text, 1, size, file) != (size_t)size)
		text = NULL;
	fclose(file);
	return text;
}

/* A sequence is what is between "seq ID" and "end". */
static void run_all(char *text)
{
	char *line, *body, *end;

	while ((line = strsep(&text, "\n"))) {
		int status = 0;
		pid_t child;

		if (strncmp(line, "seq ", 4) || !text)
			continue;
		body = text;
		end = strstr(body, "end\n");
		if (!end)
			return;
		*end = 0;
		text = end + 4;
		say("%s\n", line);
		flush();
		child = fork();
		if (child == 0)
			run_sequence(body);
		waitpid(child, &status, 0);
		say("end %s %d\n", line + 4, status);
		flush();
	}
}

int main(void)
{
	char *text;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	iopl(3);
	text = read_all("/sequences");
	say("boot cpus %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
	flush();
	if (text)
		run_all(text);
	say("halt\n");
	flush();
	reboot(RB_AUTOBOOT);
	return 0;
}
