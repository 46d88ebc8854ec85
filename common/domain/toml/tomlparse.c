#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "str.h"
#include "toml.h"
#include "tomlindex.h"
#include "tomllex.h"
#include "tomlparse.h"
#include "tomlscalar.h"
#include "tomlstr.h"
#include "tree.h"

struct parser {
	struct tomllex lex;
	struct tomlparse *out;
	struct tomlindex index;
	struct buf key, text; /* decoded: a part of a key, a string */
	struct tree *section; /* what the last header opened */
	unsigned section_depth;
};

/* A walk along a key: the table it has come to, and how deep that lies. */
struct walk {
	struct tree *at;
	unsigned depth;
	enum toml_mark makes; /* the mark of tables missing on the way */
	size_t part;          /* the part just read */
};

static int read_value(struct parser *p, struct tree *t, unsigned depth);

static int
add_part(struct parser *p, size_t begin)
{
	struct tomlparse *o = p->out;
	struct tomlparse_part *more;
	size_t size = o->parts_size > 0 ? o->parts_size * 2 : 64;

	if (o->n_parts == o->parts_size) {
		more = mem_resize(o->part, size, sizeof(*more));
		if (more == NULL)
			return tomllex_nomem(&p->lex);
		o->part = more;
		o->parts_size = size;
	}
	more = &o->part[o->n_parts++];
	more->begin = begin;
	more->end = p->lex.at;
	more->node = NULL;
	return 0;
}

