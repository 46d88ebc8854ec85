#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "clock.h"
#include "conninfo.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "pgtools.h"
#include "session.h"
#include "str.h"

enum { MAX_SECONDS = 3600, MAX_ENV = 64, MAX_ARGS = 200 };

/* Where versions live side by side, "%" standing for the major version. */
static const char *const places[] = {"/usr/lib/postgresql/%/bin",
	"/usr/pgsql-%/bin", "/opt/homebrew/opt/postgresql@%/bin",
	"/usr/local/opt/postgresql@%/bin", "/usr/libexec/postgresql%",
	"/opt/local/lib/postgresql%/bin"};

/* "pg_dump (PostgreSQL) 15.20 (Debian ...)": 15; -1 if it cannot be run. */
static int
version_of(const char *path)
{
	const char *argv[] = {path, "--version", NULL};
	struct child_spec spec = {.argv = argv};
	struct buf out = BUF_INIT;
	const char *p;
	int status, v = -1;

	if (child_run(&spec, NULL, 0, &out, NULL, 20, &status) == 0 &&
		status == 0 && (p = strstr(buf_str(&out), ") "))) {
		for (p += 2, v = 0; *p >= '0' && *p <= '9' && v < 1000; p++)
			v = v * 10 + (*p - '0');
	}
	buf_fini(&out);
	return v > 0 ? v : -1;
}

/* What is to be dumped, and where it goes. */
struct wanted {
	int from, to;
};

/* Version v suits better than w: as near to the target's as may be, rather
 * older than it, which an older one does not understand. */
static bool
is_better(const struct wanted *x, int v, int w)
{
	if ((v <= x->to) != (w <= x->to))
		return v <= x->to;
	return v <= x->to ? v > w : v < w;
}

/* Takes the pair in ${dir} if it suits better than what was found. */
static int
consider(
	const char *dir, size_t n, const struct wanted *x, struct pgtools *best)
{
	struct buf dump = BUF_INIT, restore = BUF_INIT;
	int rc = -1, v;

	if (buf_printf(&dump, "%.*s/pg_dump", (int)n, dir) ||
		buf_printf(&restore, "%.*s/pg_restore", (int)n, dir))
		goto out;
	rc = 0;
	if (access(buf_str(&dump), X_OK) || access(buf_str(&restore), X_OK))
		goto out;
	v = version_of(buf_str(&dump));
	if (v < x->from || (best->pg_dump && !is_better(x, v, best->version)))
		goto out;
	pgtools_fini(best);
	best->version = v;
	best->pg_dump = buf_steal(&dump);
	best->pg_restore = buf_steal(&restore);
	if (!best->pg_dump || !best->pg_restore)
		rc = -1;
out:
	buf_fini(&dump);
	buf_fini(&restore);
	return rc;
}

static int
search_path(const struct wanted *x, struct pgtools *best)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t n = strcspn(path, ":");

		if (n && consider(path, n, x, best))
			return -1;
		path += n + (path[n] == ':');
	}
	return 0;
}

static int
search_places(const struct wanted *x, struct pgtools *best)
{
	struct buf dir = BUF_INIT;
	size_t i;
	int v, rc = 0;

	for (v = x->from; rc == 0 && v <= x->from + 12; v++)
		for (i = 0; rc == 0 && i < sizeof(places) / sizeof(places[0]);
			i++) {
			const char *at = strchr(places[i], '%');

			buf_clear(&dir);
			rc = buf_printf(&dir, "%.*s%d%s", (int)(at - places[i]),
				places[i], v, at + 1);
			if (rc == 0 && access(buf_str(&dir), X_OK) == 0)
				rc = consider(buf_str(&dir), dir.len, x, best);
		}
	buf_fini(&dir);
	return rc;
}

int
pgtools_find(int version, int target, struct pgtools *out)
{
	struct wanted x = {version, target};

	*out = (struct pgtools){NULL, NULL, 0};
	if (search_path(&x, out) || search_places(&x, out)) {
		msg_error("out of memory");
		pgtools_fini(out);
		return -1;
	}
	if (out->pg_dump)
		return 0;
	msg_error("no pg_dump of version %d or newer is here, and the source "
		  "server is version %d: install postgresql-client-%d",
		version, version, version);
	return -1;
}

void
pgtools_fini(struct pgtools *t)
{
	free(t->pg_dump);
	free(t->pg_restore);
	t->pg_dump = t->pg_restore = NULL;
}

/* What a child said on standard error, in one message. */
static void
relay(const char *program, const struct buf *err)
{
	const char *p = buf_str(err), *name = strrchr(program, '/');
	struct buf said = BUF_INIT, mark = BUF_INIT;

	name = name ? name + 1 : program;
	(void)buf_printf(&mark, "%s: ", name);
	while (*p) {
		size_t n = strcspn(p, "\n");
		size_t skip = str_starts(p, buf_str(&mark)) ? mark.len : 0;

		if (n > skip)
			(void)buf_printf(&said, "%s%.*s", said.len ? "; " : "",
				(int)(n - skip), p + skip);
		p += n + (p[n] == '\n');
	}
	if (said.len)
		msg_error("%s: %s", name, buf_str(&said));
	buf_fini(&said);
	buf_fini(&mark);
}

/* Whether the words are of a connection that was not to be had, or was lost. */
static bool
is_of_connection(const char *said)
{
	static const char *const words[] = {"connection to server",
		"server closed the connection", "terminating connection",
		"no connection to the server", "could not receive data",
		"could not send data", "SSL SYSCALL error"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(said, words[i]))
			return true;
	return false;
}

