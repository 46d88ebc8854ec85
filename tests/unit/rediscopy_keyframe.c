#include <stdlib.h>

#include "buf.h"
#include "keyframe.h"
#include "kvreply.h"
#include "mem.h"
#include "resp.h"
#include "streammeta.h"
#include "t.h"

/* The next value that was written. NULL: none, or no memory. */
static const struct kvreply *
next(struct kvreader *k, struct buf *b)
{
	const struct kvreply *r;

	if (k == NULL || kvreader_feed(k, b->data, b->len) == -1)
		return NULL;
	b->len = 0;
	return kvreader_next(k, &r) == 1 ? r : NULL;
}

static void
round_trips(void)
{
	const struct multiset sum = {1, 2, 3, 4}, times = {5, 6, 7, 8};
	struct kvreader *k = kvreader_new();
	struct buf b = BUF_INIT;
	struct keyframe f;

	T_INT(keyframe_put_key(&b, 3, "a\0b", 3, "zset", -1), 0, "a key");
	T_INT(keyframe_read(&f, next(k, &b)), 0, "is read");
	T_OK(f.kind == KEYFRAME_KEY && f.db == 3 && f.len == 3 &&
			f.expires == -1 && strcmp(f.type, "zset") == 0 &&
			memcmp(f.key, "a\0b", 3) == 0,
		"as it was written");
	T_INT(keyframe_put_time(&b, "f", 1, 99), 0, "a field's time");
	T_INT(keyframe_read(&f, next(k, &b)), 0, "is read");
	T_OK(f.kind == KEYFRAME_TIMES && f.n == 2 && f.item[1]->integer == 99,
		"as it was written");
	T_INT(keyframe_put_end(&b, 7, &sum, &times), 0, "an end");
	T_INT(keyframe_read(&f, next(k, &b)), 0, "is read");
	T_OK(f.kind == KEYFRAME_END && f.elements == 7 &&
			is_multiset_equal(&f.sum, &sum) &&
			is_multiset_equal(&f.time_sum, &times),
		"as it was written");
	T_INT(keyframe_put_function(&b, "lib", "#!lua", 5), 0, "a library");
	T_INT(keyframe_read(&f, next(k, &b)), 0, "is read");
	T_OK(f.kind == KEYFRAME_FUNCTION && strcmp(f.key, "lib") == 0 &&
			f.item[1]->len == 5,
		"as it was written");
	buf_fini(&b);
	kvreader_free(k);
}

/* Whether that text is refused. */
static void
bad(const char *text)
{
	struct kvreader *k = kvreader_new();
	struct buf b = BUF_INIT;
	struct keyframe f;

	(void)buf_puts(&b, text);
	T_INT(keyframe_read(&f, next(k, &b)), -1, "refused");
	buf_fini(&b);
	kvreader_free(k);
}

static void
write_and_read(void)
{
	struct streammeta_name who = {(char *)(uintptr_t) "c", 1};
	struct streammeta_pending p = {{4, 0}, 0, 1600000000123, 2};
	struct streammeta_group g = {.name = who,
		.consumer = &who,
		.n_consumers = 1,
		.pending = &p,
		.n_pending = 1};
	struct streammeta m = {.group = &g, .n_groups = 1}, got;
	struct kvreader *k = kvreader_new();
	const struct kvreply *r;
	struct buf b = BUF_INIT;
	struct keyframe f;

	if (keyframe_put_meta(&b, &m) == 0 && (r = next(k, &b)) != NULL &&
		keyframe_read(&f, r) == 0 && kvreader_next(k, &r) == 1 &&
		streammeta_read(&got, r) == 0)
		streammeta_fini(&got);
	buf_fini(&b);
	kvreader_free(k);
}

int
main(void)
{
	T_BEGIN();
	round_trips();
	bad("+k\r\n");
	bad("*0\r\n");
	bad("*1\r\n$1\r\nq\r\n");
	bad("*1\r\n$1\r\ne\r\n");
	bad("*2\r\n$1\r\nm\r\n:1\r\n");
	bad("*2\r\n$1\r\nt\r\n$1\r\nf\r\n");
	bad("*5\r\n$1\r\nk\r\n:-1\r\n$1\r\na\r\n$6\r\nstring\r\n:-1\r\n");
	bad("*5\r\n$1\r\nk\r\n:0\r\n$1\r\na\r\n$6\r\nmodule\r\n:-1\r\n");
	bad("*5\r\n$1\r\nk\r\n:0\r\n$1\r\na\r\n$6\r\nstring\r\n:-2\r\n");
	T_ALLOC_LOOP(200, write_and_read());
	return T_END();
}
