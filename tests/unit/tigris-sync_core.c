/* The pure parts of tigris-sync: keys, order, differences, plans, the journal's
 * memory, names that a folder cannot have. */
#include <stdlib.h>
#include <string.h>

#include "attrs.h"
#include "buf.h"
#include "diff.h"
#include "etag.h"
#include "folder.h"
#include "json.h"
#include "ledger.h"
#include "mem.h"
#include "member.h"
#include "msg.h"
#include "object.h"
#include "select.h"
#include "sorter.h"
#include "spill.h"
#include "t.h"
#include "tarball.h"
#include "work.h"

#define ETAG_OF_PARTS "aa933d75a4a9ae385721c4e8444e1eec-2"
#define MD5A "0123456789abcdef0123456789abcdef"
#define MD5B "ffffffffffffffffffffffffffffffff"

static char said[512];

static void
keep(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", line);
}

static struct object
object(const char *key, uint64_t size, int64_t changed, const char *etag)
{
	struct object o;

	memset(&o, 0, sizeof(o));
	o.key = key;
	o.len = strlen(key);
	o.size = size;
	o.changed = changed;
	o.etag = etag;
	o.class = "";
	return o;
}

/* A listing of an array. */
struct list {
	struct feed feed;
	const struct object *o;
	size_t n, at;
};

static int
list_next(struct feed *f, struct object *o)
{
	struct list *l = (struct list *)f;

	if (l->at == l->n)
		return 0;
	*o = l->o[l->at++];
	return 1;
}

static void
list_close(struct feed *f)
{
	(void)f;
}

static struct list
list(const struct object *o, size_t n)
{
	struct list l = {{list_next, list_close, 0}, o, n, 0};

	return l;
}

static void
test_spill(void)
{
	size_t max[] = {1 << 20, 4096, 600}, i, k, klen, len;
	const char *key, *p;
	char name[16], note[16];

	for (i = 0; i < 3; i++) {
		struct spill *s = spill_new(max[i]);
		int wrong = 0, count = 0, before = -1, order = -1;

		for (k = 0; k < 5000; k++) {
			int n = snprintf(name, sizeof(name), "%04d",
				(int)(k * 7919 % 1000));
			int m = snprintf(note, sizeof(note), "%d", (int)k);

			wrong += spill_add(s, name, (size_t)n, note, (size_t)m);
		}
		wrong += spill_sort(s);
		while (spill_next(s, &key, &klen, &p, &len) == 1) {
			int now = (int)strtol(key, NULL, 10);
			int at = (int)strtol(p, NULL, 10);

			wrong += now < before || klen != 4 ||
				 (now == before && at <= order);
			wrong += (int)(at * 7919 % 1000) != now;
			before = now;
			order = at;
			count++;
		}
		T_INT(wrong, 0,
			"sorted within %zu bytes, equal keys in the "
			"order they came",
			max[i]);
		T_INT(count, 5000, "all of them");
		spill_free(s);
	}
}

static void
test_sorter(void)
{
	struct sorter *s = sorter_new(512);
	struct object a = object("b", 1, 2, "x"), b = object("a//", 3, 4, ""),
		      o;
	const char *note;

	a.link = "target";
	T_OK(sorter_add(s, &a, "old") == 0 && sorter_add(s, &b, NULL) == 0 &&
			sorter_add(s, &a, "new") == 0 && sorter_done(s) == 0,
		"three go in");
	T_INT(sorter_next(s, &o, &note), 1, "the first");
	T_STR(o.key, "a//", "by its key");
	T_OK(o.size == 3 && o.changed == 4 && o.link == NULL, "whole");
	T_INT(sorter_next(s, &o, &note), 1, "the second");
	T_STR(note, "new", "of two of one key, the last");
	T_STR(o.link, "target", "with its link");
	T_STR(o.etag, "x", "and ETag");
	T_INT(sorter_next(s, &o, &note), 0, "no more");
	sorter_free(s);
}

static const char *
told(const struct object *from, size_t n, const struct object *to, size_t m,
	struct sorter *known)
{
	static char text[256];
	struct list a = list(from, n), b = list(to, m);
	struct difference x;
	struct diff d;
	int rc;

	*text = '\0';
	(void)diff_init(&d, &a.feed, &b.feed, known);
	while ((rc = diff_next(&d, &x)) == 1)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"%c%s ", "=+*>-"[x.kind],
			x.from != NULL ? x.from->key : x.to->key);
	if (rc == -1)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			d.is_disordered ? "disorder" : "failed");
	diff_fini(&d);
	return text;
}

