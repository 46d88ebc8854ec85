#include <string.h>

#include "buf.h"
#include "mem.h"
#include "toml.h"
#include "tomlindex.h"
#include "tomlkey.h"
#include "tomllex.h"
#include "tomlparse.h"
#include "tomlstr.h"
#include "tree.h"

static int
add_part(struct tomlkey_reader *p, size_t begin)
{
	struct tomlparse *o = p->out;
	struct tomlparse_part *more;
	size_t size = o->parts_size * 2;

	if (o->n_parts == o->parts_size) {
		more = mem_resize(o->part, size, sizeof(*more));
		if (more == NULL)
			return tomllex_nomem(p->lex);
		o->part = more;
		o->parts_size = size;
	}
	more = &o->part[o->n_parts++];
	more->begin = begin;
	more->end = p->lex->at;
	more->node = NULL;
	return 0;
}

int
tomlkey_add_stmt(struct tomlkey_reader *p, unsigned kind, struct tree *in)
{
	struct tomlparse *o = p->out;
	struct tomlparse_stmt *more;
	size_t size = o->stmts_size * 2;

	if (o->n_stmts == o->stmts_size) {
		more = mem_resize(o->stmt, size, sizeof(*more));
		if (more == NULL)
			return tomllex_nomem(p->lex);
		o->stmt = more;
		o->stmts_size = size;
	}
	more = &o->stmt[o->n_stmts++];
	memset(more, 0, sizeof(*more));
	more->kind = (enum tomlparse_kind)kind;
	more->begin = p->lex->at;
	more->part = o->n_parts;
	more->in = in;
	return 0;
}

static bool
is_bare(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* One part of a key, decoded into ${p->key}. */
static int
read_part(struct tomlkey_reader *p)
{
	struct tomllex *x = p->lex;
	size_t begin = x->at;
	int c = tomllex_peek(x, 0);
	unsigned mark;

	if (c == '"' || c == '\'') {
		if (is_tomllex_at(x, "\"\"\"") || is_tomllex_at(x, "'''"))
			return tomllex_fail(x, x->at,
				"a key cannot be a string of several lines");
		if (tomlstr_read(x, p->key, &mark) == -1)
			return -1;
	} else {
		while (is_bare(tomllex_peek(x, 0)))
			x->at++;
		if (x->at == begin)
			return tomllex_unexpected(x, "a key");
		buf_clear(p->key);
		if (buf_append(p->key, x->text + begin, x->at - begin) == -1)
			return tomllex_nomem(x);
	}
	/* an empty key is a key */
	if (buf_reserve(p->key, 1) == -1)
		return tomllex_nomem(x);
	return add_part(p, begin);
}

int
tomlkey_fail(struct tomlkey_reader *p, const struct tomlkey *w, const char *why)
{
	return tomllex_fail_key(p->lex, p->out->part[w->part].begin,
		p->key->data, p->key->len, why);
}

struct tree_place
tomlkey_place(const struct tomlkey_reader *p, size_t part)
{
	const struct tomlparse_part *k = &p->out->part[part];
	struct tree_place at;

	at.line = p->lex->line;
	at.column = (unsigned)(k->begin - p->lex->line_at) + 1;
	at.begin = k->begin;
	at.end = k->end;
	return at;
}

int
tomlkey_check_depth(struct tomlkey_reader *p, size_t at, unsigned depth)
{
	if (depth <= TOML_MAX_DEPTH)
		return 0;
	return tomllex_fail(p->lex, at,
		"tables and arrays are nested more than %d levels deep",
		TOML_MAX_DEPTH);
}

struct tree *
tomlkey_add(struct tomlkey_reader *p, const struct tomlkey *w, unsigned kind,
	unsigned mark)
{
	struct tree *t;

	if (tomlkey_check_depth(p, p->out->part[w->part].begin, w->depth + 1) ==
		-1)
		return NULL;
	if ((t = tree_new((enum tree_kind)kind)) == NULL)
		goto nomem;
	t->mark = mark;
	t->at = t->key_at = tomlkey_place(p, w->part);
	if (tree_add(w->at, p->key->data, p->key->len, t) == -1) {
		tree_free(t);
		goto nomem;
	}
	if (tomlindex_add(p->index, t) == -1)
		goto nomem;
	p->out->part[w->part].node = t;
	return t;

nomem:
	tomllex_nomem(p->lex);
	return NULL;
}

struct tree *
tomlkey_find(struct tomlkey_reader *p, const struct tomlkey *w)
{
	struct tree *t =
		tomlindex_find(p->index, w->at, p->key->data, p->key->len);

	p->out->part[w->part].node = t;
	return t;
}

/* Into the table that a part before the last names. */
static int
step(struct tomlkey_reader *p, struct tomlkey *w)
{
	struct tree *t = tomlkey_find(p, w);
	bool dotted = w->makes == TOML_DOTTED;

	if (t == NULL && (t = tomlkey_add(p, w, TREE_TABLE, w->makes)) == NULL)
		return -1;
	w->depth++;
	if (t->kind == TREE_ARRAY && t->mark == TOML_TABLES && !dotted) {
		t = t->last;
		w->depth++;
	}
	if (t->kind == TREE_ARRAY)
		return tomlkey_fail(p, w,
			t->mark == TOML_TABLES
				? "is an array of tables; dotted keys cannot "
				  "add to it"
				: "is an array in brackets; nothing can be "
				  "added to it");
	if (t->kind != TREE_TABLE)
		return tomlkey_fail(
			p, w, "has a value already and is no table");
	if (t->mark == TOML_INLINE)
		return tomlkey_fail(
			p, w, "is an inline table; nothing can be added to it");
	if (dotted && t->mark == TOML_HEADER)
		return tomlkey_fail(p, w,
			"is a table with a header of its own; dotted keys "
			"cannot add to it");
	if (dotted)
		t->mark = TOML_DOTTED;
	w->at = t;
	return 0;
}

int
tomlkey_read(struct tomlkey_reader *p, struct tomlkey *w, size_t stmt)
{
	struct tomllex *x = p->lex;

	for (;;) {
		if (read_part(p) == -1)
			return -1;
		w->part = p->out->n_parts - 1;
		p->out->stmt[stmt].n_parts++;
		tomllex_blanks(x);
		if (tomllex_peek(x, 0) != '.')
			return 0;
		x->at++;
		if (step(p, w) == -1)
			return -1;
		tomllex_blanks(x);
	}
}
