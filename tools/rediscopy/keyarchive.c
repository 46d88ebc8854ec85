#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "bundle.h"
#include "json.h"
#include "jsonw.h"
#include "keyarchive.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "resp.h"

/* A value is whole in a member, and may be as long as a server's strings. */
enum { BLOCK = 1 << 20, MOST = 600 << 20, FEED = 32 << 10, NAME = 32 };

struct keyarchive_out {
	struct bundle_out *bundle;
	struct buf block, head;
	struct multiset_row *row;
	int64_t number;
};

struct keyarchive_in {
	struct bundle_in *bundle;
	char *what;
	char member[NAME];
	struct json *head;
	struct kvreader *reader;
	struct multiset_row *row;
	const struct buf *block; /* of it, what is behind ${at} is to be fed */
	size_t at;
	int64_t number;
	uint64_t keys;
	bool is_ended;
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

static void
digest(struct multiset_row *row, const char *p, size_t n,
	char hex[MULTISET_HEX + 1])
{
	struct multiset m = MULTISET_INIT;

	multiset_row_update(row, p, n);
	multiset_row_end(row, &m);
	multiset_format(&m, hex);
}

int
keyarchive_create(int fd, const char *name, int level, const struct buf *head,
	struct keyarchive_out **out)
{
	struct keyarchive_out *a = mem_zalloc(1, sizeof(*a));

