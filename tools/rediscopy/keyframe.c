#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "keyframe.h"
#include "kvreply.h"
#include "reader.h"
#include "resp.h"
#include "streammeta.h"

static bool
is_text(const struct kvreply *r)
{
	return is_kvreply(r, KVREPLY_STRING) && strlen(r->str) == r->len;
}

static bool
is_number(const struct kvreply *r, int64_t least, int64_t most)
{
	return is_kvreply(r, KVREPLY_INTEGER) && r->integer >= least &&
	       r->integer <= most;
}

static int
read_key(struct keyframe *f, const struct kvreply *r)
{
	if (r->n != 5 || !is_number(r->item[1], 0, INT32_MAX) ||
		!is_kvreply(r->item[2], KVREPLY_STRING) ||
		!is_text(r->item[3]) || reader_type(r->item[3]->str) == NULL ||
		!is_number(r->item[4], -1, INT64_MAX / 2))
		return -1;
	f->db = (int)r->item[1]->integer;
	f->key = r->item[2]->str;
	f->len = r->item[2]->len;
	f->type = r->item[3]->str;
	f->expires = r->item[4]->integer;
	return 0;
}

static int
read_times(struct keyframe *f)
{
	size_t i;

	for (i = 0; i < f->n; i += 2)
		if (i + 1 == f->n || !is_kvreply(f->item[i], KVREPLY_STRING) ||
			!is_number(f->item[i + 1], 0, INT64_MAX / 2))
			return -1;
	return 0;
}

static int
read_sum(const struct kvreply *const *item, struct multiset *m)
{
	if (!is_text(item[0]) || multiset_parse(item[0]->str, m) == -1 ||
		!is_number(item[1], 0, INT64_MAX) ||
		!is_number(item[2], 0, INT64_MAX))
		return -1;
	m->rows = (uint64_t)item[1]->integer;
	m->bytes = (uint64_t)item[2]->integer;
	return 0;
}

static int
read_end(struct keyframe *f, const struct kvreply *r)
{
	if (r->n != 8 || !is_number(r->item[1], 0, INT64_MAX))
		return -1;
	f->elements = r->item[1]->integer;
	return read_sum(r->item + 2, &f->sum) == -1 ||
			       read_sum(r->item + 5, &f->time_sum) == -1
		       ? -1
		       : 0;
}

static int
read_function(struct keyframe *f, const struct kvreply *r)
{
	if (r->n != 3 || !is_text(r->item[1]) ||
		!is_kvreply(r->item[2], KVREPLY_STRING))
		return -1;
	f->key = r->item[1]->str;
	f->len = r->item[1]->len;
	return 0;
}

int
keyframe_read(struct keyframe *f, const struct kvreply *r)
{
	memset(f, 0, sizeof(*f));
	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n == 0 ||
		!is_text(r->item[0]) || r->item[0]->len != 1)
		return -1;
	f->item = r->item + 1;
	f->n = r->n - 1;
	switch (r->item[0]->str[0]) {
	case 'k':
		f->kind = KEYFRAME_KEY;
		return read_key(f, r);
	case 'm':
		f->kind = KEYFRAME_META;
		return f->n == 0 ? 0 : -1;
	case 'e':
		f->kind = KEYFRAME_ELEMENTS;
		return f->n > 0 ? 0 : -1;
	case 't':
		f->kind = KEYFRAME_TIMES;
		return read_times(f);
	case 'x':
		f->kind = KEYFRAME_DROP;
		return f->n == 0 ? 0 : -1;
	case 'z':
		f->kind = KEYFRAME_END;
		return read_end(f, r);
	case 'f':
		f->kind = KEYFRAME_FUNCTION;
		return read_function(f, r);
	default:
		return -1;
	}
}

int
keyframe_put_key(struct buf *b, int db, const char *key, size_t len,
	const char *type, int64_t expires)
{
	return resp_array(b, 5) == -1 || resp_text(b, "k") == -1 ||
			       resp_int(b, db) == -1 ||
			       resp_string(b, key, len) == -1 ||
			       resp_text(b, type) == -1 ||
			       resp_int(b, expires) == -1
		       ? -1
		       : 0;
}

static int
put_id(struct buf *b, const struct streammeta_id *id)
{
	char text[48];

	streammeta_format_id(id, text);
	return resp_text(b, text);
}

