/* child, retry, journal, pool. The worker of the pool test is this program. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "clock.h"
#include "fd.h"
#include "journal.h"
#include "json.h"
#include "jsonl.h"
#include "mem.h"
#include "msg.h"
#include "pool.h"
#include "retry.h"
#include "t.h"

static char dir[] = "/tmp/airlift-unit.XXXXXX";

static void
hush(void *ctx, const char *line)
{
	struct buf *b = ctx;

	if (b)
		(void)(buf_puts(b, line) || buf_putc(b, '\n'));
}

/* A child's time is over at the second look. */
static int
enough(void *ctx)
{
	return ++*(int *)ctx < 2 ? 0 : -1;
}

static void
test_child(void)
{
	const char *cat[] = {"cat", NULL}, *no[] = {"/nonexistent", NULL};
	const char *sh[] = {
		"sh", "-c", "echo $V; echo e >&2; kill -9 $$", NULL};
	const char *nap[] = {"sleep", "20", NULL};
	const char *env[] = {"V=value", NULL};
	struct child_spec s = {.argv = cat};
	struct buf out = BUF_INIT, err = BUF_INIT, big = BUF_INIT;
	int status = -1, i, rc = 0, looks = 0;
	double begin;

	for (i = 0; i < 40000; i++)
		rc |= buf_puts(&big, "0123456789abcdef\n");
	T_OK(rc == 0 &&
			child_run(&s, big.data, big.len, &out, NULL, 0,
				&status) == 0 &&
			status == 0,
		"a child is fed and read at once");
	T_OK(out.len == big.len && memcmp(out.data, big.data, big.len) == 0,
		"more than a pipe holds");
	buf_clear(&out);
	s.argv = sh;
	s.env = env;
	T_OK(child_run(&s, NULL, 0, &out, &err, 0, &status) == 0 &&
			status == 128 + 9,
		"a signal is told apart");
	T_STR(buf_str(&out), "value\n", "the environment is added to");
	T_STR(buf_str(&err), "e\n", "standard error is kept apart");
	msg_set_sink(hush, NULL);
	s.argv = nap;
	s.tick = enough;
	s.ctx = &looks;
	begin = clock_mono(clock_system());
	rc = child_run(&s, NULL, 0, NULL, NULL, 0, &status);
	T_OK(rc == -1 && errno == ECANCELED && looks == 2 &&
			clock_mono(clock_system()) - begin < 9,
		"a child is ended by who looks after it");
	s.tick = NULL;
	s.argv = no;
	T_OK(child_run(&s, NULL, 0, &out, NULL, 0, &status) == -1 &&
			errno == ENOENT,
		"a program that is not there");
	msg_set_sink(NULL, NULL);
	s.argv = nap;
	begin = clock_mono(clock_system());
	T_OK(child_run(&s, NULL, 0, NULL, NULL, 0.1, &status) == -1 &&
			errno == ETIMEDOUT,
		"a time limit");
	T_OK(clock_mono(clock_system()) - begin < 5, "is kept");
	buf_fini(&out);
	buf_fini(&err);
	buf_fini(&big);
}

static void
test_retry(void)
{
	struct retry r, q;
	double d, e, most = 0;
	int i, n = 0;

	retry_init(&r, 1, 8, 6, 42);
	retry_init(&q, 1, 8, 6, 42);
	while (retry_next(&r, &d)) {
		(void)retry_next(&q, &e);
		T_OK(d == e, "the same seed, the same schedule");
		T_OK(d >= 0 && d <= (n < 3 ? 1 << n : 8), "step %d in bounds",
			n);
		n++;
	}
	T_INT(n, 5, "six tries are five pauses");
	retry_init(&r, 1, 8, 0, 7);
	for (i = 0; i < 1000; i++)
		if (!retry_next(&r, &d))
			break;
		else if (d > most)
			most = d;
	T_OK(i == 1000 && most > 7 && most <= 8,
		"without bound, below the cap");
}

static int
count(void *ctx, const struct json *record)
{
	(void)record;
	++*(int *)ctx;
	return 0;
}

