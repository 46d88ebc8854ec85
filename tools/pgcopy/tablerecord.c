#include "tablerecord.h"
#include "buf.h"
#include "catalog.h"
#include "delta.h"
#include "engine.h"
#include "jsonw.h"
#include "multiset.h"
#include "plan.h"
#include "str.h"

#include <string.h>

static void
put_sum(struct jsonw *w, const struct multiset *m)
{
	char hex[MULTISET_HEX + 1];

	multiset_format(m, hex);
	jsonw_uint(w, "rows", m->rows);
	jsonw_uint(w, "bytes", m->bytes);
	jsonw_str(w, "digest", hex);
}

static void
put_table(struct jsonw *w, const struct engine *e, size_t table)
{
	const struct catalog_table *t = &e->catalog->table[table];

	jsonw_str(w, "schema", t->schema);
	jsonw_str(w, "table", t->name);
}

int
tablerecord_copied(struct engine *e, size_t table)
{
	const struct engine_table *t = &e->table[table];
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "table.copied");
	put_table(&w, e, table);
	put_sum(&w, &t->source);
	jsonw_str(&w, "format", t->binary ? "binary" : "text");
	jsonw_num(&w, "seconds", t->seconds);
	return engine_put(e, &w, &b, true);
}

int
tablerecord_verified(struct engine *e, size_t table, double seconds)
{
	const struct engine_table *t = &e->table[table];
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (is_multiset_equal(&t->source, &t->target)) {
		jsonw_record(&w, &b, "table.verified");
		put_table(&w, e, table);
		put_sum(&w, &t->target);
	} else {
		e->is_told = true;
		jsonw_record(&w, &b, "table.differs");
		put_table(&w, e, table);
		jsonw_object(&w, "source");
		put_sum(&w, &t->source);
		jsonw_close(&w);
		jsonw_object(&w, "target");
		put_sum(&w, &t->target);
		jsonw_close(&w);
	}
	jsonw_num(&w, "seconds", seconds);
	return engine_put(e, &w, &b, true);
}

int
tablerecord_compared(
	struct engine *e, size_t table, const struct delta_table *d)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (is_delta_empty(d)) {
		jsonw_record(&w, &b, "table.verified");
		put_table(&w, e, table);
	} else {
		e->is_told = true;
		jsonw_record(&w, &b, "table.differs");
		put_table(&w, e, table);
		jsonw_int(&w, "missing", d->missing);
		jsonw_int(&w, "extra", d->extra);
		jsonw_int(&w, "changed", d->changed);
	}
	jsonw_num(&w, "seconds", d->seconds);
	return engine_put(e, &w, &b, true);
}

int
tablerecord_synced(struct engine *e, size_t table, const struct delta_table *d)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "table.synced");
	put_table(&w, e, table);
	jsonw_int(&w, "inserted", d->missing);
	jsonw_int(&w, "deleted", d->extra);
	jsonw_int(&w, "updated", d->changed);
	jsonw_uint(&w, "bytes", d->bytes);
	jsonw_num(&w, "seconds", d->seconds);
	return engine_put(e, &w, &b, true);
}

int
tablerecord_objects(struct engine *e, size_t n, const struct multiset *source,
	const struct multiset *target)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (!n)
		return 0;
	jsonw_record(&w, &b, "largeobjects.copied");
	put_sum(&w, source);
	jsonw_bool(&w, "equal", is_multiset_equal(source, target));
	return engine_put(e, &w, &b, true);
}

int
tablerecord_step(struct engine *e, const char *id, double seconds)
{
	static const struct {
		const char *prefix, *type, *key;
	} steps[] = {{PLAN_INDEX, "index.built", "index"},
		{PLAN_CONSTRAINT, "constraint.added", "constraint"},
		{PLAN_VALIDATE, "constraint.added", "constraint"},
		{PLAN_MATVIEW, "matview.refreshed", "matview"}};
	struct buf b = BUF_INIT;
	struct jsonw w;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!str_starts(id, steps[i].prefix))
			continue;
		jsonw_record(&w, &b, steps[i].type);
		jsonw_str(&w, steps[i].key, id + strlen(steps[i].prefix));
		jsonw_num(&w, "seconds", seconds);
		return engine_put(e, &w, &b, true);
	}
	return 0;
}
