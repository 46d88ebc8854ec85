#ifndef TOMLKEY_H
#define TOMLKEY_H

#include <stddef.h>

struct buf;
struct tomlindex;
struct tomllex;
struct tomlparse;
struct tree;
struct tree_place;

/* A document being read; all of it is borrowed. */
struct tomlkey_reader {
	struct tomllex *lex;
	struct tomlparse *out;
	struct tomlindex *index;
	struct buf *key, *text; /* decoded: a part of a key, a string */
	struct tree *section;   /* what the last header opened */
	unsigned section_depth;
};

/* A walk along a key: the table it has come to, and how deep that lies. */
struct tomlkey {
	struct tree *at;
	unsigned depth;
	unsigned makes; /* the mark of tables missing on the way */
	size_t part;    /* the part just read, of the parse */
};

/* tomlkey_add_stmt(p, kind, in): a statement (enum tomlparse_kind) begins
 * here. 0 or -1. */
int tomlkey_add_stmt(struct tomlkey_reader *p, unsigned kind, struct tree *in);

/*
 * tomlkey_read(p, w, stmt): read a key, walking through all its parts but the
 * last, which is left in ${p->key}. The parts of the statement of that number
 * are complete then. 0 or -1.
 */
int tomlkey_read(struct tomlkey_reader *p, struct tomlkey *w, size_t stmt);

/* tomlkey_find(p, w): the member under the part just read, or NULL. */
struct tree *tomlkey_find(struct tomlkey_reader *p, const struct tomlkey *w);

/* tomlkey_add(p, w, kind, mark): a new member under the part just read. NULL:
 * too deep, or out of memory. */
struct tree *tomlkey_add(struct tomlkey_reader *p, const struct tomlkey *w,
	unsigned kind, unsigned mark);

/* tomlkey_fail(p, w, why): an error about the part just read. Always -1. */
int tomlkey_fail(
	struct tomlkey_reader *p, const struct tomlkey *w, const char *why);

/* tomlkey_place(p, part): the place of a part, on the line being read. */
struct tree_place tomlkey_place(const struct tomlkey_reader *p, size_t part);

/* tomlkey_check_depth(p, at, depth): -1 if that is too deep. */
int tomlkey_check_depth(struct tomlkey_reader *p, size_t at, unsigned depth);

#endif
