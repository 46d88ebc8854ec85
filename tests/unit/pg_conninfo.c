#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "conninfo.h"
#include "mem.h"
#include "msg.h"
#include "t.h"

/* None of these may ever be seen in a message. */
#define SECRET "hunter2secret"

static char said[4096];

static void
hear(void *ctx, const char *line)
{
	size_t n = strlen(said);

	(void)ctx;
	snprintf(said + n, sizeof(said) - n, "%s\n", line);
}

static struct conninfo *
parse(const char *text)
{
	struct conninfo *c = NULL;

	*said = '\0';
	return conninfo_parse(text, "source", &c) ? NULL : c;
}

static const char *
get(const struct conninfo *c, const char *key)
{
	const char *v = c ? conninfo_get(c, key) : "(refused)";

	return v ? v : "(none)";
}

/* The sslmode that a text ends up with; held until the next call. */
static const char *
mode_of(const char *text)
{
	static char mode[64];
	struct conninfo *c = parse(text);

	snprintf(mode, sizeof(mode), "%s", get(c, "sslmode"));
	conninfo_free(c);
	return mode;
}

static void
test_parts(void)
{
	struct conninfo *c =
		parse("postgres://me:" SECRET
		      "@db.example.com:6543/app?options=-c%20x%3Dy");

	T_STR(get(c, "host"), "db.example.com", "host of a URL");
	T_STR(get(c, "port"), "6543", "port");
	T_STR(get(c, "dbname"), "app", "database");
	T_STR(get(c, "options"), "-c x=y", "options, decoded");
	T_STR(get(c, "password"), "(none)", "the password is not given out");
	T_STR(get(c, "nonsense"), "(none)", "nor what does not exist");
	T_STR(c ? conninfo_identity(c) : "",
		"postgresql://me@db.example.com:6543/app",
		"the identity is without it");
	conninfo_free(c);
	c = parse("host=::1 user=me dbname='two words'");
	T_STR(c ? conninfo_identity(c) : "",
		"postgresql://me@[::1]:5432/two words", "keywords, IPv6");
	conninfo_free(c);
	c = parse("host=/run/postgresql user=me dbname=app");
	T_STR(c ? conninfo_identity(c) : "",
		"postgresql://me@/run/postgresql:5432/app", "a Unix socket");
	conninfo_free(c);
	conninfo_free(NULL);
}

static void
test_tls(void)
{
	T_STR(mode_of("postgres://u@db.example.com/a"), "verify-full",
		"TLS over a network");
	T_STR(mode_of("postgres://u@db.example.com/a?sslmode=prefer"),
		"verify-full", "... and no silent fall-back");
	T_STR(mode_of("postgres://u@db.example.com/a?sslmode=disable"),
		"disable", "... unless it is said to be off");
	T_STR(mode_of("postgres://u@db.example.com/a?sslmode=verify-full"),
		"verify-full", "a stricter one is kept");
	T_STR(mode_of("postgres://u@localhost/a"), "prefer", "localhost");
	T_STR(mode_of("postgres://u@127.0.0.1/a"), "prefer", "127.0.0.1");
	T_STR(mode_of("postgres://u@[::1]/a"), "prefer", "::1");
	T_STR(mode_of("host=/tmp"), "prefer", "a Unix socket");
	T_STR(mode_of("dbname=x"), "prefer", "no host: a Unix socket");
	T_STR(mode_of("host=localhost,db.example.com dbname=x"), "verify-full",
		"one remote host of several");
	T_STR(mode_of("host=127.evil.example dbname=x"), "verify-full",
		"a name that looks local");
	T_STR(mode_of("host=localhost hostaddr=192.0.2.7 dbname=x"),
		"verify-full", "the address decides");
}

/* A password in a URL that is not encoded: parts of it would be host or port */
static void
test_refused(void)
{
	static const char *const bad[] = {"postgres://me:" SECRET
					  "/x@db.example.com/app",
		"postgres://me:12345/" SECRET "@db.example.com/app",
		"postgres://me:x@" SECRET "@db.example.com/app",
		"postgres://me:x:" SECRET "/y@db.example.com:5432/app",
		"postgres://me:%zz" SECRET "@db.example.com/app",
		"password=a " SECRET " host=x", "mysql://me:" SECRET "@h/d",
		SECRET, ("host=x password='" SECRET), ""};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct conninfo *c = parse(bad[i]);

		if (!*bad[i]) {
			T_OK(c != NULL, "an empty text means the environment");
		} else {
			T_OK(!c && strstr(said, "source: "), "refused: %zu", i);
			T_OK(!strstr(said, SECRET), "... without showing it");
		}
		conninfo_free(c);
	}
}

static int
resolve(const char *locator, struct conninfo **c)
{
	*c = NULL;
	*said = '\0';
	return conninfo_resolve(locator, "target", c);
}

