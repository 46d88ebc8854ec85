#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "conninfo.h"
#include "conninfo_pq.h"
#include "locator.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"
#include "str.h"

enum { MAX_LOCATOR = 65536 };

struct conninfo {
	PQconninfoOption *opts;
	char *identity;
};

static const char *
option(const PQconninfoOption *opts, const char *keyword)
{
	for (; opts->keyword; opts++)
		if (strcmp(opts->keyword, keyword) == 0)
			return opts->val && *opts->val ? opts->val : NULL;
	return NULL;
}

static void
wipe_options(PQconninfoOption *opts)
{
	PQconninfoOption *o;

	if (!opts)
		return;
	for (o = opts; o->keyword; o++)
		if (o->val && (*o->dispchar == '*' ||
				      strcmp(o->keyword, "password") == 0))
			mem_wipe(o->val, strlen(o->val));
	PQconninfoFree(opts);
}

static int
put_identity(struct conninfo *c)
{
	struct buf b = BUF_INIT;
	const char *user = option(c->opts, "user");
	const char *host = option(c->opts, "host");
	const char *port = option(c->opts, "port");
	const char *db = option(c->opts, "dbname");
	const char *service = option(c->opts, "service");

	if (!host)
		host = option(c->opts, "hostaddr");
	if (buf_puts(&b, "postgresql://") ||
		(user && (buf_puts(&b, user) || buf_putc(&b, '@'))) ||
		buf_puts(&b, host      ? host
			     : service ? service
				       : "local") ||
		buf_putc(&b, ':') || buf_puts(&b, port ? port : "5432") ||
		buf_putc(&b, '/') ||
		buf_puts(&b, db     ? db
			     : user ? user
				    : "") ||
		!(c->identity = buf_steal(&b))) {
		buf_fini(&b);
		return -1;
	}
	return 0;
}

/* What the environment says for options that the text left open. */
static int
merge_defaults(PQconninfoOption *opts)
{
	PQconninfoOption *defaults = PQconndefaults(), *o;

	if (!defaults)
		return -1;
	for (o = opts; o->keyword; o++) {
		const char *v = option(defaults, o->keyword);

		if (o->val || !v)
			continue;
		/* PQconninfoFree frees it with free(3) */
		if (!(o->val = strdup(v))) {
			wipe_options(defaults);
			return -1;
		}
	}
	wipe_options(defaults);
	return 0;
}

int
conninfo_parse(const char *text, const char *what, struct conninfo **out)
{
	struct conninfo *c = mem_zalloc(1, sizeof(*c));
	char *why = NULL;

	if (!c)
		goto nomem;
	if (!(c->opts = PQconninfoParse(text, &why))) {
		/* libpq's reason may quote the text, password and all */
		msg_error("%s: not a PostgreSQL URL or keyword string", what);
		if (why)
			mem_wipe(why, strlen(why));
		PQfreemem(why);
		free(c);
		return -1;
	}
	if (merge_defaults(c->opts) || put_identity(c))
		goto nomem;
	*out = c;
	return 0;

nomem:
	msg_error("%s: out of memory", what);
	conninfo_free(c);
	return -1;
}

/* A URL or keyword string on the command line: no password may be in it. */
static int
from_argument(const char *text, const char *what, struct conninfo **out)
{
	PQconninfoOption *opts = PQconninfoParse(text, NULL);
	int has_password;

	if (!opts) {
		msg_error("%s: not a locator: use env:NAME, file:PATH, fd:N, "
			  "service=NAME or a URL without password",
			what);
		return -1;
	}
	has_password = option(opts, "password") != NULL;
	wipe_options(opts);
	if (has_password) {
		msg_error("%s: a password on the command line is seen by every "
			  "user of this machine: put the URL into a variable "
			  "and give env:NAME, or use file:PATH",
			what);
		return -1;
	}
	return conninfo_parse(text, what, out);
}

int
conninfo_resolve(const char *locator, const char *what, struct conninfo **out)
{
	struct secret *s;
	int rc;

	if (locator_kind(locator) == LOCATOR_OTHER)
		return from_argument(locator, what, out);
	if (locator_read(locator, MAX_LOCATOR, &s))
		return -1;
	rc = conninfo_parse(secret_data(s), what, out);
	secret_free(s);
	return rc;
}

void
conninfo_free(struct conninfo *c)
{
	if (!c)
		return;
	wipe_options(c->opts);
	free(c->identity);
	free(c);
}

const char *
conninfo_get(const struct conninfo *c, const char *keyword)
{
	return strcmp(keyword, "password") == 0 ? NULL
						: option(c->opts, keyword);
}

const char *
conninfo_identity(const struct conninfo *c)
{
	return c->identity;
}

int
conninfo_put_string(const struct conninfo *c, struct buf *b)
{
	const PQconninfoOption *o;
	const char *p;

	for (o = c->opts; o->keyword; o++) {
		if (!o->val || !*o->val)
			continue;
		if ((b->len && buf_putc(b, ' ')) || buf_puts(b, o->keyword) ||
			buf_puts(b, "='"))
			return -1;
		for (p = o->val; *p; p++)
			if (((*p == '\'' || *p == '\\') && buf_putc(b, '\\')) ||
				buf_putc(b, *p))
				return -1;
		if (buf_putc(b, '\''))
			return -1;
	}
	return 0;
}

int
conninfo_child_env(const struct conninfo *c, struct buf *env)
{
	const PQconninfoOption *o;

	for (o = c->opts; o->keyword; o++) {
		if (!o->envvar || !o->val || !*o->val)
			continue;
		if (buf_puts(env, o->envvar) || buf_putc(env, '=') ||
			buf_append(env, o->val, strlen(o->val) + 1))
			return -1;
	}
	return 0;
}

int
conninfo_pq_arrays(const struct conninfo *c, const char **keywords,
	const char **values, int max)
{
	const PQconninfoOption *o;
	int n = 0;

	for (o = c->opts; o->keyword && n < max; o++)
		if (o->val && *o->val) {
			keywords[n] = o->keyword;
			values[n++] = o->val;
		}
	return n;
}
