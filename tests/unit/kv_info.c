#include <string.h>

#include "kvinfo.h"
#include "kvreply.h"
#include "t.h"

static const char info[] = "# Server\r\nredis_version:7.0.15\r\n"
			   "total_commands:12\r\ncommands:3\r\nempty:\r\n"
			   "cmdstat_x:calls=5,usec=9\r\n"
			   "# Keyspace\r\ndb0:keys=3,expires=0\r\n"
			   "db12:keys=4,expires=1,avg_ttl=9\r\n";

static int64_t
time_of(const char *text)
{
	struct kvreader *k = kvreader_new();
	const struct kvreply *r = NULL;
	int64_t ms;

	(void)kvreader_feed(k, text, strlen(text));
	(void)kvreader_next(k, &r);
	ms = kvreply_time(r);
	kvreader_free(k);
	return ms;
}

int
main(void)
{
	char out[6];

	T_BEGIN();
	T_OK(kvinfo_text(info, "redis_version", out, sizeof(out)), "a value");
	T_STR(out, "7.0.1", "cut off at the size");
	T_OK(kvinfo_text(info, "empty", out, sizeof(out)) && *out == '\0',
		"an empty one");
	T_OK(!kvinfo_text(info, "version", out, sizeof(out)), "a part of one");
	T_INT((int)kvinfo_number(info, "commands"), 3, "the whole name");
	T_INT((int)kvinfo_number(info, "none"), 0, "none");
	T_INT((int)kvinfo_calls(info, "x"), 5, "calls");
	T_INT((int)kvinfo_calls(info, "y"), 0, "of another");
	T_INT((int)kvinfo_keys(info), 7, "keys of all databases");
	T_INT((int)kvinfo_keys("# Server\r\n"), -1, "not told");
	T_OK(time_of("*2\r\n$10\r\n1700000000\r\n$6\r\n123456\r\n") ==
			INT64_C(1700000000123),
		"TIME");
	T_OK(time_of("*2\r\n$1\r\nx\r\n$1\r\n1\r\n") == 0, "no time");
	T_OK(time_of("-ERR no\r\n") == 0, "an error");
	return T_END();
}
