#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "fd.h"
#include "json.h"
#include "jsonl.h"
#include "mem.h"
#include "msg.h"
#include "pool.h"

enum { TICK_MS = 200, GRACE_MS = 5000, MAX_RECORD = 8 << 20 };

struct worker {
	struct child child;
	bool running;    /* the process is there */
	struct buf part; /* the line it works on; empty: idle */
	char *id;        /* that part's id */
	unsigned starts; /* how often this part was started */
	size_t sent;     /* bytes of ${part} already written */
	struct buf in;   /* output not yet a whole line */
};

struct pool {
	const struct pool_spec *spec;
	struct worker *w;
	struct pollfd *fds; /* two a worker: output, input */
};

static int
start_worker(struct pool *p, struct worker *w)
{
	struct child_spec s = {.argv = p->spec->argv,
		.env = p->spec->env,
		.in = CHILD_PIPE,
		.out = CHILD_PIPE,
		.err = CHILD_INHERIT};

	if (child_start(&s, &w->child))
		return -1;
	if (fd_nonblock(w->child.in) || fd_nonblock(w->child.out)) {
		msg_errno("%s", s.argv[0]);
		child_kill(&w->child);
		return -1;
	}
	w->running = true;
	w->sent = 0;
	buf_clear(&w->in);
	return 0;
}

static void
end_part(struct worker *w)
{
	buf_clear(&w->part);
	free(w->id);
	w->id = NULL;
	w->starts = 0;
	w->sent = 0;
}

static bool
is_idle(const struct worker *w)
{
	return w->part.len == 0;
}

/* The id of the part in the line, the caller's. NULL after a message. */
static char *
part_id(const struct buf *line)
{
	struct json_error err;
	size_t n = line->len && line->data[line->len - 1] == '\n'
			   ? line->len - 1
			   : line->len;
	struct json *j = json_parse(buf_str(line), n, &err);
	const char *id = j ? json_get_str(json_root(j), "id") : NULL;
	char *copy = id ? mem_strdup(id) : NULL;

	if (!copy)
		msg_error("a part without id: %s", j ? "no \"id\"" : err.what);
	json_free(j);
	return copy;
}

/* Gives an idle worker its next part. 1 given, 0 none ready, -1. */
static int
feed(struct pool *p, struct worker *w)
{
	int rc = p->spec->next(p->spec->ctx, &w->part);

	if (rc <= 0) {
		buf_clear(&w->part);
		return rc;
	}
	if (!(w->id = part_id(&w->part)))
		return -1;
	w->sent = 0;
	w->starts = 1;
	if (!w->running && start_worker(p, w))
		return -1;
	return 1;
}

static void
describe(const struct worker *w, int status, struct buf *why)
{
	if (status > 128)
		(void)buf_printf(why, "the worker was killed by signal %d",
			status - 128);
	else
		(void)buf_printf(
			why, "the worker ended with status %d", status);
	if (w->in.len)
		(void)buf_puts(why, " in the middle of a record");
}

/* A worker is gone: its part is started again or reported as lost. */
static int
bury(struct pool *p, struct worker *w)
{
	struct buf why = BUF_INIT;
	int status = 0, rc = 0;

	(void)child_wait(&w->child, &status);
	w->running = false;
	describe(w, status, &why);
	buf_clear(&w->in);
	if (!is_idle(w) && w->starts < p->spec->tries) {
		msg_warn(
			"part %s: %s; starting it again", w->id, buf_str(&why));
		w->starts++;
		rc = start_worker(p, w);
	} else if (!is_idle(w)) {
		rc = p->spec->lost(p->spec->ctx, w->id, buf_str(&why));
		end_part(w);
	}
	buf_fini(&why);
	return rc;
}

/* A worker that does not keep to the protocol is ended like a dead one. */
static int
expel(struct pool *p, struct worker *w, const char *why)
{
	msg_warn("worker %ld: %s", (long)w->child.pid, why);
	kill(w->child.pid, SIGKILL);
	return bury(p, w);
}

/* Whether the record ends the worker's part. */
static bool
is_final(const struct worker *w, const struct json_val *r)
{
	const char *type = json_get_str(r, "type");
	const char *part = json_get_str(r, "part");

	return part && w->id && strcmp(part, w->id) == 0 &&
	       (strcmp(type, "part.done") == 0 ||
		       strcmp(type, "part.failed") == 0);
}

/* One line of output. 0, 1: the worker was ended, -1: abort. */
static int
take_line(struct pool *p, struct worker *w, const char *line, size_t n)
{
	struct json_error err;
	struct json *j = json_parse(line, n - 1, &err);
	bool final;
	int rc;

	if (!j || json_kind(json_root(j)) != JSON_OBJECT ||
		!json_get_str(json_root(j), "type")) {
		json_free(j);
		return expel(p, w, "wrote something that is no record") ? -1
									: 1;
	}
	final = is_final(w, json_root(j));
	rc = p->spec->record(p->spec->ctx, (unsigned)(w - p->w), j, line, n);
	json_free(j);
	if (final)
		end_part(w);
	return rc ? -1 : 0;
}

