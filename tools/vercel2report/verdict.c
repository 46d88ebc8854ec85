#include "verdict.h"

#include <stdarg.h>
#include <stdlib.h>

#include "buf.h"
#include "jsonw.h"
#include "mem.h"
#include "tree.h"
#include "treeget.h"

static const char *const words[] = {"moves", "by-hand", "stays"};
static const char *const titles[] = {
	"Moves", "Must be done by hand", "Has no meaning on Fly.io"};

/* One line, whatever was formatted into it. */
static char *
flat(const char *s)
{
	char *copy = mem_strdup(s);

	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	return copy;
}

void
verdict_add(struct verdict_list *l, const struct tree *t, enum verdict v,
	const char *key, const char *fmt, ...)
{
	struct verdict_item *item =
		mem_resize(l->item, l->n + 1, sizeof(*item));
	struct buf text = BUF_INIT;
	va_list ap;
	int rc;

	if (item == NULL) {
		l->failed = 1;
		return;
	}
	l->item = item;
	item += l->n;
	va_start(ap, fmt);
	rc = buf_vprintf(&text, fmt, ap);
	va_end(ap);
	item->verdict = v;
	item->key = flat(key);
	item->what = rc == 0 ? flat(buf_str(&text)) : NULL;
	treeget_place(t, &item->line, &item->column);
	buf_fini(&text);
	l->n++;
	if (item->key == NULL || item->what == NULL)
		l->failed = 1;
}

void
verdict_fini(struct verdict_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->item[i].key);
		free(l->item[i].what);
	}
	free(l->item);
	*l = (struct verdict_list){NULL, 0, 0};
}

size_t
verdict_count(const struct verdict_list *l, enum verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->item[i].verdict == v;
	return n;
}

int
verdict_put_records(const struct verdict_list *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct verdict_item *item = &l->item[i];
		struct jsonw w;
		jsonw_record(&w, out, "setting.judged");
		jsonw_str(&w, "key", item->key);
		jsonw_str(&w, "verdict", words[item->verdict]);
		jsonw_str(&w, "message", item->what);
		if (item->line != 0)
			jsonw_uint(&w, "line", item->line);
		if (item->column != 0)
			jsonw_uint(&w, "column", item->column);
		if (jsonw_end_record(&w) == -1)
			return -1;
	}
	return 0;
}

int
verdict_put_text(const struct verdict_list *l, struct buf *out)
{
	for (int v = VERDICT_MOVES; v <= VERDICT_STAYS; v++) {
		if (verdict_count(l, (enum verdict)v) == 0)
			continue;
		if (buf_printf(out, "\n%s:\n", titles[v]) == -1)
			return -1;
		for (size_t i = 0; i < l->n; i++)
			if (l->item[i].verdict == (enum verdict)v &&
				buf_printf(out, "  %s (line %u): %s\n",
					l->item[i].key, l->item[i].line,
					l->item[i].what) == -1)
				return -1;
	}
	return 0;
}