/* The pending entries of one consumer. */
static int
put_consumer(struct buf *b, const struct streammeta_group *g, size_t consumer)
{
	size_t i, n = 0;
	int rc;

	for (i = 0; i < g->n_pending; i++)
		n += g->pending[i].consumer == consumer;
	rc = resp_array(b, 4) == -1 || resp_text(b, "name") == -1 ||
			     resp_string(b, g->consumer[consumer].text,
				     g->consumer[consumer].len) == -1 ||
			     resp_text(b, "pending") == -1
		     ? -1
		     : resp_array(b, n);
	for (i = 0; rc == 0 && i < g->n_pending; i++)
		if (g->pending[i].consumer == consumer)
			rc = resp_array(b, 3) == -1 ||
					     put_id(b, &g->pending[i].id) ==
						     -1 ||
					     resp_int(b, g->pending[i].time) ==
						     -1
				     ? -1
				     : resp_int(b, g->pending[i].count);
	return rc;
}

static int
put_group(struct buf *b, const struct streammeta_group *g)
{
	size_t i;
	int rc;

	rc = resp_array(b, 8) == -1 || resp_text(b, "name") == -1 ||
			     resp_string(b, g->name.text, g->name.len) == -1 ||
			     resp_text(b, "last-delivered-id") == -1 ||
			     put_id(b, &g->last) == -1 ||
			     resp_text(b, "entries-read") == -1 ||
			     resp_int(b, g->entries_read) == -1 ||
			     resp_text(b, "consumers") == -1
		     ? -1
		     : resp_array(b, g->n_consumers);
	for (i = 0; rc == 0 && i < g->n_consumers; i++)
		rc = put_consumer(b, g, i);
	return rc;
}

int
keyframe_put_meta(struct buf *b, const struct streammeta *m)
{
	size_t i;
	int rc;

	rc = resp_array(b, 1) == -1 || resp_text(b, "m") == -1 ||
			     resp_array(b, 8) == -1 ||
			     resp_text(b, "last-generated-id") == -1 ||
			     put_id(b, &m->last) == -1 ||
			     resp_text(b, "max-deleted-entry-id") == -1 ||
			     put_id(b, &m->max_deleted) == -1 ||
			     resp_text(b, "entries-added") == -1 ||
			     resp_int(b, m->entries_added) == -1 ||
			     resp_text(b, "groups") == -1
		     ? -1
		     : resp_array(b, m->n_groups);
	for (i = 0; rc == 0 && i < m->n_groups; i++)
		rc = put_group(b, &m->group[i]);
	return rc;
}

int
keyframe_put_elements(
	struct buf *b, const struct kvreply *const *item, size_t n)
{
	size_t i;
	int rc = resp_array(b, n + 1) == -1 ? -1 : resp_text(b, "e");

	for (i = 0; rc == 0 && i < n; i++)
		rc = resp_reply(b, item[i]);
	return rc;
}

int
keyframe_put_time(struct buf *b, const char *field, size_t len, int64_t at)
{
	return resp_array(b, 3) == -1 || resp_text(b, "t") == -1 ||
			       resp_string(b, field, len) == -1 ||
			       resp_int(b, at) == -1
		       ? -1
		       : 0;
}

int
keyframe_put_drop(struct buf *b)
{
	return resp_array(b, 1) == -1 ? -1 : resp_text(b, "x");
}

static int
put_sum(struct buf *b, const struct multiset *m)
{
	char hex[MULTISET_HEX + 1];

	multiset_format(m, hex);
	return resp_text(b, hex) == -1 || resp_int(b, (int64_t)m->rows) == -1 ||
			       resp_int(b, (int64_t)m->bytes) == -1
		       ? -1
		       : 0;
}

int
keyframe_put_end(struct buf *b, int64_t elements, const struct multiset *sum,
	const struct multiset *time_sum)
{
	return resp_array(b, 8) == -1 || resp_text(b, "z") == -1 ||
			       resp_int(b, elements) == -1 ||
			       put_sum(b, sum) == -1 ||
			       put_sum(b, time_sum) == -1
		       ? -1
		       : 0;
}

int
keyframe_put_function(
	struct buf *b, const char *name, const char *code, size_t len)
{
	return resp_array(b, 3) == -1 || resp_text(b, "f") == -1 ||
			       resp_text(b, name) == -1 ||
			       resp_string(b, code, len) == -1
		       ? -1
		       : 0;
}