static int
take_lines(struct pool *p, struct worker *w)
{
	size_t done = 0;
	int rc = 0;

	while (rc == 0) {
		char *lf = memchr(w->in.data + done, '\n', w->in.len - done);
		size_t n;

		if (!lf)
			break;
		n = (size_t)(lf - w->in.data) - done + 1;
		rc = take_line(p, w, w->in.data + done, n);
		done += n;
	}
	if (rc == 0)
		buf_drop(&w->in, done);
	return rc < 0 ? -1 : 0;
}

/* Reads what a worker wrote. */
static int
listen_to(struct pool *p, struct worker *w)
{
	ssize_t n;

	if (buf_reserve(&w->in, 65536)) {
		msg_errno("worker");
		return -1;
	}
	n = read(w->child.out, w->in.data + w->in.len, 65536);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : bury(p, w);
	if (n == 0)
		return bury(p, w);
	w->in.len += (size_t)n;
	w->in.data[w->in.len] = '\0';
	if (take_lines(p, w))
		return -1;
	if (w->running && w->in.len > MAX_RECORD)
		return expel(p, w, "wrote a line without end");
	return 0;
}

/* Writes what is left of the part; a dead worker is noticed by listen_to. */
static void
talk_to(struct worker *w)
{
	ssize_t n = write(
		w->child.in, w->part.data + w->sent, w->part.len - w->sent);

	if (n > 0)
		w->sent += (size_t)n;
	else if (n < 0 && errno != EINTR && errno != EAGAIN)
		w->sent = w->part.len;
}

/* Waits for the workers once and serves them. */
static int
serve(struct pool *p)
{
	unsigned i, n = p->spec->workers;

	for (i = 0; i < n; i++) {
		struct worker *w = &p->w[i];
		bool writing = w->running && w->sent < w->part.len;

		p->fds[2 * i] = (struct pollfd){
			w->running ? w->child.out : -1, POLLIN, 0};
		p->fds[2 * i + 1] =
			(struct pollfd){writing ? w->child.in : -1, POLLOUT, 0};
	}
	if (poll(p->fds, 2 * n, TICK_MS) < 0 && errno != EINTR) {
		msg_errno("poll");
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (p->fds[2 * i + 1].revents)
			talk_to(&p->w[i]);
		if (p->fds[2 * i].revents && listen_to(p, &p->w[i]))
			return -1;
	}
	if (p->spec->tick && p->spec->tick(p->spec->ctx))
		return -1;
	return 0;
}

/* Feeds whoever is idle. The number of busy workers, or -1. */
static int
feed_all(struct pool *p)
{
	unsigned i;
	int busy = 0, rc = 1;

	for (i = 0; i < p->spec->workers; i++) {
		if (is_idle(&p->w[i]) && rc > 0 && (rc = feed(p, &p->w[i])) < 0)
			return -1;
		busy += !is_idle(&p->w[i]);
	}
	return busy;
}

/* Waits at most ${ms} for the workers to end by themselves. */
static void
await_end(struct pool *p, int ms)
{
	struct timespec pause = {0, 10000000};
	unsigned i;
	int left = 1;

	for (; left && ms > 0; ms -= 10) {
		left = 0;
		for (i = 0; i < p->spec->workers; i++) {
			struct worker *w = &p->w[i];

			if (!w->running)
				continue;
			if (waitpid(w->child.pid, NULL, WNOHANG) == 0) {
				left = 1;
			} else {
				w->child.pid = -1;
				w->running = false;
			}
		}
		if (left)
			nanosleep(&pause, NULL);
	}
}

static void
stop_all(struct pool *p, bool aborted)
{
	unsigned i;

	for (i = 0; i < p->spec->workers; i++) {
		struct worker *w = &p->w[i];

		if (!w->running)
			continue;
		close(w->child.in);
		w->child.in = -1;
		if (aborted)
			kill(w->child.pid, SIGTERM);
		/* a worker must not hang on a full pipe nobody reads */
		close(w->child.out);
		w->child.out = -1;
	}
	await_end(p, GRACE_MS);
	for (i = 0; i < p->spec->workers; i++) {
		struct worker *w = &p->w[i];

		child_kill(&w->child);
		end_part(w);
		buf_fini(&w->part);
		buf_fini(&w->in);
	}
}

int
pool_run(const struct pool_spec *spec)
{
	struct pool p = {spec, NULL, NULL};
	int busy, rc = -1;
	unsigned i;

	p.w = mem_zalloc(spec->workers, sizeof(*p.w));
	p.fds = mem_zalloc(spec->workers, 2 * sizeof(*p.fds));
	if (!p.w || !p.fds) {
		msg_errno("worker pool");
		goto out;
	}
	for (i = 0; i < spec->workers; i++)
		p.w[i].child = (struct child){-1, -1, -1, -1};
	while ((busy = feed_all(&p)) > 0)
		if (serve(&p))
			break;
	rc = busy == 0 ? 0 : -1;
	stop_all(&p, rc != 0);
out:
	free(p.w);
	free(p.fds);
	return rc;
}