static void
test_diff(void)
{
	const struct object from[] = {object("a", 1, 10, MD5A),
		object("a!", 1, 10, MD5A), object("a/", 0, 10, MD5A),
		object("a//b", 5, 10, MD5A), object("b", 5, 10, MD5A)};
	const struct object to[] = {object("a", 1, 5, MD5A),
		object("a/", 0, 20, MD5B), object("a//a", 1, 1, MD5A),
		object("a//b", 6, 5, MD5A), object("c", 1, 1, MD5A)};
	const struct object bad[] = {
		object("b", 1, 1, ""), object("a", 1, 1, "")};

	T_STR(told(from, 5, to, 5, NULL), "=a +a! >a/ -a//a *a//b +b -c ",
		"each kind of difference");
	T_STR(told(from, 5, NULL, 0, NULL), "+a +a! +a/ +a//b +b ",
		"all is missing");
	T_STR(told(NULL, 0, to, 5, NULL), "-a -a/ -a//a -a//b -c ",
		"all is too much");
	T_STR(told(bad, 2, NULL, 0, NULL), "+b disorder", "disorder is told");
	T_STR(told(from, 1, bad, 2, NULL), "+a -b disorder",
		"of the target too");
}

#define S INT64_C(1000000000)

static enum diff_kind
judge(struct object from, struct object to)
{
	struct difference x;

	diff_judge(&from, &to, NULL, NULL, &x);
	return x.kind;
}

static void
test_judge(void)
{
	struct object a = object("k", 5, 100 * S, MD5A), b, k;
	struct difference x;

	T_INT(judge(a, object("k", 5, 1, MD5A)), DIFF_SAME, "one ETag");
	T_INT(judge(a, object("k", 5, 200 * S, MD5B)), DIFF_NEWER,
		"written on the target since: kept");
	T_INT(judge(a, object("k", 5, 100 * S, MD5B)), DIFF_NEWER,
		"at the same moment: kept");
	T_INT(judge(a, object("k", 5, 99 * S, MD5B)), DIFF_CHANGED,
		"changed on the source since");
	T_INT(judge(a, object("k", 6, 200 * S, MD5A)), DIFF_NEWER,
		"other sizes");
	a.etag = MD5A "-2";
	T_INT(judge(a, object("k", 5, 200 * S, MD5B)), DIFF_SAME,
		"ETags that cannot be compared: by time");
	T_INT(judge(a, object("k", 5, 50 * S, MD5B)), DIFF_CHANGED,
		"the target's is older");
	a.changed += S / 2;
	b = object("k", 5, 100 * S, MD5B);
	diff_judge(&a, &b, NULL, NULL, &x);
	T_OK(x.kind == DIFF_CHANGED && x.is_unsure,
		"within one second nobody knows: again");
	/* what the journal knows */
	a = object("k", 5, 100 * S, MD5A);
	b = object("k", 5, 50 * S, MD5B);
	k = a;
	diff_judge(&a, &b, &k, MD5B, &x);
	T_OK(x.kind == DIFF_SAME && x.proof == DIFF_BY_LOG,
		"neither has changed since it was copied");
	k.etag = MD5B;
	b.changed = 500 * S;
	diff_judge(&a, &b, &k, MD5B, &x);
	T_INT(x.kind, DIFF_CHANGED,
		"the source has, the target is what we wrote: whatever the "
		"clocks say");
	diff_judge(&a, &b, &k, MD5A, &x);
	T_INT(x.kind, DIFF_NEWER, "the target is not what we wrote");
}

static void
test_shards(void)
{
	struct selection s;
	char key[16];
	int i, n[5] = {0}, wrong = 0;

	msg_set_sink(keep, NULL);
	memset(&s, 0, sizeof(s));
	for (i = 0; i < 1000; i++) {
		struct object o = object(key, 0, 0, "");
		int k, in = 0;

		o.len = (size_t)snprintf(key, sizeof(key), "key/%d", i);
		for (k = 1; k <= 4; k++) {
			s.shard = (unsigned)k;
			s.shards = 4;
			if (is_selected_key(&s, &o)) {
				n[k]++;
				in++;
			}
		}
		wrong += in != 1;
	}
	T_INT(wrong, 0, "each key is in one share");
	T_OK(n[1] > 150 && n[2] > 150 && n[3] > 150 && n[4] > 150,
		"of about the same size");
	T_INT(select_shard("4/4", &s), 0, "the last");
	T_INT(select_shard("0/4", &s), -1, "they begin at one");
	T_INT(select_shard("5/4", &s), -1, "and end at N");
	T_INT(select_shard("5", &s), -1, "two numbers");
	T_INT(select_shard("/5", &s), -1, "both");
	msg_set_sink(NULL, NULL);
}

