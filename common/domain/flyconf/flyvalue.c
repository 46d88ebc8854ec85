#include "flyvalue.h"

#include <inttypes.h>
#include <stdlib.h>

#include "buf.h"
#include "flyconf.h"
#include "flynum.h"
#include "jsonw.h"
#include "mem.h"
#include "tomltext.h"
#include "tree.h"

int
flyvalue_put_toml(struct buf *b, const struct fly_pair *p)
{
	if (p->value != NULL)
		return tomltext_put_string(
			b, p->value, strlen(p->value), TOMLTEXT_BEST);
	return tomltext_put_value(b, p->other, TOMLTEXT_BEST);
}

static void
put_json(struct jsonw *w, const char *key, const struct tree *t)
{
	switch (t->kind) {
	case TREE_NULL:
		jsonw_null(w, key);
		break;
	case TREE_BOOL:
		jsonw_bool(w, key, t->boolean);
		break;
	case TREE_INT:
		jsonw_int(w, key, t->integer);
		break;
	case TREE_FLOAT:
		flynum_put_json(w, key, t->number);
		break;
	case TREE_STRING:
	case TREE_TIME:
		jsonw_str(w, key, t->text);
		break;
	case TREE_ARRAY:
	case TREE_TABLE:
		if (t->kind == TREE_ARRAY)
			jsonw_array(w, key);
		else
			jsonw_object(w, key);
		for (t = t->first; t != NULL; t = t->next)
			put_json(w, t->key, t);
		jsonw_close(w);
		break;
	}
}

void
flyvalue_put_json(struct jsonw *w, const struct fly_pair *p)
{
	if (p->value != NULL)
		jsonw_str(w, p->key, p->value);
	else
		put_json(w, p->key, p->other);
}

static int
by_key(const void *a, const void *b)
{
	const struct tree *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

/* Go prints a map by its sorted keys. */
static int
put_go_map(struct buf *b, const struct tree *t, bool is_json)
{
	const struct tree **sorted = mem_zalloc(t->n, sizeof(*sorted)), *m;
	size_t n = 0;
	int rc;

	if (sorted == NULL)
		return -1;
	for (m = t->first; m != NULL; m = m->next)
		sorted[n++] = m;
	qsort(sorted, n, sizeof(*sorted), by_key);
	rc = buf_puts(b, "map[");
	for (size_t i = 0; i < n; i++) {
		rc |= buf_printf(b, "%s%s:", i > 0 ? " " : "", sorted[i]->key);
		rc |= flyvalue_put_go(b, sorted[i], is_json);
	}
	free(sorted);
	return rc | buf_putc(b, ']');
}

int
flyvalue_put_go(struct buf *b, const struct tree *t, bool is_json)
{
	const struct tree *m;
	int rc = 0;

	switch (t->kind) {
	case TREE_NULL:
		return buf_puts(b, "<nil>");
	case TREE_BOOL:
		return buf_puts(b, t->boolean ? "true" : "false");
	case TREE_INT:
		if (!is_json)
			return buf_printf(b, "%" PRId64, t->integer);
		return flynum_put_go(b, t->number);
	case TREE_FLOAT:
		return flynum_put_go(b, t->number);
	case TREE_STRING:
	case TREE_TIME:
		return buf_append(b, t->text, t->len);
	case TREE_ARRAY:
		rc |= buf_putc(b, '[');
		for (m = t->first; m != NULL; m = m->next) {
			rc |= buf_puts(b, m == t->first ? "" : " ");
			rc |= flyvalue_put_go(b, m, is_json);
		}
		rc |= buf_putc(b, ']');
		break;
	case TREE_TABLE:
		rc = put_go_map(b, t, is_json);
		break;
	}
	return rc == 0 ? 0 : -1;
}