static void
spoil(const char *path, const char *text, int flags)
{
	int fd = open(path, O_WRONLY | flags);

	if (fd < 0 || fd_write_all(fd, text, strlen(text)))
		printf("Bail out! %s\n", path);
	close(fd);
}

static void
test_journal(void)
{
	static const char line[] = "{\"type\":\"x.y\",\"n\":1}\n";
	struct buf path = BUF_INIT, said = BUF_INIT;
	struct journal *j, *k;
	struct stat st;
	int n = 0;

	(void)buf_printf(&path, "%s/j", dir);
	msg_set_sink(hush, &said);
	j = journal_open(path.data, "tool", "a", "b", count, &n);
	T_OK(j && !is_journal_resumed(j) && n == 0, "a new journal");
	T_OK(stat(path.data, &st) == 0 && (st.st_mode & 0777) == 0600,
		"is private");
	T_OK(journal_append(j, line, strlen(line), true) == 0, "takes records");
	k = journal_open(path.data, "tool", "a", "b", NULL, NULL);
	T_OK(!k && strstr(buf_str(&said), "another process"),
		"is one process's at a time");
	T_OK(journal_close(j) == 0, "and closes");
	spoil(path.data, "{\"type\":\"torn", O_APPEND);
	j = journal_open(path.data, "tool", "a", "b", count, &n);
	T_OK(j && is_journal_resumed(j) && n == 1, "a torn tail is cut off");
	T_OK(journal_append(j, line, strlen(line), false) == 0, "and gone on");
	(void)journal_close(j);
	n = 0;
	j = journal_open(path.data, "tool", "a", "b", count, &n);
	T_OK(j && n == 2, "with every record");
	(void)journal_close(j);
	errno = 0;
	buf_clear(&said);
	j = journal_open(path.data, "tool", "a", "c", count, &n);
	T_OK(!j && errno == EINVAL && strstr(buf_str(&said), "another target"),
		"another pair is refused");
	buf_clear(&said);
	j = journal_open(path.data, "tool", "b", "a", count, &n);
	T_OK(!j && strstr(buf_str(&said), "swapped"),
		"a pair that is swapped is refused as that");
	j = journal_open(path.data, "other", "a", "b", count, &n);
	T_OK(!j && errno == EINVAL, "and another tool");
	spoil(path.data, "garbage\n", O_APPEND);
	buf_clear(&said);
	j = journal_open(path.data, "tool", "a", "b", count, &n);
	T_OK(!j && strstr(buf_str(&said), "/j:4:1"),
		"a damaged line is refused by its position");
	errno = 0;
	spoil(path.data, "somebody's notes", O_TRUNC);
	j = journal_open(path.data, "tool", "a", "b", count, &n);
	T_OK(!j && stat(path.data, &st) == 0 && st.st_size == 16,
		"somebody's file without a last line end is left whole");
	j = journal_open("/dev/full", "tool", "a", "b", count, &n);
	T_OK(!j && errno == EINVAL, "and a device refused");
	T_OK(journal_append(NULL, "x", 1, true) == 0 &&
			journal_close(NULL) == 0,
		"no journal takes everything");
	msg_set_sink(NULL, NULL);
	buf_fini(&path);
	buf_fini(&said);
}

/* What the pool test expects and sees. */
struct ask {
	int parts, next, done, failed, lost, hold;
	const char *how;
	int after; /* part 1 waits until this many are done */
};

static int
next_part(void *ctx, struct buf *part)
{
	struct ask *a = ctx;

	if (a->next >= a->parts)
		return 0;
	if (a->next == 1 && a->done < a->after)
		return 0;
	return buf_printf(part,
		       "{\"type\":\"part\",\"id\":\"p%d\",\"how\":\"%s\"}\n",
		       a->next++, a->how)
		       ? -1
		       : 1;
}

static int
on_record(void *ctx, unsigned w, const struct json *rec, const char *line,
	size_t n)
{
	struct ask *a = ctx;
	const char *type = json_get_str(json_root(rec), "type");

	(void)w;
	if (line[n - 1] != '\n')
		return -1;
	a->done += strcmp(type, "part.done") == 0;
	a->failed += strcmp(type, "part.failed") == 0;
	return 0;
}

