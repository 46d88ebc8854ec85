#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "object.h"
#include "recorder.h"
#include "sorter.h"

int
ledger_init(struct ledger *l, size_t memory)
{
	memset(l, 0, sizeof(*l));
	l->copied = sorter_new(memory);
	return l->copied != NULL ? 0 : -1;
}

static void
upload_fini(struct ledger_upload *u)
{
	free(u->upload_id);
	free(u->key);
	free(u->part);
}

void
ledger_fini(struct ledger *l)
{
	size_t i;

	for (i = 0; i < l->n_uploads; i++)
		upload_fini(&l->upload[i]);
	free(l->upload);
	free(l->id);
	sorter_free(l->copied);
	memset(l, 0, sizeof(*l));
}

static struct ledger_upload *
find(const struct ledger *l, const char *id)
{
	size_t i;

	for (i = 0; i < l->n_uploads; i++)
		if (strcmp(l->upload[i].id, id) == 0)
			return &l->upload[i];
	return NULL;
}

const struct ledger_upload *
ledger_find(const struct ledger *l, const char *id)
{
	return find(l, id);
}

static void
forget(struct ledger *l, const char *id)
{
	struct ledger_upload *u = find(l, id);

	if (u == NULL)
		return;
	upload_fini(u);
	*u = l->upload[--l->n_uploads];
}

static int
replay_begun(struct ledger *l, const struct json_val *v, const char *id)
{
	const char *upload_id = json_get_str(v, "upload_id");
	struct ledger_upload u, *grown;
	struct buf key = BUF_INIT;
	int64_t part_size;

	memset(&u, 0, sizeof(u));
	forget(l, id);
	if (upload_id == NULL || jsonbytes_get(v, "key", &key) != 1 ||
		json_int(json_get(v, "part_size"), 1, INT64_MAX, &part_size) ==
			-1) {
		msg_error("the journal is damaged: an upload.begun without "
			  "key, upload_id or part_size");
		buf_fini(&key);
		return -1;
	}
	snprintf(u.id, sizeof(u.id), "%s", id);
	u.part_size = (uint64_t)part_size;
	u.upload_id = mem_strdup(upload_id);
	u.len = key.len;
	u.key = buf_steal(&key);
	grown = u.upload_id != NULL && u.key != NULL
			? mem_resize(
				  l->upload, l->n_uploads + 1, sizeof(*grown))
			: NULL;
	if (grown == NULL) {
		upload_fini(&u);
		msg_error("out of memory");
		return -1;
	}
	l->upload = grown;
	l->upload[l->n_uploads++] = u;
	return 0;
}

static int
replay_part(struct ledger *l, const struct json_val *v, const char *id)
{
	struct ledger_upload *u = find(l, id);
	const char *etag = json_get_str(v, "etag");
	const char *sha256 = json_get_str(v, "sha256");
	struct ledger_part *grown;
	int64_t number;

	/* one that is damaged does not count: it is sent again */
	if (u == NULL || etag == NULL || strlen(etag) != 32 ||
		(sha256 != NULL && *sha256 != '\0' && strlen(sha256) != 64) ||
		json_int(json_get(v, "part"), 1, 10000, &number) == -1)
		return 0;
	grown = mem_resize(u->part, u->n_parts + 1, sizeof(*grown));
	if (grown == NULL) {
		msg_error("out of memory");
		return -1;
	}
	u->part = grown;
	grown += u->n_parts++;
	grown->number = (unsigned)number;
	snprintf(grown->etag, sizeof(grown->etag), "%s", etag);
	snprintf(grown->sha256, sizeof(grown->sha256), "%s",
		sha256 != NULL ? sha256 : "");
	return 0;
}

