#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "buf.h"
#include "catalog.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "num.h"
#include "str.h"
#include "tarball.h"

#define MANIFEST "manifest.json"

/* Of either direction: the digest over names and contents, in order. */
struct sum {
	struct multiset_row *row;
	int64_t members, bytes;
};

struct archive_out {
	struct tarball_writer *tar;
	struct sum sum;
};

struct archive_in {
	struct tarball_reader *tar;
	char *what, *name;
	struct sum sum;
	struct buf data;
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

static void
add(struct sum *s, const char *name, const void *p, size_t n)
{
	multiset_row_update(s->row, name, strlen(name) + 1);
	multiset_row_update(s->row, p, n);
	s->members++;
	s->bytes += (int64_t)n;
}

static void
put_digest(struct sum *s, char hex[MULTISET_HEX + 1])
{
	struct multiset m = MULTISET_INIT;

	multiset_row_end(s->row, &m);
	multiset_format(&m, hex);
}

int
archive_create(int fd, const char *name, int level, struct archive_out **out)
{
	struct archive_out *a = mem_zalloc(1, sizeof(*a));

	if (!a || !(a->sum.row = multiset_row_new())) {
		free(a);
		return no_memory();
	}
	if (tarball_create(fd, name, level, &a->tar)) {
		archive_abandon(a);
		return -1;
	}
	*out = a;
	return 0;
}

static int
put_member(struct archive_out *a, const char *name, const void *p, size_t n)
{
	const struct tarball_entry e = {.name = name,
		.size = (int64_t)n,
		.mode = 0600,
		.type = TARBALL_FILE};

	return tarball_put(a->tar, &e) || (n && tarball_write(a->tar, p, n))
		       ? -1
		       : 0;
}

int
archive_put(struct archive_out *a, const char *name, const void *p, size_t n)
{
	add(&a->sum, name, p, n);
	return put_member(a, name, p, n);
}

int
archive_finish(struct archive_out *a)
{
	char hex[MULTISET_HEX + 1];
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc;

	put_digest(&a->sum, hex);
	jsonw_record(&w, &b, "archive.closed");
	jsonw_int(&w, "members", a->sum.members);
	jsonw_int(&w, "bytes", a->sum.bytes);
	jsonw_str(&w, "digest", hex);
	rc = jsonw_end_record(&w) ? no_memory()
				  : put_member(a, MANIFEST, b.data, b.len);
	buf_fini(&b);
	if (rc == 0) {
		rc = tarball_finish(a->tar);
		a->tar = NULL;
	}
	archive_abandon(a);
	return rc;
}

void
archive_abandon(struct archive_out *a)
{
	if (!a)
		return;
	tarball_abandon(a->tar);
	multiset_row_free(a->sum.row);
	free(a);
}

int
archive_open(int fd, const char *name, struct archive_in **in)
{
	struct archive_in *a = mem_zalloc(1, sizeof(*a));

	if (!a || !(a->sum.row = multiset_row_new()) ||
		!(a->what = mem_strdup(name))) {
		archive_close(a);
		return no_memory();
	}
	if (tarball_open(fd, name, &a->tar)) {
		archive_close(a);
		return -1;
	}
	*in = a;
	return 0;
}

void
archive_close(struct archive_in *a)
{
	if (!a)
		return;
	tarball_close(a->tar);
	multiset_row_free(a->sum.row);
	buf_fini(&a->data);
	free(a->what);
	free(a->name);
	free(a);
}

/* The manifest must say of what came what we have seen. 0 or -1. */
static int
check_manifest(struct archive_in *a)
{
	struct json_error err;
	struct json *doc = json_parse(
		buf_str(&a->data), a->data.len ? a->data.len - 1 : 0, &err);
	const struct json_val *v = doc ? json_root(doc) : NULL;
	const char *want = v ? json_get_str(v, "digest") : NULL;
	char have[MULTISET_HEX + 1];
	int64_t members = -1, bytes = -1;
	int rc = 0;

	put_digest(&a->sum, have);
	(void)json_int(json_get(v, "members"), 0, INT64_MAX, &members);
	(void)json_int(json_get(v, "bytes"), 0, INT64_MAX, &bytes);
	if (!want || strcmp(want, have) != 0 || members != a->sum.members ||
		bytes != a->sum.bytes) {
		msg_error("%s: the archive was altered: its members are not "
			  "what its manifest says",
			a->what);
		rc = -1;
	}
	json_free(doc);
	return rc;
}

/* Reads the member's bytes. 0 or -1. */
static int
read_member(struct archive_in *a, int64_t size)
{
	buf_clear(&a->data);
	if (size > (INT64_C(64) << 20)) {
		msg_error("%s: %s: larger than any member of ours", a->what,
			a->name);
		return -1;
	}
	while ((int64_t)a->data.len < size) {
		ssize_t n;

		if (buf_reserve(&a->data, 65536))
			return no_memory();
		n = tarball_read(a->tar, a->data.data + a->data.len, 65536);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		a->data.len += (size_t)n;
		a->data.data[a->data.len] = '\0';
	}
	return 0;
}

int
archive_next(struct archive_in *a, const char **name, const struct buf **data)
{
	struct tarball_entry e;
	int rc = tarball_next(a->tar, &e);

	if (rc == 0) {
		msg_error("%s: the archive is torn: it has no end", a->what);
		return -1;
	}
	if (rc < 0)
		return -1;
	free(a->name);
	if (!(a->name = mem_strdup(e.name)))
		return no_memory();
	if (e.type != TARBALL_FILE) {
		msg_error("%s: %s: not a member of ours", a->what, a->name);
		return -1;
	}
	if (read_member(a, e.size))
		return -1;
	if (strcmp(a->name, MANIFEST) == 0) {
		if (check_manifest(a))
			return -1;
		rc = tarball_next(a->tar, &e);
		if (rc > 0)
			msg_error("%s: something follows the end", a->what);
		return rc ? -1 : 0;
	}
	add(&a->sum, a->name, buf_str(&a->data), a->data.len);
	*name = a->name;
	*data = &a->data;
	return 1;
}

bool
archive_number(const char *name, const char *folder, int64_t *number,
	const char **rest)
{
	size_t n = strlen(folder);
	struct buf digits = BUF_INIT;
	const char *slash;
	bool ok;

	if (strncmp(name, folder, n) != 0 || name[n] != '/' ||
		!(slash = strchr(name + n + 1, '/')))
		return false;
	ok = buf_append(&digits, name + n + 1,
		     (size_t)(slash - name) - n - 1) == 0 &&
	     num_int(buf_str(&digits), 0, UINT32_MAX, number) == 0;
	buf_fini(&digits);
	*rest = slash + 1;
	return ok;
}

void
archive_put_catalog(struct jsonw *w, struct buf *b, const struct catalog *c)
{
	size_t i;

	jsonw_record(w, b, "archive.catalog");
	jsonw_array(w, "tables");
	for (i = 0; i < c->n_tables; i++) {
		jsonw_object(w, NULL);
		jsonw_str(w, "schema", c->table[i].schema);
		jsonw_str(w, "table", c->table[i].name);
		jsonw_str(w, "columns", c->table[i].columns);
		jsonw_bool(w, "binary", c->table[i].is_binary);
		jsonw_close(w);
	}
	jsonw_close(w);
	jsonw_array(w, "sequences");
	for (i = 0; i < c->n_sequences; i++) {
		const struct catalog_sequence *q = &c->sequence[i];

		jsonw_object(w, NULL);
		jsonw_str(w, "schema", q->schema);
		jsonw_str(w, "sequence", q->name);
		jsonw_str(w, "value", q->last_value);
		jsonw_bool(w, "called", q->is_called);
		jsonw_str(w, "increment", q->increment);
		jsonw_str(w, "table_schema", q->table_schema);
		jsonw_str(w, "table", q->table);
		jsonw_str(w, "column", q->column);
		jsonw_close(w);
	}
	jsonw_close(w);
	jsonw_array(w, "matviews");
	for (i = 0; i < c->n_matviews; i++) {
		jsonw_object(w, NULL);
		jsonw_str(w, "schema", c->matview[i].schema);
		jsonw_str(w, "matview", c->matview[i].name);
		jsonw_bool(w, "populated", c->matview[i].is_populated);
		jsonw_close(w);
	}
	jsonw_close(w);
	jsonw_array(w, "extensions");
	for (i = 0; i < c->n_extensions; i++) {
		jsonw_object(w, NULL);
		jsonw_str(w, "name", c->extension[i].name);
		jsonw_str(w, "schema", c->extension[i].schema);
		jsonw_str(w, "version", c->extension[i].version);
		jsonw_close(w);
	}
	jsonw_close(w);
}

/* A member that must be a string; sets ${*bad}. */
static char *
text(const struct json_val *v, const char *key, bool *bad)
{
	const char *s = json_get_str(v, key);
	char *copy = s ? mem_strdup(s) : NULL;

	if (!copy)
		*bad = true;
	return copy;
}

static bool
flag(const struct json_val *v, const char *key)
{
	bool yes = false;

	(void)json_bool(json_get(v, key), &yes);
	return yes;
}

static bool
read_sequences(struct catalog *c, const struct json_val *list)
{
	const struct json_val *v;
	bool bad = false;

	c->sequence = mem_zalloc(json_count(list) + 1, sizeof(*c->sequence));
	if (!c->sequence)
		return false;
	for (v = json_first(list); v; v = json_next(v)) {
		struct catalog_sequence *q = &c->sequence[c->n_sequences++];

		q->schema = text(v, "schema", &bad);
		q->name = text(v, "sequence", &bad);
		q->last_value = text(v, "value", &bad);
		q->is_called = flag(v, "called");
		q->increment = text(v, "increment", &bad);
		q->table_schema = text(v, "table_schema", &bad);
		q->table = text(v, "table", &bad);
		q->column = text(v, "column", &bad);
	}
	return !bad;
}

static bool
read_others(struct catalog *c, const struct json_val *matviews,
	const struct json_val *extensions)
{
	const struct json_val *v;
	bool bad = false;

	c->matview = mem_zalloc(json_count(matviews) + 1, sizeof(*c->matview));
	c->extension =
		mem_zalloc(json_count(extensions) + 1, sizeof(*c->extension));
	if (!c->matview || !c->extension)
		return false;
	for (v = json_first(matviews); v; v = json_next(v)) {
		struct catalog_matview *m = &c->matview[c->n_matviews++];

		m->schema = text(v, "schema", &bad);
		m->name = text(v, "matview", &bad);
		m->is_populated = flag(v, "populated");
	}
	for (v = json_first(extensions); v; v = json_next(v)) {
		struct catalog_extension *x = &c->extension[c->n_extensions++];

		x->name = text(v, "name", &bad);
		x->schema = text(v, "schema", &bad);
		x->version = text(v, "version", &bad);
	}
	return !bad;
}

struct catalog *
archive_read_catalog(const struct json_val *v)
{
	struct catalog *c = mem_zalloc(1, sizeof(*c));
	const struct json_val *list = json_get(v, "tables"), *t;
	bool bad = false;

	if (!c || !(c->table = mem_zalloc(
			    json_count(list) + 1, sizeof(*c->table))))
		goto err;
	for (t = json_first(list); t; t = json_next(t)) {
		struct catalog_table *x = &c->table[c->n_tables++];

		x->schema = text(t, "schema", &bad);
		x->name = text(t, "table", &bad);
		x->columns = text(t, "columns", &bad);
		x->is_binary = flag(t, "binary");
	}
	if (bad || !read_sequences(c, json_get(v, "sequences")) ||
		!read_others(
			c, json_get(v, "matviews"), json_get(v, "extensions")))
		goto err;
	return c;
err:
	msg_error("the archive's catalogue cannot be read");
	catalog_free(c);
	return NULL;
}
