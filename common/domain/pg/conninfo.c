#include <libpq-fe.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "conninfo.h"
#include "conninfo_pq.h"
#include "fd.h"
#include "locator.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"
#include "servercert.h"
#include "str.h"
#include "tmpfile.h"

enum { MAX_LOCATOR = 65536 };

struct conninfo {
	PQconninfoOption *opts;
	char *identity;
	struct tmpfile *pinned; /* the certificate that is trusted, or NULL */
	double silence;         /* seconds, or 0: as is usual */
};

static const char *
option(const PQconninfoOption *opts, const char *keyword)
{
	for (; opts->keyword; opts++)
		if (strcmp(opts->keyword, keyword) == 0)
			return opts->val && *opts->val ? opts->val : NULL;
	return NULL;
}

static bool
is_secret(const PQconninfoOption *o)
{
	return *o->dispchar == '*' || strcmp(o->keyword, "password") == 0;
}

static void
wipe_options(PQconninfoOption *opts)
{
	PQconninfoOption *o;

	if (!opts)
		return;
	for (o = opts; o->keyword; o++)
		if (o->val && is_secret(o))
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
	const char *bracket;

	if (!host && !(host = option(c->opts, "hostaddr")))
		host = "local";
	if (!db && !(db = user))
		db = "";
	bracket = *host != '/' && strchr(host, ':') ? "[]" : "";
	if (buf_puts(&b, "postgresql://") ||
		(user && (buf_puts(&b, user) || buf_putc(&b, '@'))) ||
		buf_append(&b, bracket, *bracket ? 1 : 0) ||
		buf_puts(&b, host) ||
		buf_puts(&b, *bracket ? bracket + 1 : "") ||
		buf_printf(&b, ":%s/%s", port ? port : "5432", db) ||
		!(c->identity = buf_steal(&b))) {
		buf_fini(&b);
		return -1;
	}
	return 0;
}

static PQconninfoOption *
find(PQconninfoOption *opts, const char *keyword)
{
	while (opts->keyword && strcmp(opts->keyword, keyword) != 0)
		opts++;
	return opts->keyword ? opts : NULL;
}

/* PQconninfoFree frees values with free(3). 0 or -1. */
static int
set_option(PQconninfoOption *opts, const char *keyword, const char *value)
{
	PQconninfoOption *o = find(opts, keyword);
	char *copy;

	if (!o)
		return 0;
	if (!(copy = strdup(value)))
		return -1;
	free(o->val);
	o->val = copy;
	return 0;
}

/* PQconndefaults with a service: the only way to have libpq look it up. */
static PQconninfoOption *
defaults_with(const char *service)
{
	const char *now = getenv("PGSERVICE");
	char *old = now ? strdup(now) : NULL;
	PQconninfoOption *o = NULL;

	if (!service || (now && !old))
		return service ? NULL : PQconndefaults();
	if (setenv("PGSERVICE", service, 1) == 0)
		o = PQconndefaults();
	if (old ? setenv("PGSERVICE", old, 1) : unsetenv("PGSERVICE")) {
		wipe_options(o);
		o = NULL;
	}
	free(old);
	return o;
}

/* What the service and the environment say of what the text left open. */
static int
merge_defaults(PQconninfoOption *opts)
{
	PQconninfoOption *defaults = defaults_with(option(opts, "service"));
	PQconninfoOption *o;
	int rc = 0;

	if (!defaults)
		return -1;
	for (o = opts; rc == 0 && o->keyword; o++) {
		const char *v = option(defaults, o->keyword);

		if (!o->val && v)
			rc = set_option(opts, o->keyword, v);
	}
	wipe_options(defaults);
	return rc;
}

static bool
is_local_host(const char *h, size_t n)
{
	static const char *const names[] = {"localhost", "::1"};
	size_t i;

	if (n == 0 || *h == '/' || *h == '@')
		return true;
	if (str_starts(h, "127.") && strspn(h, "0123456789.") == n)
		return true;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == n && memcmp(h, names[i], n) == 0)
			return true;
	return false;
}

