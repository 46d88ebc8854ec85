#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "buf.h"
#include "catalog.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "str.h"

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