static void
test_select(void)
{
	const char *in[] = {"img/*"}, *out[] = {"*.tmp"};
	struct selection s = {.include = {in, 1},
		.exclude = {out, 1},
		.min_size = 2,
		.max_size = 9,
		.min_age = 10,
		.max_age = 100};
	struct object o = object("img/a", 5, INT64_C(950000000000), "");

	T_OK(is_selected(&s, &o, 1000), "one that is meant");
	T_OK(!is_selected(&s, &o, 955), "too young");
	T_OK(!is_selected(&s, &o, 1051), "too old");
	o.size = 1;
	T_OK(!is_selected(&s, &o, 1000) && is_selected_key(&s, &o),
		"too small, but by its key it is");
	o = object("img/a.tmp", 5, INT64_C(950000000000), "");
	T_OK(!is_selected_key(&s, &o), "excluded");
	o = object("doc/a", 5, INT64_C(950000000000), "");
	T_OK(!is_selected_key(&s, &o), "not included");
}

static void
test_work(void)
{
	struct buf line = BUF_INIT, key = BUF_INIT;
	struct object o = object("\xff//../\x01", 7, 5, MD5A);
	struct work w, again;
	struct json_error err;
	struct json *doc;

	msg_set_sink(keep, NULL);
	o.mode = 0100644;
	T_INT(work_init(&w, WORK_COPY, &o, MD5B), 0, "a work");
	T_INT(work_put(&line, &w, "s3:a", "s3:b"), 0, "is a line");
	doc = json_parse(line.data, line.len, &err);
	T_INT(work_get(json_root(doc), &again, "s3:a", "s3:b", &key), 0,
		"that is read");
	T_OK(again.object.len == o.len &&
			memcmp(again.object.key, o.key, o.len) == 0,
		"with the key as it was, byte for byte");
	T_OK(again.object.size == 7 && again.object.changed == 5 &&
			again.object.mode == 0100644,
		"and all else");
	T_STR(again.object.etag, MD5A, "its ETag");
	T_STR(again.over, MD5B, "what it replaces");
	T_STR(again.id, w.id, "its id");
	T_INT(work_get(json_root(doc), &again, "s3:a", "s3:c", &key), -1,
		"not for another target");
	T_OK(strstr(said, "other ends") != NULL, "which is said");
	json_free(doc);
	buf_fini(&line);
	buf_fini(&key);
	msg_set_sink(NULL, NULL);
}

static int
replay(struct ledger *l, const char *line)
{
	struct json_error err;
	struct json *doc = json_parse(line, strlen(line), &err);
	int rc = doc != NULL ? ledger_replay(l, doc) : -1;

	json_free(doc);
	return rc;
}

static void
test_ledger(void)
{
	const struct ledger_upload *u;
	struct ledger l;
	struct object o;
	const char *version;

	msg_set_sink(keep, NULL);
	(void)ledger_init(&l, 4096);
	replay(&l, "{\"type\":\"upload.begun\",\"id\":\"0123456789abcdef\","
		   "\"key\":\"k\",\"upload_id\":\"u1\",\"part_size\":8}");
	replay(&l, "{\"type\":\"upload.part\",\"id\":\"0123456789abcdef\","
		   "\"part\":2,\"etag\":\"" MD5A "\",\"sha256\":\"\"}");
	u = ledger_find(&l, "0123456789abcdef");
	T_OK(u != NULL && u->n_parts == 1 && u->part[0].number == 2 &&
			u->part_size == 8,
		"an upload with a part");
	replay(&l, "{\"type\":\"upload.begun\",\"id\":\"0123456789abcdef\","
		   "\"key\":\"k\",\"upload_id\":\"u2\",\"part_size\":9}");
	u = ledger_find(&l, "0123456789abcdef");
	T_OK(u != NULL && u->n_parts == 0, "begun anew");
	replay(&l, "{\"type\":\"object.copied\",\"id\":\"0123456789abcdef\","
		   "\"key\":\"k\",\"size\":3,\"etag\":\"e\","
		   "\"target_version\":\"v\"}");
	T_OK(ledger_find(&l, "0123456789abcdef") == NULL, "and done");
	T_INT(replay(&l, "{\"type\":\"upload.begun\",\"id\":"
			 "\"0123456789abcdef\"}"),
		-1, "half a record");
	T_INT(sorter_done(l.copied), 0, "what was copied");
	T_INT(sorter_next(l.copied, &o, &version), 1, "is known");
	T_STR(version, "v", "with the target's version");
	T_STR(o.etag, "e", "and the source's");
	ledger_fini(&l);
	msg_set_sink(NULL, NULL);
}

