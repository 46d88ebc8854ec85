#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "str.h"
#include "toml.h"
#include "tomlindex.h"
#include "tomlkey.h"
#include "tomllex.h"
#include "tomlparse.h"
#include "tomlscalar.h"
#include "tomlstr.h"
#include "tree.h"

static int read_value(struct tomlkey_reader *p, struct tree *t, unsigned depth);

/* A new element of an array. */
static struct tree *
new_element(struct tomlkey_reader *p, struct tree *array, enum tree_kind kind)
{
	struct tree *t = tree_new(kind);

	if (t != NULL && tree_add(array, NULL, 0, t) == 0)
		return t;
	tree_free(t);
	tomllex_nomem(p->lex);
	return NULL;
}

/* key = value, in the table ${in} at that depth */
static int
read_pair(struct tomlkey_reader *p, struct tree *in, unsigned depth)
{
	struct tomlkey w = {in, depth, TOML_DOTTED, 0};
	struct tomllex *x = p->lex;
	size_t stmt = p->out->n_stmts;
	struct tree *t;

	if (tomlkey_add_stmt(p, TOMLPARSE_VALUE, in) == -1 ||
		tomlkey_read(p, &w, stmt) == -1)
		return -1;
	if (tomllex_peek(x, 0) != '=')
		return tomllex_unexpected(x, "'=' after the key");
	if (tomlkey_find(p, &w) != NULL)
		return tomlkey_fail(p, &w, "stands twice in the same table");
	if ((t = tomlkey_add(p, &w, TREE_NULL, TOML_PLAIN)) == NULL)
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
read_array(struct tomlkey_reader *p, struct tree *t, unsigned depth)
{
	struct tomllex *x = p->lex;
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
read_inline(struct tomlkey_reader *p, struct tree *t, unsigned depth)
{
	struct tomllex *x = p->lex;

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
read_string(struct tomlkey_reader *p, struct tree *t)
{
	t->kind = TREE_STRING;
	if (tomlstr_read(p->lex, p->text, &t->mark) == -1)
		return -1;
	if (tree_text(t, buf_str(p->text), p->text->len) == -1)
		return tomllex_nomem(p->lex);
	return 0;
}

static int
read_value(struct tomlkey_reader *p, struct tree *t, unsigned depth)
{
	struct tomllex *x = p->lex;
	int rc;

	if (tomlkey_check_depth(p, x->at, depth) == -1)
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
open_table(struct tomlkey_reader *p, struct tomlkey *w)
{
	struct tree *t = tomlkey_find(p, w);

	if (t == NULL)
		return tomlkey_add(p, w, TREE_TABLE, TOML_HEADER);
	if (t->kind == TREE_TABLE && t->mark == TOML_IMPLICIT) {
		t->mark = TOML_HEADER;
		t->key_at = tomlkey_place(p, w->part);
		return t;
	}
	if (t->mark == TOML_TABLES)
		tomlkey_fail(p, w, "is an array of tables already, by [[ ]]");
	else if (t->kind != TREE_TABLE)
		tomlkey_fail(p, w, "has a value already and is no table");
	else if (t->mark == TOML_HEADER)
		tomlkey_fail(p, w, "has a table with this header already");
	else if (t->mark == TOML_DOTTED)
		tomlkey_fail(p, w, "is a table of dotted keys already");
	else
		tomlkey_fail(p, w, "is an inline table already");
	return NULL;
}

/* What [[key]] opens. */
static struct tree *
open_element(struct tomlkey_reader *p, struct tomlkey *w)
{
	struct tree *t = tomlkey_find(p, w), *e;

	if (t == NULL)
		t = tomlkey_add(p, w, TREE_ARRAY, TOML_TABLES);
	else if (t->mark != TOML_TABLES) {
		if (t->kind == TREE_ARRAY)
			tomlkey_fail(p, w,
				"is an array in brackets; [[ ]] cannot add "
				"to it");
		else if (t->kind == TREE_TABLE)
			tomlkey_fail(p, w,
				"is one table already and no array of tables");
		else
			tomlkey_fail(p, w, "has a value already");
		return NULL;
	}
	if (t == NULL || (e = new_element(p, t, TREE_TABLE)) == NULL)
		return NULL;
	e->mark = TOML_HEADER;
	e->key_at = tomlkey_place(p, w->part);
	w->depth++;
	if (tomlkey_check_depth(p, e->key_at.begin, w->depth + 1) == -1)
		return NULL;
	return e;
}

static int
read_header(struct tomlkey_reader *p)
{
	struct tomlkey w = {p->out->root, 0, TOML_IMPLICIT, 0};
	struct tomllex *x = p->lex;
	bool element = is_tomllex_at(x, "[[");
	size_t stmt = p->out->n_stmts;
	struct tree_place at;
	struct tree *t;

	tomllex_begin(x, &at);
	if (tomlkey_add_stmt(p, element ? TOMLPARSE_ELEMENT : TOMLPARSE_TABLE,
		    p->out->root) == -1)
		return -1;
	x->at += element ? 2 : 1;
	tomllex_blanks(x);
	if (tomlkey_read(p, &w, stmt) == -1)
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
read_document(struct tomlkey_reader *p)
{
	struct tomllex *x = p->lex;
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
	struct tomllex lex = {text, len, 0, 0, 1, err};
	struct buf key = BUF_INIT, string = BUF_INIT;
	struct tomlindex index;
	struct tomlkey_reader p = {&lex, o, &index, &key, &string, NULL, 0};
	int rc;

	memset(o, 0, sizeof(*o));
	memset(err, 0, sizeof(*err));
	err->line = err->column = 1;
	/* there is always a list, if an empty one */
	o->root = tree_new(TREE_TABLE);
	o->part = mem_zalloc(1, sizeof(*o->part));
	o->stmt = mem_zalloc(1, sizeof(*o->stmt));
	if (o->root == NULL || o->part == NULL || o->stmt == NULL) {
		tomlparse_fini(o);
		return tomllex_nomem(&lex);
	}
	o->parts_size = o->stmts_size = 1;
	o->root->mark = TOML_ROOT;
	o->root->at = (struct tree_place){1, 1, 0, len};
	p.section = o->root;
	tomlindex_init(&index, (uint64_t)(uintptr_t)o->root);
	rc = read_document(&p);
	tomlindex_fini(&index);
	buf_fini(&key);
	buf_fini(&string);
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
