#include "flytoml.h"

#include <inttypes.h>

#include "buf.h"
#include "flyconf.h"
#include "flyfield.h"
#include "flynum.h"
#include "flyvalue.h"
#include "tomltext.h"

/* The writer: where it is in the tree. ${path} is that of the notes. */
struct writer {
	struct buf *out;
	const struct fly_config *conf;
	struct buf path;
	struct buf header;
	int failed;
};

static void put_fields(struct writer *w, const struct flyfield *fields,
	const void *base, unsigned depth);

static void
put(struct writer *w, const char *s)
{
	if (buf_puts(w->out, s) == -1)
		w->failed = 1;
}

static void
put_indent(struct writer *w, unsigned depth)
{
	while (depth-- > 0)
		put(w, "  ");
}

/* The note at the current path, filled to 78 columns. */
static void
put_note(struct writer *w, unsigned depth)
{
	const char *s = flyconf_note_at(w->conf, buf_str(&w->path));
	size_t column = 0, width = 76 - 2 * (size_t)depth;

	if (s == NULL)
		return;
	while (*s != '\0') {
		size_t n = strcspn(s, " \n");
		if (column == 0 || column + 1 + n > width) {
			if (column > 0)
				put(w, "\n");
			put_indent(w, depth);
			put(w, "#");
			column = 0;
		}
		put(w, " ");
		if (tomltext_put_comment(w->out, s, n) == -1)
			w->failed = 1;
		column += n + 1;
		s += n;
		if (*s == '\n') {
			put(w, "\n");
			column = 0;
		}
		s += *s != '\0';
	}
	if (column > 0)
		put(w, "\n");
}

static size_t
push_path(struct writer *w, const char *key)
{
	size_t old = w->path.len;

	if ((old > 0 && buf_putc(&w->path, '.') == -1) ||
		buf_puts(&w->path, key) == -1)
		w->failed = 1;
	return old;
}

static void
pop(struct buf *b, size_t len)
{
	if (b->data != NULL && len <= b->len) {
		b->len = len;
		b->data[len] = '\0';
	}
}

static size_t
push_header(struct writer *w, const char *key)
{
	size_t old = w->header.len;

	if ((old > 0 && buf_putc(&w->header, '.') == -1) ||
		tomltext_put_key(&w->header, key, strlen(key)) == -1)
		w->failed = 1;
	return old;
}

static void
put_str(struct writer *w, const char *s)
{
	if (tomltext_put_string(w->out, s, strlen(s), TOMLTEXT_BEST) == -1)
		w->failed = 1;
}

static void
put_value(struct writer *w, enum flyfield_kind kind, const void *p)
{
	static const char *const autostop[] = {"", "off", "stop", "suspend"};
	const struct fly_int *i = p;
	const struct fly_strs *l = p;
	char text[32];

	switch (kind) {
	case FLYFIELD_STR:
		put_str(w, *(char *const *)p);
		break;
	case FLYFIELD_INT:
		snprintf(text, sizeof(text), "%" PRId64, i->v);
		put(w, text);
		break;
	case FLYFIELD_NUM:
		if (flynum_put_toml(w->out, ((const struct fly_num *)p)->v) ==
			-1)
			w->failed = 1;
		break;
	case FLYFIELD_BOOL:
		put(w, *(const enum fly_bool *)p == FLY_TRUE ? "true"
							     : "false");
		break;
	case FLYFIELD_AUTOSTOP:
		put_str(w, autostop[*(const enum fly_autostop *)p]);
		break;
	case FLYFIELD_STRS:
		put(w, "[");
		for (size_t k = 0; k < l->n; k++) {
			put(w, k > 0 ? ", " : "");
			put_str(w, l->item[k]);
		}
		put(w, "]");
		break;
	default:
		break;
	}
}

static void
put_key(struct writer *w, const char *key, unsigned depth)
{
	put_note(w, depth);
	put_indent(w, depth);
	if (tomltext_put_key(w->out, key, strlen(key)) == -1)
		w->failed = 1;
	put(w, " = ");
}

