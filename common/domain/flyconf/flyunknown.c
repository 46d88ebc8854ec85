/* Keys that flyctl does not know: what was probably meant. */
#include <stdlib.h>

#include "buf.h"
#include "flyfield.h"
#include "flyreader.h"
#include "mem.h"
#include "str.h"
#include "tree.h"

/* The section where ${key} is at home, ${depth} levels down, into ${b}. */
static bool
find_home(const struct flyfield *fields, const char *key, int depth,
	struct buf *b)
{
	const struct flyfield *f = flyfield_find(fields, key);
	size_t old = b->len;

	if (depth == 0)
		return f != NULL &&
		       (!is_flyfield_section(f) || fields != flyfield_root());
	for (f = fields; f->key != NULL; f++) {
		if (f->sub == NULL)
			continue;
		if (buf_printf(b, "%s%s", old > 0 ? "." : "", f->key) == -1)
			return false;
		if (find_home(f->sub, key, depth - 1, b))
			return true;
		b->len = old;
		b->data[old] = '\0';
	}
	return false;
}

static const char *
nearest(struct flyreader *r, const struct flyfield *fields, const char *key)
{
	const char **names, *found;
	size_t n = 0;

	while (fields[n].key != NULL)
		n++;
	names = mem_zalloc(n, sizeof(*names));
	if (names == NULL) {
		r->failed = 1;
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		if (fields[i].kind != FLYFIELD_PRESENT)
			names[i] = fields[i].key;
	found = str_nearest(key, names, n);
	free(names);
	return found;
}

/* The key with anything a terminal or a line would stumble over replaced. */
static int
put_key(struct buf *b, const struct tree *t)
{
	size_t n = t->key_len < 80 ? t->key_len : 80;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)t->key[i];
		if (buf_putc(b, c < 0x20 || c == 0x7f ? '?' : c) == -1)
			return -1;
	}
	return 0;
}

void
flyunknown_report(struct flyreader *r, const struct flyfield *fields,
	const struct tree *t)
{
	struct buf home = BUF_INIT, key = BUF_INIT;
	const char *near = NULL;
	size_t old;
	bool has_home = false;

	if (put_key(&key, t) == -1) {
		r->failed = 1;
		goto out;
	}
	for (int depth = 0; !has_home && depth < 4; depth++) {
		buf_clear(&home);
		has_home =
			find_home(flyfield_root(), buf_str(&key), depth, &home);
	}
	if (!has_home)
		near = nearest(r, fields, buf_str(&key));
	old = flyreader_push(r, buf_str(&key), t);
	if (has_home && home.len == 0)
		flyreader_warn(r, "unknown-key",
			"flyctl ignores %s: %s belongs to the top of the file, "
			"before the first section",
			flyreader_path(r), buf_str(&key));
	else if (has_home)
		flyreader_warn(r, "unknown-key",
			"flyctl ignores %s: %s belongs to [%s]",
			flyreader_path(r), buf_str(&key), buf_str(&home));
	else if (near != NULL)
		flyreader_warn(r, "unknown-key",
			"flyctl knows no key %s and ignores it; is it \"%s\"?",
			flyreader_path(r), near);
	else
		flyreader_warn(r, "unknown-key",
			"flyctl knows no key %s and ignores it",
			flyreader_path(r));
	flyreader_pop(r, old);

out:
	buf_fini(&home);
	buf_fini(&key);
}