/* 0, -1, or -2 when it was the connection. */
static int
run(const struct child_spec *spec, const struct buf *in, struct buf *out)
{
	const char *const *argv = spec->argv;
	struct buf err = BUF_INIT;
	int status = 0, rc;

	rc = child_run(spec, in ? in->data : NULL, in ? in->len : 0, out, &err,
		MAX_SECONDS, &status);
	if (rc) {
		/* who has ended it has said why */
		if (errno != ECANCELED)
			msg_errno("%s", argv[0]);
		else
			rc = -2;
	} else if (status) {
		relay(argv[0], &err);
		rc = is_of_connection(buf_str(&err)) ? -2 : -1;
		if (!err.len)
			msg_error("%s: ended with status %d", argv[0], status);
	}
	buf_fini(&err);
	return rc;
}

/* pg_dump waits without bound for a server that is silent. What happens to it
 * happens to a session that takes the same way, and that one looks. */
struct watch {
	struct session *s;
	double next, every;
};

static int
look(void *ctx)
{
	struct watch *w = ctx;
	double now = clock_mono(clock_system());

	if (now < w->next)
		return 0;
	w->next = now + w->every;
	return session_ping(w->s);
}

int
pgtools_dump(const struct pgtools *t, const struct conninfo *c,
	struct session *s, const char *snapshot, const char *path,
	const struct buf *more)
{
	struct watch watch = {s, 0, conninfo_silence(c) / 2};
	struct child_spec spec = {.tick = look, .ctx = &watch};
	struct buf env = BUF_SECRET, snap = BUF_INIT, file = BUF_INIT;
	const char *vars[MAX_ENV + 2];
	const char *argv[MAX_ARGS] = {t->pg_dump, "--schema-only",
		"--format=custom", "--no-password", "--exclude-schema=airlift",
		/* Heroku's own, which nobody else may read */
		"--exclude-schema=_heroku"};
	size_t at, n = 0, n_args = 8;
	int rc = -1;

	if (conninfo_child_env(c, &env) ||
		buf_printf(&snap, "--snapshot=%s", snapshot) ||
		buf_printf(&file, "--file=%s", path)) {
		msg_error("out of memory");
		goto out;
	}
	for (at = 0; at < env.len && n < MAX_ENV;
		at += strlen(env.data + at) + 1)
		vars[n++] = env.data + at;
	if (!conninfo_get(c, "connect_timeout"))
		vars[n++] = "PGCONNECT_TIMEOUT=15";
	vars[n] = NULL;
	argv[6] = buf_str(&snap);
	argv[7] = buf_str(&file);
	for (at = 0; at < more->len; at += strlen(more->data + at) + 1) {
		if (n_args == MAX_ARGS - 1) {
			msg_error("too many patterns");
			goto out;
		}
		argv[n_args++] = more->data + at;
	}
	spec.argv = argv;
	spec.env = vars;
	rc = run(&spec, NULL, NULL);
out:
	buf_fini(&env);
	buf_fini(&snap);
	buf_fini(&file);
	return rc;
}

int
pgtools_list(const struct pgtools *t, const char *path, struct buf *out)
{
	const char *argv[] = {t->pg_restore, "--list", path, NULL};
	struct child_spec spec = {.argv = argv};

	return run(&spec, NULL, out);
}

/* Removes the line at ${at} (n bytes) from the buffer. */
static void
cut(struct buf *b, size_t at, size_t n)
{
	memmove(b->data + at, b->data + at + n, b->len - at - n + 1);
	b->len -= n;
}

/*
 * pg_restore since 2025 puts \restrict KEY before and \unrestrict KEY behind
 * its script, for psql. The first such line and its counterpart at the end go.
 */
static void
strip_guard(struct buf *b)
{
	static const char open[] = "\n\\restrict ", close[] = "\n\\unrestrict ";
	char *p = b->len ? strstr(b->data, open) : NULL;
	char *last = NULL, *q;
	size_t n;

	if (!p)
		return;
	for (q = p; (q = strstr(q + 1, close));)
		last = q;
	if (last) {
		n = strcspn(last + 1, "\n");
		cut(b, (size_t)(last - b->data) + 1, n);
	}
	n = strcspn(p + 1, "\n");
	cut(b, (size_t)(p - b->data) + 1, n);
}

/*
 * pg_restore sets what the server of its own version knows; an older target
 * would refuse. The session has no such time-out anyway.
 */
static void
strip_newer_settings(struct buf *b)
{
	static const char newer[] = "\nSET transaction_timeout = 0;\n";
	char *p = b->len ? strstr(b->data, newer) : NULL;

	if (p)
		cut(b, (size_t)(p - b->data) + 1, sizeof(newer) - 2);
}

int
pgtools_script(const struct pgtools *t, const char *path,
	const struct buf *list, unsigned flags, struct buf *out)
{
	struct buf use = BUF_INIT;
	const char *argv[8] = {t->pg_restore, "--file=-", NULL};
	struct child_spec spec = {.argv = argv};
	int n = 2, rc = -1;

	/* the list is read from standard input, so no file needs cleaning */
	if (buf_puts(&use, "--use-list=/dev/stdin")) {
		msg_error("out of memory");
		goto out;
	}
	argv[n++] = buf_str(&use);
	if (!(flags & PGTOOLS_OWNER))
		argv[n++] = "--no-owner";
	if (!(flags & PGTOOLS_ACL))
		argv[n++] = "--no-acl";
	argv[n++] = path;
	argv[n] = NULL;
	if (run(&spec, list, out) == 0) {
		strip_guard(out);
		strip_newer_settings(out);
		rc = 0;
	}
out:
	buf_fini(&use);
	return rc;
}