/* "[a.b]" or "[[a.b]]" after a blank line. */
static void
put_header(struct writer *w, unsigned depth, int is_array)
{
	if (w->out->len > 0)
		put(w, "\n");
	put_note(w, depth - 1);
	put_indent(w, depth - 1);
	put(w, is_array ? "[[" : "[");
	put(w, buf_str(&w->header));
	put(w, is_array ? "]]\n" : "]\n");
}

static void
put_map(struct writer *w, const struct fly_map *m, unsigned depth)
{
	put_header(w, depth, 0);
	for (size_t i = 0; i < m->n; i++) {
		size_t old = push_path(w, m->item[i].key);
		put_key(w, m->item[i].key, depth);
		if (flyvalue_put_toml(w->out, &m->item[i]) == -1)
			w->failed = 1;
		put(w, "\n");
		pop(&w->path, old);
	}
}

static void
put_tables(struct writer *w, const struct flyfield *f,
	const struct fly_tables *t, unsigned depth)
{
	for (size_t i = 0; i < t->n; i++) {
		const char *item = (const char *)t->item + i * f->size;
		size_t header = w->header.len, path;
		char number[24];

		if (f->kind == FLYFIELD_NAMED) {
			const char *name = *(char *const *)(const void *)item;
			push_header(w, name);
			path = push_path(w, name);
			put_header(w, depth + 1, 0);
			put_fields(w, f->sub, item, depth + 1);
		} else {
			snprintf(number, sizeof(number), "%zu", i);
			path = push_path(w, number);
			put_header(w, depth, 1);
			put_fields(w, f->sub, item, depth);
		}
		pop(&w->path, path);
		pop(&w->header, header);
	}
}

static bool
has_scalar(const struct flyfield *f, const void *base)
{
	for (; f->key != NULL; f++)
		if (!is_flyfield_section(f) && is_flyfield_set(f, base))
			return true; /* or there, though empty */
	return false;
}

static void
put_section(struct writer *w, const struct flyfield *f, const void *p,
	unsigned depth)
{
	size_t header = push_header(w, f->key);
	size_t path = push_path(w, f->key);

	if (f->kind == FLYFIELD_MAP || f->kind == FLYFIELD_ANYMAP)
		put_map(w, p, depth);
	else if (f->kind == FLYFIELD_TABLE) {
		if (has_scalar(f->sub, p))
			put_header(w, depth, 0);
		put_fields(w, f->sub, p, depth);
	} else
		put_tables(w, f, p, depth);
	pop(&w->path, path);
	pop(&w->header, header);
}

static void
put_fields(struct writer *w, const struct flyfield *fields, const void *base,
	unsigned depth)
{
	const struct flyfield *f;

	/* TOML wants a table's own keys before its subtables */
	for (f = fields; f->key != NULL; f++) {
		if (is_flyfield_section(f) || f->kind == FLYFIELD_PRESENT ||
			!is_flyfield_set(f, base))
			continue;
		size_t path = push_path(w, f->key);
		put_key(w, f->key, depth);
		put_value(w, f->kind, (const char *)base + f->at);
		put(w, "\n");
		pop(&w->path, path);
	}
	for (f = fields; f->key != NULL; f++)
		if (is_flyfield_section(f) && is_flyfield_set(f, base))
			put_section(
				w, f, (const char *)base + f->at, depth + 1);
}

int
flytoml_put(struct buf *b, const struct fly_config *c)
{
	struct writer w = {b, c, BUF_INIT, BUF_INIT, 0};

	if (c->failed)
		return -1;

	put_note(&w, 0);
	if (b->len > 0)
		put(&w, "\n");
	put_fields(&w, flyfield_root(), c, 0);
	buf_fini(&w.path);
	buf_fini(&w.header);
	return w.failed ? -1 : 0;
}