static void
test_locators(void)
{
	struct conninfo *c;

	setenv("T_URL", "postgres://me:" SECRET "@localhost/one", 1);
	T_INT(resolve("env:T_URL", &c), 0, "env:NAME with a password");
	T_STR(get(c, "dbname"), "one", "... is read");
	conninfo_free(c);
	T_INT(resolve("postgres://me@localhost/two", &c), 0,
		"a URL without password");
	T_STR(get(c, "dbname"), "two", "... is read");
	conninfo_free(c);
	T_INT(resolve("postgres://me:" SECRET "@localhost/two", &c), -1,
		"a URL with one is refused");
	T_OK(strstr(said, "env:NAME") && !strstr(said, SECRET),
		"... saying what to do, not showing it");
	T_INT(resolve("postgres://localhost/x?password=" SECRET, &c), -1,
		"as a parameter too");
	T_INT(resolve("host=localhost password=" SECRET, &c), -1,
		"as a keyword too");
	T_OK(!strstr(said, SECRET), "... not showing it");
	T_INT(resolve("postgres://me:" SECRET "/x@localhost/two", &c), -1,
		"one that libpq does not see as one");
	T_OK(!strstr(said, SECRET), "... not showing it");
	T_INT(resolve("shop", &c), -1, "no locator at all");
	T_OK(strstr(said, "service=NAME"), "... saying what one is");
	T_INT(resolve("env:T_NOT_SET", &c), -1, "a variable that is not set");
}

static void
test_service(void)
{
	static char path[] = "/tmp/pg_conninfo.XXXXXX";
	int fd = mkstemp(path);
	static const char text[] = "[shop]\nhost=db.example.com\nport=6000\n"
				   "user=svc\npassword=" SECRET "\n";
	struct conninfo *c;

	T_OK(fd >= 0 && write(fd, text, sizeof(text) - 1) > 0, "a file");
	close(fd);
	setenv("PGSERVICEFILE", path, 1);
	setenv("PGUSER", "fromenv", 1);
	T_INT(resolve("service=shop dbname=mine", &c), 0, "a service");
	T_STR(get(c, "host"), "db.example.com", "... its host");
	T_STR(get(c, "port"), "6000", "... its port, not the default one");
	T_STR(get(c, "user"), "svc", "... its user, not PGUSER's");
	T_STR(get(c, "dbname"), "mine", "what the text says comes first");
	T_STR(get(c, "sslmode"), "verify-full", "... and TLS by its host");
	T_OK(getenv("PGSERVICE") == NULL, "the environment is as it was");
	conninfo_free(c);
	T_INT(resolve("dbname=mine", &c), 0, "no service");
	T_STR(get(c, "user"), "fromenv", "... the environment's user");
	conninfo_free(c);
	unsetenv("PGUSER");
	unsetenv("PGSERVICEFILE");
	unlink(path);
}

/* What a child gets says the same as what we had. */
static void
test_children(void)
{
	struct conninfo *c = parse("postgres://me:it's%20%5C" SECRET
				   "@db.example.com:6543/app%20one");
	struct conninfo *again = NULL;
	struct buf b = BUF_SECRET, env = BUF_SECRET;
	const char *p;
	bool host = false, password = false, mode = false;

	T_INT(c ? conninfo_put_string(c, &b) : -1, 0, "as a string");
	T_INT(conninfo_parse(buf_str(&b), "x", &again), 0, "... read again");
	T_STR(get(again, "dbname"), "app one", "... the same database");
	T_STR(get(again, "sslmode"), "verify-full", "... and TLS");
	T_OK(strstr(buf_str(&b), "password='it\\'s \\\\" SECRET "'"),
		"... and password");
	T_INT(c ? conninfo_child_env(c, &env) : -1, 0, "as variables");
	for (p = env.data; p && p < env.data + env.len; p += strlen(p) + 1) {
		host |= strcmp(p, "PGHOST=db.example.com") == 0;
		password |= strcmp(p, "PGPASSWORD=it's \\" SECRET) == 0;
		mode |= strcmp(p, "PGSSLMODE=verify-full") == 0;
	}
	T_OK(host && password && mode, "... with host, password and TLS");
	buf_fini(&b);
	buf_fini(&env);
	conninfo_free(c);
	conninfo_free(again);
}

static void
whole(void)
{
	struct conninfo *c = parse("postgres://me:pw@db.example.com/app");
	struct buf b = BUF_SECRET;

	if (c)
		(void)conninfo_put_string(c, &b);
	buf_fini(&b);
	conninfo_free(c);
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(hear, NULL);
	unsetenv("PGHOST");
	unsetenv("PGPORT");
	unsetenv("PGSSLMODE");
	unsetenv("PGSERVICE");
	test_parts();
	test_tls();
	test_refused();
	test_locators();
	test_service();
	test_children();
	T_ALLOC_LOOP(100, whole());
	return T_END();
}