	if (a == NULL || (a->row = multiset_row_new()) == NULL) {
		keyarchive_abandon(a);
		return no_memory();
	}
	if (bundle_create(fd, name, level, &a->bundle) == -1 ||
		bundle_put(a->bundle, "archive.json", head->data, head->len) ==
			-1) {
		keyarchive_abandon(a);
		return -1;
	}
	*out = a;
	return 0;
}

static int
flush(struct keyarchive_out *a)
{
	char name[NAME], hex[MULTISET_HEX + 1];

	if (a->block.len == 0)
		return 0;
	digest(a->row, a->block.data, a->block.len, hex);
	buf_clear(&a->head);
	if (resp_array(&a->head, 3) == -1 || resp_text(&a->head, "b") == -1 ||
		resp_int(&a->head, ++a->number) == -1 ||
		resp_text(&a->head, hex) == -1 ||
		buf_append(&a->head, a->block.data, a->block.len) == -1)
		return no_memory();
	buf_clear(&a->block);
	snprintf(name, sizeof(name), "keys/%08" PRId64, a->number);
	return bundle_put(a->bundle, name, a->head.data, a->head.len);
}

int
keyarchive_add(struct keyarchive_out *a, struct buf *b)
{
	if (b->len == 0)
		return 0;
	if (buf_append(&a->block, b->data, b->len) == -1)
		return no_memory();
	buf_clear(b);
	return a->block.len < BLOCK ? 0 : flush(a);
}

int
keyarchive_finish(struct keyarchive_out *a, uint64_t keys)
{
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc = flush(a);

	jsonw_record(&w, &b, "keys.archived");
	jsonw_uint(&w, "keys", keys);
	if (jsonw_end_record(&w) != 0)
		rc = no_memory();
	if (rc == 0)
		rc = bundle_put(a->bundle, "end.json", b.data, b.len);
	if (rc == 0) {
		rc = bundle_finish(a->bundle);
		a->bundle = NULL;
	}
	buf_fini(&b);
	keyarchive_abandon(a);
	return rc;
}

void
keyarchive_abandon(struct keyarchive_out *a)
{
	if (a == NULL)
		return;
	bundle_abandon(a->bundle);
	multiset_row_free(a->row);
	buf_fini(&a->block);
	buf_fini(&a->head);
	free(a);
}

int
keyarchive_refuse(const struct keyarchive_in *a, const char *why)
{
	msg_error("%s: %s: %s", a->what, a->member, why);
	return -1;
}

static struct json *
parse(struct keyarchive_in *a, const struct buf *data, const char *type)
{
	struct json_error err;
	struct json *doc = json_parse(
		buf_str(data), data->len > 0 ? data->len - 1 : 0, &err);
	const char *is =
		doc != NULL ? json_get_str(json_root(doc), "type") : NULL;

	if (is != NULL && strcmp(is, type) == 0)
		return doc;
	(void)keyarchive_refuse(a, "not what an archive of keys has there");
	json_free(doc);
	return NULL;
}

/* The next member. As bundle_next. */
static int
next_member(struct keyarchive_in *a, const struct buf **data)
{
	const char *name;
	int rc = bundle_next(a->bundle, &name, data);

	if (rc == 1)
		snprintf(a->member, sizeof(a->member), "%s", name);
	return rc;
}

static int
read_head(struct keyarchive_in *a)
{
	const struct buf *data;
	int64_t version = 0;
	int rc = next_member(a, &data);

	if (rc == 0)
		msg_error("%s: not an archive of keys", a->what);
	if (rc != 1)
		return -1;
	if (strcmp(a->member, "archive.json") != 0)
		return keyarchive_refuse(a, "not an archive of keys");
	if ((a->head = parse(a, data, "keys.archive")) == NULL)
		return -1;
	(void)json_int(json_get(json_root(a->head), "version"), 0, INT32_MAX,
		&version);
	if (version > KEYARCHIVE_VERSION)
		return keyarchive_refuse(
			a, "of a newer rediscopy: use that one");
	if (version < 1 || json_get_str(json_root(a->head), "id") == NULL)
		return keyarchive_refuse(a, "not the head of an archive");
	return 0;
}

int
keyarchive_open(int fd, const char *name, struct keyarchive_in **in)
{
	struct keyarchive_in *a = mem_zalloc(1, sizeof(*a));

	if (a == NULL || (a->what = mem_strdup(name)) == NULL ||
		(a->row = multiset_row_new()) == NULL) {
		keyarchive_close(a);
		return no_memory();
	}
	if (bundle_open(fd, name, MOST, &a->bundle) == -1 ||
		read_head(a) == -1) {
		keyarchive_close(a);
		return -1;
	}
	*in = a;
	return 0;
}

void
keyarchive_close(struct keyarchive_in *a)
{
	if (a == NULL)
		return;
	bundle_close(a->bundle);
	kvreader_free(a->reader);
	multiset_row_free(a->row);
	json_free(a->head);
	free(a->what);
	free(a);
}

const struct json *
keyarchive_head(const struct keyarchive_in *a)
{
	return a->head;
}

uint64_t
keyarchive_keys(const struct keyarchive_in *a)
{
	return a->keys;
}

static int
take_end(struct keyarchive_in *a, const struct buf *data)
{
	struct json *doc = parse(a, data, "keys.archived");
	int64_t keys = -1;

	if (doc == NULL)
		return -1;
	(void)json_int(json_get(json_root(doc), "keys"), 0, INT64_MAX, &keys);
	json_free(doc);
	if (keys < 0)
		return keyarchive_refuse(a, "it does not say how many keys");
	a->keys = (uint64_t)keys;
	a->is_ended = true;
	return 0;
}

/* The value that proves the member: where the others begin. 0 or -1. */
static int
check_block(struct keyarchive_in *a, const struct buf *data)
{
	char want[96], hex[MULTISET_HEX + 1];
	size_t n;
	int len;

	/* as it was written: "b", the number, and the digest of the rest */
	len = snprintf(want, sizeof(want),
		"*3\r\n$1\r\nb\r\n:%" PRId64 "\r\n$%d\r\n", ++a->number,
		MULTISET_HEX);
	n = (size_t)len + MULTISET_HEX + 2;
	if (data->len < n || memcmp(data->data, want, (size_t)len) != 0)
		return keyarchive_refuse(
			a, "the archive was altered: out of its order");
	digest(a->row, data->data + n, data->len - n, hex);
	if (memcmp(data->data + len, hex, MULTISET_HEX) != 0)
		return keyarchive_refuse(a,
			"the archive was altered: its bytes are not what "
			"their digest says");
	a->block = data;
	a->at = n;
	return 0;
}

/* Goes on to the next member. 1; 0: the end; -1. */
static int
advance(struct keyarchive_in *a)
{
	const struct buf *data;
	int rc = next_member(a, &data);

	if (rc == 0 && !a->is_ended)
		return keyarchive_refuse(a, "it does not say how it ends");
	if (rc != 1)
		return rc;
	if (a->is_ended)
		return keyarchive_refuse(a, "out of place");
	if (strcmp(a->member, "end.json") == 0)
		return take_end(a, data) == -1 ? -1 : 1;
	if (strncmp(a->member, "keys/", 5) != 0)
		return keyarchive_refuse(a, "not a member of ours");
	/* no value goes over from one member to the next */
	kvreader_free(a->reader);
	if ((a->reader = kvreader_new()) == NULL)
		return no_memory();
	return check_block(a, data) == -1 ? -1 : 1;
}

int
keyarchive_next(struct keyarchive_in *a, const struct kvreply **r)
{
	size_t n;
	int rc;

	for (;;) {
		rc = a->reader != NULL ? kvreader_next(a->reader, r) : 0;
		if (rc == 1)
			return 1;
		if (rc == -1)
			return keyarchive_refuse(a, kvreader_why(a->reader));
		if (a->block != NULL && a->at < a->block->len) {
			n = a->block->len - a->at;
			n = n < FEED ? n : FEED;
			if (kvreader_feed(
				    a->reader, a->block->data + a->at, n) == -1)
				return no_memory();
			a->at += n;
			continue;
		}
		a->block = NULL;
		if ((rc = advance(a)) != 1)
			return rc;
	}
}