static int
add_stmt(struct parser *p, enum tomlparse_kind kind, struct tree *in)
{
	struct tomlparse *o = p->out;
	struct tomlparse_stmt *more;
	size_t size = o->stmts_size > 0 ? o->stmts_size * 2 : 32;

	if (o->n_stmts == o->stmts_size) {
		more = mem_resize(o->stmt, size, sizeof(*more));
		if (more == NULL)
			return tomllex_nomem(&p->lex);
		o->stmt = more;
		o->stmts_size = size;
	}
	more = &o->stmt[o->n_stmts++];
	memset(more, 0, sizeof(*more));
	more->kind = kind;
	more->begin = p->lex.at;
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
read_part(struct parser *p)
{
	struct tomllex *x = &p->lex;
	size_t begin = x->at;
	int c = tomllex_peek(x, 0);
	unsigned mark;

	if (c == '"' || c == '\'') {
		if (is_tomllex_at(x, "\"\"\"") || is_tomllex_at(x, "'''"))
			return tomllex_fail(x, x->at,
				"a key cannot be a string of several lines");
		if (tomlstr_read(x, &p->key, &mark) == -1)
			return -1;
	} else {
		while (is_bare(tomllex_peek(x, 0)))
			x->at++;
		if (x->at == begin)
			return tomllex_unexpected(x, "a key");
		buf_clear(&p->key);
		if (buf_append(&p->key, x->text + begin, x->at - begin) == -1)
			return tomllex_nomem(x);
	}
	/* an empty key is a key */
	if (buf_reserve(&p->key, 1) == -1)
		return tomllex_nomem(x);
	return add_part(p, begin);
}

static int
fail_part(struct parser *p, const struct walk *w, const char *why)
{
	return tomllex_fail_key(&p->lex, p->out->part[w->part].begin,
		p->key.data, p->key.len, why);
}

/* The place of a part, on the line that is being read. */
static struct tree_place
part_place(const struct parser *p, size_t part)
{
	const struct tomlparse_part *k = &p->out->part[part];
	struct tree_place at;

	at.line = p->lex.line;
	at.column = (unsigned)(k->begin - p->lex.line_at) + 1;
	at.begin = k->begin;
	at.end = k->end;
	return at;
}

static int
check_depth(struct parser *p, size_t at, unsigned depth)
{
	if (depth <= TOML_MAX_DEPTH)
		return 0;
	return tomllex_fail(&p->lex, at,
		"tables and arrays are nested more than %d levels deep",
		TOML_MAX_DEPTH);
}

/* A new member of the walk's table under the part just read. */
static struct tree *
new_member(struct parser *p, const struct walk *w, enum tree_kind kind,
	enum toml_mark mark)
{
	struct tree *t;

	if (check_depth(p, p->out->part[w->part].begin, w->depth + 1) == -1)
		return NULL;
	if ((t = tree_new(kind)) == NULL)
		goto nomem;
	t->mark = mark;
	t->at = t->key_at = part_place(p, w->part);
	if (tree_add(w->at, p->key.data, p->key.len, t) == -1) {
		tree_free(t);
		goto nomem;
	}
	if (tomlindex_add(&p->index, t) == -1)
		goto nomem;
	p->out->part[w->part].node = t;
	return t;

nomem:
	tomllex_nomem(&p->lex);
	return NULL;
}

/* A new element of an array. */
static struct tree *
new_element(struct parser *p, struct tree *array, enum tree_kind kind)
{
	struct tree *t = tree_new(kind);

	if (t != NULL && tree_add(array, NULL, 0, t) == 0)
		return t;
	tree_free(t);
	tomllex_nomem(&p->lex);
	return NULL;
}

static struct tree *
find(struct parser *p, const struct walk *w)
{
	struct tree *t =
		tomlindex_find(&p->index, w->at, p->key.data, p->key.len);

	p->out->part[w->part].node = t;
	return t;
}

/* Into the table that a part before the last names. */
static int
step(struct parser *p, struct walk *w)
{
	struct tree *t = find(p, w);
	bool dotted = w->makes == TOML_DOTTED;

	if (t == NULL && (t = new_member(p, w, TREE_TABLE, w->makes)) == NULL)
		return -1;
	w->depth++;
	if (t->kind == TREE_ARRAY && t->mark == TOML_TABLES && !dotted) {
		t = t->last;
		w->depth++;
	}
	if (t->kind == TREE_ARRAY)
		return fail_part(p, w,
			t->mark == TOML_TABLES
				? "is an array of tables; dotted keys cannot "
				  "add to it"
				: "is an array in brackets; nothing can be "
				  "added to it");
	if (t->kind != TREE_TABLE)
		return fail_part(p, w, "has a value already and is no table");
	if (t->mark == TOML_INLINE)
		return fail_part(
			p, w, "is an inline table; nothing can be added to it");
	if (dotted && t->mark == TOML_HEADER)
		return fail_part(p, w,
			"is a table with a header of its own; dotted keys "
			"cannot add to it");
	if (dotted)
		t->mark = TOML_DOTTED;
	w->at = t;
	return 0;
}

/*
 * Reads a key, walking through all its parts but the last, which is left in
 * ${p->key}. The statement's parts are complete then.
 */
static int
read_key(struct parser *p, struct walk *w, size_t stmt)
{
	struct tomllex *x = &p->lex;

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

/* key = value, in the table ${in} at that depth */
static int
read_pair(struct parser *p, struct tree *in, unsigned depth)
{
	struct walk w = {in, depth, TOML_DOTTED, 0};
	struct tomllex *x = &p->lex;
	size_t stmt = p->out->n_stmts;
	struct tree *t;

	if (add_stmt(p, TOMLPARSE_VALUE, in) == -1 ||
		read_key(p, &w, stmt) == -1)
		return -1;
	if (tomllex_peek(x, 0) != '=')
		return tomllex_unexpected(x, "'=' after the key");
	if (find(p, &w) != NULL)
		return fail_part(p, &w, "stands twice in the same table");
	if ((t = new_member(p, &w, TREE_NULL, TOML_PLAIN)) == NULL)
		return -1;
	x->at++;
	tomllex_blanks(x);
	if (read_value(p, t, w.depth + 1) == -1)
		return -1;
	p->out->stmt[stmt].node = t;
	p->out->stmt[stmt].end = x->at;
	return 0;
}

static int
read_array(struct parser *p, struct tree *t, unsigned depth)
{
	struct tomllex *x = &p->lex;
	struct tree *e;

	t->kind = TREE_ARRAY;
	t->mark = TOML_STATIC;
	x->at++;
	for (;;) {
		if (tomllex_gap(x) == -1)
			return -1;
		if (tomllex_peek(x, 0) == ']')
			break;
		if ((e = new_element(p, t, TREE_NULL)) == NULL ||
			read_value(p, e, depth + 1) == -1 ||
			tomllex_gap(x) == -1)
			return -1;
		if (tomllex_peek(x, 0) == ',')
			x->at++;
		else if (tomllex_peek(x, 0) != ']')
			return tomllex_unexpected(x, "',' or ']' in the array");
	}
	x->at++;
	return 0;
}

static int
read_inline(struct parser *p, struct tree *t, unsigned depth)
{
	struct tomllex *x = &p->lex;

	t->kind = TREE_TABLE;
	t->mark = TOML_INLINE;
	x->at++;
	tomllex_blanks(x);
	if (tomllex_peek(x, 0) == '}') {
		x->at++;
		return 0;
	}
	for (;;) {
		if (read_pair(p, t, depth) == -1)
			return -1;
		tomllex_blanks(x);
		if (tomllex_peek(x, 0) == '}')
			break;
		if (tomllex_peek(x, 0) != ',')
			return tomllex_unexpected(
				x, "',' or '}' in the inline table");
		x->at++;
		tomllex_blanks(x);
		if (tomllex_peek(x, 0) == '}')
			return tomllex_fail(x, x->at,
				"an inline table cannot end with a comma");
	}
	x->at++;
	return 0;
}

static int
read_string(struct parser *p, struct tree *t)
{
	t->kind = TREE_STRING;
	if (tomlstr_read(&p->lex, &p->text, &t->mark) == -1)
		return -1;
	if (tree_text(t, buf_str(&p->text), p->text.len) == -1)
		return tomllex_nomem(&p->lex);
	return 0;
}

static int
read_value(struct parser *p, struct tree *t, unsigned depth)
{
	struct tomllex *x = &p->lex;
	int rc;

	if (check_depth(p, x->at, depth) == -1)
		return -1;
	tomllex_begin(x, &t->at);
	switch (tomllex_peek(x, 0)) {
	case '"':
	case '\'':
		rc = read_string(p, t);
		break;
	case '[':
		rc = read_array(p, t, depth);
		break;
	case '{':
		rc = read_inline(p, t, depth);
		break;
	default:
		rc = tomlscalar_read(x, t);
	}
	tomllex_end(x, &t->at);
	return rc;
}

/* What [key] opens. */
static struct tree *
open_table(struct parser *p, struct walk *w)
{
	struct tree *t = find(p, w);

	if (t == NULL)
		return new_member(p, w, TREE_TABLE, TOML_HEADER);
	if (t->kind == TREE_TABLE && t->mark == TOML_IMPLICIT) {
		t->mark = TOML_HEADER;
		t->key_at = part_place(p, w->part);
		return t;
	}
	if (t->mark == TOML_TABLES)
		fail_part(p, w, "is an array of tables already, by [[ ]]");
	else if (t->kind != TREE_TABLE)
		fail_part(p, w, "has a value already and is no table");
	else if (t->mark == TOML_HEADER)
		fail_part(p, w, "has a table with this header already");
	else if (t->mark == TOML_DOTTED)
		fail_part(p, w, "is a table of dotted keys already");
	else
		fail_part(p, w, "is an inline table already");
	return NULL;
}

/* What [[key]] opens. */
static struct tree *
open_element(struct parser *p, struct walk *w)
{
	struct tree *t = find(p, w), *e;

	if (t == NULL)
		t = new_member(p, w, TREE_ARRAY, TOML_TABLES);
	else if (t->mark != TOML_TABLES) {
		if (t->kind == TREE_ARRAY)
			fail_part(p, w,
				"is an array in brackets; [[ ]] cannot add "
				"to it");
		else if (t->kind == TREE_TABLE)
			fail_part(p, w,
				"is one table already and no array of tables");
		else
			fail_part(p, w, "has a value already");
		return NULL;
	}
	if (t == NULL || (e = new_element(p, t, TREE_TABLE)) == NULL)
		return NULL;
	e->mark = TOML_HEADER;
	e->key_at = part_place(p, w->part);
	w->depth++;
	if (check_depth(p, e->key_at.begin, w->depth + 1) == -1)
		return NULL;
	return e;
}

static int
read_header(struct parser *p)
{
	struct walk w = {p->out->root, 0, TOML_IMPLICIT, 0};
	struct tomllex *x = &p->lex;
	bool element = is_tomllex_at(x, "[[");
	size_t stmt = p->out->n_stmts;
	struct tree_place at;
	struct tree *t;

	tomllex_begin(x, &at);
	if (add_stmt(p, element ? TOMLPARSE_ELEMENT : TOMLPARSE_TABLE,
		    p->out->root) == -1)
		return -1;
	x->at += element ? 2 : 1;
	tomllex_blanks(x);
	if (read_key(p, &w, stmt) == -1)
		return -1;
	if (!is_tomllex_at(x, element ? "]]" : "]"))
		return tomllex_unexpected(
			x, element ? "']]' at the end of the header"
				   : "']' at the end of the header");
	x->at += element ? 2 : 1;
	t = element ? open_element(p, &w) : open_table(p, &w);
	if (t == NULL)
		return -1;
	tomllex_end(x, &at);
	t->at = at;
	if (element && t->parent->n == 1)
		t->parent->at = at;
	p->section = t;
	p->section_depth = w.depth + 1;
	p->out->stmt[stmt].node = t;
	p->out->stmt[stmt].end = x->at;
	return 0;
}

static int
read_document(struct parser *p)
{
	struct tomllex *x = &p->lex;
	size_t bad;
	int rc;

	if (x->len > TOML_MAX_SIZE)
		return tomllex_fail(x, 0, "the file is larger than %d MiB",
			TOML_MAX_SIZE / 1024 / 1024);
	if (utf8_check(x->text, x->len, &bad) == -1)
		return tomllex_fail(x, bad, "this is no valid UTF-8");
	if (is_tomllex_at(x, "\xef\xbb\xbf"))
		x->at = x->line_at = 3;
	for (;;) {
		if (tomllex_gap(x) == -1)
			return -1;
		if (x->at == x->len)
			return 0;
		if (tomllex_peek(x, 0) == '[')
			rc = read_header(p);
		else
			rc = read_pair(p, p->section, p->section_depth);
		if (rc == -1 || tomllex_line_end(x) == -1)
			return -1;
	}
}

int
tomlparse_run(struct tomlparse *o, const char *text, size_t len,
	struct toml_error *err)
{
	struct parser p = {.lex = {text, len, 0, 0, 1, err}, .out = o};
	int rc;

	memset(o, 0, sizeof(*o));
	memset(err, 0, sizeof(*err));
	err->line = err->column = 1;
	if ((o->root = tree_new(TREE_TABLE)) == NULL)
		return tomllex_nomem(&p.lex);
	o->root->mark = TOML_ROOT;
	o->root->at = (struct tree_place){1, 1, 0, len};
	p.section = o->root;
	tomlindex_init(&p.index, (uint64_t)(uintptr_t)o->root);
	rc = read_document(&p);
	tomlindex_fini(&p.index);
	buf_fini(&p.key);
	buf_fini(&p.text);
	if (rc == -1)
		tomlparse_fini(o);
	return rc;
}

void
tomlparse_fini(struct tomlparse *p)
{
	tree_free(p->root);
	free(p->part);
	free(p->stmt);
	memset(p, 0, sizeof(*p));
}
