#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "json.h"
#include "jsonl.h"
#include "mem.h"
#include "msg.h"
#include "t.h"

static char said[512];

static void
hear(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", line);
}

/* A descriptor from which ${n} bytes of ${text} can be read. */
static int
source(const char *text, size_t n)
{
	FILE *f = tmpfile();
	int fd = -1;

	if (f && fwrite(text, 1, n, f) == n && fflush(f) == 0 &&
		(fd = dup(fileno(f))) >= 0)
		(void)lseek(fd, 0, SEEK_SET);
	if (f)
		fclose(f);
	return fd;
}

static struct jsonl *
reader(const char *text, size_t max, int *fd)
{
	*fd = source(text, strlen(text));
	said[0] = '\0';
	return jsonl_open(*fd, "in", max);
}

static void
test_lines(void)
{
	int fd;
	struct jsonl *r = reader(
		"{\"type\":\"a\"}\n{\"type\":\"b\",\"n\":1}\n", 100, &fd);
	struct json *doc = NULL;
	const char *text;
	size_t n;

	T_INT(jsonl_next(r, &doc), 1, "the first record");
	T_STR(json_get_str(json_root(doc), "type"), "a", "its type");
	T_INT(jsonl_line(r), 1, "its line");
	json_free(doc);
	T_INT(jsonl_next(r, &doc), 1, "the second record");
	text = jsonl_text(r, &n);
	T_OK(n == 18 && memcmp(text, "{\"type\":\"b\",\"n\":1}", n) == 0,
		"its text");
	json_free(doc);
	T_INT(jsonl_next(r, &doc), 0, "the end");
	T_INT(jsonl_next(r, &doc), 0, "stays the end");
	T_INT(jsonl_line(r), 2, "after line 2");
	T_INT(is_jsonl_torn(r), 0, "nothing torn");
	(void)jsonl_text(r, &n);
	T_INT(n, 0, "no text any more");
	jsonl_close(r);
	close(fd);
	r = reader("", 100, &fd);
	T_INT(jsonl_next(r, &doc), 0, "no input");
	T_INT(jsonl_line(r), 0, "no line");
	(void)jsonl_text(r, &n);
	T_INT(n, 0, "no text");
	jsonl_close(r);
	close(fd);
	jsonl_close(NULL);
}

static void
test_refused(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"\n", "in:1:1: empty line"},
		{"{\"type\":\"a\"}\n\n", "in:2:1: empty line"},
		{"{\"type\":\"a\"}\n[1]\n", "in:2:1: not a record"},
		{"1\n", "in:1:1: not a record"},
		{"{}\n", "in:1:1: not a record"},
		{"{\"type\":1}\n", "in:1:1: not a record"},
		{"{\"Type\":\"a\"}\n", "in:1:1: not a record"},
		{"{\"type\":\"a\",}\n", "in:1:13: a key in quotes"},
		{"{\"type\":\"a\"} x\n", "in:1:14: text after"},
		{"{\"type\":\"a\",\"type\":\"b\"}\n",
			"in:1:13: key \"type\" stands twice"},
		{"{\"type\":\"\xff\"}\n", "in:1:10: invalid UTF-8"},
		{"{\"type\":\n\"a\"}\n", "in:1:9: end of text"},
		{"{\"type\":\"0123456789012345678\"}\n",
			"in:1: line of more than 28 bytes"},
		{"{\"type\":\"01234567890123456789",
			"in:1: line of more than 28 bytes"},
		{"{\"type\":\"a", "in:1:9: string without end"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd, rc;
		struct jsonl *r = reader(cases[i].text, 28, &fd);
		struct json *doc = NULL;

		while ((rc = jsonl_next(r, &doc)) == 1)
			json_free(doc);
		T_OK(rc == -1 && strstr(said, cases[i].want), "refused: %s",
			cases[i].want);
		if (!strstr(said, cases[i].want))
			printf("#   said: %s\n", said);
		jsonl_close(r);
		close(fd);
	}
}

