#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "t.h"

static struct buf said = BUF_INIT;
static int lines;

static void
hear(void *ctx, const char *line)
{
	struct buf *b = ctx;

	buf_clear(b);
	buf_puts(b, line);
	lines++;
}

/* The line that the last call gave to the sink. */
static const char *
heard(void)
{
	return buf_str(&said);
}

static void
kinds(void)
{
	T_STR(msg_prog(), "airlift", "a name before msg_init");
	msg_init("tool");
	T_STR(msg_prog(), "tool", "and after it");
	msg_error("%s: no such thing", "x");
	T_STR(heard(), "tool: x: no such thing", "error");
	errno = ENOENT;
	msg_errno("open %s", "x");
	T_STR(heard(), "tool: open x: No such file or directory", "errno");
	T_INT(errno, ENOENT, "errno survives a message");
	msg_warn("w");
	T_STR(heard(), "tool: warning: w", "warning");
	msg_note("n");
	T_STR(heard(), "tool: note: n", "note");
	msg_debug("d");
	T_STR(heard(), "tool: note: n", "no debug text unasked");
	msg_set_verbose(1);
	msg_debug("d");
	T_STR(heard(), "tool: debug: d", "debug text when asked for");
	msg_set_verbose(0);
	msg_at("f", 3, 7, "bad %d", 1);
	T_STR(heard(), "tool: f:3:7: bad 1", "place");
	msg_at("f", 3, 0, "bad");
	T_STR(heard(), "tool: f:3: bad", "place without a column");
	msg_at("f", 0, 7, "bad");
	T_STR(heard(), "tool: f: bad", "place without a line");
}

static void
escapes(void)
{
	static const struct {
		const char *text, *want, *what;
	} t[] = {{"a\nb\r\t\x1b[2J\x7f", "a\\x0ab\\x0d\\x09\\x1b[2J\\x7f",
			 "C0 and DEL"},
		{"\xc2\x9b"
		 "2J",
			"\\xc2\\x9b2J", "C1 in UTF-8"},
		{"\xc2\xa0\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
			"\xc2\xa0\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
			"text of any language stays"},
		{"a\x9b"
		 "b",
			"a\\x9bb", "a raw C1 byte"},
		{"a\xe2\x82", "a\\xe2\\x82", "a cut character"},
		{"\xc3\xc3\xa4", "\\xc3\xc3\xa4", "a start and a character"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80", "a surrogate"},
		{"x\xe2\x80\xae"
		 "y\xe2\x81\xa6z",
			"x\\xe2\\x80\\xaey\\xe2\\x81\\xa6z", "bidi controls"},
		{"\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9",
			"line and paragraph separators"},
		{"\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf",
			"and their neighbours stay"},
		{"100% \\n", "100% \\n", "no format and no backslash"}};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct buf want = BUF_INIT;

		buf_printf(&want, "tool: %s", t[i].want);
		msg_error("%s", t[i].text);
		T_STR(heard(), buf_str(&want), "escapes: %s", t[i].what);
		buf_fini(&want);
	}
	msg_at("a\nb", 1, 1, "x");
	T_STR(heard(), "tool: a\\x0ab:1:1: x", "a file's name is escaped too");
}

/* What ${talk} writes to standard error, and in how many pieces at most. */
static void
capture(void (*talk)(void), struct buf *b)
{
	int fd[2], saved = dup(STDERR_FILENO);
	char part[65536];
	ssize_t n;

	if (saved < 0 || pipe(fd))
		return;
	dup2(fd[1], STDERR_FILENO);
	close(fd[1]);
	talk();
	dup2(saved, STDERR_FILENO);
	close(saved);
	while ((n = read(fd[0], part, sizeof(part))) > 0)
		buf_append(b, part, (size_t)n);
	close(fd[0]);
}

static void
two_lines(void)
{
	msg_error("one");
	msg_warn("two");
}

static void
no_memory(void)
{
	mem_fail_after(0);
	msg_error("lost");
	mem_fail_after(-1);
}

/* Lines of several processes on one pipe must not run into each other. */
static void
crowd(void)
{
	pid_t pid[4];

	for (int i = 0; i < 4; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		for (int k = 0; k < 100; k++)
			msg_error("%d%d%d%d%d%d%d%d", i, i, i, i, i, i, i, i);
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		if (pid[i] > 0)
			waitpid(pid[i], NULL, 0);
}

static void
standard_error(void)
{
	struct buf b = BUF_INIT;
	int whole = 0;

	msg_set_sink(NULL, NULL);
	capture(two_lines, &b);
	T_STR(buf_str(&b), "tool: one\ntool: warning: two\n",
		"standard error without a sink");
	buf_clear(&b);
	capture(no_memory, &b);
	T_STR(buf_str(&b), "airlift: out of memory for a message\n",
		"a message without memory");
	buf_clear(&b);
	capture(crowd, &b);
	for (const char *p = buf_str(&b); *p; p = strchr(p, '\n') + 1) {
		if (strncmp(p, "tool: ", 6) || strspn(p + 7, "0123") != 7 ||
			p[14] != '\n' || strncmp(p + 6, p + 7, 7))
			break;
		whole++;
	}
	T_INT(whole, 400, "each line in one piece");
	buf_fini(&b);
	msg_set_sink(hear, &said);
}

static void
once(void)
{
	errno = ENOENT;
	msg_errno("a\n%100d", 1);
	msg_at("f", 1, 2, "b");
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(hear, &said);
	kinds();
	escapes();
	standard_error();
	lines = 0;
	no_memory();
	T_INT(lines, 1, "the sink hears of a message without memory");
	T_ALLOC_LOOP(100, once());
	msg_set_sink(NULL, NULL);
	buf_fini(&said);
	return T_END();
}
