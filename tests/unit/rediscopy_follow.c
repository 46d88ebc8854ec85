#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dirtyset.h"
#include "keyevents.h"
#include "keylist.h"
#include "keystate.h"
#include "kvreply.h"
#include "sourcewatch.h"
#include "t.h"

static void
test_keystate(void)
{
	enum { N = 3000 };
	struct keystate *s = keystate_new(NULL, N * 2 / 3);
	char key[16];
	uint64_t v;
	int i, wrong = 0;

	T_OK(s != NULL, "a state");
	for (i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		wrong += keystate_get(s, key, strlen(key), &v) != 0;
		wrong += keystate_put(s, key, strlen(key), (uint64_t)i) != 1;
	}
	T_INT(wrong, 0, "half as many again as expected are kept");
	for (i = 0; i < N; i += 2) {
		snprintf(key, sizeof(key), "k%d", i);
		wrong += keystate_put(s, key, strlen(key), UINT64_MAX) != 0;
	}
	for (i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		wrong += keystate_get(s, key, strlen(key), &v) != 1 ||
			 v != (i % 2 ? (uint64_t)i : UINT64_MAX);
	}
	T_INT(wrong, 0, "and have their last value");
	T_INT((int)keystate_count(s), N, "each counted once");
	for (i = 0;
		keystate_put(s, key,
			(size_t)snprintf(key, sizeof(key), "x%d", i), 1) == 1;
		i++)
		;
	T_OK(i > 100, "full at last");
	T_INT((int)keystate_count(s), 0, "and then not relied upon");
	T_INT(keystate_get(s, "k1", 2, &v), -1, "nor asked");
	keystate_free(s);
}

static void
test_dirtyset(void)
{
	struct dirtyset d;
	struct keylist *l = keylist_new();
	char key[16];
	int i;

	T_INT(dirtyset_init(&d, 100000), 0, "a set");
	dirtyset_add(&d, 0, "a\0b", 3);
	dirtyset_add(&d, 0, "a\0b", 3);
	dirtyset_add(&d, 0, "a\0c", 3);
	dirtyset_add(&d, 1, "a\0b", 3);
	T_INT((int)dirtyset_count(&d), 3, "each key of each database once");
	dirtyset_take(&d, &l);
	T_OK(keylist_count(l) == 3 && dirtyset_count(&d) == 0, "taken");
	dirtyset_add(&d, 0, "a\0b", 3);
	T_INT((int)dirtyset_count(&d), 1, "and dirty again");
	for (i = 0; i < 5000; i++)
		dirtyset_add(&d, 0, key,
			(size_t)snprintf(key, sizeof(key), "%d", i));
	T_OK(d.is_over && dirtyset_count(&d) == 0, "too many");
	dirtyset_clear(&d);
	T_OK(!d.is_over, "begun again");
	dirtyset_fini(&d);
	keylist_free(l);
}

/* "db:key" of a message, or "none". */
static const char *
parse(const char *text, size_t n)
{
	static char out[64];
	struct kvreader *k = kvreader_new();
	const struct kvreply *r;
	const char *key;
	size_t len;
	int db;

	snprintf(out, sizeof(out), "none");
	if (kvreader_feed(k, text, n) == 0 && kvreader_next(k, &r) == 1 &&
		keyevents_parse(r, &db, &key, &len) == 0)
		snprintf(out, sizeof(out), "%d:%zu:%.*s", db, len, (int)len,
			key);
	kvreader_free(k);
	return out;
}

static void
test_keyevents(void)
{
#define PARSE(text) parse(text, sizeof(text) - 1)
	T_STR(PARSE("*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$19\r\n__keyevent@12"
		    "__:set\r\n$3\r\na:b\r\n"),
		"12:3:a:b", "an event");
	T_STR(PARSE("*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$20\r\n__keyspace@0__:"
		    "x__:y\r\n$3\r\ndel\r\n"),
		"0:5:x__:y", "a key space, with a key like it");
	T_STR(PARSE("*3\r\n$7\r\nmessage\r\n$17\r\n__keyevent@0__:de\r\n$0\r\n"
		    "\r\n"),
		"0:0:", "the empty key");
	T_STR(PARSE("*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$4\r\nchat\r\n$2\r\nhi"
		    "\r\n"),
		"none", "another channel");
	T_STR(PARSE("*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$17\r\n__keyevent@x__:"
		    "set\r\n$1\r\na\r\n"),
		"none", "no number");
	T_STR(PARSE("*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:1\r\n"), "none",
		"a reply");
	T_OK(is_keyevents_enough("AE") && is_keyevents_enough("AKE") &&
			is_keyevents_enough("KA") &&
			is_keyevents_enough("g$lshzxetE"),
		"enough");
	T_OK(!is_keyevents_enough("") && !is_keyevents_enough("A") &&
			!is_keyevents_enough("Ex") &&
			!is_keyevents_enough("g$lshzxeE"),
		"not enough");
}

static unsigned
happened(const char *before, const char *after, int64_t events)
{
	static const char info[] = "total_commands_processed:5\r\n"
				   "# Keyspace\r\ndb0:keys=1000,expires=0\r\n";
	static const char less[] = "total_commands_processed:6\r\n"
				   "# Keyspace\r\ndb0:keys=10,expires=0\r\n";
	struct sourcewatch_counts a, b;

	sourcewatch_read(&a, before, info);
	sourcewatch_read(&b, after, less);
	b.events = (uint64_t)events;
	return sourcewatch_compare(&a, &b);
}

static void
test_sourcewatch(void)
{
	static const char none[] =
		"# Commandstats\r\ncmdstat_get:calls=1,x\r\n";

	T_INT(happened(none, none, 0), 0, "nothing");
	T_INT(happened(none, "cmdstat_flushdb:calls=1,usec=3\r\n", 0),
		SOURCEWATCH_EMPTIED, "emptied");
	T_INT(happened("cmdstat_swapdb:calls=9,usec=3\r\n",
		      "cmdstat_swapdb:calls=10,usec=3\r\n", 0),
		SOURCEWATCH_EMPTIED, "swapped");
	T_INT(happened(none, "cmdstat_xack:calls=1,usec=3\r\n", 0),
		SOURCEWATCH_GROUPS, "groups");
	T_INT(happened(none, "cmdstat_pfcount:calls=1,usec=3\r\n", 0),
		SOURCEWATCH_SKETCHES, "sketches");
	T_INT(happened("", "", 10), SOURCEWATCH_SHRUNK,
		"without counts, keys that are gone without a word");
	T_INT(happened("", "", 1000), 0, "or with one");
	T_INT(happened(none, "", 0), SOURCEWATCH_OTHER, "other counts");
}

int
main(void)
{
	T_BEGIN();
	test_keystate();
	test_dirtyset();
	test_keyevents();
	test_sourcewatch();
	return T_END();
}