static int
on_lost(void *ctx, const char *id, const char *why)
{
	(void)id;
	(void)why;
	((struct ask *)ctx)->lost++;
	return 0;
}

static int
run(const char *self, struct ask *a, unsigned workers)
{
	const char *argv[] = {self, "worker", NULL};
	const char *env[] = {"POOL_DIR=", NULL};
	struct buf e = BUF_INIT;
	struct pool_spec s = {
		argv, env, workers, 3, a, next_part, on_record, on_lost, NULL};
	int rc;

	(void)buf_printf(&e, "POOL_DIR=%s", dir);
	env[0] = buf_str(&e);
	msg_set_sink(hush, NULL);
	rc = pool_run(&s);
	msg_set_sink(NULL, NULL);
	buf_fini(&e);
	return rc;
}

static void
test_pool(const char *self)
{
	struct ask many = {.parts = 1000, .how = "well"};
	struct ask crash = {.parts = 6, .how = "crash-once"};
	struct ask dies = {.parts = 3, .how = "crash"};
	struct ask noise = {.parts = 3, .how = "garbage"};
	struct ask fails = {.parts = 3, .how = "fail"};
	struct ask quits = {.parts = 20, .how = "quit"};
	struct ask chain = {.parts = 3, .how = "well", .after = 1};
	struct ask nothing = {.parts = 0, .how = "well"};

	T_OK(run(self, &many, 3) == 0 && many.done == 1000, "1000 parts");
	T_OK(run(self, &crash, 2) == 0 && crash.done == 6 && !crash.lost,
		"a crashed worker's part is done by another");
	T_OK(run(self, &dies, 2) == 0 && dies.lost == 3 && !dies.done,
		"a part that always kills its worker is reported");
	T_OK(run(self, &noise, 1) == 0 && noise.lost == 3,
		"garbage counts as death");
	T_OK(run(self, &fails, 2) == 0 && fails.failed == 3,
		"a failed part is a record");
	T_OK(run(self, &quits, 2) == 0 && quits.done == 20,
		"a worker may end between parts");
	T_OK(run(self, &chain, 3) == 0 && chain.done == 3,
		"parts can wait for others");
	T_OK(run(self, &nothing, 2) == 0, "no parts, no work");
	T_OK(run("/nonexistent", &many, 1) == 0, "nothing left to start");
	many.next = 0;
	T_INT(run("/nonexistent", &many, 1), -1, "workers that cannot start");
}

/* The worker's side. */
static int
worker(void)
{
	struct jsonl *in = jsonl_open(0, "stdin", JSONL_MAX_LINE);
	struct json *doc;

	while (in && jsonl_next(in, &doc) > 0) {
		const char *id = json_get_str(json_root(doc), "id");
		const char *how = json_get_str(json_root(doc), "how");
		struct buf mark = BUF_INIT;

		(void)buf_printf(&mark, "%s/%s", getenv("POOL_DIR"), id);
		if (strcmp(how, "crash") == 0)
			raise(SIGKILL);
		if (strcmp(how, "crash-once") == 0) {
			int fd = open(buf_str(&mark),
				O_CREAT | O_EXCL | O_WRONLY, 0600);

			if (fd >= 0)
				raise(SIGKILL);
		}
		if (strcmp(how, "garbage") == 0)
			printf("this is no record\n");
		else
			printf("{\"type\":\"part.%s\",\"part\":\"%s\"}\n",
				strcmp(how, "fail") == 0 ? "failed" : "done",
				id);
		fflush(stdout);
		buf_fini(&mark);
		if (strcmp(how, "quit") == 0)
			_exit(0);
		json_free(doc);
	}
	jsonl_close(in);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *rm[] = {"rm", "-rf", dir, NULL};
	struct child_spec s = {.argv = rm};
	int status;

	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return worker();
	fd_sanitize();
	T_BEGIN();
	if (!mkdtemp(dir))
		return 1;
	test_child();
	test_retry();
	test_journal();
	test_pool(argv[0]);
	(void)child_run(&s, NULL, 0, NULL, NULL, 10, &status);
	return T_END();
}