/* Whether every name of a list with commas is this machine's. */
static bool
are_local(const char *h)
{
	for (;;) {
		size_t n = strcspn(h, ",");

		if (!is_local_host(h, n))
			return false;
		if (!h[n])
			return true;
		h += n + 1;
	}
}

/* Whether every server that may be meant is this machine. The end of a tunnel
 * (hostaddr) is not the machine whose name is given. */
static bool
is_local(const PQconninfoOption *opts)
{
	const char *host = option(opts, "host");
	const char *addr = option(opts, "hostaddr");

	return (!host || are_local(host)) && (!addr || are_local(addr));
}

/* The authorities that this system trusts, in one file. NULL: not known. */
static const char *
system_authorities(void)
{
	static const char *const files[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem"};
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (access(files[i], R_OK) == 0)
			return files[i];
	return NULL;
}

/* libpq takes ~/.postgresql/root.crt by itself. */
static bool
has_own_root(void)
{
	const char *home = getenv("HOME");
	struct buf b = BUF_INIT;
	bool has = home &&
		   buf_printf(&b, "%s/.postgresql/root.crt", home) == 0 &&
		   access(buf_str(&b), R_OK) == 0;

	buf_fini(&b);
	return has;
}

/*
 * Over a network the server must prove who it is (verify-full) unless the
 * URL or PGSSLMODE names another mode; libpq's own default is none.
 */
static int
secure(PQconninfoOption *opts)
{
	const char *mode = option(opts, "sslmode");
	const char *roots;

	if ((mode && strcmp(mode, "prefer") != 0) || is_local(opts))
		return 0;
	if (set_option(opts, "sslmode", "verify-full"))
		return -1;
	if (option(opts, "sslrootcert") || has_own_root() ||
		!(roots = system_authorities()))
		return 0;
	return set_option(opts, "sslrootcert", roots);
}

/*
 * Whether it is a URL whose password has a character that cuts it short, so
 * that parts of it would be taken for a host, a port or a name and be shown.
 */
static bool
is_cut_short(const char *text, const PQconninfoOption *opts)
{
	const char *host = option(opts, "host");
	const char *port = option(opts, "port");

	if (!str_starts(text, "postgres://") &&
		!str_starts(text, "postgresql://"))
		return false;
	if (host && *host != '/' && strchr(host, '@'))
		return true;
	if (port && port[strspn(port, "0123456789,")])
		return true;
	return !option(opts, "user") &&
	       memchr(text, '@', strcspn(text, "?")) != NULL;
}

/* libpq's own reasons quote the text, password and all: they are not shown. */
static PQconninfoOption *
parse(const char *text, const char *what, const char *hint)
{
	char *why = NULL;
	PQconninfoOption *opts = PQconninfoParse(text, &why);

	if (why)
		mem_wipe(why, strlen(why));
	PQfreemem(why);
	if (!opts) {
		msg_error("%s: not a PostgreSQL URL or keyword string%s", what,
			hint);
		return NULL;
	}
	if (!is_cut_short(text, opts))
		return opts;
	msg_error(
		"%s: not a valid URL: characters like @ / : ? # %% in a user "
		"or password must be written as %%40 %%2F %%3A %%3F %%23 %%25",
		what);
	wipe_options(opts);
	return NULL;
}

int
conninfo_parse(const char *text, const char *what, struct conninfo **out)
{
	struct conninfo *c = mem_zalloc(1, sizeof(*c));

	if (!c)
		goto nomem;
	if (!(c->opts = parse(text, what, ""))) {
		free(c);
		return -1;
	}
	if (merge_defaults(c->opts) || secure(c->opts) || put_identity(c))
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
	PQconninfoOption *opts = parse(text, what,
		": use env:NAME, file:PATH, fd:N, service=NAME or "
		"a URL without password");
	bool has_password;

	if (!opts)
		return -1;
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

/* Writes the pinned certificate where libpq and pg_dump can read it. */
static int
store_pinned(struct conninfo *c, const struct buf *pem)
{
	const char *dir = getenv("TMPDIR");
	struct buf path = BUF_INIT;
	int rc = -1;

	if (buf_printf(&path, "%s/airlift-certificate",
		    dir && *dir ? dir : "/tmp") == 0 &&
		(c->pinned = tmpfile_open(buf_str(&path), 0600)) &&
		fd_write_all(tmpfile_fd(c->pinned), pem->data, pem->len) == 0)
		rc = set_option(
			c->opts, "sslrootcert", tmpfile_name(c->pinned));
	buf_fini(&path);
	return rc;
}

static int
trust_pin(struct conninfo *c, const char *what, const char *pin)
{
	const char *host = option(c->opts, "hostaddr");
	const char *port = option(c->opts, "port"), *why;
	struct servercert *cert = NULL;
	struct buf pem = BUF_INIT;
	int rc = -1, found;

	if (!is_servercert_pin(pin)) {
		msg_error(
			"%s: a pin is sha256: and 64 hexadecimal digits", what);
		return -1;
	}
	if (!host)
		host = option(c->opts, "host");
	if (!host || *host == '/' || strchr(host, ',')) {
		msg_error("%s: a pin needs the name of one server", what);
		return -1;
	}
	cert = servercert_fetch(host, port ? port : "5432", &why);
	if (!cert) {
		msg_error("%s: cannot look at the certificate of %s: %s", what,
			c->identity, why);
		return -1;
	}
	found = servercert_put_pinned(cert, pin, &pem);
	if (found < 0)
		msg_error("%s: out of memory", what);
	else if (!found)
		msg_error("%s: the server shows another certificate than the "
			  "pinned one, or one that an authority has signed "
			  "(%s%s): it is not used",
			what, servercert_pin(cert),
			is_servercert_self_signed(cert) ? ", self-signed" : "");
	else if (set_option(c->opts, "sslmode",
			 found == 1 ? "verify-ca" : "verify-full") ||
		 store_pinned(c, &pem))
		msg_error("%s: the pinned certificate cannot be stored", what);
	else
		rc = 0;
	servercert_free(cert);
	buf_fini(&pem);
	return rc;
}

int
conninfo_trust(
	struct conninfo *c, const char *what, const char *pin, const char *ca)
{
	if (ca && access(ca, R_OK)) {
		msg_errno("%s", ca);
		return -1;
	}
	if (ca && (set_option(c->opts, "sslrootcert", ca) ||
			  set_option(c->opts, "sslmode", "verify-full"))) {
		msg_error("%s: out of memory", what);
		return -1;
	}
	return pin ? trust_pin(c, what, pin) : 0;
}

void
conninfo_free(struct conninfo *c)
{
	if (!c)
		return;
	tmpfile_abort(c->pinned);
	wipe_options(c->opts);
	free(c->identity);
	free(c);
}

const char *
conninfo_get(const struct conninfo *c, const char *keyword)
{
	PQconninfoOption *o = find(c->opts, keyword);

	return !o || is_secret(o) || !o->val || !*o->val ? NULL : o->val;
}

const char *
conninfo_identity(const struct conninfo *c)
{
	return c->identity;
}

void
conninfo_set_silence(struct conninfo *c, double seconds)
{
	c->silence = seconds;
}

double
conninfo_silence(const struct conninfo *c)
{
	return c->silence > 0 ? c->silence : 60;
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

void
conninfo_pq_scrub(const struct conninfo *c, char *text)
{
	const PQconninfoOption *o;

	for (o = c->opts; o->keyword; o++) {
		size_t n = o->val ? strlen(o->val) : 0;
		char *p = text;

		/* a very short one would match ordinary words */
		if (!is_secret(o) || n < 4)
			continue;
		while ((p = strstr(p, o->val)))
			memset(p, '*', n);
	}
}
