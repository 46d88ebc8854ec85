#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dbmap.h"
#include "keyfilter.h"
#include "keylist.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "rediscopy.h"
#include "streammeta.h"
#include "t.h"

static void
silent(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static int
map(const char *a, const char *b, int may_meet)
{
	const char *item[] = {a, b};
	struct opt_list list = {item, b != NULL ? 2 : 1};
	struct dbmap m;
	int rc = dbmap_parse(&list, may_meet, &m);

	dbmap_fini(&m);
	return rc;
}

static void
test_dbmap(void)
{
	T_INT(map("0", "3:5", 0), 0, "numbers and pairs");
	T_INT(map("0", "3:0", 0), -1, "two that would meet");
	T_INT(map("0", "3:0", 1), 0, "unless they may");
	T_INT(map("0:1", "0:2", 0), -1, "one twice");
	T_INT(map("-1", NULL, 0), -1, "not a number");
	T_INT(map("1:", NULL, 0), -1, "half a pair");
	T_INT(map("1:x", NULL, 0), -1, "no pair");
}

static void
test_keylist(void)
{
	struct keylist *l = keylist_new();
	char key[8];
	int i, wrong = 0;

	for (i = 0; i < 5000; i++) {
		memcpy(key, &i, sizeof(i));
		key[4] = '\0';
		(void)keylist_add(l, key, 5, (uint64_t)(i % 3), "note");
		if (i % 1000 == 0)
			(void)is_keylist_member(l, "x", 1, 0);
	}
	for (i = 0; i < 6000; i++) {
		memcpy(key, &i, sizeof(i));
		wrong += is_keylist_member(l, key, 5, (uint64_t)(i % 3)) !=
			 (i < 5000);
		wrong += is_keylist_member(l, key, 5, 7);
	}
	T_INT(wrong, 0, "5,000 keys with NULs are found, others are not");
	T_INT(keylist_get(l, 4999).size, 4999 % 3, "its size");
	T_STR(keylist_get(l, 4999).note, "note", "its note");
	keylist_clear(l);
	T_OK(keylist_count(l) == 0 && !is_keylist_member(l, key, 5, 0),
		"emptied");
	keylist_free(l);
}

static void
test_keyfilter(void)
{
	const char *one[] = {"user:*"}, *odd[] = {"a[b]*"}, *no[] = {"*:9"};
	struct rediscopy_options o;
	struct buf b = BUF_INIT;
	const char *out;
	size_t len;

	memset(&o, 0, sizeof(o));
	T_OK(keyfilter_match(&o) == NULL && is_keyfilter_wanted(&o, "x", 1),
		"no filter wants all");
	o.matches = (struct opt_list){one, 1};
	T_STR(keyfilter_match(&o), "user:*", "one that SCAN knows too");
	o.excludes = (struct opt_list){no, 1};
	T_OK(is_keyfilter_wanted(&o, "user:1", 6) &&
			!is_keyfilter_wanted(&o, "user:9", 6) &&
			!is_keyfilter_wanted(&o, "x", 1) &&
			is_keyfilter_wanted(&o, "user:\0\0", 7),
		"like one pattern and not like the other");
	o.matches = (struct opt_list){odd, 1};
	T_OK(keyfilter_match(&o) == NULL &&
			is_keyfilter_wanted(&o, "a[b]c", 5) &&
			!is_keyfilter_wanted(&o, "ab", 2),
		"brackets are themselves");
	o.prefix = "p%d:";
	T_OK(is_keyfilter_apart(&o), "a number and something behind it");
	T_INT(keyfilter_target(&o, 12, &b, "k\0", 2), 0, "a name");
	T_OK(b.len == 6 && memcmp(b.data, "p12:k\0", 6) == 0, "on the target");
	T_OK(keyfilter_source(&o, 12, "p12:k", 5, &out, &len) == 0 &&
			len == 1 && *out == 'k',
		"and back");
	T_INT(keyfilter_source(&o, 1, "p12:k", 5, &out, &len), -2,
		"of another database");
	o.prefix = "p%d";
	T_OK(!is_keyfilter_apart(&o), "1 and 10 would meet");
	o.prefix = "p";
	T_OK(!is_keyfilter_apart(&o), "all would meet");
	buf_fini(&b);
}

/* XINFO STREAM FULL, as Redis 7.0 answers it. */
static const char full[] =
	"*10\r\n$17\r\nlast-generated-id\r\n$3\r\n9-1\r\n"
	"$20\r\nmax-deleted-entry-id\r\n$3\r\n4-0\r\n"
	"$13\r\nentries-added\r\n:12\r\n$7\r\nentries\r\n*0\r\n"
	"$6\r\ngroups\r\n*1\r\n*8\r\n$4\r\nname\r\n$2\r\ng\0\r\n"
	"$17\r\nlast-delivered-id\r\n$3\r\n7-0\r\n$12\r\nentries-read\r\n$-"
	"1\r\n"
	"$9\r\nconsumers\r\n*2\r\n"
	"*4\r\n$4\r\nname\r\n$1\r\na\r\n$7\r\npending\r\n*2\r\n"
	"*3\r\n$3\r\n5-0\r\n:1000\r\n:3\r\n*3\r\n$4\r\n10-0\r\n:1001\r\n:1\r\n"
	"*4\r\n$4\r\nname\r\n$1\r\nb\r\n$7\r\npending\r\n*1\r\n"
	"*3\r\n$3\r\n5-0\r\n:1002\r\n:2\r\n";

static int
read_meta(const char *text, size_t n, struct streammeta *m)
{
	struct kvreader *k = kvreader_new();
	const struct kvreply *r;
	int rc = -1;

	if (k != NULL && kvreader_feed(k, text, n) == 0 &&
		kvreader_next(k, &r) == 1)
		rc = streammeta_read(m, r);
	kvreader_free(k);
	return rc;
}

static void
read_and_free(void)
{
	struct streammeta_id *id;
	struct streammeta m;
	size_t n;

	if (read_meta(full, sizeof(full) - 1, &m) == -1)
		return;
	if (streammeta_ids(&m, &id, &n) == 0)
		free(id);
	streammeta_fini(&m);
}

static void
test_streammeta(void)
{
	struct streammeta m;
	struct streammeta_id *id = NULL;
	size_t n = 0;

	T_INT(read_meta(full, sizeof(full) - 1, &m), 0, "a whole stream");
	T_OK(m.last.ms == 9 && m.last.seq == 1 && m.max_deleted.ms == 4 &&
			m.entries_added == 12 && m.n_groups == 1,
		"its counters");
	T_OK(m.group[0].name.len == 2 && m.group[0].n_consumers == 2 &&
			m.group[0].n_pending == 3 &&
			m.group[0].entries_read == -1,
		"its group");
	T_OK(m.group[0].pending[2].consumer == 1 &&
			m.group[0].pending[2].time == 1002 &&
			m.group[0].pending[2].count == 2,
		"what is pending");
	T_INT(streammeta_ids(&m, &id, &n), 0, "pending IDs");
	T_OK(n == 2 && id[0].ms == 5 && id[1].ms == 10,
		"each once, in the order of numbers");
	free(id);
	streammeta_fini(&m);
	T_INT(read_meta("*0\r\n", 4, &m), -1, "not a stream");
	T_INT(read_meta("$1\r\nx\r\n", 7, &m), -1, "not a list");
	T_ALLOC_LOOP(200, read_and_free());
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(silent, NULL);
	test_dbmap();
	test_keylist();
	test_keyfilter();
	test_streammeta();
	return T_END();
}