static void
test_limits(void)
{
	int fd;
	struct jsonl *r = reader("{\"type\":\"12345\"}\n", 16, &fd);
	struct json *doc = NULL;

	T_INT(jsonl_next(r, &doc), 1, "a line of just the limit");
	json_free(doc);
	jsonl_close(r);
	close(fd);
	r = reader("{\"type\":\"12345\"}\n", 15, &fd);
	T_INT(jsonl_next(r, &doc), -1, "one byte over it");
	jsonl_close(r);
	close(fd);
	r = reader("{\"type\":\"a\"}\n{\"type\":\"b\"}", 99, &fd);
	T_INT(jsonl_next(r, &doc), 1, "a whole line");
	T_INT(is_jsonl_torn(r), 0, "is not torn");
	json_free(doc);
	T_INT(jsonl_next(r, &doc), 1, "a last line without LF");
	T_INT(is_jsonl_torn(r), 1, "is torn");
	T_INT(jsonl_line(r), 2, "and is counted");
	json_free(doc);
	T_INT(jsonl_next(r, &doc), 0, "then the end");
	T_INT(is_jsonl_torn(r), 1, "still known as torn");
	T_INT(jsonl_line(r), 2, "line 2 was the last");
	jsonl_close(r);
	close(fd);
	r = jsonl_open(-1, "in", 99);
	T_INT(jsonl_next(r, &doc), -1, "a read error");
	T_OK(strstr(said, "in: cannot be read: Bad file"), "is told");
	jsonl_close(r);
}

/* Lines longer and shorter than what one read brings. */
static void
test_sizes(void)
{
	struct buf b = BUF_INIT;
	struct json *doc = NULL;
	struct jsonl *r;
	size_t n, i, size, right = 0, count = 0;
	int fd, rc;

	for (i = 0; i < 400; i++) {
		size = i * i * 7 % 3000 + (i % 100 == 99 ? 200000 : 0);
		(void)buf_printf(
			&b, "{\"type\":\"a\",\"n\":%zu,\"s\":\"", size);
		(void)buf_reserve(&b, size);
		memset(b.data + b.len, 'x', size);
		b.len += size;
		(void)buf_puts(&b, "\"}\n");
	}
	fd = source(b.data, b.len);
	r = jsonl_open(fd, "in", JSONL_MAX_LINE);
	while ((rc = jsonl_next(r, &doc)) == 1) {
		const struct json_val *root = json_root(doc);
		int64_t want;

		n = strlen(json_get_str(root, "s"));
		right +=
			json_int(json_get(root, "n"), 0, 1 << 20, &want) == 0 &&
			(size_t)want == n;
		count++;
		json_free(doc);
	}
	T_INT(rc, 0, "lines of many sizes");
	T_INT(count, 400, "all of them");
	T_INT(right, 400, "unchanged");
	jsonl_close(r);
	close(fd);
	buf_fini(&b);
}

/* One byte at a time, as a slow pipe may bring it. */
static void
test_slow(void)
{
	static const char text[] = "{\"type\":\"a\"}\n{\"type\":\"b\"}\n";
	struct json *doc = NULL;
	int p[2], rc, count = 0;
	struct jsonl *r;
	pid_t pid;
	size_t i;

	if (pipe(p) || (pid = fork()) < 0) {
		T_OK(0, "a pipe and a child");
		return;
	}
	if (pid == 0) {
		close(p[0]);
		for (i = 0; i < sizeof(text) - 1; i++) {
			(void)fd_write_all(p[1], text + i, 1);
			usleep(200);
		}
		_exit(0);
	}
	close(p[1]);
	r = jsonl_open(p[0], "in", 100);
	while ((rc = jsonl_next(r, &doc)) == 1) {
		count++;
		json_free(doc);
	}
	T_OK(rc == 0 && count == 2, "bytes that trickle in");
	jsonl_close(r);
	close(p[0]);
}

static void
test_alloc(void)
{
	static const char text[] =
		"{\"type\":\"a\",\"b\":[1,2]}\n{\"type\":\"c\"}\n";
	int fd = source(text, sizeof(text) - 1), ends = 0;

	T_ALLOC_LOOP(1000, {
		struct jsonl *r;
		struct json *doc = NULL;
		int rc = -1;

		(void)lseek(fd, 0, SEEK_SET);
		r = jsonl_open(fd, "in", 100);
		while (r && (rc = jsonl_next(r, &doc)) == 1)
			json_free(doc);
		ends += rc == 0;
		jsonl_close(r);
	});
	T_INT(ends, 1, "an end is reported only when all was read");
	close(fd);
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(hear, NULL);
	test_lines();
	test_refused();
	test_limits();
	test_sizes();
	test_slow();
	test_alloc();
	return T_END();
}
