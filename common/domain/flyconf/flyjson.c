#include "flyjson.h"

#include "flyconf.h"
#include "flyfield.h"
#include "flynum.h"
#include "flyvalue.h"
#include "jsonw.h"

static void put_fields(
	struct jsonw *w, const struct flyfield *fields, const void *base);

static void
put_strs(struct jsonw *w, const char *key, const struct fly_strs *l)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < l->n; i++)
		jsonw_str(w, NULL, l->item[i]);
	jsonw_close(w);
}

static void
put_map(struct jsonw *w, const char *key, const struct fly_map *m)
{
	jsonw_object(w, key);
	for (size_t i = 0; i < m->n; i++)
		flyvalue_put_json(w, &m->item[i]);
	jsonw_close(w);
}

static void
put_tables(
	struct jsonw *w, const struct flyfield *f, const struct fly_tables *t)
{
	bool is_named = f->kind == FLYFIELD_NAMED;

	if (is_named)
		jsonw_object(w, f->key);
	else
		jsonw_array(w, f->key);
	for (size_t i = 0; i < t->n; i++) {
		const char *item = (const char *)t->item + i * f->size;
		jsonw_object(w,
			is_named ? *(char *const *)(const void *)item : NULL);
		put_fields(w, f->sub, item);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
put_field(struct jsonw *w, const struct flyfield *f, const void *p)
{
	static const char *const autostop[] = {"", "off", "stop", "suspend"};

	switch (f->kind) {
	case FLYFIELD_STR:
		jsonw_str(w, f->key, *(char *const *)p);
		break;
	case FLYFIELD_INT:
		jsonw_int(w, f->key, ((const struct fly_int *)p)->v);
		break;
	case FLYFIELD_NUM:
		flynum_put_json(w, f->key, ((const struct fly_num *)p)->v);
		break;
	case FLYFIELD_BOOL:
		jsonw_bool(w, f->key, *(const enum fly_bool *)p == FLY_TRUE);
		break;
	case FLYFIELD_AUTOSTOP:
		jsonw_str(w, f->key, autostop[*(const enum fly_autostop *)p]);
		break;
	case FLYFIELD_STRS:
		put_strs(w, f->key, p);
		break;
	case FLYFIELD_MAP:
	case FLYFIELD_ANYMAP:
		put_map(w, f->key, p);
		break;
	case FLYFIELD_TABLE:
		jsonw_object(w, f->key);
		put_fields(w, f->sub, p);
		jsonw_close(w);
		break;
	case FLYFIELD_TABLES:
	case FLYFIELD_NAMED:
		put_tables(w, f, p);
		break;
	case FLYFIELD_PRESENT:
		break;
	}
}

static void
put_fields(struct jsonw *w, const struct flyfield *fields, const void *base)
{
	for (const struct flyfield *f = fields; f->key != NULL; f++)
		if (is_flyfield_set(f, base))
			put_field(w, f, (const char *)base + f->at);
}

void
flyjson_put(struct jsonw *w, const char *key, const struct fly_config *c)
{
	if (c->failed) {
		w->failed = 1;
		return;
	}
	jsonw_object(w, key);
	put_fields(w, flyfield_root(), c);
	jsonw_close(w);
}