static void
test_folder_names(void)
{
	char longest[300];

	memset(longest, 'x', sizeof(longest));
	T_OK(folder_refuses("a/b c/\xc3\xa9", 8) == NULL, "a path");
	T_OK(folder_refuses("a/", 2) == NULL, "a folder");
	T_OK(folder_refuses("..a/.b/...", 10) == NULL, "dots that are none");
	T_OK(folder_refuses("", 0) != NULL, "nothing");
	T_OK(folder_refuses("/a", 2) != NULL, "absolute");
	T_OK(folder_refuses("a//b", 4) != NULL, "two slashes");
	T_OK(folder_refuses("a//", 3) != NULL, "two at the end");
	T_OK(folder_refuses("../a", 4) != NULL, "out");
	T_OK(folder_refuses("a/..", 4) != NULL, "out at the end");
	T_OK(folder_refuses("a/./b", 5) != NULL, "a dot");
	T_OK(folder_refuses("a\0b", 3) != NULL, "a NUL");
	T_OK(folder_refuses(longest, 256) != NULL, "too long");
	T_OK(folder_refuses(longest, 255) == NULL, "just not");
	T_OK(is_folder_temporary("a/.airlift-0.part") &&
			!is_folder_temporary("a/.airlift/b"),
		"our own unfinished files");
}

static void
test_attrs(void)
{
	struct attrs a = ATTRS_INIT;
	struct object o = object("k", 0, 0, "");
	struct buf b = BUF_INIT;
	int64_t mtime = 0;
	unsigned mode = 0;

	o.mtime = INT64_C(1700000000123456789);
	o.mode = 0120777;
	o.link = "a b/%\xc3\xa9";
	T_INT(attrs_of_file(&a, &o), 0, "a link's attributes");
	T_STR(attrs_get(&a, "x-amz-meta-mtime"), "1700000000.123456789",
		"the time");
	T_STR(attrs_get(&a, "x-amz-meta-mode"), "0120777", "the mode");
	T_STR(attrs_get(&a, "x-amz-meta-airlift-link"), "a%20b/%25%C3%A9",
		"where it leads");
	attrs_to_file(&a, &mtime, &mode);
	T_OK(mtime == o.mtime && mode == o.mode, "and back");
	T_INT(attrs_link(&a, "x-amz-meta-airlift-link", &b), 1, "the link");
	T_STR(buf_str(&b), o.link, "as it was");
	T_INT(attrs_set(&a, "x-amz-meta-mode", "99", 2), 0, "a bad one");
	mode = 1;
	attrs_to_file(&a, &mtime, &mode);
	T_INT(mode, 1, "is none");
	o.mtime = INT64_C(-1500000000);
	(void)attrs_of_file(&a, &o);
	attrs_to_file(&a, &mtime, &mode);
	T_OK(mtime == o.mtime, "before 1970");
	T_OK(is_attrs_kept("X-Amz-Meta-Any") && is_attrs_kept("Content-Type") &&
			!is_attrs_kept("ETag") &&
			!is_attrs_kept("x-amz-request-id"),
		"what belongs to the object");
	T_STR(attrs_type("a/b.PNG"), "image/png", "a type by the name");
	T_OK(attrs_type("a.b/c") == NULL, "none");
	attrs_fini(&a);
	buf_fini(&b);
}

