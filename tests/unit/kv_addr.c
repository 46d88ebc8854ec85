#include <stdlib.h>
#include <string.h>

#include "kvaddr.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"
#include "t.h"

static char said[1000];

static void
sink(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", line);
}

static void
good(const char *url, const char *identity, const char *user,
	const char *password, int db)
{
	struct kvaddr *a = NULL;
	int rc = kvaddr_parse(url, "source", &a);

	T_INT(rc, 0, "%s", url);
	if (rc != 0)
		return;
	T_STR(kvaddr_identity(a), identity, "its identity");
	T_STR(kvaddr_user(a) != NULL ? kvaddr_user(a) : "", user, "its user");
	T_STR(kvaddr_password(a) != NULL ? secret_data(kvaddr_password(a)) : "",
		password, "its password");
	T_INT(kvaddr_db(a), db, "its database");
	kvaddr_free(a);
}

static void
bad(const char *url)
{
	struct kvaddr *a = NULL;

	said[0] = '\0';
	T_INT(kvaddr_parse(url, "source", &a), -1, "refused: %s", url);
	T_OK(strstr(said, "secret") == NULL, "which shows no secret");
}

static void
parse(void)
{
	struct kvaddr *a;

	if (kvaddr_parse("rediss://u:p%40@h:1/2", "x", &a) == 0)
		kvaddr_free(a);
}

int
main(void)
{
	struct kvaddr *a = NULL;

	T_BEGIN();
	msg_set_sink(sink, NULL);
	good("redis://h", "redis://h:6379", "", "", -1);
	good("redis://h:1/0", "redis://h:1", "", "", 0);
	good("rediss://:pw@h:65535/15", "rediss://h:65535", "", "pw", 15);
	good("redis://u:p%40%2f%3A@h", "redis://h:6379", "u", "p@/:", -1);
	good("redis://u:a@b/c@h:7/3", "redis://h:7", "u", "a@b/c", 3);
	good("redis://u:a/c?#@h", "redis://h:6379", "u", "a/c?#", -1);
	good("redis://[fdaa::1]:6380/1", "redis://[fdaa::1]:6380", "", "", 1);
	good("redis://u@h", "redis://h:6379", "u", "", -1);
	bad("http://h");
	bad("redis://");
	bad("redis://u:secret@");
	bad("redis://u:secret@h:0");
	bad("redis://u:secret@h:70000");
	bad("redis://u:secret@h/x");
	bad("redis://u:secret%zz@h");
	bad("redis://u:secret@two\nlines");
	bad("redis://u:secret@h%20h");
	bad("redis://u:secret%00@h");
	bad("redis://[::1");
	T_INT(kvaddr_resolve("redis://u:secret@h", "source", &a), -1,
		"a password in an argument is refused");
	T_OK(strstr(said, "env:NAME") != NULL && !strstr(said, "secret"),
		"with the way to pass it");
	T_ALLOC_LOOP(100, parse());
	return T_END();
}