/* 8 bytes of memory each: an archive has no order to merge with. */
static int
add_id(struct ledger *l, const char *id)
{
	size_t cap = l->cap > 0 ? l->cap * 2 : 256;
	uint64_t *grown;

	if (l->n_ids == l->cap) {
		grown = mem_resize(l->id, cap, sizeof(*grown));
		if (grown == NULL) {
			msg_error("out of memory");
			return -1;
		}
		l->id = grown;
		l->cap = cap;
	}
	l->id[l->n_ids++] = strtoull(id, NULL, 16);
	return 0;
}

static int
compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool
is_ledger_copied(struct ledger *l, const char *id)
{
	uint64_t key = strtoull(id, NULL, 16);

	if (!l->is_sorted && l->n_ids > 0)
		qsort(l->id, l->n_ids, sizeof(*l->id), compare_ids);
	l->is_sorted = true;
	return l->n_ids > 0 && bsearch(&key, l->id, l->n_ids, sizeof(*l->id),
				       compare_ids) != NULL;
}

static int
replay_copied(struct ledger *l, const struct json_val *v)
{
	const char *version = json_get_str(v, "target_version");
	struct buf key = BUF_INIT;
	struct object o;
	int rc = 0;

	if (version != NULL && object_get(v, &o, &key) == 0) {
		rc = sorter_add(l->copied, &o, version);
	}
	buf_fini(&key);
	return rc;
}

int
ledger_replay(struct ledger *l, const struct json *record)
{
	const struct json_val *v = json_root(record);
	const char *type = json_get_str(v, "type"), *id = json_get_str(v, "id");

	if (strcmp(type, "object.copied") == 0) {
		if (id != NULL)
			forget(l, id);
		if (id != NULL && add_id(l, id) == -1)
			return -1;
		return replay_copied(l, v);
	}
	/* one that was there already: with the target's version */
	if (strcmp(type, "object.skipped") == 0)
		return replay_copied(l, v);
	if (id == NULL || strlen(id) != 16)
		return 0;
	if (strcmp(type, "upload.begun") == 0)
		return replay_begun(l, v, id);
	if (strcmp(type, "upload.part") == 0)
		return replay_part(l, v, id);
	if (strcmp(type, "upload.aborted") == 0)
		forget(l, id);
	return 0;
}

int
ledger_copied(struct recorder *r, const struct ledger_copy *c)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "object.copied");
	jsonw_str(&w, "id", c->id);
	object_put(&w, c->object);
	jsonw_str(&w, "target_version", c->version);
	if (c->sha256 != NULL && *c->sha256 != '\0')
		jsonw_str(&w, "sha256", c->sha256);
	jsonw_str(&w, "proof", c->proof);
	jsonw_str(&w, "how", c->how);
	if (c->part_size > 0)
		jsonw_uint(&w, "part_size", c->part_size);
	jsonw_num(&w, "seconds", c->seconds);
	return recorder_put(r, &w, &b, false);
}

int
ledger_begun(struct recorder *r, const struct ledger_upload *u)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "upload.begun");
	jsonw_str(&w, "id", u->id);
	jsonbytes_put(&w, "key", u->key, u->len);
	jsonw_str(&w, "upload_id", u->upload_id);
	jsonw_uint(&w, "part_size", u->part_size);
	return recorder_put(r, &w, &b, true);
}

int
ledger_parted(struct recorder *r, const struct ledger_upload *u,
	const struct ledger_part *p)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "upload.part");
	jsonw_str(&w, "id", u->id);
	jsonw_uint(&w, "part", p->number);
	jsonw_str(&w, "etag", p->etag);
	if (*p->sha256 != '\0')
		jsonw_str(&w, "sha256", p->sha256);
	return recorder_put(r, &w, &b, true);
}

int
ledger_ended(
	struct recorder *r, const struct ledger_upload *u, const char *type)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, type);
	jsonw_str(&w, "id", u->id);
	jsonbytes_put(&w, "key", u->key, u->len);
	jsonw_str(&w, "upload_id", u->upload_id);
	return recorder_put(r, &w, &b, true);
}