/* An object becomes a member, and the member the object again. */
static void
test_members(void)
{
	static const char *const keys[] = {"a/b", ".well-known/x", "dir/",
		"a//b", "/a", "../x", "a/../b", "./a", "%2F", "\x01\n", "a//",
		".airlift-keys/x", "/", "\xc3\xa9"};
	struct tarball_entry e;
	struct buf key = BUF_INIT;
	struct object o, again;
	struct attrs a = ATTRS_INIT, b;
	struct member m;
	size_t i;

	(void)attrs_set(&a, "content-type", "text/x", 6);
	(void)attrs_set(&a, "x-amz-meta-mtime", "1700000000.5", 12);
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		memset(&b, 0, sizeof(b));
		o = object(keys[i], i == 2 ? 0 : 3, 7, MD5A);
		T_OK(member_of(&o, &a, &m, &e) == 0 && is_tarball_name(e.name),
			"key %zu can be unpacked", i);
		T_OK(member_read(&e, &again, &key, &b) == 1 &&
				again.len == o.len &&
				memcmp(again.key, o.key, o.len) == 0 &&
				again.size == o.size,
			"and comes back");
		T_STR(attrs_get(&b, "content-type"), "text/x", "with its type");
		T_OK(e.mtime == 1700000000 && e.mtime_ns == 500000000,
			"and time");
		member_fini(&m);
		attrs_fini(&b);
	}
	attrs_fini(&a);
	/* what an archiver writes */
	memset(&e, 0, sizeof(e));
	memset(&b, 0, sizeof(b));
	e.name = "./";
	e.type = TARBALL_FOLDER;
	T_INT(member_read(&e, &again, &key, &b), 0, "the top is no object");
	attrs_fini(&b);
	e.name = "./d";
	T_INT(member_read(&e, &again, &key, &b), 1, "a folder is one");
	T_STR(again.key, "d/", "by its slash");
	attrs_fini(&b);
	e.name = "./l";
	e.link = "x";
	e.type = TARBALL_SYMLINK;
	e.mtime = INT64_MAX;
	T_INT(member_read(&e, &again, &key, &b), 1, "a link");
	T_STR(attrs_get(&b, "x-amz-meta-airlift-link"), "x", "and where to");
	T_INT(again.mtime, 0, "a time that is none");
	attrs_fini(&b);
	buf_clear(&key);
	T_INT(member_escape("a%\xff\xc3\xa9", 5, &key), 0, "no UTF-8");
	T_STR(buf_str(&key), "a%25%FF\xc3\xa9", "escaped");
	buf_fini(&key);
}

static void
test_etag(void)
{
	struct etag_sum *s = etag_sum_new(4);
	char etag[ETAG_SIZE];

	/* python3: md5(md5(b"abcd") + md5(b"e")) */
	(void)etag_sum_add(s, "ab", 2);
	(void)etag_sum_add(s, "cde", 3);
	T_INT(etag_sum_end(s, etag), 0, "of parts");
	T_STR(etag, ETAG_OF_PARTS, "as S3 makes it");
	etag_sum_free(s);
	s = etag_sum_new(0);
	(void)etag_sum_add(s, "abc", 3);
	(void)etag_sum_end(s, etag);
	T_STR(etag, "900150983cd24fb0d6963f7d28e17f72", "of a whole");
	etag_sum_free(s);
	T_INT(etag_parts(MD5A), 1, "one");
	T_INT(etag_parts(MD5A "-7"), 8, "seven parts");
	T_INT(etag_parts("x"), 0, "neither");
}

static void
test_allocation(void)
{
	msg_set_sink(keep, NULL);
	T_ALLOC_LOOP(400, {
		struct sorter *s = sorter_new(512);
		struct object o = object("key", 1, 2, "etag");
		struct attrs a = ATTRS_INIT;
		struct tarball_entry e;
		struct member m;
		struct ledger l;

		if (s != NULL && sorter_add(s, &o, "n") == 0 &&
			sorter_done(s) == 0)
			(void)sorter_next(s, &o, NULL);
		sorter_free(s);
		o = object("a//b", 0, 2, "etag");
		o.mode = 0120777;
		o.link = "x";
		if (attrs_of_file(&a, &o) == 0 &&
			member_of(&o, &a, &m, &e) == 0)
			member_fini(&m);
		attrs_fini(&a);
		if (ledger_init(&l, 4096) == 0)
			replay(&l, "{\"type\":\"upload.begun\",\"id\":"
				   "\"0123456789abcdef\",\"key\":\"k\","
				   "\"upload_id\":\"u1\",\"part_size\":8}");
		ledger_fini(&l);
	});
	msg_set_sink(NULL, NULL);
}

int
main(void)
{
	T_BEGIN();
	test_members();
	test_etag();
	test_allocation();
	test_spill();
	test_sorter();
	test_diff();
	test_judge();
	test_shards();
	test_select();
	test_work();
	test_ledger();
	test_folder_names();
	test_attrs();
	return T_END();
}
