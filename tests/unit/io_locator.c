#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "locator.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"
#include "t.h"

static char said[1024];
static unsigned times_said;

static void
hear(void *ctx, const char *line)
{
	(void)ctx;
	times_said++;
	snprintf(said, sizeof(said), "%s", line);
}

static char path[] = "/tmp/io_locator.XXXXXX";
static char spec[64];

static void
write_file(const char *text, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	if (fd < 0 || fd_write_all(fd, text, n) || fchmod(fd, mode))
		T_OK(0, "a file to read");
	close(fd);
	said[0] = '\0';
	times_said = 0;
}

/* What ${where} names: the value, or "(refused)". Held until the next call. */
static const char *
read_from(const char *where, size_t max)
{
	static struct secret *s;

	secret_free(s);
	s = NULL;
	return locator_read(where, max, &s) ? "(refused)" : secret_data(s);
}

static void
test_kind(void)
{
	T_INT(locator_kind("env:X"), LOCATOR_ENV, "env:");
	T_INT(locator_kind("file:/x"), LOCATOR_FILE, "file:");
	T_INT(locator_kind("fd:3"), LOCATOR_FD, "fd:");
	T_INT(locator_kind("postgres://h/d"), LOCATOR_OTHER, "a URL");
	T_INT(locator_kind("env"), LOCATOR_OTHER, "no colon");
	T_INT(locator_kind("ENV:X"), LOCATOR_OTHER, "capitals");
	T_INT(locator_kind(""), LOCATOR_OTHER, "nothing");
}

static void
test_env(void)
{
	setenv("IO_LOCATOR", "hunter2", 1);
	T_STR(read_from("env:IO_LOCATOR", 7), "hunter2", "a variable");
	T_STR(read_from("env:IO_LOCATOR", 6), "(refused)", "too long");
	T_OK(strstr(said, "IO_LOCATOR") && !strstr(said, "hunter"),
		"its name is told, its value not");
	setenv("IO_LOCATOR", "line\n", 1);
	T_STR(read_from("env:IO_LOCATOR", 99), "line\n", "kept as it is");
	setenv("IO_LOCATOR", "", 1);
	T_STR(read_from("env:IO_LOCATOR", 99), "(refused)", "an empty one");
	unsetenv("IO_LOCATOR");
	T_STR(read_from("env:IO_LOCATOR", 99), "(refused)", "an unset one");
	T_OK(strstr(said, "not set"), "is told");
	T_STR(read_from("env:", 99), "(refused)", "no name");
}

static void
test_file(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"pw", "pw"},
		{"pw\n", "pw"},
		{"pw\r\n", "pw"},
		{"pw\n\n", "pw\n"},
		{"pw\r", "pw\r"},
		{"pw\r\r\n", "pw\r"},
		{" pw ", " pw "},
		{"a\nb\n", "a\nb"},
		{"", "(refused)"},
		{"\n", "(refused)"},
		{"\r\n", "(refused)"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(cases[i].text, strlen(cases[i].text), 0600);
		T_STR(read_from(spec, 99), cases[i].want, "file case %zu", i);
	}
	write_file("hun\0ter", 7, 0600);
	T_STR(read_from(spec, 99), "(refused)", "a NUL byte");
	T_OK(!strstr(said, "hun"), "the value is not told");
	write_file("hunter2\r\n", 9, 0600);
	T_STR(read_from(spec, 7), "hunter2", "the line end does not count");
	T_STR(read_from(spec, 6), "(refused)", "one byte too long");
	T_OK(strstr(said, "longer than 6") && !strstr(said, "hunter"),
		"is told without it");
	write_file("hunter2hunter2", 14, 0600);
	T_STR(read_from(spec, 7), "(refused)", "far too long");
	T_STR(read_from("file:/no/such/file", 99), "(refused)", "no file");
	T_OK(strstr(said, "No such file"), "is told");
	T_STR(read_from("file:/", 99), "(refused)", "a folder");
	T_STR(read_from("file:", 99), "(refused)", "no path");
	T_STR(read_from(path, 99), "(refused)", "a path alone");
	T_OK(strstr(said, "is given as file:/"), "is told how to give it");
	T_STR(read_from("hunter2", 99), "(refused)", "a secret");
	T_OK(strstr(said, "not a locator") && !strstr(said, "hunter"),
		"is not told");
}

static void
test_mode(void)
{
	write_file("pw", 2, 0600);
	(void)read_from(spec, 99);
	T_INT(times_said, 0, "0600: nothing to say");
	write_file("pw", 2, 0640);
	T_STR(read_from(spec, 99), "pw", "0640 is read");
	T_OK(strstr(said, "warning: ") && strstr(said, "chmod 600"),
		"with a warning");
	write_file("pw", 2, 0604);
	T_STR(read_from(spec, 99), "pw", "0604 is read");
	T_OK(strstr(said, "warning: "), "with a warning");
}

static void
test_fd(void)
{
	char where[32];
	int p[2];

	if (pipe(p) || fd_write_all(p[1], "hunter2\n", 8)) {
		T_OK(0, "a pipe");
		return;
	}
	close(p[1]);
	snprintf(where, sizeof(where), "fd:%d", p[0]);
	T_STR(read_from(where, 7), "hunter2", "a descriptor");
	T_OK(fcntl(p[0], F_GETFD) == -1 && errno == EBADF, "is closed then");
	T_STR(read_from(where, 7), "(refused)", "a closed descriptor");
	T_STR(read_from("fd:", 7), "(refused)", "no number");
	T_STR(read_from("fd:x", 7), "(refused)", "not a number");
	T_STR(read_from("fd:-1", 7), "(refused)", "a negative number");
	T_STR(read_from("fd:3x", 7), "(refused)", "a number and more");
	T_STR(read_from("fd:4294967299", 7), "(refused)", "a huge number");
}

static void
test_other(void)
{
	T_STR(read_from("hunter2", 99), "(refused)", "no locator at all");
	T_OK(!strstr(said, "hunter2"), "what may be the secret is not told");
}

static void
test_alloc(void)
{
	write_file("hunter2\n", 8, 0600);
	setenv("IO_LOCATOR", "hunter2", 1);
	T_ALLOC_LOOP(100, {
		struct secret *s = NULL;

		if (locator_read(spec, 99, &s) == 0)
			secret_free(s);
	});
	T_ALLOC_LOOP(100, {
		struct secret *s = NULL;

		if (locator_read("env:IO_LOCATOR", 99, &s) == 0)
			secret_free(s);
	});
}

int
main(void)
{
	int fd = mkstemp(path);

	T_BEGIN();
	msg_set_sink(hear, NULL);
	T_OK(fd >= 0, "a file of our own");
	close(fd);
	snprintf(spec, sizeof(spec), "file:%s", path);
	test_kind();
	test_env();
	test_file();
	test_mode();
	test_fd();
	test_other();
	test_alloc();
	(void)read_from("", 1);
	unlink(path);
	return T_END();
}
