// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of kcovet: the first program of a kernel that programs of `kcovet repro` are tried on. It runs /program and writes what that
 * says, and its exit status, to the debug console of the emulator (port 0xe9).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONSOLE_PORT 0xe9

static void say(const char *text)
{
	for (; *text; text++)
		outb(*text, CONSOLE_PORT);
}

int main(void)
{
	char text[1024];
	int status = -1, pipes[2];
	ssize_t bytes;
	pid_t child;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	iopl(3);
	snprintf(text, sizeof(text), "boot cpus %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
	say(text);
	if (pipe(pipes) == 0) {
		child = fork();
		if (child == 0) {
			dup2(pipes[1], 1);
			execl("/program", "program", "90", NULL);
			_exit(127);
		}
		close(pipes[1]);
		while ((bytes = read(pipes[0], text, sizeof(text) - 1)) > 0) {
			text[bytes] = '\0';
			say(text);
			if (strchr(text, '\n'))
				break;
		}
		waitpid(child, &status, 0);
	}
	snprintf(text, sizeof(text), "exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	say(text);
	reboot(RB_AUTOBOOT);
	return 0;
}
