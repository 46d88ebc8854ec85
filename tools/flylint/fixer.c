#include "fixer.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixrule.h"
#include "foundlist.h"
#include "lint.h"
#include "mem.h"
#include "toml.h"
#include "tomledit.h"

void
fixlist_fini(struct fixlist *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->item[i].rule);
		free(l->item[i].message);
	}
	free(l->item);
	memset(l, 0, sizeof(*l));
}

static int
add(struct fixlist *l, const struct found *f)
{
	struct fix *item = mem_resize(l->item, l->n + 1, sizeof(*item));

	if (item == NULL)
		return -1;
	l->item = item;
	item += l->n;
	item->line = f->line;
	item->column = f->column;
	item->rule = mem_strdup(f->rule);
	item->message = mem_strdup(f->message);
	if (item->rule == NULL || item->message == NULL) {
		free(item->rule);
		free(item->message);
		return -1;
	}
	l->n++;
	return 0;
}

/* A repair that did not make its finding go away is not tried again. */
static int
is_done(const struct fixlist *l, const struct found *f)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->item[i].rule, f->rule) == 0 &&
			strcmp(l->item[i].message, f->message) == 0 &&
			l->item[i].line == f->line)
			return 1;
	return 0;
}

/* The first finding that can be repaired: 1 and the new text, 0 if none. */
static int
fix_one(const struct lint *l, struct buf *text, struct fixlist *done)
{
	const struct found *f = l->found->item;
	struct toml_error err;
	struct tomledit *e = tomledit_open(l->text, l->len, &err);
	const char *s;
	size_t len;
	int rc = 0;

	if (e == NULL)
		return -1;
	for (size_t i = 0; i < l->found->n && rc == 0; i++) {
		if (f[i].is_ignored || f[i].fix == NULL ||
			is_done(done, &f[i]) || !fixrule_apply(l, &f[i], e))
			continue;
		s = tomledit_text(e, &len);
		buf_clear(text);
		rc = buf_append(text, s, len) == 0 && add(done, &f[i]) == 0
			     ? 1
			     : -1;
	}
	tomledit_free(e);
	return rc;
}

int
fixer_run(const char *name, struct buf *text, const struct facts *facts,
	const struct json *regions, struct fixlist *done)
{
	struct buf old = BUF_INIT;
	struct lint *l;
	int rc = 1;

	while (rc == 1 && done->n < 10000) {
		buf_clear(&old);
		if (buf_append(&old, buf_str(text), text->len) == -1)
			rc = -1;
		else if ((l = lint_open(name, buf_str(&old), old.len, facts,
				  regions)) == NULL)
			rc = -1;
		else {
			if (l->is_refused)
				rc = 0;
			else
				rc = fix_one(l, text, done);
			lint_close(l);
		}
	}
	buf_fini(&old);
	return rc == -1 ? -1 : 0;
}
